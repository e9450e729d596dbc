"""What a person's answers say about each provision and task, folded forward."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Row,
    String,
    and_,
    case,
    delete,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import Base, upsert
from quizapp.storage.people import Person

AnyRow = Row[*tuple[Any, ...]]


class Evidence(Base):
    """The first answer of a person to a question on a day; later ones teach, and do not measure.

    `source` and `numbers` are the scopes that it counts in: those that its version cites.
    """

    __tablename__ = "evidence"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    mark: Mapped[int]
    attempt_id: Mapped[UUID]
    answered_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(80))
    numbers: Mapped[list[Any]]

    __table_args__ = (Index(None, "person_id", "day"),)


class Mastery(Base):
    """Sums over the evidence of a person within a scope: a task ("3") or a provision ("3.7").

    Marks in ten-thousandths, so that folding forward equals a full recomputation exactly.
    """

    __tablename__ = "mastery"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    answers: Mapped[int]
    questions: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    squares: Mapped[int] = mapped_column(BigInteger)


class Meeting(Base):
    """How often a person met a question, and how it went the last time: for draws and reviews."""

    __tablename__ = "meetings"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    times: Mapped[int]
    last_mark: Mapped[int]
    last_at: Mapped[datetime]
    attempt_id: Mapped[UUID]


_evidence = Evidence.__table__
_mastery = Mastery.__table__
_meetings = Meeting.__table__
_SUMS = ("answers", "questions", "total", "squares")


def _put_evidence(dialect: str) -> Any:
    statement = upsert(dialect)(_evidence)
    kept = ("mark", "attempt_id", "answered_at", "source", "numbers")
    return statement.on_conflict_do_update(
        index_elements=["person_id", "question_id", "day"],
        set_={name: statement.excluded[name] for name in kept},
    )


def _add_mastery(dialect: str) -> Any:
    statement = upsert(dialect)(_mastery)
    return statement.on_conflict_do_update(
        index_elements=["person_id", "source", "number"],
        set_={name: _mastery.c[name] + statement.excluded[name] for name in _SUMS},
    )


def _add_meetings(dialect: str) -> Any:
    statement = upsert(dialect)(_meetings)
    new = statement.excluded
    newer = or_(
        new.last_at > _meetings.c.last_at,
        and_(new.last_at == _meetings.c.last_at, new.attempt_id >= _meetings.c.attempt_id),
    )
    last = ("last_mark", "last_at", "attempt_id")
    return statement.on_conflict_do_update(
        index_elements=["person_id", "question_id"],
        set_={"times": _meetings.c.times + new.times}
        | {name: case((newer, new[name]), else_=_meetings.c[name]) for name in last},
    )


_DIALECTS = ("sqlite", "postgresql")
_PUT_EVIDENCE = {dialect: _put_evidence(dialect) for dialect in _DIALECTS}
_ADD_MASTERY = {dialect: _add_mastery(dialect) for dialect in _DIALECTS}
_ADD_MEETINGS = {dialect: _add_meetings(dialect) for dialect in _DIALECTS}


def lock_people(session: Session, person_ids: Iterable[UUID]) -> None:
    """Let nobody else fold these people's answers until the transaction ends.

    What stands is read, then changed by a difference: two at once would both count the same.
    """
    session.execute(
        select(Person.id)
        .where(Person.id.in_(sorted(person_ids)))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    ).all()


def evidence_of(
    session: Session, person_ids: Iterable[UUID], question_ids: Iterable[UUID] | None = None
) -> Sequence[AnyRow]:
    """Evidence of these people, of every day; on these questions only where they are given."""
    statement = select(_evidence).where(_evidence.c.person_id.in_(list(person_ids)))
    if question_ids is not None:
        statement = statement.where(_evidence.c.question_id.in_(list(question_ids)))
    return session.execute(statement).all()


def evidence_since(session: Session, person_id: UUID, since: date) -> Sequence[AnyRow]:
    """A person's evidence from a day on: person_id, question_id, day, mark, source, numbers, ..."""
    return session.execute(
        select(_evidence).where(_evidence.c.person_id == person_id, _evidence.c.day >= since)
    ).all()


def put_evidence(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store evidence in place of what stood for the same person, question and day."""
    if rows:
        session.execute(_PUT_EVIDENCE[session.get_bind().dialect.name], list(rows))


def add_mastery(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add to the sums of scopes; what they come down to may be nothing, see `drop_empty`."""
    if rows:
        session.execute(_ADD_MASTERY[session.get_bind().dialect.name], list(rows))


def drop_empty(session: Session, person_ids: Iterable[UUID]) -> None:
    """Forget scopes of these people in which no evidence is left."""
    session.execute(
        delete(Mastery).where(Mastery.person_id.in_(list(person_ids)), Mastery.answers == 0)
    )


def add_meetings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Count meetings; the last one is the one answered last."""
    if rows:
        session.execute(_ADD_MEETINGS[session.get_bind().dialect.name], list(rows))


def mastery_rows(
    session: Session, person_ids: Iterable[UUID], *, tasks_only: bool = False
) -> Sequence[AnyRow]:
    """The sums of these people: person_id, source, number, answers, questions, total, squares."""
    statement = select(_mastery).where(_mastery.c.person_id.in_(list(person_ids)))
    if tasks_only:
        statement = statement.where(_mastery.c.number.not_like("%.%"))
    return session.execute(statement).all()


def forget(session: Session, person_id: UUID) -> None:
    """Drop a person's evidence and mastery, to be made again from their attempts."""
    session.execute(delete(Mastery).where(Mastery.person_id == person_id))
    session.execute(delete(Evidence).where(Evidence.person_id == person_id))
