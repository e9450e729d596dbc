"""Banks of questions and the sources they cite: read, imported, kept, exported."""
