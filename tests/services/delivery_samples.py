"""What the tests of taking a quiz share: a bank of every type, quizzes, a browser's session."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bank_samples import load_source, question, read
from sqlalchemy import event

from quizapp.domain.access import Actor
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.services.attempts import saving
from quizapp.services.attempts.saving import Saved, SaveRequest
from quizapp.services.banks.importing import import_bank
from quizapp.services.people import sessions
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import db, transaction
from quizapp.storage.quizzes import Assignment, Quiz, QuizVersion

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

EVERY_TYPE: tuple[dict[str, Any], ...] = (
    question("one"),
    question(
        "several",
        type="multiple_choice",
        options=[
            {"id": "q", "text": {"en": "Tariffs"}, "correct": True},
            {"id": "f", "text": {"en": "Ports"}, "correct": True},
            {"id": "z", "text": {"en": "Weather"}, "rationale": {"en": "Nobody agrees on it."}},
            {"id": "w", "text": {"en": "Tides"}, "rationale": {"en": "Nor on them."}},
        ],
    ),
    question(
        "verdict",
        type="true_false",
        options=None,
        answer=True,
        rationale={"en": "The text has it so."},
    ),
    question(
        "pairs",
        type="matching",
        options=None,
        prompts=[
            {"id": "p1", "text": {"en": "Hanoi"}, "match": "t7"},
            {"id": "p2", "text": {"en": "Vientiane"}, "match": "t3"},
        ],
        targets=[
            {"id": "t3", "text": {"en": "Laos"}},
            {"id": "t7", "text": {"en": "Viet Nam"}},
            {"id": "t5", "text": {"en": "Thailand"}},
        ],
    ),
    question(
        "order",
        type="ordering",
        options=None,
        items=[
            {"id": "k", "text": {"en": "First aim"}},
            {"id": "d", "text": {"en": "Second aim"}},
            {"id": "x", "text": {"en": "Third aim"}},
        ],
        order=["k", "d", "x"],
    ),
    question("year", type="numeric", options=None, accept=[{"value": 2050, "tolerance": 5}]),
    question("word", type="short_text", options=None, accept=[{"text": "ASEAN"}]),
)
RIGHT: dict[str, dict[str, Any]] = {
    "one": {"choice": "f"},
    "several": {"choices": ["q", "f"]},
    "verdict": {"value": True},
    "pairs": {"pairs": {"p1": "t7", "p2": "t3"}},
    "order": {"order": ["k", "d", "x"]},
    "year": {"value": 2050},
    "word": {"text": "asean"},
}
"""A response of full marks to each of them."""


def load_bank(*questions: dict[str, Any], bank: str = "sample", shipped: bool = True) -> None:
    """Bring a bank in, approved; of every type where no questions are given."""
    load_source()
    report = import_bank(
        None, read(*(questions or EVERY_TYPE), bank=bank), now=NOW, shipped=shipped
    )
    assert report.created == len(questions or EVERY_TYPE), report.findings


def make_quiz(*, shared: bool = False, owner: Actor | None = None, **settings: Any) -> UUID:
    """A quiz; of the whole sample bank where no sections are given."""
    sections = [{"bank": "sample", "questions": [one["id"] for one in EVERY_TYPE]}]
    read_settings = QuizSettings.model_validate({"sections": sections} | settings)
    quiz_id = uuid4()
    with transaction(write=True) as session:
        session.add(
            Quiz(
                id=quiz_id,
                title={"en": "A quiz", "km": "កម្រង\u200bសំណួរ"},
                mode=read_settings.mode,
                owner_id=owner.id if owner else None,
                shared=shared,
                version=1,
                release=read_settings.release.model_dump(mode="json"),
                created_at=NOW,
            )
        )
        session.flush()
        session.add(
            QuizVersion(
                quiz_id=quiz_id,
                version=1,
                settings=read_settings.model_dump(mode="json", exclude={"release"}),
                created_at=NOW,
            )
        )
    return quiz_id


def give(
    quiz_id: UUID,
    cohort: Cohort,
    *,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> UUID:
    """Give a quiz to a cohort."""
    assignment_id = uuid4()
    with transaction(write=True) as session:
        session.add(
            Assignment(
                id=assignment_id,
                quiz_id=quiz_id,
                cohort_id=cohort.id,
                opens_at=opens_at,
                closes_at=closes_at,
                created_at=NOW,
            )
        )
    return assignment_id


def signed_in(actor: Actor, *, now: datetime = NOW) -> Actor:
    """The same person from a browser's session."""
    with transaction(write=True) as session:
        session_id = sessions.open_session(session, actor.id, "a test's browser", now)
    return replace(actor, session_id=session_id)


@dataclass
class Browser:
    """Somebody's device: sends saves with the next revision, as the page does."""

    actor: Actor
    attempt_id: UUID
    device: UUID

    @classmethod
    def of(cls, actor: Actor, attempt_id: UUID) -> "Browser":
        known = actor if actor.session_id else signed_in(actor)
        return cls(known, attempt_id, uuid4())

    def save(
        self, slot: int, response: Any, revision: int = 1, *, now: datetime = NOW, **more: Any
    ) -> Saved:
        assert self.actor.session_id is not None
        return saving.save(
            self.actor.session_id,
            self.attempt_id,
            slot,
            SaveRequest(response, revision, **more),
            device=self.device,
            now=now,
        )


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without those that begin and end transactions."""
    found: list[str] = []

    def note(*event_arguments: Any) -> None:
        if not event_arguments[2].startswith(("BEGIN", "PRAGMA")):
            found.append(event_arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def verbs(found: list[str]) -> list[str]:
    """The first word of each statement."""
    return [one.split(None, 1)[0] for one in found]
