"""What every view of an attempt says of it: whose, of what, since when, how it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast
from uuid import UUID

from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.services.attempts.submitting import State


@dataclass(frozen=True)
class AttemptHead:
    """An attempt without its items; `deadline` is None where it has none, or is paused."""

    id: UUID
    person_id: UUID
    quiz_id: UUID
    assignment_id: UUID | None
    cohort_id: UUID | None
    quiz_title: Localised
    mode: str
    feedback: str
    trial: bool
    number: int
    state: State
    started_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None

    @classmethod
    def of(cls, head: Any, settings: QuizSettings, **more: Any) -> Self:
        """The view of a row of `storage.sittings.attempt_head`.

        Args:
            head: the row.
            settings: of the quiz version that was dealt.
            more: the fields that a fuller view adds.
        """
        return cls(
            id=head.id,
            person_id=head.person_id,
            quiz_id=head.quiz_id,
            assignment_id=head.assignment_id,
            cohort_id=head.cohort_id,
            quiz_title=Localised.model_validate(head.quiz_title),
            mode=head.mode,
            feedback=settings.feedback,
            trial=head.trial,
            number=head.number,
            state=cast(State, head.state),
            started_at=head.started_at,
            deadline=head.deadline,
            submitted_at=head.submitted_at,
            **more,
        )
