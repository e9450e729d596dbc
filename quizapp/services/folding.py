"""Folding finished attempts into what reports and progress read: each exactly once.

A submit leaves one job of kind `fold` behind. `fold` takes those of a scope, hands the attempts to
`progress.fold` and `statistics.fold`, and deletes the jobs, all in one transaction. Whoever reads
what comes of it folds their own scope first (promise 10).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

KIND = "fold"


@dataclass(frozen=True)
class FoldedItem:
    """One item of a finished attempt.

    Attributes:
        slot: from 1.
        question_id: the question through its versions.
        version_id: the version that was dealt.
        source: slug of the bank's source document; empty where it has none.
        cites: provision numbers without their version, such as "3.7".
        points: hundredths of a point that the item is worth.
        mark: the current mark, in ten-thousandths of the points.
        response: as normalised by the type's `check`; None where nothing was answered.
        answered: whether the response answers any part of the question.
        saved_at: when the response was saved; None where there is none.
    """

    slot: int
    question_id: UUID
    version_id: UUID
    source: str
    cites: tuple[str, ...]
    points: int
    mark: int
    response: Mapping[str, Any] | None
    answered: bool
    saved_at: datetime | None


@dataclass(frozen=True)
class FoldedAttempt:
    """A finished attempt with its current marks. Scores in millionths of a point."""

    id: UUID
    person_id: UUID
    quiz_id: UUID
    cohort_id: UUID | None
    trial: bool
    submitted_at: datetime
    score: int
    max_score: int
    items: tuple[FoldedItem, ...]


def fold(
    now: datetime,
    *,
    person_id: UUID | None = None,
    quiz_id: UUID | None = None,
    cohort: UUID | None = None,
    limit: int = 200,
) -> int:
    """Fold what waits in a scope; gives how many attempts were folded.

    One small statement where nothing waits.

    Args:
        now: the time.
        person_id: only this person's attempts.
        quiz_id: only attempts at this quiz.
        cohort: only attempts of people in this cohort.
        limit: at most so many.
    """
    raise NotImplementedError
