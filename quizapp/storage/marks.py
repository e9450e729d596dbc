"""Marking schemes and append-only marks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import Base, WithId, table, upsert


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
_LATEST = (
    select(_schemes.c.quiz_id, _schemes.c.id)
    .where(_schemes.c.quiz_id.in_(bindparam("quizzes", type_=Uuid(), expanding=True)))
    .order_by(_schemes.c.number)
)
_GIVE = insert(_marks)
_OF_ATTEMPTS = (
    select(_marks.c.attempt_id, _marks.c.slot, _marks.c.mark)
    .where(_marks.c.attempt_id.in_(bindparam("attempts", type_=Uuid(), expanding=True)))
    .order_by(_marks.c.attempt_id, _marks.c.slot, _marks.c.number)
)


def schemes_of(connection: Connection, quizzes: Sequence[UUID], now: datetime) -> dict[UUID, UUID]:
    """The current marking scheme of each quiz.

    Where a quiz has none, scheme number 1 is made: without rules, every response is marked by its
    question's own.
    """
    wanted = list(dict.fromkeys(quizzes))
    found = _latest(connection, wanted)
    missing = [one for one in wanted if one not in found]
    if missing:
        statement = upsert(connection.dialect.name)(_schemes).on_conflict_do_nothing()
        rows = [
            {
                "id": uuid4(),
                "quiz_id": one,
                "number": 1,
                "rules": {},
                "reason": "",
                "created_at": now,
            }
            for one in missing
        ]
        connection.execute(statement, rows)
        found |= _latest(connection, missing)
    return found


def _latest(connection: Connection, quizzes: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = connection.execute(_LATEST, {"quizzes": quizzes})
    return {row.quiz_id: row.id for row in rows}


def give_marks(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append marks."""
    connection.execute(_GIVE, list(rows))


def marks_of(session: Session | Connection, attempts: Sequence[UUID]) -> dict[UUID, dict[int, int]]:
    """The current marks of attempts, by attempt and slot; empty where none are given yet."""
    found: dict[UUID, dict[int, int]] = {one: {} for one in attempts}
    for row in session.execute(_OF_ATTEMPTS, {"attempts": list(attempts)}):
        found[row.attempt_id][row.slot] = row.mark  # a later number takes the place of an earlier
    return found
