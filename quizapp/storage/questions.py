"""Questions and their versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import WithId
from quizapp.storage.people import Person


class Question(WithId):
    """A question through all its versions; `key` is its id in the bank file."""

    __tablename__ = "questions"
    bank_id: Mapped[UUID] = mapped_column(ForeignKey("banks.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    position: Mapped[int]
    edited_here: Mapped[bool] = mapped_column(default=False)
    approved_by: Mapped[UUID | None]
    approved_as: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("bank_id", "key"),
        CheckConstraint("state IN ('draft', 'in_review', 'approved', 'retired')", name="state"),
    )


class QuestionVersion(WithId):
    """The whole of a question as it stood once; never changed.

    `document` is the bank file's form.
    """

    __tablename__ = "question_versions"
    question_id: Mapped[UUID] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"))
    version: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    level: Mapped[str | None] = mapped_column(String(20))
    use: Mapped[str] = mapped_column(String(20))
    cites: Mapped[list[Any]]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("question_id", "version"),)


_CURRENT = and_(
    QuestionVersion.question_id == Question.id, QuestionVersion.version == Question.version
)
_CHUNK = 400


def index_rows(session: Session | Connection, bank_id: UUID) -> Sequence[Any]:
    """One row per question of a bank, at its current version, in the bank's order.

    Columns: question_id, version_id, key, state, version, edited_here, approved_as,
    retired_reason, type, level, use, cites, not_with, valid_until.
    """
    return session.execute(
        select(
            Question.id.label("question_id"),
            QuestionVersion.id.label("version_id"),
            Question.key,
            Question.state,
            Question.version,
            Question.edited_here,
            Question.approved_as,
            Question.retired_reason,
            QuestionVersion.type,
            QuestionVersion.level,
            QuestionVersion.use,
            QuestionVersion.cites,
            QuestionVersion.document["not_with"].label("not_with"),
            QuestionVersion.document["valid_until"].as_string().label("valid_until"),
        )
        .join(QuestionVersion, _CURRENT)
        .where(Question.bank_id == bank_id)
        .order_by(Question.position, Question.key)
    ).all()


def documents(
    session: Session | Connection, version_ids: Iterable[UUID]
) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """The documents of question versions."""
    wanted = list(version_ids)
    for start in range(0, len(wanted), _CHUNK):
        found = session.execute(
            select(QuestionVersion.id, QuestionVersion.document).where(
                QuestionVersion.id.in_(wanted[start : start + _CHUNK])
            )
        )
        yield from ((version_id, document) for version_id, document in found)


def stand_of(session: Session, bank_id: UUID, keys: Iterable[str] | None = None) -> Sequence[Any]:
    """What an import compares with, of the keys or of all: id, key, version, digest, state, ..."""
    statement = (
        select(
            Question.id,
            Question.key,
            Question.version,
            Question.state,
            Question.position,
            Question.edited_here,
            QuestionVersion.digest,
        )
        .join(QuestionVersion, _CURRENT)
        .where(Question.bank_id == bank_id)
    )
    if keys is not None:
        statement = statement.where(Question.key.in_(list(keys)))
    return session.execute(statement).all()


def last_position(session: Session, bank_id: UUID) -> int:
    """The highest position in a bank; 0 where it is empty."""
    return (
        session.scalar(select(func.max(Question.position)).where(Question.bank_id == bank_id)) or 0
    )


def add_questions(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert questions in one go."""
    if rows:
        session.execute(insert(Question), list(rows))


def add_versions(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert question versions in one go."""
    if rows:
        session.execute(insert(QuestionVersion), list(rows))


def change_questions(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change questions in one go; every row has its `id` and the same columns."""
    if rows:
        session.execute(update(Question), list(rows))


def lock_question(session: Session, bank_id: UUID, key: str) -> Question | None:
    """A question of a bank, locked until the transaction ends."""
    return session.scalar(
        select(Question).where(Question.bank_id == bank_id, Question.key == key).with_for_update()
    )


def versions_of(session: Session, question_id: UUID) -> Sequence[Any]:
    """(id, version, reason, made_by, created_at) of all versions, newest first."""
    return session.execute(
        select(
            QuestionVersion.id,
            QuestionVersion.version,
            QuestionVersion.reason,
            Person.name.label("made_by"),
            QuestionVersion.created_at,
        )
        .outerjoin(Person, Person.id == QuestionVersion.created_by)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.version.desc())
    ).all()


def approved_citers(session: Session, bank_ids: Sequence[UUID]) -> Sequence[Any]:
    """(id, bank_id, cites) of approved questions in the banks, at their current version."""
    return session.execute(
        select(Question.id, Question.bank_id, QuestionVersion.cites)
        .join(QuestionVersion, _CURRENT)
        .where(Question.bank_id.in_(bank_ids), Question.state == "approved")
    ).all()
