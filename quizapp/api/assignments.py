"""Assignments: giving a quiz to a cohort in a window."""

from typing import Literal

from pydantic import AwareDatetime, Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.cohorts import CohortName
from quizapp.api.paging import Listed, Page, after_id, cursor_of
from quizapp.api.problems import NotPossible
from quizapp.api.shapes import Body, Id, Key, Line, Out, Time, Title
from quizapp.domain.delivery.quiz import Mode
from quizapp.domain.errors import Invalid
from quizapp.services.quizzes import assignments
from quizapp.services.quizzes.views import AssignmentView

area = Area("assignments", "Quizzes given to cohorts")


class NewAssignment(Body):
    """A quiz to be given to a cohort."""

    quiz: Key
    cohort: Key
    opens_at: AwareDatetime | None = Field(None, description="At once, if left out.")
    closes_at: AwareDatetime | None = Field(
        None, description="Without an end of its own, if left out."
    )
    last_entry_at: AwareDatetime | None = Field(
        None, description="From then on nobody begins; until it closes, if left out."
    )
    access_code: Line | None = Field(
        None, description="To be typed at the start: 4 to 40 letters or figures."
    )


class Own(Out):
    """What the trainee who asks has done of it."""

    used: int = Field(description="Attempts begun.")
    left: int | None = Field(description="Attempts that can still be begun; null: no limit.")
    open: Id | None = Field(description="The attempt that is open.")


class Assignment(Out):
    """A quiz given to a cohort; it closes no later than the quiz itself."""

    id: Id
    quiz: Id
    title: Title
    mode: Mode
    count: int
    time_limit_s: int | None
    attempts_allowed: int | None
    cohort: CohortName
    opens_at: Time | None
    closes_at: Time | None
    last_entry_at: Time | None
    asks_code: bool = Field(description="Whether an access code is to be typed at the start.")
    access_code: str | None = Field(description="For those who teach the cohort.")
    state: Literal["open", "upcoming", "closed"]
    created_at: Time
    own: Own | None


class Assignments(Listed[Assignment]):
    """A page of assignments."""


@area.get("/assignments", action="quiz.read", gives={200: Assignments})
def list_assignments(query: Page) -> Assignments:
    """What is given to the cohorts that one attends or teaches, newest first."""
    page = assignments.list_assignments(
        visitor.actor(), now=visitor.now(), after=after_id(query), limit=query.limit
    )
    return Assignments(
        items=[_assignment(one) for one in page.assignments], next=cursor_of(page.next)
    )


@area.post("/assignments", action="quiz.give", gives={201: Assignment}, refuses=(404, 409))
def give_quiz(body: NewAssignment) -> Assignment:
    """Give a quiz that one leads to a cohort that one teaches."""
    asking, now = visitor.actor(), visitor.now()
    try:
        given = assignments.give(
            asking,
            body.quiz,
            body.cohort,
            opens_at=body.opens_at,
            closes_at=body.closes_at,
            last_entry_at=body.last_entry_at,
            access_code=body.access_code,
            now=now,
        )
    except Invalid as error:
        raise NotPossible(error.problems) from error
    page = assignments.list_assignments(asking, now=now, quiz_id=body.quiz)
    return _assignment(next(one for one in page.assignments if one.id == given))


def _assignment(view: AssignmentView) -> Assignment:
    own = None
    if view.own is not None:
        own = Own(used=view.own.used, left=view.attempts_left, open=view.own.open_id)
    return Assignment(
        id=view.id,
        quiz=view.quiz_id,
        title=Title.model_validate(view.quiz_title),
        mode=view.mode,
        count=view.count,
        time_limit_s=view.time_limit_s,
        attempts_allowed=view.attempts_allowed,
        cohort=CohortName.model_validate(view.cohort),
        opens_at=view.opens_at,
        closes_at=view.closes_at,
        last_entry_at=view.last_entry_at,
        asks_code=view.asks_code,
        access_code=view.access_code,
        state=view.state,
        created_at=view.created_at,
        own=own,
    )
