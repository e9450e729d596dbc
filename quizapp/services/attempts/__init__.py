"""Attempts: started, answered, submitted, looked at again."""
