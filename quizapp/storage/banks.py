"""Banks, the rights on them, and uploads that wait for a decision."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, undefer

from quizapp.storage.database import Base, WithId, upsert
from quizapp.storage.people import Person
from quizapp.storage.questions import Question


class Bank(WithId):
    """A set of questions; `revision` grows with every change inside, so that caches can tell."""

    __tablename__ = "banks"
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[dict[str, Any]]
    source: Mapped[str | None] = mapped_column(String(80))
    shipped: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class BankGrant(Base):
    """A person's right on a bank; each right includes the ones before it."""

    __tablename__ = "bank_grants"
    bank_id: Mapped[UUID] = mapped_column(
        ForeignKey("banks.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    right: Mapped[str] = mapped_column("granted", String(20))
    granted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("granted IN ('user', 'reviewer', 'editor', 'owner')", name="granted"),
    )


class Upload(WithId):
    """A file between its dry run and the decision; purged after a day.

    `bank_title` is set where the file is to become a new bank.
    """

    __tablename__ = "uploads"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    bank_slug: Mapped[str | None] = mapped_column(String(80))
    bank_title: Mapped[str | None] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(255))
    format: Mapped[str | None] = mapped_column(String(40))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(index=True)


class ShippedFile(Base):
    """What is loaded of what comes with the product, so that a start can tell it changed."""

    __tablename__ = "shipped_files"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime]


def find_bank(session: Session, slug: str) -> Bank | None:
    """The bank of that slug."""
    return session.scalar(select(Bank).where(Bank.slug == slug))


def bank_with_right(
    session: Session, slug: str, person_id: UUID | None
) -> tuple[Bank, str | None] | None:
    """The bank of that slug with the person's right on it."""
    row = session.execute(
        select(Bank, BankGrant.right)
        .outerjoin(BankGrant, _granted_to(person_id))
        .where(Bank.slug == slug)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def banks_with_counts(
    session: Session,
    person_id: UUID,
    *,
    every: bool,
    after: str | None = None,
    limit: int | None = None,
) -> Sequence[Any]:
    """Banks in the order of their slugs: (Bank, right, questions, approved, draft, retired).

    Args:
        session: of a transaction.
        person_id: whose rights are joined.
        every: all banks; else the shipped ones and those the person has a right on.
        after: only slugs behind this one.
        limit: at most so many.
    """
    statement = (
        select(
            Bank,
            BankGrant.right,
            func.count(Question.id),
            _count(Question.state == "approved"),
            _count(Question.state.in_(("draft", "in_review"))),
            _count(Question.state == "retired"),
        )
        .outerjoin(BankGrant, _granted_to(person_id))
        .outerjoin(Question, Question.bank_id == Bank.id)
        .group_by(Bank.id, BankGrant.right)
        .order_by(Bank.slug)
        .limit(limit)
    )
    if not every:
        statement = statement.where(or_(Bank.shipped, BankGrant.right.is_not(None)))
    if after is not None:
        statement = statement.where(Bank.slug > after)
    return session.execute(statement).all()


def _granted_to(person_id: UUID | None) -> Any:
    return and_(BankGrant.bank_id == Bank.id, BankGrant.person_id == person_id)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# Built once: every start asks.
_REVISIONS = select(Bank.id, Bank.slug, Bank.revision, Bank.source)
_REVISIONS_OF = _REVISIONS.where(Bank.slug.in_(bindparam("slugs", expanding=True)))


def bank_revisions(
    session: Session | Connection, slugs: Iterable[str] | None = None
) -> Sequence[Any]:
    """(id, slug, revision, source) of the banks named, or of all."""
    if slugs is None:
        return session.execute(_REVISIONS).all()
    return session.execute(_REVISIONS_OF, {"slugs": list(slugs)}).all()


def make_bank(session: Session, values: dict[str, Any]) -> bool:
    """Insert a bank unless its slug is taken; say whether it was inserted."""
    statement = upsert(session.get_bind().dialect.name)(Bank.__table__)
    statement = statement.values(id=uuid4(), revision=1, **values).on_conflict_do_nothing(
        index_elements=["slug"]
    )
    # a row given back, not the row count: PostgreSQL's driver gives -1 for that
    return session.execute(statement.returning(Bank.id)).first() is not None


def lock_bank(session: Session, slug: str) -> Bank | None:
    """The bank, locked against other changes until the transaction ends."""
    return session.scalar(select(Bank).where(Bank.slug == slug).with_for_update())


def bump_revision(session: Session, bank_ids: Iterable[UUID]) -> None:
    """Say that something inside the banks changed."""
    session.execute(
        update(Bank).where(Bank.id.in_(list(bank_ids))).values(revision=Bank.revision + 1)
    )


def grants_of(session: Session, bank_id: UUID) -> Sequence[Any]:
    """(person_id, right, name, email) of everybody with a right on the bank."""
    return session.execute(
        select(BankGrant.person_id, BankGrant.right, Person.name, Person.email)
        .join(Person, Person.id == BankGrant.person_id)
        .where(BankGrant.bank_id == bank_id)
        .order_by(Person.name, Person.email)
    ).all()


def grant(session: Session, bank_id: UUID, person_id: UUID, right: str, now: datetime) -> None:
    """Give or change a person's right on a bank."""
    statement = upsert(session.get_bind().dialect.name)(BankGrant.__table__)
    session.execute(
        statement.values(
            bank_id=bank_id, person_id=person_id, granted=right, granted_at=now
        ).on_conflict_do_update(
            index_elements=["bank_id", "person_id"], set_={"granted": right, "granted_at": now}
        )
    )


def withdraw(session: Session, bank_id: UUID, person_id: UUID) -> bool:
    """Take a person's right away; say whether there was one."""
    done = session.execute(
        delete(BankGrant).where(BankGrant.bank_id == bank_id, BankGrant.person_id == person_id)
    )
    return bool(getattr(done, "rowcount", 0))


def own_upload(session: Session, upload_id: UUID, person_id: UUID) -> Upload | None:
    """The person's own upload, with its data."""
    return session.scalar(
        select(Upload)
        .options(undefer(Upload.data))
        .where(Upload.id == upload_id, Upload.person_id == person_id)
    )


def purge_uploads(session: Session, before: datetime) -> None:
    """Forget uploads that nobody decided about."""
    session.execute(delete(Upload).where(Upload.created_at < before))


def shipped_digests(session: Session) -> dict[str, str]:
    """What is loaded of the files that come with the product, by name."""
    found = session.execute(select(ShippedFile.name, ShippedFile.digest)).all()
    return {row.name: row.digest for row in found}


def keep_shipped_digest(session: Session, name: str, digest: str, now: datetime) -> None:
    """Note that a shipped file is loaded."""
    statement = upsert(session.get_bind().dialect.name)(ShippedFile.__table__)
    session.execute(
        statement.values(name=name, digest=digest, loaded_at=now).on_conflict_do_update(
            index_elements=["name"], set_={"digest": digest, "loaded_at": now}
        )
    )
