"""Message catalogues: Khmer; English is the source."""
