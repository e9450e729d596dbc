"""What waits for somebody to mark it, and the marks that people give."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, true, update
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.database import AnyRow, table
from quizapp.storage.jobs import STATISTICS, Job
from quizapp.storage.marks import Mark

_attempts = table(Attempt)
_marks = table(Mark)
_jobs = table(Job)


def unmarked(
    session: Session | Connection, quiz_id: UUID, cohorts: Collection[UUID] | None, limit: int
) -> Sequence[AnyRow]:
    """Finished attempts at a quiz without a score, the first handed in first: (id, items).

    Args:
        session: of a transaction.
        quiz_id: which quiz.
        cohorts: only what was given to these; None for all.
        limit: at most so many.
    """
    within = true() if cohorts is None else _attempts.c.cohort_id.in_(list(cohorts))
    return session.execute(
        select(_attempts.c.id, _attempts.c["items"], _attempts.c.submitted_at)
        .where(
            _attempts.c.quiz_id == quiz_id,
            _attempts.c.state != "open",
            _attempts.c.score.is_(None),
            _attempts.c.trial.is_(False),
            within,
        )
        .order_by(_attempts.c.submitted_at, _attempts.c.id)
        .limit(limit)
    ).all()


def slots_marked(
    session: Session | Connection, attempts: Collection[UUID]
) -> dict[UUID, frozenset[int]]:
    """Which slots of these attempts have a mark."""
    found: dict[UUID, set[int]] = {one: set() for one in attempts}
    rows = session.execute(
        select(_marks.c.attempt_id, _marks.c.slot).where(_marks.c.attempt_id.in_(list(attempts)))
    )
    for row in rows:
        found[row.attempt_id].add(row.slot)
    return {one: frozenset(slots) for one, slots in found.items()}


def how_many_unmarked(
    session: Session | Connection, quiz_id: UUID, cohorts: Collection[UUID] | None
) -> int:
    """How many finished attempts at a quiz have no score yet."""
    within = true() if cohorts is None else _attempts.c.cohort_id.in_(list(cohorts))
    count: int = session.execute(
        select(func.count()).where(
            _attempts.c.quiz_id == quiz_id,
            _attempts.c.state != "open",
            _attempts.c.score.is_(None),
            _attempts.c.trial.is_(False),
            within,
        )
    ).scalar_one()
    return count


def give(session: Session, mark: dict[str, Any]) -> None:
    """Append a mark."""
    session.add(Mark(**mark))
    session.flush()


def set_score(session: Session, attempt_id: UUID, score: int) -> None:
    """The score that the marks come to."""
    session.execute(update(_attempts).where(_attempts.c.id == attempt_id).values(score=score))


def counts_already(session: Session, attempt_id: UUID) -> bool:
    """Say whether a marked attempt is in the statistics: its job is done.

    A fold that is at it is waited for.
    """
    statement = select(_jobs.c.id).where(
        _jobs.c.kind == STATISTICS, _jobs.c.subject == str(attempt_id)
    )
    return session.execute(statement.with_for_update()).first() is None
