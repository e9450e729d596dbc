"""Cohorts, who teaches and attends them, and the codes that let people join."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Row,
    String,
    and_,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import Base, WithId, upsert

AnyRow = Row[*tuple[Any, ...]]


class Cohort(WithId):
    """A group of trainees that is taught together; `code` is its short name."""

    __tablename__ = "cohorts"
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    title_km: Mapped[str | None] = mapped_column(String(200))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Membership(Base):
    """A person's part in a cohort: `trainee` or `instructor`."""

    __tablename__ = "memberships"
    cohort_id: Mapped[UUID] = mapped_column(
        ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[str] = mapped_column(String(20))
    joined_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("part IN ('trainee', 'instructor')", name="part"),)


class JoinCode(WithId):
    """50 random bits that admit to a cohort while open; kept readable, to be written up."""

    __tablename__ = "join_codes"
    cohort_id: Mapped[UUID] = mapped_column(
        ForeignKey("cohorts.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(String(20), unique=True)
    opened_by: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


def find_cohort(session: Session, code: str) -> Cohort | None:
    """The cohort with that short name."""
    return session.scalar(select(Cohort).where(Cohort.code == code))


def cohorts_by_code(session: Session, codes: Iterable[str]) -> dict[str, UUID]:
    """Ids of the cohorts with these short names."""
    found = session.execute(select(Cohort.code, Cohort.id).where(Cohort.code.in_(list(codes))))
    return {row.code: row.id for row in found}


def list_cohorts(
    session: Session, *, among: Iterable[UUID] | None, after: str | None, now: datetime, limit: int
) -> Sequence[AnyRow]:
    """Cohorts by short name: (Cohort, trainees, instructors, end of the open join code or None).

    Args:
        session: of a transaction.
        among: only these; None for all.
        after: only short names behind this one.
        now: the time at which a code is open.
        limit: at most so many.
    """
    opened = (
        select(func.max(JoinCode.expires_at))
        .where(
            JoinCode.cohort_id == Cohort.id,
            JoinCode.closed_at.is_(None),
            JoinCode.expires_at > now,
        )
        .correlate(Cohort)
        .scalar_subquery()
    )
    statement = (
        select(Cohort, _part("trainee"), _part("instructor"), opened.label("open_until"))
        .outerjoin(Membership, Membership.cohort_id == Cohort.id)
        .group_by(Cohort.id)
        .order_by(Cohort.code)
        .limit(limit)
    )
    if among is not None:
        statement = statement.where(Cohort.id.in_(list(among)))
    if after is not None:
        statement = statement.where(Cohort.code > after)
    return session.execute(statement).all()


def _part(part: str) -> Any:
    return func.coalesce(func.sum(case((Membership.part == part, 1), else_=0)), 0).label(f"{part}s")


def insert_cohort(session: Session, values: dict[str, Any]) -> bool:
    """Insert a cohort unless its short name is taken; say whether it was inserted."""
    statement = upsert(session.get_bind().dialect.name)(Cohort.__table__).values(**values)
    # a row given back, not the row count: PostgreSQL's driver gives -1 for that
    statement = statement.on_conflict_do_nothing(index_elements=["code"]).returning(Cohort.id)
    return session.execute(statement).first() is not None


def add_member(
    session: Session, cohort_id: UUID, person_id: UUID, part: str, now: datetime
) -> bool:
    """Make the person a trainee or instructor there; False where they have a part already."""
    statement = upsert(session.get_bind().dialect.name)(Membership.__table__).values(
        cohort_id=cohort_id, person_id=person_id, part=part, joined_at=now
    )
    statement = statement.on_conflict_do_nothing(index_elements=["cohort_id", "person_id"])
    done = session.execute(statement.returning(Membership.person_id))
    return done.first() is not None


def part_of(session: Session, cohort_id: UUID, person_id: UUID) -> str | None:
    """The person's part in the cohort, if they have one."""
    membership = session.get(Membership, (cohort_id, person_id))
    return membership.part if membership is not None else None


def set_part(session: Session, cohort_id: UUID, person_id: UUID, part: str) -> None:
    """Change the part of somebody who has one."""
    session.execute(
        update(Membership)
        .where(Membership.cohort_id == cohort_id, Membership.person_id == person_id)
        .values(part=part)
    )


def remove_member(session: Session, cohort_id: UUID, person_id: UUID) -> bool:
    """End the person's part in the cohort; say whether there was one."""
    done = session.execute(
        delete(Membership).where(
            Membership.cohort_id == cohort_id, Membership.person_id == person_id
        )
    )
    return bool(getattr(done, "rowcount", 0))


def open_code(session: Session, cohort_id: UUID, now: datetime) -> JoinCode | None:
    """The code that admits to the cohort now."""
    return session.scalar(
        select(JoinCode)
        .where(
            JoinCode.cohort_id == cohort_id,
            JoinCode.closed_at.is_(None),
            JoinCode.expires_at > now,
        )
        .order_by(JoinCode.opened_at.desc())
        .limit(1)
    )


def close_codes(session: Session, cohort_id: UUID, now: datetime) -> int:
    """Close whatever is open; gives how many were."""
    done = session.execute(
        update(JoinCode)
        .where(JoinCode.cohort_id == cohort_id, JoinCode.closed_at.is_(None))
        .values(closed_at=now)
    )
    return int(getattr(done, "rowcount", 0))


def cohort_of_code(session: Session, code: str, now: datetime) -> Cohort | None:
    """The cohort that the code admits to now."""
    return session.scalar(
        select(Cohort)
        .join(
            JoinCode,
            and_(
                JoinCode.cohort_id == Cohort.id,
                JoinCode.code == code,
                JoinCode.closed_at.is_(None),
                JoinCode.expires_at > now,
            ),
        )
        .where(Cohort.archived_at.is_(None))
    )
