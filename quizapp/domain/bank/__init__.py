"""Banks: source documents, questions, what is found in them, and what they cover."""
