"""For tests of quizzes: an own bank of single choice questions, and fields to make a quiz."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.bank_samples import load_source, question, read
from sqlalchemy import event, select

from quizapp.domain.access import Actor
from quizapp.services.banks.importing import import_bank
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import db, transaction
from quizapp.storage.quizzes import QuizVersion

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def load_bank(
    actor: Actor | None, *questions: dict[str, Any], bank: str = "sample", shipped: bool = False
) -> str:
    """A bank that the actor owns, or a shipped one; of ten questions where none are given."""
    load_source()
    listed = questions or tuple(question(f"q-{n}") for n in range(10))
    report = import_bank(actor, read(*listed, bank=bank), now=NOW, shipped=shipped)
    assert report.rejected == 0, report.findings
    return bank


def fields(**changes: Any) -> dict[str, Any]:
    """A practice quiz of five questions, as the API takes it, with changes."""
    whole = {"title": {"en": "Weekly quiz"}, "sections": [{"bank": "sample", "draw": 5}]}
    return whole | changes


def begin(
    quiz_id: UUID,
    person: Actor,
    *,
    trial: bool = False,
    assignment_id: UUID | None = None,
    state: str = "open",
) -> UUID:
    """An attempt, as a row: how it is dealt is tested elsewhere."""
    attempt_id = uuid4()
    with transaction(write=True) as session:
        version_id = session.scalar(select(QuizVersion.id).where(QuizVersion.quiz_id == quiz_id))
        session.add(
            Attempt(
                id=attempt_id,
                person_id=person.id,
                quiz_id=quiz_id,
                quiz_version_id=version_id,
                assignment_id=assignment_id,
                trial=trial,
                open_key=str(uuid4()) if state == "open" else None,
                state=state,
                seed=1,
                items=[],
                started_at=NOW,
                max_score=0,
            )
        )
    return attempt_id


class Statements:
    """Counts what is sent to the database."""

    def __enter__(self) -> "Statements":
        self.sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.sent.append(statement)
