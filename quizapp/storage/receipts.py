"""Signing keys of receipts."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base


class ReceiptKey(Base):
    """An Ed25519 key pair; the private half is sealed under the instance's secret key."""

    __tablename__ = "receipt_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(80))
    private_key: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
