"""Quizzes, their versions, and their assignments to cohorts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import WithId


class Quiz(WithId):
    """A quiz through its versions. `title`, `release` and `closes_at` may change at any time."""

    __tablename__ = "quizzes"
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    title: Mapped[dict[str, Any]]
    mode: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    release: Mapped[dict[str, Any]]
    released_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("mode IN ('practice', 'exam')", name="mode"),)


class QuizVersion(WithId):
    """The rules and sections of a quiz as they stood once; never changed."""

    __tablename__ = "quiz_versions"
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"))
    version: Mapped[int]
    settings: Mapped[dict[str, Any]]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("quiz_id", "version"),)


class Assignment(WithId):
    """A quiz given to a cohort in a window. `pinned` holds what an exam's window fixed at opening."""

    __tablename__ = "assignments"
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id"), index=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    pinned: Mapped[dict[str, Any] | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def shipped_quiz(session: Session, slug: str) -> tuple[Quiz | None, dict[str, Any] | None]:
    """The quiz of that slug, locked, with the settings of its current version."""
    row = session.execute(
        select(Quiz, QuizVersion.settings)
        .join(
            QuizVersion,
            and_(QuizVersion.quiz_id == Quiz.id, QuizVersion.version == Quiz.version),
        )
        .where(Quiz.slug == slug)
        .with_for_update(of=Quiz)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)
