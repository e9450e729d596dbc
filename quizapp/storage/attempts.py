"""Attempts and the flags that trainees put on items."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from quizapp.storage.database import AnyRow, Base, WithId, table, upsert
from quizapp.storage.prepared import Prepared


class Attempt(WithId):
    """One person's go at a quiz, with all that was dealt.

    `items` is a list, slot 1 first: {question, question_id, version_id, bank, source, type, points,
    cites, dealt}. It never changes. `open_key` is unique while the attempt is open, so that opening
    again can only give back the same one; `number` counts the person's attempts within one
    assignment, so that two starts at once cannot pass the number allowed. Scores are in millionths
    of a point. `honoured_at` is when the honour statement was accepted. While its assignment is
    paused, `deadline` and `closes_at` are empty, so that nothing ends and nothing is late; the
    paused ones hold them until it goes on. `device` is
    the one that began it; one that took it over stands in its seat (`storage.seats`).
    """

    __tablename__ = "attempts"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id"))
    quiz_version_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_versions.id"))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"))
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id"))
    trial: Mapped[bool] = mapped_column(default=False)
    number: Mapped[int] = mapped_column(default=1)
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    seed: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[list[Any]]
    device: Mapped[UUID | None]
    started_at: Mapped[datetime]
    honoured_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    paused_deadline: Mapped[datetime | None]
    paused_closes_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(BigInteger)
    max_score: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('open', 'submitted', 'closed')", name="state"),
        UniqueConstraint("person_id", "quiz_id", "assignment_id", "trial", "number"),
        Index(None, "person_id", "started_at"),
        Index(None, "quiz_id", "cohort_id", "person_id"),
        Index(None, "assignment_id"),
        Index(None, "cohort_id", "submitted_at"),
        Index(None, "state", "closes_at"),
        # what waits for somebody to mark it
        Index(
            "ix_attempts_unmarked",
            "quiz_id",
            postgresql_where=text("state <> 'open' AND score IS NULL"),
            sqlite_where=text("state <> 'open' AND score IS NULL"),
        ),
        # who may still answer: few rows, however many attempts there were
        Index(
            "ix_attempts_open",
            "quiz_id",
            "closes_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )


class Flag(Base):
    """A trainee's own mark on an item to come back to."""

    __tablename__ = "flags"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


_attempts = table(Attempt)
_flags = table(Flag)
_OPEN = select(
    _attempts.c.id, _attempts.c.open_key, _attempts.c.state, _attempts.c.closes_at
).where(_attempts.c.open_key.in_(bindparam("keys", expanding=True)))
_CLOSE = (
    update(_attempts)
    .where(_attempts.c.id == bindparam("attempt_id"))
    .values(
        state=bindparam("to_state"),
        submitted_at=bindparam("ended_at"),
        score=bindparam("earned"),
        open_key=None,
    )
)


def open_attempts(session: Session | Connection, open_keys: Sequence[str]) -> dict[str, AnyRow]:
    """(id, open_key, state, closes_at) of what is open under these keys, by key."""
    found = session.execute(_OPEN, {"keys": list(open_keys)}) if open_keys else ()
    return {row.open_key: row for row in found}


def lock_attempt(session: Session, attempt_id: UUID) -> Attempt | None:
    """An attempt without its items, locked until the transaction ends."""
    return session.get(
        Attempt,
        attempt_id,
        options=[defer(Attempt.items)],
        with_for_update=True,
        populate_existing=True,
    )


_LATER = ("submitted_at", "score", "paused_deadline", "paused_closes_at")
_FROM_START = tuple(c.name for c in _attempts.c if c.name not in _LATER)
# no target named: the open key and the number are both meant
_INSERT = {
    dialect: Prepared(upsert(dialect)(_attempts).on_conflict_do_nothing(), _FROM_START)
    for dialect in ("sqlite", "postgresql")
}


def insert_attempt(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Insert an attempt; False where one with that open key or number is there already."""
    return _INSERT[connection.dialect.name].run(connection, values) == 1


def close_attempts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Close attempts: rows of attempt_id, to_state, ended_at and earned (the score)."""
    connection.execute(_CLOSE, list(rows))


_FLAGS = Prepared(select(_flags.c.slot).where(_flags.c.attempt_id == bindparam("attempt_id")))


def flags_of(connection: Connection, attempt_id: UUID) -> frozenset[int]:
    """The flagged slots of an attempt."""
    return frozenset(row.slot for row in _FLAGS.all(connection, {"attempt_id": attempt_id}))


def put_flag(connection: Connection, attempt_id: UUID, slot: int, *, flagged: bool) -> None:
    """Put a flag on a slot, or take it off."""
    if flagged:
        statement = upsert(connection.dialect.name)(_flags)
        connection.execute(
            statement.on_conflict_do_nothing(), {"attempt_id": attempt_id, "slot": slot}
        )
    else:
        connection.execute(
            delete(_flags).where(_flags.c.attempt_id == attempt_id, _flags.c.slot == slot)
        )
