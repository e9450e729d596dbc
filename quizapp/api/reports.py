"""How a quiz went: the gradebook, and what its items and scores say."""

from typing import Literal, Self

from pydantic import Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.paging import Listed, Page, after_id, cursor_of
from quizapp.api.problems import UnknownCursor
from quizapp.api.quizzes import QuizPath
from quizapp.api.shapes import Id, Key, Number, Out, Time, Title
from quizapp.services.reports import gradebook
from quizapp.services.reports import quizzes as quiz_report
from quizapp.services.reports.gradebook import Entry
from quizapp.services.reports.gradebook import Result as Reached
from quizapp.services.reports.quizzes import ItemReport

area = Area("reports", "How quizzes went")


class ReportPage(Page):
    """Which page of a report, and about whom."""

    cohort: Key | None = Field(None, description="Only what was given to this cohort.")


class Result(Out):
    """What one finished attempt reached; `score` is null while something is to be marked."""

    attempt: Id
    submitted_at: Time
    score: Number | None
    max_score: Number
    passed: bool | None = Field(description="Null without a pass mark.")

    @classmethod
    def of(cls, reached: Reached | None) -> Self | None:
        """The result as a service gives it."""
        if reached is None:
            return None
        return cls(
            attempt=reached.attempt_id,
            submitted_at=reached.submitted_at,
            score=reached.score,
            max_score=reached.max_score,
            passed=reached.passed,
        )


class GradebookEntry(Out):
    """Somebody who was given the quiz, or took it."""

    id: Id = Field(description="Of the person.")
    name: str
    name_km: str | None
    staff_number: str | None
    email: str
    attempts: int = Field(description="How many are finished.")
    open: Id | None = Field(description="The attempt that is not finished yet.")
    best: Result | None
    first: Result | None
    last: Result | None
    counted: Result | None = Field(description="The one of them that counts, as the quiz says.")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The entry as a service gives it."""
        return cls(
            id=entry.person_id,
            name=entry.name,
            name_km=entry.name_km,
            staff_number=entry.staff_number,
            email=entry.email,
            attempts=entry.attempts,
            open=entry.open_id,
            best=Result.of(entry.best),
            first=Result.of(entry.first),
            last=Result.of(entry.last),
            counted=Result.of(entry.counted),
        )


class Gradebook(Listed[GradebookEntry]):
    """A page of a gradebook, by name."""


class Band(Out):
    """How many scores lie from `low` to `high` per cent, both inside."""

    low: int
    high: int
    count: int


class Scores(Out):
    """How the scores of all finished attempts lie; `half` is what half of them reached."""

    count: int
    bands: list[Band]
    half: int | None


class Facility(Out):
    """How hard an item was: the mean share of its points, with n; figures from n = 10 on."""

    n: int
    answered: int
    verdict: Literal["unknown", "hard", "fair", "easy"]
    mean: float | None
    low: float | None
    high: float | None


class Choice(Out):
    """How often something was answered; `right` is null where the key may not be told."""

    id: str
    text: str | None
    count: int
    right: bool | None


class ItemAnalysis(Out):
    """A question version within the quiz."""

    id: Id = Field(description="Of the question version.")
    bank: str
    question: str
    version: int
    type: str
    stem: Title
    facility: Facility
    choices: list[Choice]

    @classmethod
    def of(cls, item: ItemReport) -> Self:
        """The item as a service gives it."""
        return cls(
            id=item.version_id,
            bank=item.bank,
            question=item.question,
            version=item.version,
            type=item.type,
            stem=Title.model_validate(item.stem),
            facility=Facility.model_validate(item.facility),
            choices=[
                Choice(
                    id=one.id,
                    text=str(one.text) if one.text else None,
                    count=one.count,
                    right=one.right,
                )
                for one in item.tally.rows
            ],
        )


class Analysis(Listed[ItemAnalysis]):
    """A quiz with a page of its items."""

    id: Id
    title: Title
    given: int = Field(description="To how many people.")
    taken: int = Field(description="How many of them finished an attempt.")
    scores: Scores


@area.get("/quizzes/<id>/gradebook", action="quiz.report", gives={200: Gradebook})
def read_gradebook(path: QuizPath, query: ReportPage) -> Gradebook:
    """Who was given a quiz or took it, and what they reached."""
    page = gradebook.read(
        visitor.actor(),
        path.id,
        cohort_id=query.cohort,
        after=after_id(query),
        limit=query.limit,
    )
    return Gradebook(
        items=[GradebookEntry.of(one) for one in page.entries], next=cursor_of(page.next)
    )


@area.get("/quizzes/<id>/analysis", action="quiz.report", gives={200: Analysis})
def read_analysis(path: QuizPath, query: ReportPage) -> Analysis:
    """How scores lie, how hard each item was, and what was answered."""
    asking = visitor.actor()
    found = quiz_report.read(
        asking,
        path.id,
        "km" if asking.lang == "km" else "en",
        now=visitor.now(),
        cohort_id=query.cohort,
        page=_number(query),
        limit=query.limit,
    )
    return Analysis(
        id=found.quiz.id,
        title=Title.model_validate(found.quiz.title),
        given=found.given,
        taken=found.taken,
        scores=Scores.model_validate(found.scores),
        items=[ItemAnalysis.of(one) for one in found.items],
        next=cursor_of(None if found.next is None else str(found.next)),
    )


def _number(query: Page) -> int:
    after = query.after
    if after is None:
        return 1
    if not (after.isascii() and after.isdecimal() and len(after) < 7):
        raise UnknownCursor
    return int(after)
