"""Evidence: a person's first answer to a question on a day, and how it adds up by scope.

Later answers of a day teach but do not measure: the key has been shown by then. Which one was first
is decided by the time of answering alone, so attempts may be folded in any order: an answer that
arrives late, but was given early, takes the place of the one that stood for the day.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from quizapp.domain.progress.mastery import Sums

ZONE = ZoneInfo("Asia/Phnom_Penh")
"""Where days begin and end. Fixed, so that evidence does not depend on who reads it where."""


class Scope(NamedTuple):
    """What mastery is counted for: a person's answers on a task ("3") or a provision ("3.7")."""

    person_id: UUID
    source: str
    number: str


class Day(NamedTuple):
    """What there is at most one piece of evidence for."""

    person_id: UUID
    question_id: UUID
    day: date


@dataclass(frozen=True, slots=True)
class Answer:
    """One marked answer. `mark` in ten-thousandths; `numbers` as `scopes_of` gives them.

    The scopes are those of the version that was answered: a later one may cite other provisions.
    """

    person_id: UUID
    question_id: UUID
    attempt_id: UUID
    answered_at: datetime
    mark: int
    source: str
    numbers: tuple[str, ...]

    @property
    def key(self) -> Day:
        """The person, question and day that it is evidence for."""
        return Day(self.person_id, self.question_id, self.answered_at.astimezone(ZONE).date())

    def before(self, other: "Answer") -> bool:
        """Whether it was given first; the attempts' ids decide between equal times."""
        mine, theirs = (self.answered_at, self.attempt_id), (other.answered_at, other.attempt_id)
        return mine < theirs


@dataclass(frozen=True, slots=True)
class Folded:
    """What arriving answers change: evidence to store, and what to add to each scope's sums."""

    evidence: tuple[Answer, ...]
    change: dict[Scope, Sums]


def scopes_of(cites: Iterable[str]) -> tuple[str, ...]:
    """The provisions cited and their tasks: `3.7@1` gives `3` and `3.7`. Each once, in order."""
    provisions = {cite.partition("@")[0] for cite in cites}
    return tuple(sorted(provisions | {number.partition(".")[0] for number in provisions}))


def fold(standing: Iterable[Answer], arriving: Iterable[Answer]) -> Folded:
    """Bring arriving answers to the evidence that stands.

    Args:
        standing: all evidence, of every day, of the persons and questions that arrive.
        arriving: in any order. One of an attempt that already stands for the day replaces it: it
            was marked again.
    """
    before = {one.key: one for one in standing}
    after = dict(before)
    for one in arriving:
        there = after.get(one.key)
        if there is None or one.attempt_id == there.attempt_id or one.before(there):
            after[one.key] = one
    counted, counts = tally(before.values()), tally(after.values())
    change = {
        scope: counts.get(scope, Sums()) - counted.get(scope, Sums())
        for scope in counted.keys() | counts.keys()
    }
    return Folded(
        tuple(one for key, one in after.items() if before.get(key) != one),
        {scope: sums for scope, sums in change.items() if sums != Sums()},
    )


def tally(evidence: Iterable[Answer]) -> dict[Scope, Sums]:
    """The sums of evidence by scope; each answer must be the first of its day."""
    by_scope: dict[Scope, list[Answer]] = {}
    for one in evidence:
        for number in one.numbers:
            by_scope.setdefault(Scope(one.person_id, one.source, number), []).append(one)
    return {scope: sums_of(found) for scope, found in by_scope.items()}


def sums_of(evidence: Collection[Answer]) -> Sums:
    """The sums of evidence within one scope."""
    return Sums(
        answers=len(evidence),
        questions=len({one.question_id for one in evidence}),
        total=sum(one.mark for one in evidence),
        squares=sum(one.mark * one.mark for one in evidence),
    )
