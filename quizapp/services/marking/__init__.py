"""Marking by people: what waits for them, and the points that they give."""
