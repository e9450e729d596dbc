"""How a cohort stands: mastery by trainee and task, who needs attention, what is given to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, CohortRef, require
from quizapp.domain.analysis.attention import FALLS, Reason, Standing, reasons
from quizapp.domain.answers.localised import Localised
from quizapp.domain.errors import NotFound
from quizapp.domain.progress.mastery import Mastery
from quizapp.services.banks import sources
from quizapp.services.banks.sources import TaskView
from quizapp.services.progress import folding, progress
from quizapp.services.progress.progress import PersonMastery
from quizapp.services.quizzes.views import CohortName
from quizapp.storage import reports as stored
from quizapp.storage.database import transaction

PAGE = 50
WEEK = timedelta(days=7)
FOLDED = 10_000
"""Attempts that a look at a report folds at most; what is beyond them waits for the next job."""


@dataclass(frozen=True)
class TraineeRow:
    """A trainee in a cohort. `mastery` is in the order of the report's tasks."""

    id: UUID
    name: str
    name_km: str | None
    staff_number: str | None
    joined_at: datetime
    seen_at: datetime | None
    attempts: int
    mastery: tuple[Mastery, ...]
    reasons: tuple[Reason, ...]

    @property
    def answered(self) -> bool:
        """Whether they have answered anything yet."""
        return bool(self.attempts) or any(one.answers for one in self.mastery)

    @property
    def overall(self) -> float | None:
        """The mean of the tasks for which there is a figure."""
        return mean(one.mean for one in self.mastery)


@dataclass(frozen=True)
class GivenQuiz:
    """A quiz given to the cohort; `taken` counts those who attend it and finished an attempt."""

    id: UUID
    quiz_id: UUID
    title: Localised
    mode: str
    opens_at: datetime | None
    closes_at: datetime | None
    taken: int
    state: Literal["upcoming", "open", "closed"]


@dataclass(frozen=True)
class CohortReport:
    """A cohort with one page of its trainees; all figures but `rows` are of the whole cohort.

    Attributes:
        cohort: its names.
        tasks: the columns.
        rows: trainees by name, a page of them.
        page: which page, from 1.
        pages: how many there are.
        only_attention: whether the rows are only those who need attention.
        trainees: how many attend it.
        attention: how many of them need attention.
        answered: how many have answered anything, practice of their own choice included.
        seen: how many were seen within the last seven days.
        attempts: finished attempts given through the cohort.
        means: mean mastery by task, of those for whom there is a figure.
        given: what is given to it, newest first.
    """

    cohort: CohortName
    tasks: tuple[TaskView, ...]
    rows: tuple[TraineeRow, ...]
    page: int
    pages: int
    only_attention: bool
    trainees: int
    attention: int
    answered: int
    seen: int
    attempts: int
    means: tuple[float | None, ...]
    given: tuple[GivenQuiz, ...]

    @property
    def overall(self) -> float | None:
        """The mean of the tasks' means."""
        return mean(self.means)

    @property
    def weakest(self) -> tuple[TaskView, float] | None:
        """The task with the lowest mean; None where there is no figure yet."""
        known = [(task, m) for task, m in zip(self.tasks, self.means, strict=True) if m is not None]
        return min(known, key=lambda pair: pair[1], default=None)


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the figures that there are; None where there is none."""
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known else None


def read(
    actor: Actor, cohort_id: UUID, *, now: datetime, page: int = 1, only_attention: bool = False
) -> CohortReport:
    """A cohort as its instructors see it, `PAGE` trainees at a time.

    Raises:
        NotFound: there is no such cohort, or the person does not teach it.
    """
    return _read(actor, cohort_id, now=now, page=page, size=PAGE, only_attention=only_attention)


def read_all(actor: Actor, cohort_id: UUID, *, now: datetime) -> CohortReport:
    """The same with every trainee on one page.

    Raises:
        NotFound: there is no such cohort, or the person does not teach it.
    """
    return _read(actor, cohort_id, now=now, page=1, size=None, only_attention=False)


def _read(
    actor: Actor,
    cohort_id: UUID,
    *,
    now: datetime,
    page: int,
    size: int | None,
    only_attention: bool,
) -> CohortReport:
    require(actor, "cohort.read", CohortRef(cohort_id))
    folding.fold(now, cohort=cohort_id, limit=FOLDED)
    with transaction(write=False) as session:
        group = read_group(session, cohort_id, now=now)
        given = tuple(_given(row, now) for row in stored.assignments_of(session, cohort_id))
    everybody = group.rows
    needy = [row for row in everybody if row.reasons]
    listed = needy if only_attention else everybody
    size = size or max(1, len(listed))
    pages = max(1, ceil(len(listed) / size))
    page = min(max(page, 1), pages)
    columns = zip(*(row.mastery for row in everybody), strict=True)
    means = tuple(mean(one.mean for one in column) for column in columns)
    return CohortReport(
        cohort=group.cohort,
        tasks=group.tasks,
        rows=tuple(listed[(page - 1) * size : page * size]),
        page=page,
        pages=pages,
        only_attention=only_attention,
        trainees=len(everybody),
        attention=len(needy),
        answered=sum(
            bool(row.attempts or any(m.answers for m in row.mastery)) for row in everybody
        ),
        seen=sum(row.seen_at is not None and now - row.seen_at < WEEK for row in everybody),
        attempts=sum(row.attempts for row in everybody),
        means=means or (None,) * len(group.tasks),
        given=given,
    )


@dataclass(frozen=True)
class Group:
    """A cohort's trainees with what they hold, and the tasks in order."""

    cohort: CohortName
    tasks: tuple[TaskView, ...]
    rows: tuple[TraineeRow, ...]
    held: dict[UUID, PersonMastery]


def read_group(
    session: Session, cohort_id: UUID, *, now: datetime, person_id: UUID | None = None
) -> Group:
    """Everybody who attends a cohort, or one person with their provisions; four statements.

    Raises:
        NotFound: there is no such cohort.
    """
    found = stored.trainees_of(session, cohort_id, now, person_id)
    if not found:
        raise NotFound
    tasks = sources.read(session).tasks
    latest: dict[UUID, list[Any]] = {}
    for row in stored.latest_scores(session, cohort_id, FALLS + 1, person_id):
        latest.setdefault(row.person_id, []).append(row)
    people = [row for row in found if row.id is not None]
    held = progress.mastery_of_people(
        session, [row.id for row in people], tasks_only=person_id is None
    )
    rows = tuple(_row(one, latest.get(one.id, ()), held[one.id], tasks, now) for one in people)
    cohort = found[0].Cohort
    names = CohortName(cohort.id, cohort.code, cohort.title, cohort.title_km)
    return Group(names, tasks, rows, held)


def _row(
    person: Any,
    latest: Sequence[Any],
    held: PersonMastery,
    tasks: Sequence[TaskView],
    now: datetime,
) -> TraineeRow:
    mastery = tuple(held.of(task.source, task.number) for task in tasks)
    attempts = latest[0].attempts if latest else 0
    standing = Standing(
        joined_at=person.joined_at,
        seen_at=person.last_seen_at,
        answers=sum(one.answers for one in mastery),
        attempts=attempts,
        below=tuple(
            task.number for task, one in zip(tasks, mastery, strict=True) if one.state == "below"
        ),
        missed=max(0, person.missed),
        scores=[
            Fraction(one.score, one.max_score)
            for one in latest
            if one.score is not None and one.max_score
        ],
    )
    return TraineeRow(
        id=person.id,
        name=person.name,
        name_km=person.name_km,
        staff_number=person.staff_number,
        joined_at=person.joined_at,
        seen_at=person.last_seen_at,
        attempts=attempts,
        mastery=mastery,
        reasons=reasons(standing, now),
    )


def _given(row: Any, now: datetime) -> GivenQuiz:
    upcoming = row.opens_at is not None and now < row.opens_at
    closed = row.closes_at is not None and row.closes_at <= now
    return GivenQuiz(
        id=row.id,
        quiz_id=row.quiz_id,
        title=Localised.model_validate(row.title),
        mode=row.mode,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        taken=row.taken,
        state="closed" if closed else "upcoming" if upcoming else "open",
    )
