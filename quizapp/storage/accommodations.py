"""What people are granted: accommodations for good, and exceptions in a single exam."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.cohorts import Membership
from quizapp.storage.database import AnyRow, Base, WithId
from quizapp.storage.people import Person


class Accommodation(Base):
    """What a person is granted in every quiz they begin. Why is not kept."""

    __tablename__ = "accommodations"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    time_percent: Mapped[int] = mapped_column(default=100)
    break_s: Mapped[int] = mapped_column(default=0)
    opens_early_s: Mapped[int] = mapped_column(default=0)
    closes_late_s: Mapped[int] = mapped_column(default=0)
    larger_text: Mapped[bool] = mapped_column(default=False)
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class LateEntry(Base):
    """A person may begin an assignment until a time, by exception."""

    __tablename__ = "late_entries"
    assignment_id: Mapped[UUID] = mapped_column(
        ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime]


class Extension(WithId):
    """More time that was given to an attempt while it ran."""

    __tablename__ = "extensions"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), index=True
    )
    seconds: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    given_by: Mapped[UUID | None]
    given_at: Mapped[datetime]


def accommodation_of(session: Session, person_id: UUID) -> Accommodation | None:
    """What a person is granted, where it was ever set."""
    return session.get(Accommodation, person_id)


def attends(session: Session, person_id: UUID) -> frozenset[UUID]:
    """The cohorts that a person attends."""
    return frozenset(
        session.scalars(
            select(Membership.cohort_id).where(
                Membership.person_id == person_id, Membership.part == "trainee"
            )
        )
    )


def extensions_of(session: Session, attempt_id: UUID) -> Sequence[AnyRow]:
    """What an attempt was given, the oldest first: seconds, reason, given_at, and by whom."""
    return session.execute(
        select(
            Extension.seconds,
            Extension.reason,
            Extension.given_at,
            Person.name.label("given_by"),
        )
        .outerjoin(Person, Person.id == Extension.given_by)
        .where(Extension.attempt_id == attempt_id)
        .order_by(Extension.given_at, Extension.id)
    ).all()


def later_entries(session: Session, assignment_id: UUID, after: datetime) -> Sequence[LateEntry]:
    """The late entries into an assignment that end after a time."""
    return session.scalars(
        select(LateEntry).where(LateEntry.assignment_id == assignment_id, LateEntry.until > after)
    ).all()
