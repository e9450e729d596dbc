"""For tests of progress: finished attempts as folding hands them over, without a sitting."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from quizapp.services.progress import progress
from quizapp.storage.database import transaction

DAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FULL = 10_000
SOURCE = "foreign-policy-direction"


@dataclass(frozen=True)
class Item:
    """An item of a finished attempt, as `progress.FinishedItem` has it."""

    question_id: UUID
    mark: int
    cites: tuple[str, ...] = ("3.7",)
    saved_at: datetime | None = DAY
    answered: bool = True
    source: str = SOURCE


@dataclass(frozen=True)
class Attempt:
    """A finished attempt, as `progress.FinishedAttempt` has it."""

    person_id: UUID
    items: tuple[Item, ...]
    submitted_at: datetime = DAY + timedelta(hours=1)
    trial: bool = False
    id: UUID = field(default_factory=uuid4)


def question(number: int) -> UUID:
    """The id of a question that no bank needs to have."""
    return UUID(int=number)


def fold(*attempts: Attempt, again: bool = False) -> None:
    """Fold attempts in a transaction of their own."""
    with transaction(write=True) as session:
        progress.fold(session, attempts, again=again)


def answered(
    person_id: UUID, marks: Iterable[int], *cites: str, at: datetime = DAY, first: int = 1
) -> None:
    """Fold one attempt of questions that cite the same provisions, numbered from `first`."""
    items = (
        Item(question(number), mark, cites or ("3.7",), at)
        for number, mark in enumerate(marks, start=first)
    )
    fold(Attempt(person_id, tuple(items), submitted_at=at))
