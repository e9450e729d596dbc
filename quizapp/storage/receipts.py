"""Signing keys of receipts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import Base, upsert


class ReceiptKey(Base):
    """An Ed25519 key pair; the private half is sealed under the instance's secret key.

    `active` is True for the one key that signs and NULL for all others: being unique, it admits
    no second. Keys are never deleted: what they signed can be verified for ever.
    """

    __tablename__ = "receipt_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(80))
    private_key: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


def active_key(session: Session) -> ReceiptKey | None:
    """The key that signs."""
    return session.scalar(select(ReceiptKey).where(ReceiptKey.active.is_(True)))


def add_key(session: Session, values: Mapping[str, Any]) -> None:
    """Add a key that signs, unless there is one: whoever comes second uses the first's."""
    statement = upsert(session.get_bind().dialect.name)(ReceiptKey.__table__)
    session.execute(statement.values(**values, active=True).on_conflict_do_nothing())


def retire_key(session: Session, key_id: str, now: datetime) -> None:
    """Let a key sign no more, and forget its private half."""
    session.execute(
        update(ReceiptKey)
        .where(ReceiptKey.id == key_id, ReceiptKey.active.is_(True))
        .values(active=None, private_key=None, retired_at=now)
    )


def find_key(session: Session, key_id: str) -> ReceiptKey | None:
    """The key of that id, whether or not it still signs."""
    return session.get(ReceiptKey, key_id)


def all_keys(session: Session) -> Sequence[ReceiptKey]:
    """All keys there ever were, the oldest first."""
    return session.scalars(select(ReceiptKey).order_by(ReceiptKey.created_at, ReceiptKey.id)).all()
