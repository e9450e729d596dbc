"""Work to be done soon: rows with leases, drained by `serve`'s thread and by `work`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Connection,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import AnyRow, WithId, table, upsert

STATISTICS = "fold"
"""Kind of the job that folds a finished attempt into the statistics of its quiz."""
LEARNING = "learn"
"""Kind of the job that folds it into what its person has learnt."""


class Job(WithId):
    """One thing to do. `subject` is what it is about (an attempt, say); one of a kind per subject.

    `person_id` and `quiz_id` let whoever reads the outcome fold their own scope first.
    """

    __tablename__ = "jobs"
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    quiz_id: Mapped[UUID | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any] | None]
    run_after: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("kind", "subject"), Index(None, "run_after"))


_jobs = table(Job)
_DUE = (
    select(_jobs)
    .where(
        _jobs.c.kind.in_(bindparam("kinds", expanding=True)),
        _jobs.c.run_after <= bindparam("now"),
        or_(_jobs.c.leased_until.is_(None), _jobs.c.leased_until <= bindparam("now")),
    )
    .order_by(_jobs.c.run_after, _jobs.c.id)
    .limit(bindparam("most"))
)
_CLAIM = _DUE.with_for_update(skip_locked=True)
_LEASE = (
    update(_jobs)
    .where(_jobs.c.id == bindparam("job_id"))
    .values(leased_until=bindparam("until"), tries=_jobs.c.tries + 1)
)
# Only whoever holds the lease may end it: one that ran out belongs to the next.
_HELD = and_(_jobs.c.id == bindparam("job_id"), _jobs.c.leased_until == bindparam("lease"))
_DONE = delete(_jobs).where(_HELD)
_LATER = (
    update(_jobs)
    .where(_HELD)
    .values(
        leased_until=None,
        run_after=bindparam("again"),
        tries=bindparam("tried"),
        error=bindparam("problem"),
    )
)


def _add(dialect: str) -> Any:
    return upsert(dialect)(_jobs).on_conflict_do_nothing()


_ADD = {dialect: _add(dialect) for dialect in ("sqlite", "postgresql")}


def job(
    kind: str,
    subject: str,
    now: datetime,
    *,
    run_after: datetime | None = None,
    person_id: UUID | None = None,
    quiz_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The row of a job, for `add_jobs`."""
    return {
        "id": uuid4(),
        "kind": kind,
        "subject": subject,
        "person_id": person_id,
        "quiz_id": quiz_id,
        "details": details,
        "run_after": run_after or now,
        "tries": 0,
        "created_at": now,
    }


def add_jobs(session: Session | Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add jobs, within the transaction of what they follow from; those that wait already stay."""
    connection = session if isinstance(session, Connection) else session.connection()
    connection.execute(_ADD[connection.dialect.name], list(rows))


def any_due(session: Session | Connection, kinds: Collection[str], now: datetime) -> bool:
    """Say whether a job of these kinds can be done now."""
    return session.execute(_DUE, {"kinds": list(kinds), "now": now, "most": 1}).first() is not None


def claim(
    connection: Connection, kinds: Collection[str], now: datetime, until: datetime, most: int
) -> Sequence[AnyRow]:
    """Take jobs that are due, leased until then; nobody else takes them meanwhile."""
    found = connection.execute(_CLAIM, {"kinds": list(kinds), "now": now, "most": most}).all()
    if found:
        connection.execute(_LEASE, [{"job_id": row.id, "until": until} for row in found])
    return found


def finish(connection: Connection, job_id: UUID, lease: datetime) -> None:
    """A job is done: forget it."""
    connection.execute(_DONE, {"job_id": job_id, "lease": lease})


def postpone(
    connection: Connection,
    job_id: UUID,
    lease: datetime,
    *,
    again: datetime,
    tries: int,
    error: str | None,
) -> None:
    """A job is to be done again then."""
    connection.execute(
        _LATER,
        {"job_id": job_id, "lease": lease, "again": again, "tried": tries, "problem": error},
    )
