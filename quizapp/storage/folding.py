"""The jobs of folding: which wait in a scope, and taking them so that each is done once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, update
from sqlalchemy.orm import Session

from quizapp.storage.cohorts import Membership
from quizapp.storage.database import table
from quizapp.storage.jobs import LEARNING, STATISTICS, Job
from quizapp.storage.quizzes import Quiz

_jobs = table(Job)
_quizzes = table(Quiz)
_members = table(Membership)
_ONE_AT_A_TIME = 4_907_100_201
"""Names the advisory lock of folding."""


@dataclass(frozen=True)
class Scope:
    """Whose jobs are meant; everybody's where nothing is said.

    A quiz's are those of its statistics, a person's those of what they learn, a cohort's both.
    """

    person_id: UUID | None = None
    quiz_id: UUID | None = None
    cohort: UUID | None = None

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """What a job must meet. Who reads does not wait for its time, unless it failed before."""
        if self.person_id is self.quiz_id is self.cohort is None:
            return [_jobs.c.kind.in_((STATISTICS, LEARNING)), _jobs.c.run_after <= now]
        kinds = {STATISTICS, LEARNING}
        found: list[ColumnElement[bool]] = [or_(_jobs.c.run_after <= now, _jobs.c.error.is_(None))]
        if self.person_id is not None:
            kinds &= {LEARNING}
            found.append(_jobs.c.person_id == self.person_id)
        if self.quiz_id is not None:
            kinds &= {STATISTICS}
            found.append(_jobs.c.quiz_id == self.quiz_id)
        if self.cohort is not None:
            inside = select(_members.c.person_id).where(_members.c.cohort_id == self.cohort)
            found.append(_jobs.c.person_id.in_(inside))
        return [_jobs.c.kind.in_(sorted(kinds)), *found]


def waiting(session: Session, scope: Scope, now: datetime, limit: int) -> Sequence[Any]:
    """Jobs of a scope, the oldest first: id, kind, and what the release of their quiz says.

    Left out is what people would learn from marks that certainly cannot be seen.
    """
    return session.execute(
        select(
            _jobs.c.id,
            _jobs.c.kind,
            _jobs.c.quiz_id,
            _quizzes.c.release,
            _quizzes.c.released_at,
            _quizzes.c.closes_at.label("quiz_closes_at"),
        )
        .join(_quizzes, _quizzes.c.id == _jobs.c.quiz_id)
        .where(*scope.conditions(now), or_(_jobs.c.kind == STATISTICS, not_(_held(now))))
        .order_by(_jobs.c.run_after, _jobs.c.id)
        .limit(limit)
    ).all()


def anything_to_learn(
    person_id: ColumnElement[UUID], now: ColumnElement[datetime]
) -> ColumnElement[bool]:
    """Whether a job of what this person learns can be done, as part of another statement."""
    return (
        select(_jobs.c.id)
        .join(_quizzes, _quizzes.c.id == _jobs.c.quiz_id)
        .where(
            _jobs.c.person_id == person_id,
            _jobs.c.kind == LEARNING,
            or_(_jobs.c.run_after <= now, _jobs.c.error.is_(None)),
            not_(_held(now)),
        )
        .correlate_except(_jobs, _quizzes)
        .exists()
    )


def _held(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether marks of the job's quiz certainly cannot be seen."""
    marks = _quizzes.c.release["marks"].as_string()
    unreleased = or_(_quizzes.c.released_at.is_(None), _quizzes.c.released_at > now)
    return or_(marks == "never", and_(marks == "by_hand", unreleased))


def take(session: Session, job_ids: Collection[UUID]) -> Sequence[Any]:
    """Take jobs out: (id, kind, subject) of those that nobody took before.

    Folds come one after another, so that they cannot stand in each other's way.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    return session.execute(
        delete(_jobs)
        .where(_jobs.c.id.in_(list(job_ids)))
        .returning(_jobs.c.id, _jobs.c.kind, _jobs.c.subject)
    ).all()


def put_off(session: Session, job_id: UUID, until: datetime, error: str) -> None:
    """A job failed: try again then."""
    session.execute(
        update(_jobs)
        .where(_jobs.c.id == job_id)
        .values(run_after=until, tries=_jobs.c.tries + 1, error=error)
    )


def any_held(session: Session, now: datetime) -> bool:
    """Say whether a job of what people learn is due; after folding, those wait for a release."""
    found = session.execute(_held_due(select(_jobs.c.id), now).limit(1)).first()
    return found is not None


def put_off_held(session: Session, now: datetime, until: datetime) -> None:
    """Look at them again then; whoever reads before looks for themselves."""
    session.execute(_held_due(update(_jobs), now).values(run_after=until))


def _held_due(statement: Any, now: datetime) -> Any:
    return statement.where(_jobs.c.kind == LEARNING, _jobs.c.run_after <= now)
