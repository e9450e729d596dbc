"""How one trainee stands: mastery of every task and provision, and what was given to them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from quizapp.domain.access import Actor, CohortRef, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.outcome import shown_points
from quizapp.domain.delivery.timing import Accommodation
from quizapp.domain.errors import NotFound
from quizapp.domain.progress.mastery import Mastery
from quizapp.services.banks.sources import ProvisionView, TaskView
from quizapp.services.people import accommodations
from quizapp.services.progress import folding
from quizapp.services.quizzes.views import CohortName
from quizapp.services.reports.cohorts import TraineeRow, read_group
from quizapp.storage import reports as stored
from quizapp.storage.accommodations import accommodation_of
from quizapp.storage.database import transaction

PAGE = 50


@dataclass(frozen=True)
class ProvisionStanding:
    """What a trainee's answers say about a provision."""

    provision: ProvisionView
    mastery: Mastery


@dataclass(frozen=True)
class TaskStanding:
    """The same of a task, with its provisions."""

    task: TaskView
    mastery: Mastery
    provisions: tuple[ProvisionStanding, ...]


@dataclass(frozen=True)
class GivenAttempt:
    """An attempt that was given through the cohort.

    `score` is None while it is open or something is still to be marked; points as shown.
    """

    id: UUID
    quiz_id: UUID
    quiz_title: Localised
    mode: str
    started_at: datetime
    submitted_at: datetime | None
    score: Decimal | None
    max_score: Decimal
    percent: Fraction | None

    @property
    def finished(self) -> bool:
        """Whether it is over."""
        return self.submitted_at is not None


@dataclass(frozen=True)
class TraineeReport:
    """A trainee of a cohort. `next` is the number of the next page of attempts, if there is one."""

    cohort: CohortName
    trainee: TraineeRow
    granted: Accommodation
    tasks: tuple[TaskStanding, ...]
    attempts: tuple[GivenAttempt, ...]
    page: int
    next: int | None


def read(
    actor: Actor, cohort_id: UUID, person_id: UUID, *, now: datetime, page: int = 1
) -> TraineeReport:
    """A trainee as the instructors of the cohort see them.

    Practice of their own choice is in the mastery, and its attempts are not listed.

    Raises:
        NotFound: there is no such trainee in the cohort, or the person does not teach it.
    """
    require(actor, "cohort.read", CohortRef(cohort_id))
    folding.fold(now, person_id=person_id)
    page = max(1, page)
    with transaction(write=False) as session:
        group = read_group(session, cohort_id, now=now, person_id=person_id)
        if not group.rows:
            raise NotFound
        rows = stored.given_attempts(
            session, cohort_id, person_id, offset=(page - 1) * PAGE, limit=PAGE + 1
        )
        granted = accommodation_of(session, person_id)
    held = group.held[person_id]
    return TraineeReport(
        cohort=group.cohort,
        trainee=group.rows[0],
        granted=accommodations.of(granted),
        tasks=tuple(
            TaskStanding(
                task,
                held.of(task.source, task.number),
                tuple(
                    ProvisionStanding(one, held.of(one.source, one.number))
                    for one in task.provisions
                ),
            )
            for task in group.tasks
        ),
        attempts=tuple(_attempt(row) for row in rows[:PAGE]),
        page=page,
        next=page + 1 if len(rows) > PAGE else None,
    )


def _attempt(row: Any) -> GivenAttempt:
    over = row.state != "open"
    scored = over and row.score is not None
    return GivenAttempt(
        id=row.id,
        quiz_id=row.quiz_id,
        quiz_title=Localised.model_validate(row.title),
        mode=row.mode,
        started_at=row.started_at,
        submitted_at=row.submitted_at if over else None,
        score=shown_points(row.score) if scored else None,
        max_score=shown_points(row.max_score),
        percent=Fraction(row.score * 100, row.max_score) if scored and row.max_score else None,
    )
