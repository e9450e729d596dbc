"""What practice of one's own choice may draw on, and the attempts that a person has open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.banks import Bank
from quizapp.storage.database import UtcDateTime, table
from quizapp.storage.folding import anything_to_learn
from quizapp.storage.people import Person
from quizapp.storage.quizzes import Quiz
from quizapp.storage.responses import Response

AnyRow = Row[*tuple[Any, ...]]


def shipped_revisions(session: Session) -> Sequence[tuple[str, int]]:
    """(slug, revision) of the banks that come with the product."""
    found = session.execute(select(Bank.slug, Bank.revision).where(Bank.shipped))
    return [(row.slug, row.revision) for row in found]


def _open_attempts(length: Any) -> Select[Any]:
    now = bindparam("now", type_=UtcDateTime())
    saved = (
        select(func.count())
        .where(Response.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    takes_answers = and_(
        Attempt.person_id == Person.id,
        Attempt.state == "open",
        Attempt.trial.is_(False),
        or_(Attempt.closes_at.is_(None), Attempt.closes_at > now),
    )
    return (
        select(
            anything_to_learn(table(Person).c.id, now).label("waits"),
            Attempt.id,
            Attempt.quiz_id,
            Attempt.assignment_id,
            Quiz.title,
            Quiz.mode,
            Attempt.started_at,
            Attempt.deadline,
            length(Attempt.items).label("items"),
            saved.label("saved"),
        )
        .select_from(Person)
        .outerjoin(Attempt, takes_answers)
        .outerjoin(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Person.id == bindparam("person_id"))
        .order_by(Attempt.started_at.desc(), Attempt.id)
        .limit(50)
    )


# Built once: every look at home asks it.
_OPEN_ATTEMPTS = {
    "sqlite": _open_attempts(func.json_array_length),
    "postgresql": _open_attempts(func.jsonb_array_length),
}


def open_attempts(
    session: Session, person_id: UUID, now: datetime
) -> tuple[Sequence[AnyRow], bool]:
    """A person's attempts that take answers now, newest first, and whether anything waits.

    Columns: id, quiz_id, assignment_id, title, mode, started_at, deadline, items (how many), saved
    (how many have a response). The second part says whether answers of theirs wait to be folded:
    asked for here, it costs no statement of its own.
    """
    statement = _OPEN_ATTEMPTS[session.get_bind().dialect.name]
    rows = session.execute(statement, {"person_id": person_id, "now": now}).all()
    return [row for row in rows if row.id is not None], bool(rows) and rows[0].waits
