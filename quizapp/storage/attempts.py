"""Attempts and the flags that trainees put on items."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base, WithId


class Attempt(WithId):
    """One person's go at a quiz, with all that was dealt.

    `items` is a list, slot 1 first: {question, question_id, version_id, bank, type, points, cites,
    dealt}. It never changes. `open_key` is unique while the attempt is open, so that opening again
    can only give back the same one. Scores are in millionths of a point.
    """

    __tablename__ = "attempts"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id"))
    quiz_version_id: Mapped[UUID] = mapped_column(ForeignKey("quiz_versions.id"))
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignments.id"))
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohorts.id"))
    trial: Mapped[bool] = mapped_column(default=False)
    open_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    seed: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[list[Any]]
    started_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(BigInteger)
    max_score: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('open', 'submitted', 'closed')", name="state"),
        Index(None, "person_id", "started_at"),
        Index(None, "quiz_id", "cohort_id", "person_id"),
        Index(None, "assignment_id"),
        Index(None, "cohort_id", "submitted_at"),
        Index(None, "state", "closes_at"),
    )


class Flag(Base):
    """A trainee's own mark on an item to come back to."""

    __tablename__ = "flags"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(primary_key=True)
