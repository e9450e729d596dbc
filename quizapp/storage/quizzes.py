"""Quizzes and their versions: making, finding and listing them, and the banks they may ask from."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Select,
    String,
    UniqueConstraint,
    and_,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.attempts import Attempt
from quizapp.storage.banks import Bank, BankGrant
from quizapp.storage.database import WithId
from quizapp.storage.people import Person


class Quiz(WithId):
    """A quiz through its versions. `title`, `release` and `closes_at` may change at any time."""

    __tablename__ = "quizzes"
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    title: Mapped[dict[str, Any]]
    mode: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    release: Mapped[dict[str, Any]]
    released_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("mode IN ('practice', 'exam')", name="mode"),)


class QuizVersion(WithId):
    """The rules and sections of a quiz as they stood once; never changed."""

    __tablename__ = "quiz_versions"
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"))
    version: Mapped[int]
    settings: Mapped[dict[str, Any]]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("quiz_id", "version"),)


class Assignment(WithId):
    """A quiz given to a cohort in a window; `pinned` is what an exam's window fixed at opening.

    `paused_at` is set while time stands still for everybody who sits it. Nobody begins from
    `last_entry_at` on. `access_code` is said in the room, and no secret to who teaches the cohort.
    """

    __tablename__ = "assignments"
    quiz_id: Mapped[UUID] = mapped_column(ForeignKey("quizzes.id"), index=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    last_entry_at: Mapped[datetime | None]
    access_code: Mapped[str | None] = mapped_column(String(40))
    pinned: Mapped[dict[str, Any] | None]
    paused_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


CURRENT = and_(QuizVersion.quiz_id == Quiz.id, QuizVersion.version == Quiz.version)
"""Joins a quiz with its current version."""

_SLUG: Any = func.coalesce(Quiz.slug, "")


def shipped_quiz(session: Session, slug: str) -> tuple[Quiz | None, dict[str, Any] | None]:
    """The quiz of that slug, locked, with the settings of its current version."""
    row = session.execute(
        select(Quiz, QuizVersion.settings)
        .join(QuizVersion, CURRENT)
        .where(Quiz.slug == slug)
        .with_for_update(of=Quiz)
    ).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def _taken() -> Any:
    """Whether anybody has taken the quiz; trials count nowhere."""
    return (
        select(literal(1))
        .where(Attempt.quiz_id == Quiz.id, Attempt.trial.is_(False))
        .correlate(Quiz)
        .exists()
    )


def _with_version() -> Select[Any]:
    return (
        select(
            Quiz,
            QuizVersion.id.label("version_id"),
            QuizVersion.settings,
            Person.name.label("owner_name"),
            _taken().label("taken"),
        )
        .join(QuizVersion, CURRENT)
        .outerjoin(Person, Person.id == Quiz.owner_id)
    )


def find_quiz(session: Session, quiz_id: UUID) -> Any:
    """(Quiz, version_id, settings, owner_name, taken) of a quiz at its current version, or None."""
    return session.execute(_with_version().where(Quiz.id == quiz_id)).one_or_none()


def lock_quiz(session: Session, quiz_id: UUID) -> Quiz | None:
    """The quiz, locked until the transaction ends: no attempt of it can start meanwhile."""
    return session.scalar(select(Quiz).where(Quiz.id == quiz_id).with_for_update())


def list_quizzes(
    session: Session,
    *,
    person_id: UUID,
    cohorts: Iterable[UUID] | None,
    own: bool,
    after: UUID | None,
    limit: int,
) -> Sequence[Any]:
    """Quizzes in the columns of `find_quiz`: newest first, shipped ones by their slug.

    Args:
        session: of a transaction.
        person_id: whose own quizzes are meant.
        cohorts: quizzes given to these are listed too; None lists everybody's.
        own: whether the person's own are listed.
        after: only what stands behind this quiz.
        limit: at most so many.
    """
    statement = _with_version().order_by(Quiz.created_at.desc(), _SLUG, Quiz.id).limit(limit)
    if cohorts is None:
        # what 'test me on this' is dealt from has neither an owner nor a place in a list
        statement = statement.where(or_(Quiz.shared, Quiz.owner_id.is_not(None)))
    else:
        given = (
            select(literal(1))
            .where(
                Assignment.quiz_id == Quiz.id,
                Assignment.cohort_id.in_(list(cohorts)),
                Assignment.withdrawn_at.is_(None),
            )
            .correlate(Quiz)
            .exists()
        )
        reached = [Quiz.shared, given]
        if own:
            reached.append(Quiz.owner_id == person_id)
        statement = statement.where(or_(*reached))
    if after is not None:
        last = session.get(Quiz, after)
        if last is None:
            return []
        slug = last.slug or ""
        behind = or_(slug < _SLUG, and_(slug == _SLUG, Quiz.id > last.id))
        statement = statement.where(
            or_(
                Quiz.created_at < last.created_at,
                and_(Quiz.created_at == last.created_at, behind),
            )
        )
    return session.execute(statement).all()


def banks_open_to(
    session: Session | Connection, person_id: UUID | None
) -> dict[str, dict[str, Any]]:
    """Titles of the banks that a person's quizzes may ask from, by slug.

    Those are the shipped ones, those the person has a right on, and all for an administrator.
    """
    granted = (
        select(literal(1))
        .where(BankGrant.bank_id == Bank.id, BankGrant.person_id == person_id)
        .correlate(Bank)
        .exists()
    )
    administers = (
        select(literal(1)).where(Person.id == person_id, Person.role == "administrator").exists()
    )
    found = session.execute(
        select(Bank.slug, Bank.title)
        .where(or_(Bank.shipped, granted, administers))
        .order_by(Bank.slug)
    )
    return {row.slug: row.title for row in found}


def bank_titles(session: Session, slugs: Iterable[str]) -> dict[str, tuple[dict[str, Any], bool]]:
    """Title of each bank named, and whether it is shipped."""
    found = session.execute(
        select(Bank.slug, Bank.title, Bank.shipped).where(Bank.slug.in_(list(slugs)))
    )
    return {row.slug: (row.title, row.shipped) for row in found}
