"""Sufficient statistics of finished attempts, in integers: sums of parts equal the sum of all."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from quizapp.domain.bank.question import Question
from quizapp.domain.questions import TYPES

Scope = tuple[UUID, UUID | None]
"""A quiz, and the cohort through which it was given; None where a trainee chose it."""


class FinishedItem(Protocol):
    """What is counted of an item. `mark` is in ten-thousandths of its points."""

    @property
    def version_id(self) -> UUID:
        """The question version that was dealt."""

    @property
    def mark(self) -> int:
        """The current mark."""

    @property
    def response(self) -> Mapping[str, Any] | None:
        """As the type's `check` gave it."""

    @property
    def answered(self) -> bool:
        """Whether the response answers any part."""


class FinishedAttempt(Protocol):
    """What is counted of an attempt. Scores share one unit, whichever."""

    @property
    def quiz_id(self) -> UUID:
        """What was taken."""

    @property
    def cohort_id(self) -> UUID | None:
        """Through which cohort it was given."""

    @property
    def trial(self) -> bool:
        """A try by its maker: it counts nowhere."""

    @property
    def score(self) -> int:
        """What was earned."""

    @property
    def max_score(self) -> int:
        """What could be earned."""

    @property
    def items(self) -> Sequence[FinishedItem]:
        """All that was dealt."""


@dataclass
class ItemSum:
    """Sums over one question version: how often dealt and answered, and of marks and squares."""

    n: int = 0
    answered: int = 0
    total: int = 0
    squares: int = 0

    def add(self, item: FinishedItem) -> None:
        """Count one more item."""
        self.n += 1
        self.answered += item.answered
        self.total += item.mark
        self.squares += item.mark**2


@dataclass
class Sums:
    """What some attempts add, by scope and question version, choice or whole per cent."""

    items: dict[tuple[Scope, UUID], ItemSum] = field(default_factory=lambda: defaultdict(ItemSum))
    choices: Counter[tuple[Scope, UUID, str]] = field(default_factory=Counter)
    scores: Counter[tuple[Scope, int]] = field(default_factory=Counter)


def less(after: Sums, before: Sums) -> Sums:
    """What to add so that attempts counted as they were before are counted as they are after."""
    sums = Sums(dict(after.items), Counter(after.choices), Counter(after.scores))
    for place, one in before.items.items():
        now = after.items.get(place, ItemSum())
        sums.items[place] = ItemSum(
            now.n - one.n,
            now.answered - one.answered,
            now.total - one.total,
            now.squares - one.squares,
        )
    sums.choices.subtract(before.choices)
    sums.scores.subtract(before.scores)
    return sums


def counted(attempts: Iterable[FinishedAttempt]) -> list[FinishedAttempt]:
    """The attempts that count: all but trials."""
    return [attempt for attempt in attempts if not attempt.trial]


def sum_up(attempts: Iterable[FinishedAttempt], questions: Mapping[UUID, Question]) -> Sums:
    """Add up attempts.

    Args:
        attempts: finished and marked.
        questions: the versions that were dealt; the choices of one that is missing are not counted.
    """
    sums = Sums()
    for attempt in counted(attempts):
        scope = attempt.quiz_id, attempt.cohort_id
        sums.scores[scope, whole_percent(attempt.score, attempt.max_score)] += 1
        for item in attempt.items:
            sums.items[scope, item.version_id].add(item)
            question = questions.get(item.version_id)
            if question is not None:
                response = None if item.response is None else dict(item.response)
                for choice in TYPES[question.type].classify(question.content, response):
                    sums.choices[scope, item.version_id, choice] += 1
    return sums


def whole_percent(score: int, max_score: int) -> int:
    """A score in whole per cent of the maximum, rounded down; 0 where nothing could be earned."""
    return min(100, max(0, score * 100 // max_score)) if max_score else 0
