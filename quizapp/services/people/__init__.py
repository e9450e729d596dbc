"""People: who they are, how they sign in, and the cohorts they belong to."""
