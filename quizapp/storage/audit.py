"""The audit log: who changed what that matters, ids only, sealed into a hash chain by a job."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import WithId


class AuditRow(WithId):
    """One change. `sealed` and `seal` are set once, by the sealing job: position and hash."""

    __tablename__ = "audit"
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, Any] | None]
    sealed: Mapped[int | None] = mapped_column(unique=True)
    seal: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (Index(None, "subject_kind", "subject_id"),)


def last_sealed(session: Session) -> AuditRow | None:
    """The end of the chain."""
    return session.scalar(
        select(AuditRow)
        .where(AuditRow.sealed.is_not(None))
        .order_by(AuditRow.sealed.desc())
        .limit(1)
    )


def unsealed(session: Session, limit: int) -> Sequence[AuditRow]:
    """Rows that wait for their seal, oldest first."""
    return session.scalars(
        select(AuditRow)
        .where(AuditRow.sealed.is_(None))
        .order_by(AuditRow.at, AuditRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def sealed_after(session: Session, position: int, limit: int) -> Sequence[AuditRow]:
    """The chain behind a position, in order."""
    return session.scalars(
        select(AuditRow).where(AuditRow.sealed > position).order_by(AuditRow.sealed).limit(limit)
    ).all()
