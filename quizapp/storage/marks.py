"""Marking schemes and append-only marks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import Base, WithId, table, upsert
from quizapp.storage.prepared import Prepared


class MarkingScheme(WithId):
    """How responses of a quiz become marks; a regrade is a new scheme, with the next number."""

    __tablename__ = "marking_schemes"
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"))
    number: Mapped[int]
    rules: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("quiz_id", "number"),)


class Mark(Base):
    """One mark given to one item; the highest `number` of a slot is the current one.

    `mark` is in ten-thousandths of the item's points. It names its scheme, or who gave it.
    """

    __tablename__ = "marks"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[int]
    scheme_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    given_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("mark BETWEEN 0 AND 10000", name="mark"),)


_schemes = table(MarkingScheme)
_marks = table(Mark)
_FIRST = select(_schemes.c.id).where(
    _schemes.c.quiz_id == bindparam("quiz_id", type_=Uuid()), _schemes.c.number == 1
)
_GIVEN = ("attempt_id", "slot", "number", "mark", "scheme_id", "reason", "given_at")
_GIVE = insert(_marks)
# as lists in one statement: row by row, every mark would be a message to the server
_GIVE_LISTS = Prepared(
    insert(_marks).from_select(
        _GIVEN,
        select(
            *(
                func.unnest(bindparam(name, type_=ARRAY(_marks.c[name].type))).label(name)
                for name in _GIVEN
            )
        ),
    )
)
_OF_ATTEMPTS = (
    select(_marks.c.attempt_id, _marks.c.slot, _marks.c.mark)
    .where(_marks.c.attempt_id.in_(bindparam("attempts", type_=Uuid(), expanding=True)))
    .order_by(_marks.c.attempt_id, _marks.c.slot, _marks.c.number)
)


def current_scheme(quiz_id: ColumnElement[UUID]) -> ColumnElement[UUID]:
    """The scheme by which a quiz is marked now, as part of another statement; NULL before any."""
    return (
        select(_schemes.c.id)
        .where(_schemes.c.quiz_id == quiz_id)
        .order_by(_schemes.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def first_scheme(connection: Connection, quiz_id: UUID, now: datetime) -> UUID:
    """Make scheme number 1 of a quiz, if nobody does so at the same time; gives its id.

    It has no rules: every response is marked by its question's own.
    """
    statement = upsert(connection.dialect.name)(_schemes).on_conflict_do_nothing()
    connection.execute(
        statement,
        {
            "id": uuid4(),
            "quiz_id": quiz_id,
            "number": 1,
            "rules": {},
            "reason": "",
            "created_at": now,
        },
    )
    made: UUID = connection.execute(_FIRST, {"quiz_id": quiz_id}).scalar_one()
    return made


def give_marks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append marks: rows of all columns but the person."""
    if connection.dialect.name == "postgresql":
        _GIVE_LISTS.run(connection, {name: [row[name] for row in rows] for name in _GIVEN})
    else:
        connection.execute(_GIVE, list(rows))


_EVERY = (
    select(_marks.c.slot, _marks.c.number, _marks.c.mark, _marks.c.person_id, _marks.c.reason)
    .where(_marks.c.attempt_id == bindparam("attempt_id", type_=Uuid()))
    .order_by(_marks.c.slot, _marks.c.number)
)


def current_of(session: Session | Connection, attempt_id: UUID) -> dict[int, Any]:
    """The current marks of an attempt by slot: (slot, number, mark, person_id, reason)."""
    return {row.slot: row for row in session.execute(_EVERY, {"attempt_id": attempt_id})}


def comments_of(session: Session | Connection, attempt_id: UUID) -> dict[int, str]:
    """What people said of their current marks, by slot."""
    found = current_of(session, attempt_id)
    return {slot: row.reason for slot, row in found.items() if row.person_id and row.reason}


def marks_of(session: Session | Connection, attempts: Sequence[UUID]) -> dict[UUID, dict[int, int]]:
    """The current marks of attempts, by attempt and slot; empty where none are given yet."""
    found: dict[UUID, dict[int, int]] = {one: {} for one in attempts}
    for row in session.execute(_OF_ATTEMPTS, {"attempts": list(attempts)}):
        found[row.attempt_id][row.slot] = row.mark  # a later number takes the place of an earlier
    return found
