"""What waits for somebody to mark it, and the marks that people give."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true, update
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.database import AnyRow, table
from quizapp.storage.jobs import STATISTICS, Job
from quizapp.storage.marks import Mark

_attempts = table(Attempt)
_marks = table(Mark)
_jobs = table(Job)


def _without_score(quiz_id: UUID, cohorts: Collection[UUID] | None) -> ColumnElement[bool]:
    return and_(
        _attempts.c.quiz_id == quiz_id,
        _attempts.c.state != "open",
        _attempts.c.score.is_(None),
        _attempts.c.trial.is_(False),
        true() if cohorts is None else _attempts.c.cohort_id.in_(list(cohorts)),
    )


def unmarked(
    session: Session | Connection,
    quiz_id: UUID,
    cohorts: Collection[UUID] | None,
    *,
    since: tuple[datetime, UUID] | None = None,
    limit: int,
) -> Sequence[AnyRow]:
    """Finished attempts at a quiz without a score: (id, items, submitted_at).

    Args:
        session: of a transaction.
        quiz_id: which quiz.
        cohorts: only what was given to these; None for all.
        since: an attempt by when it was handed in and its id: only that one and those after it.
        limit: at most so many, the first handed in first.
    """
    statement = (
        select(_attempts.c.id, _attempts.c["items"], _attempts.c.submitted_at)
        .where(_without_score(quiz_id, cohorts))
        .order_by(_attempts.c.submitted_at, _attempts.c.id)
        .limit(limit)
    )
    if since is not None:
        at, attempt_id = since
        same = and_(_attempts.c.submitted_at == at, _attempts.c.id >= attempt_id)
        statement = statement.where(or_(_attempts.c.submitted_at > at, same))
    return session.execute(statement).all()


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
    count: int = session.execute(
        select(func.count()).where(_without_score(quiz_id, cohorts))
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
