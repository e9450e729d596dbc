"""What is said of quizzes and assignments: the values that services give to pages and the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from quizapp.domain.answers.localised import Localised, Said
from quizapp.domain.delivery.quiz import Counts, Draws, Level, Mode, QuizSettings, Release

State = Literal["open", "upcoming", "closed"]


@dataclass(frozen=True)
class SectionView:
    """A section of a quiz.

    `questions` and `available` are None for those who take the quiz: which questions an exam names
    is not for them. `available` is how many questions fit a draw now, or are still there of those
    named.
    """

    bank: str | None
    bank_title: Localised | None
    task: str | None
    provisions: tuple[str, ...]
    level: Level | None
    draw: int | None
    questions: tuple[str, ...] | None
    count: int
    points: Decimal
    available: int | None


@dataclass(frozen=True)
class QuizRow:
    """A quiz in a list."""

    id: UUID
    title: Localised
    mode: Mode
    shared: bool
    owner_id: UUID | None
    owner: str | None
    count: int
    time_limit_s: int | None
    attempts_allowed: int | None
    closes_at: datetime | None
    created_at: datetime
    taken: bool


@dataclass(frozen=True)
class QuizzesPage:
    """Some quizzes, and where the next page starts."""

    quizzes: tuple[QuizRow, ...]
    next: UUID | None


@dataclass(frozen=True)
class QuizView:
    """A quiz at its current version.

    `taken` says whether anybody has begun it, trials aside. `settings` is None for those who only
    take it. `public` says that it asks shipped questions, which everybody can read beforehand.
    `is_alike` says that an exam asks the same of everybody.
    `unmarked` counts the attempts that wait for somebody's mark; none for those who only take it.
    """

    id: UUID
    slug: str | None
    title: Localised
    mode: Mode
    shared: bool
    owner_id: UUID | None
    owner: str | None
    version: int
    version_id: UUID
    sections: tuple[SectionView, ...]
    count: int
    points: Decimal
    time_limit_s: int | None
    window_cuts: bool
    grace_s: int
    attempts_allowed: int | None
    counts: Counts
    draws: Draws
    confidence: bool
    is_alike: bool
    instructions: Localised | None
    honour: Localised | None
    pass_mark: Decimal | None
    shuffle: bool
    navigation: Literal["free", "forward"]
    feedback: Literal["at_end", "after_each"]
    release: Release
    released_at: datetime | None
    closes_at: datetime | None
    created_at: datetime
    taken: bool
    public: bool
    settings: QuizSettings | None
    unmarked: int
    may_edit: bool
    may_give: bool

    @property
    def waits_for_hand(self) -> bool:
        """Whether something of the outcome is shown only after somebody releases it."""
        return self.released_at is None and "by_hand" in self.release.model_dump().values()


@dataclass(frozen=True)
class CohortName:
    """A cohort by its names."""

    id: UUID
    code: str
    title: str
    title_km: str | None = None


@dataclass(frozen=True)
class OwnAttempts:
    """What the person who asks has done of an assignment: attempts used, and the open one."""

    used: int
    open_id: UUID | None
    open_until: datetime | None


@dataclass(frozen=True)
class AssignmentView:
    """A quiz given to a cohort in a window; `closes_at` is never later than the quiz's own.

    `own` is None for those who do not attend the cohort; `access_code` for those who do not teach
    it. `entry_over` says that nobody begins any more, though the window is open.
    """

    id: UUID
    quiz_id: UUID
    quiz_title: Localised
    mode: Mode
    count: int
    time_limit_s: int | None
    window_cuts: bool
    attempts_allowed: int | None
    cohort: CohortName
    opens_at: datetime | None
    closes_at: datetime | None
    last_entry_at: datetime | None
    asks_code: bool
    access_code: str | None
    instructions: Localised | None
    honour: Localised | None
    created_at: datetime
    state: State
    entry_over: bool
    own: OwnAttempts | None

    @property
    def attempts_left(self) -> int | None:
        """How many more attempts may be started; None without a limit."""
        if self.attempts_allowed is None or self.own is None:
            return None
        return max(0, self.attempts_allowed - self.own.used)

    @property
    def may_start(self) -> bool:
        """Whether the person can open an attempt now, or go on with the open one."""
        if self.own is None:
            return False
        if self.own.open_id is not None:
            return True
        return self.state == "open" and not self.entry_over and self.attempts_left != 0

    @property
    def begin_until(self) -> datetime | None:
        """From when on nobody begins any more: at the last entry, or when it closes."""
        return min((t for t in (self.last_entry_at, self.closes_at) if t is not None), default=None)

    @property
    def asks_first(self) -> bool:
        """Whether there is something to read, to accept or to type before the first question."""
        begun = self.own is not None and self.own.open_id is not None
        return not begun and bool(self.asks_code or self.instructions or self.honour)


@dataclass(frozen=True)
class AssignmentsPage:
    """Some assignments, and where the next page starts."""

    assignments: tuple[AssignmentView, ...]
    next: UUID | None


@dataclass(frozen=True)
class SampleItem:
    """A question as a draw would deal it."""

    bank: str
    key: str
    type: str
    stem: Said
    points: Decimal


def quiz_settings(rules: Mapping[str, Any], release: Mapping[str, Any]) -> QuizSettings:
    """A stored version's rules with the release policy of the quiz, as one value."""
    return QuizSettings.model_validate(dict(rules) | {"release": dict(release)})
