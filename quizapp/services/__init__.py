"""Use cases: one function, one transaction; frozen dataclasses, never rows."""
