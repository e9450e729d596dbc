"""What one's own answers say: attempts, mastery, and what spaced repetition has due."""

from typing import Literal, Self

from pydantic import Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.paging import Listed, Page, cursor_of
from quizapp.api.problems import UnknownCursor
from quizapp.api.shapes import Id, Number, Out, Time, Title
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.quiz import Mode
from quizapp.domain.errors import Invalid
from quizapp.domain.progress import mastery as judged
from quizapp.services.attempts import taking
from quizapp.services.attempts.submitting import State
from quizapp.services.attempts.taking import AttemptRow
from quizapp.services.progress import mastery

area = Area("progress", "What one's own answers say")


class OwnAttempt(Out):
    """One of one's attempts; `score` and `passed` are null where they may not be seen (yet)."""

    id: Id
    quiz: Id
    title: Title
    mode: Mode
    assignment: Id | None
    trial: bool
    number: int
    state: State
    started_at: Time
    deadline: Time | None
    submitted_at: Time | None
    score: Number | None
    max_score: Number
    passed: bool | None

    @classmethod
    def of(cls, row: AttemptRow) -> Self:
        """The attempt as a service gives it."""
        return cls(
            id=row.id,
            quiz=row.quiz_id,
            title=Title.model_validate(row.quiz_title),
            mode=row.mode,
            assignment=row.assignment_id,
            trial=row.trial,
            number=row.number,
            state=row.state,
            started_at=row.started_at,
            deadline=row.deadline,
            submitted_at=row.submitted_at,
            score=row.score,
            max_score=row.max_score,
            passed=row.passed,
        )


class OwnAttempts(Listed[OwnAttempt]):
    """A page of one's attempts."""


class Standing(Out):
    """What may be said of a task or a provision: of 5 different questions or more, else nothing."""

    number: str
    title: Title
    n: int = Field(description="Answers that count: the first to each question on each day.")
    questions: int = Field(description="How many different questions these were.")
    state: Literal["none", "below", "beginning", "developing", "secure"]
    mean: float | None = Field(description="Of the share of the points earned.")
    interval: tuple[float, float] | None = Field(description="Of the mean, at 90 %.")

    @classmethod
    def of(cls, number: str, title: Localised, mastery: judged.Mastery, **more: object) -> Self:
        """What a service says of a scope."""
        found = None
        if mastery.low is not None and mastery.high is not None:
            found = (mastery.low, mastery.high)
        return cls.model_validate(
            {
                "number": number,
                "title": title,
                "n": mastery.answers,
                "questions": mastery.questions,
                "state": mastery.state,
                "mean": mastery.mean,
                "interval": found,
                **more,
            }
        )


class TaskStanding(Standing):
    """A task with its provisions."""

    source: str = Field(description="The source document.")
    provisions: list[Standing]


class Progress(Out):
    """Mastery of every task and provision."""

    tasks: list[TaskStanding]


class DueReview(Out):
    """A question that is to be seen again."""

    id: Id
    bank: str
    question: str
    due_at: Time


class DueReviews(Listed[DueReview]):
    """A page of what is due."""


@area.get("/me/attempts", action="attempt.take", gives={200: OwnAttempts})
def list_own_attempts(query: Page) -> OwnAttempts:
    """One's attempts, newest first."""
    try:
        page = taking.list_own(
            visitor.actor(), now=visitor.now(), after=query.after, limit=query.limit
        )
    except Invalid as error:
        raise UnknownCursor from error
    return OwnAttempts(
        items=[OwnAttempt.of(one) for one in page.attempts], next=cursor_of(page.next)
    )


@area.get("/me/progress", action="provision.read", gives={200: Progress})
def read_progress() -> Progress:
    """Mastery by task and provision, with everything handed in so far."""
    found = mastery.read(visitor.actor(), now=visitor.now())
    return Progress(
        tasks=[
            TaskStanding.of(
                one.task.number,
                one.task.title,
                one.mastery,
                source=one.task.source,
                provisions=[
                    Standing.of(below.provision.number, below.provision.title, below.mastery)
                    for below in one.provisions
                ],
            )
            for one in found.tasks
        ]
    )


@area.get("/me/reviews", action="attempt.take", gives={200: DueReviews})
def list_due_reviews(query: Page) -> DueReviews:
    """What spaced repetition has due: nothing, as long as nothing is scheduled."""
    _ = query.after
    return DueReviews(items=[], next=None)
