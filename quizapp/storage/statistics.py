"""Sufficient statistics of items and quizzes, in integers, folded forward."""

from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import Base

NO_COHORT = UUID(int=0)
"""Stands in keys for 'given to no cohort' (self-chosen practice)."""


class ItemStatistic(Base):
    """Sums over one question version within a quiz and cohort. Marks in ten-thousandths."""

    __tablename__ = "item_statistics"
    quiz_id: Mapped[UUID] = mapped_column(primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    n: Mapped[int]
    answered: Mapped[int]
    total: Mapped[int] = mapped_column(BigInteger)
    squares: Mapped[int] = mapped_column(BigInteger)


class ChoiceCount(Base):
    """How often a response class (an option, 'blank', ...) was chosen, of a question version."""

    __tablename__ = "choice_counts"
    quiz_id: Mapped[UUID] = mapped_column(primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(primary_key=True)
    choice: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class ScoreCount(Base):
    """How many attempts of a quiz and cohort ended at a whole per cent (rounded down)."""

    __tablename__ = "score_counts"
    quiz_id: Mapped[UUID] = mapped_column(primary_key=True)
    cohort_id: Mapped[UUID] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    n: Mapped[int]
