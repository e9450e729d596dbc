"""Quizzes: making them of questions named or drawn, reading and changing them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.paging import Listed, Page, after_id, cursor_of
from quizapp.api.problems import NotPossible
from quizapp.api.shapes import (
    WHOLE,
    Body,
    Id,
    Key,
    NewNotice,
    NewTitle,
    Number,
    Out,
    Path,
    Percent,
    Points,
    Time,
    Title,
    may_be_left_out,
)
from quizapp.domain.delivery.quiz import Counts, Draws, Level, Mode, When
from quizapp.domain.delivery.quiz import Key as Name
from quizapp.domain.errors import Invalid, NotFound
from quizapp.domain.words import N_
from quizapp.services.quizzes import making
from quizapp.services.quizzes.views import QuizView

area = Area("quizzes", "Quizzes")


Draw = Annotated[int, Field(ge=1, le=200), WHOLE]
Limit = Annotated[int, Field(ge=10, le=7 * 24 * 3600), WHOLE]
Grace = Annotated[int, Field(ge=0, le=24 * 3600), WHOLE]
Times = Annotated[int, Field(ge=1, le=1000), WHOLE]


class QuizPath(Path):
    """A quiz."""

    id: Key


class NewSection(Body):
    """Questions, named one by one or drawn from those that fit."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["draw"], "not": {"required": ["questions"]}},
                {"required": ["bank", "questions"], "not": {"required": ["draw"]}},
            ]
        }
    )
    bank: Name = may_be_left_out(description="Slug of the bank; all that one may use, if left out.")
    task: Name = may_be_left_out(description="Only questions citing this task, such as '3'.")
    provisions: list[Name] = may_be_left_out(
        max_length=100, description="Only questions citing one of these, such as '3.7'."
    )
    level: Level = may_be_left_out(description="Only questions of this level.")
    draw: Draw = may_be_left_out(description="How many to draw for each attempt.")
    questions: list[Name] = may_be_left_out(
        unique=True,
        min_length=1,
        max_length=200,
        description="Ids of questions, as in the bank file.",
    )
    points: Points = may_be_left_out(description="Of each question; 1.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = self.model_fields_set
        if ("draw" in given) == ("questions" in given):
            raise ValueError(N_("a section either draws or names its questions"))
        if "questions" in given and "bank" not in given:
            raise ValueError(N_("named questions need their bank"))
        if "questions" in given and len(set(self.questions)) < len(self.questions):
            raise ValueError(N_("a question is named twice"))
        return self


class NewRelease(Body):
    """When the trainee may see each part of the outcome; by the quiz's mode where left out."""

    score: When = may_be_left_out()
    marks: When = may_be_left_out()
    key: When = may_be_left_out()
    rationale: When = may_be_left_out()


class QuizChanges(Body):
    """What is to change of a quiz; once attempts exist: title, release and closing time only."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "required": ["mode", "feedback"],
                "properties": {
                    "mode": {"const": "exam"},
                    "feedback": {"const": "after_each"},
                },
            }
        }
    )
    title: NewTitle = may_be_left_out(description="In one language, or in both.")
    mode: Mode = may_be_left_out()
    sections: list[NewSection] = may_be_left_out(min_length=1, max_length=50)
    time_limit_s: Limit | None = may_be_left_out(description="Null: no limit.")
    grace_s: Grace = may_be_left_out(description="For answers on their way at the deadline.")
    attempts_allowed: Times | None = may_be_left_out(
        description="Null: no limit in practice, one in an exam."
    )
    pass_mark: Percent | None = may_be_left_out(description="In per cent of the maximum.")
    shuffle: bool = may_be_left_out()
    window_cuts: bool = may_be_left_out(
        description="Whether a window's end ends what was begun in it, the time limit left or not."
    )
    counts: Counts = may_be_left_out(description="Which of several attempts counts.")
    instructions: NewNotice | None = may_be_left_out(description="Shown before the start.")
    honour: NewNotice | None = may_be_left_out(description="To be accepted at the start.")
    navigation: Literal["free", "forward"] = may_be_left_out()
    confidence: bool = may_be_left_out(
        description="Whether the pages ask how sure one is of each answer; never marked."
    )
    draws: Draws = may_be_left_out(
        description="In an exam: the same questions for all, which is usual, or drawn for each."
    )
    feedback: Literal["at_end", "after_each"] = may_be_left_out(
        description="After each answer in practice only."
    )
    release: NewRelease = may_be_left_out()
    closes_at: AwareDatetime | None = may_be_left_out(description="When nobody can take it more.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.mode == "exam" and self.feedback == "after_each":
            raise ValueError(N_("an exam gives no feedback between questions"))
        return self


class NewQuiz(QuizChanges):
    """A quiz to be made."""

    title: NewTitle = Field(description="In one language, or in both.")
    mode: Mode
    sections: list[NewSection] = Field(min_length=1, max_length=50)


class Release(Out):
    """When the trainee may see each part of the outcome."""

    score: When
    marks: When
    key: When
    rationale: When


class Section(Out):
    """A section of a quiz; which questions, and how many there are, only for who leads it."""

    bank: str | None
    task: str | None
    provisions: list[str]
    level: Level | None
    draw: int | None
    questions: list[str] | None
    count: int
    points: Number
    available: int | None


class QuizRow(Out):
    """A quiz in a list."""

    id: Id
    title: Title
    mode: Mode
    shared: bool = Field(description="Practice that everybody may take.")
    owner: str | None
    count: int = Field(description="How many items an attempt has.")
    time_limit_s: int | None
    attempts_allowed: int | None
    closes_at: Time | None
    created_at: Time
    taken: bool = Field(description="Whether anybody has begun it.")


class Quizzes(Listed[QuizRow]):
    """A page of quizzes."""


class Quiz(QuizRow):
    """A quiz at its current version."""

    version: int
    sections: list[Section]
    points: Number
    grace_s: int
    pass_mark: Number | None
    shuffle: bool
    window_cuts: bool
    counts: Counts
    instructions: Title | None
    honour: Title | None
    navigation: Literal["free", "forward"]
    draws: Draws
    confidence: bool
    feedback: Literal["at_end", "after_each"]
    release: Release
    released_at: Time | None
    public: bool = Field(description="Whether it asks shipped questions, which everybody can read.")


@area.get("/quizzes", action="quiz.read", gives={200: Quizzes})
def list_quizzes(query: Page) -> Quizzes:
    """The quizzes one may know of, newest first, shipped practice last."""
    page = making.list_quizzes(visitor.actor(), after=after_id(query), limit=query.limit)
    return Quizzes(
        items=[QuizRow.model_validate(one) for one in page.quizzes], next=cursor_of(page.next)
    )


@area.post("/quizzes", action="quiz.make", gives={201: Quiz}, refuses=(404, 409))
def make_quiz(body: NewQuiz) -> Quiz:
    """Make a quiz of the banks that one may use."""
    asking, now = visitor.actor(), visitor.now()
    with _possible():
        made = making.make(asking, body.model_dump(exclude_unset=True), now=now)
    return _quiz(making.read(asking, made, now=now))


@area.get("/quizzes/<id>", action="quiz.read", gives={200: Quiz})
def read_quiz(path: QuizPath) -> Quiz:
    """A quiz."""
    return _quiz(making.read(visitor.actor(), path.id, now=visitor.now()))


@area.patch("/quizzes/<id>", action="quiz.edit", gives={200: Quiz}, refuses=(409,))
def edit_quiz(path: QuizPath, body: QuizChanges) -> Quiz:
    """Change a quiz; attempts keep the rules that they began with."""
    asking, now = visitor.actor(), visitor.now()
    with _possible():
        making.edit(asking, path.id, body.model_dump(exclude_unset=True), now=now)
    return _quiz(making.read(asking, path.id, now=now))


def _quiz(view: QuizView) -> Quiz:
    return Quiz.model_validate(view)


@contextmanager
def _possible() -> Iterator[None]:
    """Tell a document that is wrong (422) from one that does not fit the banks there are.

    Raises:
        NotFound: a bank may not be known of.
        NotPossible: the banks, or the fields together, do not allow it.
    """
    try:
        yield
    except Invalid as error:
        if any(problem.field.endswith(".bank") for problem in error.problems):
            raise NotFound(N_("There is no such bank, or it is not open to you.")) from error
        raise NotPossible(error.problems) from error
