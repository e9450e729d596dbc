"""When the server was last alive, and the times when it was not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Index,
    String,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.attempts import Attempt
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


def unsettled(session: Session) -> Sequence[Outage]:
    """Outages about which nobody has decided, the oldest first."""
    return session.scalars(
        select(Outage).where(Outage.settled_at.is_(None)).order_by(Outage.began_at)
    ).all()


def running_through(
    session: Session | Connection,
    began_at: datetime,
    ended_at: datetime,
    mode: str,
    *,
    lock: bool = True,
) -> Sequence[AnyRow]:
    """Open attempts from which an outage took minutes: (id, started_at, deadline, closes_at).

    Args:
        session: of a transaction.
        began_at: of the outage.
        ended_at: of the outage.
        mode: of their quizzes.
        lock: whether they are locked until the transaction ends.
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
    )
    if lock:
        statement = statement.with_for_update(of=_attempts)
    return session.execute(statement).all()


def shift(session: Session | Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Move the ends of attempts: rows of attempt, new_deadline and new_close."""
    connection = session if isinstance(session, Connection) else session.connection()
    connection.execute(_SHIFT, list(rows))
