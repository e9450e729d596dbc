"""When the server was last alive, and the times when it was not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    String,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import AnyRow, Base, WithId, table, upsert
from quizapp.storage.quizzes import Quiz


class Pulse(Base):
    """One row: when a process that does jobs was last alive."""

    __tablename__ = "pulse"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class Outage(WithId):
    """A time without a pulse. Until it is settled, exams whose deadline fell into it stay open.

    `decision` says whether the minutes were given back (`given-back`) or not (`closed`).
    """

    __tablename__ = "outages"
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    decision: Mapped[str | None] = mapped_column(String(20))

    __table_args__ = (
        Index(
            "ix_outages_unsettled",
            "began_at",
            postgresql_where=text("settled_at IS NULL"),
            sqlite_where=text("settled_at IS NULL"),
        ),
    )


_pulse = table(Pulse)
_outages = table(Outage)
_attempts = table(Attempt)
_quizzes = table(Quiz)
_cohorts = table(Cohort)
_LAST = select(_pulse.c.at)
_LAST_LOCKED = _LAST.with_for_update()
_BEAT = update(_pulse).values(at=bindparam("now"))
_SHIFT = (
    update(_attempts)
    .where(_attempts.c.id == bindparam("attempt"))
    .values(deadline=bindparam("new_deadline"), closes_at=bindparam("new_close"))
)


def in_outage(deadline: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a deadline fell into an outage that nobody has settled, within another statement."""
    return (
        select(_outages.c.id)
        .where(
            _outages.c.settled_at.is_(None),
            _outages.c.began_at <= deadline,
            _outages.c.ended_at >= deadline,
        )
        .correlate_except(_outages)
        .exists()
    )


def last_pulse(connection: Connection, *, lock: bool = False) -> datetime | None:
    """When the server was last alive; None before its first day."""
    return connection.execute(_LAST_LOCKED if lock else _LAST).scalar_one_or_none()


def first_beat(connection: Connection, now: datetime) -> None:
    """Begin to keep the pulse, unless somebody has begun already."""
    statement = upsert(connection.dialect.name)(_pulse).on_conflict_do_nothing()
    connection.execute(statement, {"id": 1, "at": now})


def beat(connection: Connection, now: datetime) -> None:
    """The server is alive."""
    connection.execute(_BEAT, {"now": now})


def add_outage(connection: Connection, began_at: datetime, ended_at: datetime) -> UUID:
    """Remember that the server was not there."""
    outage_id = uuid4()
    connection.execute(
        insert(_outages), {"id": outage_id, "began_at": began_at, "ended_at": ended_at}
    )
    return outage_id


def lock_outage(session: Session, outage_id: UUID) -> Outage | None:
    """An outage, locked until the transaction ends."""
    return session.scalar(select(Outage).where(Outage.id == outage_id).with_for_update())


def struck(session: Session, cohorts: Iterable[UUID] | None) -> Sequence[AnyRow]:
    """What the outages about which nobody has decided struck, the oldest first.

    A row for each outage and assignment: `attempts` open exams lost minutes, `held` of them ended
    in it and wait. One row without an assignment where an outage struck no exam.

    Args:
        session: of a transaction.
        cohorts: only exams given to these; None for all.
    """
    open_exams = _attempts.join(
        _quizzes, and_(_quizzes.c.id == _attempts.c.quiz_id, _quizzes.c.mode == "exam")
    )
    lost = and_(
        _attempts.c.state == "open",
        _attempts.c.deadline >= _outages.c.began_at,
        _attempts.c.started_at < _outages.c.ended_at,
    )
    if cohorts is not None:
        lost = and_(lost, _attempts.c.cohort_id.in_(list(cohorts)))
    return session.execute(
        select(
            _outages.c.id,
            _outages.c.began_at,
            _outages.c.ended_at,
            _attempts.c.assignment_id,
            _quizzes.c.title.label("quiz_title"),
            _cohorts.c.id.label("cohort_id"),
            _cohorts.c.code,
            _cohorts.c.title,
            _cohorts.c.title_km,
            func.count(_attempts.c.id).label("attempts"),
            func.coalesce(
                func.sum(case((_attempts.c.deadline <= _outages.c.ended_at, 1), else_=0)), 0
            ).label("held"),
        )
        .select_from(
            _outages.outerjoin(open_exams, lost).outerjoin(
                _cohorts, _cohorts.c.id == _attempts.c.cohort_id
            )
        )
        .where(_outages.c.settled_at.is_(None))
        .group_by(_outages.c.id, _attempts.c.assignment_id, _quizzes.c.id, _cohorts.c.id)
        .order_by(_outages.c.began_at, _outages.c.id, _cohorts.c.code)
    ).all()


def running_through(
    session: Session | Connection,
    began_at: datetime,
    ended_at: datetime,
    mode: str,
) -> Sequence[AnyRow]:
    """Open attempts from which an outage took minutes, locked until the transaction ends.

    Their id, started_at, deadline and closes_at.

    Args:
        session: of a transaction.
        began_at: of the outage.
        ended_at: of the outage.
        mode: of their quizzes.
    """
    statement = (
        select(_attempts.c.id, _attempts.c.started_at, _attempts.c.deadline, _attempts.c.closes_at)
        .join(_quizzes, _quizzes.c.id == _attempts.c.quiz_id)
        .where(
            _attempts.c.state == "open",
            _attempts.c.deadline >= began_at,
            _attempts.c.started_at < ended_at,
            _quizzes.c.mode == mode,
        )
        .order_by(_attempts.c.id)
        .with_for_update(of=_attempts)
    )
    return session.execute(statement).all()


def shift(session: Session | Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Move the ends of attempts: rows of attempt, new_deadline and new_close."""
    connection = session if isinstance(session, Connection) else session.connection()
    connection.execute(_SHIFT, list(rows))
