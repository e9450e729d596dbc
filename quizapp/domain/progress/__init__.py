"""What answers say about what a person holds."""
