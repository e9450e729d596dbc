"""Where an attempt is being taken: on which device, and how far it has gone forward."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base, table, upsert


class Seat(Base):
    """One row for an attempt that was taken over or that goes forward only.

    It stands beside the attempt, whose row no save changes. `left_at` is a list: when slot 1, then
    2 and so on was left, in milliseconds since 1970; `reached` is the slot after them. `device` is
    the one that took the attempt over last, None while it is the one that began it.
    """

    __tablename__ = "seats"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    reached: Mapped[int] = mapped_column(default=1)
    left_at: Mapped[list[Any]]
    device: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]


seats = table(Seat)


def advance(connection: Connection, attempt_id: UUID, left_at: list[int]) -> None:
    """Note which slots are left behind, unless somebody has gone further meanwhile."""
    statement = upsert(connection.dialect.name)(seats).values(
        attempt_id=attempt_id, reached=len(left_at) + 1, left_at=left_at
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["attempt_id"],
            set_={name: statement.excluded[name] for name in ("reached", "left_at")},
            where=seats.c.reached < statement.excluded.reached,
        )
    )


def take(connection: Connection, attempt_id: UUID, device: UUID, now: datetime) -> None:
    """Let a device be the one that an attempt is taken on."""
    statement = upsert(connection.dialect.name)(seats).values(
        attempt_id=attempt_id, reached=1, left_at=[], device=device, taken_at=now
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["attempt_id"],
            set_={name: statement.excluded[name] for name in ("device", "taken_at")},
        )
    )
