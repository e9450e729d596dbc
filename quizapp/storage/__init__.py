"""Tables and their queries, one module per entity; importing the package knows all tables."""

from quizapp.storage import (
    attempts,
    audit,
    banks,
    cohorts,
    database,
    jobs,
    marks,
    outages,
    people,
    progress,
    questions,
    quizzes,
    receipts,
    responses,
    sources,
    statistics,
)

__all__ = [
    "attempts",
    "audit",
    "banks",
    "cohorts",
    "database",
    "jobs",
    "marks",
    "outages",
    "people",
    "progress",
    "questions",
    "quizzes",
    "receipts",
    "responses",
    "sources",
    "statistics",
]
