"""Attempts: starting, reading, submitting, and looking back at them. No key before its release."""

from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.paging import Listed, Page, cut
from quizapp.api.problems import NotPossible
from quizapp.api.quizzes import QuizPath
from quizapp.api.shapes import (
    Body,
    Id,
    Key,
    Number,
    Out,
    Path,
    Query,
    Text,
    Time,
    Title,
    Whole,
)
from quizapp.domain.answers.localised import Lang
from quizapp.domain.delivery.entry import Brought
from quizapp.domain.errors import Invalid
from quizapp.services.attempts import moving, receipts, starting, submitting, taking
from quizapp.services.attempts.receipts import ReceiptRow
from quizapp.services.attempts.saving import MOST_SLOTS
from quizapp.services.attempts.submitting import State
from quizapp.services.attempts.taking import AttemptView, ItemView
from quizapp.translations.words import Words, words

area = Area("attempts", "Attempts, from their start to their review")


class AttemptPath(Path):
    """An attempt."""

    id: Key


class LangQuery(Query):
    """In which language the questions are read."""

    lang: Lang | None = Field(None, description="One's own, where left out.")

    @property
    def chosen(self) -> Lang:
        """The language asked for, else that of who asks."""
        return self.lang or ("km" if visitor.actor().lang == "km" else "en")


class Start(Body):
    """What to start; nothing where only one thing can be meant."""

    assignment: Key | None = Field(None, description="Which of the assignments that are open.")
    access_code: Text | None = Field(
        None, max_length=200, description="Where the assignment asks for one."
    )
    honour: bool = Field(False, description="Whether the word of honour is given, if it is asked.")


class Item(Out):
    """An item as it is answered, with what its type shows (`options` and the like)."""

    model_config = ConfigDict(extra="allow")

    slot: int
    question: str = Field(description="The question's id in its bank file.")
    bank: str
    type: str
    stem: str
    lang: Lang = Field(description="Of the stem.")
    rule: str = Field(description="How it is marked, in a sentence.")
    points: Number
    response: dict[str, Any] | None
    revision: int = Field(description="Of the response; 0 where nothing was saved.")
    saved_at: Time | None
    flagged: bool
    checked: bool = Field(description="Whether its feedback was looked at, which locks it.")

    @classmethod
    def of(cls, item: ItemView, say: Words) -> Self:
        """The item as a service gives it, its rule in the reader's words."""
        return cls.model_validate(
            {
                **item.present,
                "slot": item.slot,
                "question": item.question,
                "bank": item.bank,
                "type": item.type,
                "stem": item.stem.text,
                "lang": item.stem.lang,
                "rule": say[item.rule],
                "points": item.points,
                "response": item.response,
                "revision": item.revision,
                "saved_at": item.saved_at,
                "flagged": item.flagged,
                "checked": item.checked,
            }
        )


class Refused(Out):
    """An answer that was sent and does not count, newer than the one that does."""

    slot: int
    revision: int
    reason: str = Field(description="The last part of the problem's type.")
    response: dict[str, Any] | None
    saved_at: Time


class Attempt(Out):
    """An attempt as it is taken."""

    id: Id
    quiz: Id
    assignment: Id | None
    title: Title
    mode: Literal["practice", "exam"]
    navigation: Literal["free", "forward"]
    feedback: Literal["at_end", "after_each"]
    trial: bool
    number: int = Field(description="Which of one's attempts at this it is.")
    state: State
    started_at: Time
    deadline: Time | None
    closes_at: Time | None = Field(description="The deadline and the grace after it.")
    submitted_at: Time | None
    seconds_left: int | None
    paused: bool = Field(
        description="Whether the invigilator has stopped the time: it has no end until it goes on."
    )
    confidence: bool = Field(description="Whether answers are asked how sure one is.")
    reached: int | None = Field(
        description="Where it goes forward only: the slot that one is at; those before are left."
    )
    items: list[Item]
    refused: list[Refused]

    @classmethod
    def of(cls, view: AttemptView, lang: Lang) -> Self:
        """The attempt as a service gives it."""
        say = words(lang)
        return cls(
            id=view.id,
            quiz=view.quiz_id,
            assignment=view.assignment_id,
            title=view.quiz_title,
            mode=view.mode,
            navigation=view.navigation,
            feedback=view.feedback,
            trial=view.trial,
            number=view.number,
            state=view.state,
            started_at=view.started_at,
            deadline=view.deadline,
            closes_at=view.closes_at,
            submitted_at=view.submitted_at,
            seconds_left=view.seconds_left,
            paused=view.paused,
            confidence=view.confidence,
            reached=view.reached if view.navigation == "forward" else None,
            items=[Item.of(one, say) for one in view.items],
            refused=[Refused.model_validate(one) for one in view.refused],
        )


class Submit(Body):
    """Who ends the attempt."""

    by_clock: bool = Field(
        False,
        description="A page's clock does it, not the person: nothing happens while the server's "
        "says that time is left, or that it stands still; the state is then still `open`.",
    )


class Going(Body):
    """Where to go on to."""

    slot: Whole = Field(ge=1, le=MOST_SLOTS)


class Reached(Out):
    """Where one is."""

    slot: int


class Submitted(Out):
    """A finished attempt; null is what may not be seen yet."""

    id: Id
    state: State
    score: Number | None
    max_score: Number
    passed: bool | None


class Receipt(Out):
    """The receipt of one saved answer."""

    slot: int
    revision: int
    saved_at: Time
    late: bool
    receipt: str


class Receipts(Listed[Receipt]):
    """A page of an attempt's receipts, the oldest first."""


@area.post(
    "/quizzes/<id>/attempts",
    action="quiz.start",
    gives={201: Attempt, 200: Attempt},
    refuses=(409,),
)
def start_attempt(path: QuizPath, query: LangQuery, body: Start) -> tuple[Attempt, int]:
    """Start an attempt at a quiz, or give back the one that is open (200)."""
    asking, now = visitor.actor(), visitor.now()
    try:
        started = starting.start(
            asking,
            path.id,
            assignment_id=body.assignment,
            brought=Brought(body.access_code or "", body.honour),
            throttle=visitor.entrance().desk().throttle,
            now=now,
        )
    except Invalid as error:
        raise NotPossible(error.problems) from error
    view = taking.read(asking, started.id, query.chosen, now=now)
    return Attempt.of(view, query.chosen), 201 if started.created else 200


@area.get("/attempts/<id>", action="attempt.read", gives={200: Attempt})
def read_attempt(path: AttemptPath, query: LangQuery) -> Attempt:
    """An attempt with its items and what is saved; no key, no mark."""
    view = taking.read(visitor.actor(), path.id, query.chosen, now=visitor.now())
    return Attempt.of(view, query.chosen)


@area.post("/attempts/<id>/reached", action="attempt.take", gives={200: Reached}, refuses=(409,))
def reach(path: AttemptPath, body: Going) -> Reached:
    """Go on to a question; where the quiz goes forward only, those before are left for good."""
    slot = moving.go_on(visitor.actor(), path.id, body.slot, now=visitor.now())
    return Reached(slot=slot)


@area.post("/attempts/<id>/submit", action="attempt.take", gives={200: Submitted})
def submit_attempt(path: AttemptPath, body: Submit) -> Submitted:
    """End an attempt and mark it; ending it again changes nothing."""
    done = submitting.submit(visitor.actor(), path.id, by_clock=body.by_clock, now=visitor.now())
    return Submitted.model_validate(done)


@area.get("/attempts/<id>/receipts", action="attempt.read", gives={200: Receipts})
def list_receipts(path: AttemptPath, query: Page) -> Receipts:
    """The receipts of an attempt's saved answers."""
    rows = receipts.of_attempt(visitor.actor(), path.id)
    places = [_place(row) for row in rows]
    start = places.index(query.after) + 1 if query.after in places else 0
    shown, cursor = cut(rows[start : start + query.limit + 1], query.limit, _place)
    return Receipts(items=[Receipt.model_validate(one) for one in shown], next=cursor)


def _place(row: ReceiptRow) -> str:
    return f"{row.slot}.{row.revision}"
