"""Marking schemes and append-only marks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base, WithId


class MarkingScheme(WithId):
    """How responses of a quiz become marks; a regrade is a new scheme."""

    __tablename__ = "marking_schemes"
    quiz_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("quizzes.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    rules: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]


class Mark(Base):
    """One mark given to one item; the highest `number` of a slot is the current one.

    `mark` is in ten-thousandths of the item's points. It names its scheme or the person who gave it.
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
