"""Banks and the questions in them, keys included: for who has a right on the bank."""

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.paging import Listed, Page, cut
from quizapp.api.problems import NotPossible
from quizapp.api.shapes import Body, Id, NewTitle, Out, Path, Title
from quizapp.domain.access import Right
from quizapp.domain.bank.question import SLUG, Question
from quizapp.domain.errors import Invalid
from quizapp.services.banks import catalogue
from quizapp.services.banks.index import Entry

area = Area("banks", "Banks and their questions")


class Bank(Out):
    """A bank with its counts of questions; `drafts` includes those in review."""

    id: Id
    slug: str
    title: Title
    source: str | None
    shipped: bool
    right: Right | None = Field(description="The right of who asks.")
    questions: int
    approved: int
    drafts: int
    retired: int


class Banks(Listed[Bank]):
    """A page of banks."""


class NewBank(Body):
    """A bank to be made, empty."""

    title: NewTitle = Field(description="In one language, or in both.")
    slug: str | None = Field(
        None, pattern=SLUG, description="Its short name; from the title where left out."
    )
    source: str | None = Field(None, pattern=SLUG, description="The source document it cites.")


class BankPath(Path):
    """A bank."""

    slug: str


class BankQuestion(Out):
    """A question as its bank file has it (the type's own fields too), and how it stands here."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(description="As in the bank file.")
    type: str
    stem: Title
    state: Literal["draft", "in_review", "approved", "retired"]
    version: int
    use: str
    level: str | None
    cites: list[str]
    valid_until: date | None


class BankQuestions(Listed[BankQuestion]):
    """A page of a bank's questions."""


@area.get("/banks", action="bank.list", gives={200: Banks})
def list_banks(query: Page) -> Banks:
    """The banks that one may use, by their slugs."""
    rows = catalogue.list_banks(visitor.actor(), after=query.after, limit=query.limit + 1)
    shown, cursor = cut(rows, query.limit, lambda bank: bank.slug)
    return Banks(items=[Bank.model_validate(one) for one in shown], next=cursor)


@area.post("/banks", action="bank.make", gives={201: Bank}, refuses=(409,))
def make_bank(body: NewBank) -> Bank:
    """Make an empty bank that one owns."""
    asking = visitor.actor()
    try:
        slug = catalogue.make_bank(
            asking, title=body.title, slug=body.slug, source=body.source, now=visitor.now()
        )
    except Invalid as error:
        raise NotPossible(error.problems) from error
    return Bank.model_validate(catalogue.get_bank(asking, slug))


@area.get("/banks/<bank_slug:slug>", action="bank.read", gives={200: Bank})
def read_bank(path: BankPath) -> Bank:
    """A bank."""
    return Bank.model_validate(catalogue.get_bank(visitor.actor(), path.slug))


@area.get("/banks/<bank_slug:slug>/questions", action="bank.read", gives={200: BankQuestions})
def list_questions(path: BankPath, query: Page) -> BankQuestions:
    """A bank's questions in its order, with their keys."""
    rows = catalogue.list_questions(
        visitor.actor(), path.slug, after=query.after, limit=query.limit + 1
    )
    shown, cursor = cut(rows, query.limit, lambda row: row[0].key)
    return BankQuestions(items=[_question(*row) for row in shown], next=cursor)


def _question(entry: Entry, question: Question) -> BankQuestion:
    document: dict[str, Any] = {
        "use": entry.use,
        "level": entry.level,
        "valid_until": entry.valid_until,
        "cites": list(entry.cites),
        **question.to_data(),
        "state": entry.state,
        "version": entry.version,
    }
    return BankQuestion.model_validate(document)
