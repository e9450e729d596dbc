"""Storing what a quiz fixes: its versions, and the marking scheme that it begins with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.storage.marks import MarkingScheme
from quizapp.storage.quizzes import QuizVersion


def add_first_version(
    session: Session, quiz_id: UUID, settings: QuizSettings, person_id: UUID | None, now: datetime
) -> None:
    """Store version 1 of a quiz with marking scheme number 1.

    A scheme without rules marks every response by its question's own rule.
    """
    session.add(version(quiz_id, 1, settings, person_id, now))
    session.add(
        MarkingScheme(quiz_id=quiz_id, number=1, rules={}, created_by=person_id, created_at=now)
    )


def version(
    quiz_id: UUID, number: int, settings: QuizSettings, person_id: UUID | None, now: datetime
) -> QuizVersion:
    """A version of a quiz, to be added; the release policy is the quiz's own and may change."""
    return QuizVersion(
        quiz_id=quiz_id,
        version=number,
        settings=settings.model_dump(mode="json", exclude={"release"}),
        created_by=person_id,
        created_at=now,
    )
