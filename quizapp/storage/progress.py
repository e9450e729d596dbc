"""What a person's answers say about each provision and task, folded forward."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base


class Evidence(Base):
    """The first answer of a person to a question on a day; later ones that day teach, not measure."""

    __tablename__ = "evidence"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    mark: Mapped[int]
    attempt_id: Mapped[UUID]
    answered_at: Mapped[datetime]


class Mastery(Base):
    """Sums over the evidence of a person within a scope: a task ("3") or a provision ("3.7").

    Marks in ten-thousandths, so that folding forward equals a full recomputation exactly.
    """

    __tablename__ = "mastery"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    scope: Mapped[str] = mapped_column(String(20), primary_key=True)
    answers: Mapped[int]
    questions: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    squares: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]


class Meeting(Base):
    """How often a person met a question, and how it last went: for draws and 'what I missed'."""

    __tablename__ = "meetings"
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    times: Mapped[int]
    last_mark: Mapped[int]
    last_at: Mapped[datetime]
