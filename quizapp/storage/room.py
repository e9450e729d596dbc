"""An exam's room: who was heard when, and what was said to whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base, WithId


class Presence(Base):
    """When an open attempt's page was last heard. Beside the attempt: its row is left alone."""

    __tablename__ = "presences"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    heard_at: Mapped[datetime]


class RoomMessage(WithId):
    """What an invigilator said to all who sit an assignment, or to one of them."""

    __tablename__ = "room_messages"
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(String(500))
    sent_by: Mapped[UUID | None]
    sent_at: Mapped[datetime]

    __table_args__ = (Index(None, "assignment_id", "sent_at"),)
