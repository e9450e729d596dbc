"""How often each question was dealt in exams: those dealt least are drawn first."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, ForeignKey, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.cohorts import Membership
from quizapp.storage.database import Base, table, upsert
from quizapp.storage.quizzes import Assignment


class Exposure(Base):
    """To how many trainees a question was dealt in exams, in whichever version; trials left out."""

    __tablename__ = "exposures"
    question_id: Mapped[UUID] = mapped_column(
        ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True
    )
    times: Mapped[int] = mapped_column(BigInteger)


_exposures = table(Exposure)
_members = table(Membership)
_assignments = table(Assignment)
_TIMES = select(_exposures.c.question_id, _exposures.c.times).where(
    _exposures.c.question_id.in_(bindparam("questions", expanding=True))
)
_TRAINEES = select(func.count()).where(
    _members.c.part == "trainee",
    _members.c.cohort_id
    == select(_assignments.c.cohort_id)
    .where(_assignments.c.id == bindparam("assignment_id"))
    .scalar_subquery(),
)


def _count(dialect: str) -> Any:
    statement = upsert(dialect)(_exposures)
    return statement.on_conflict_do_update(
        index_elements=["question_id"],
        set_={"times": _exposures.c.times + statement.excluded.times},
    )


_COUNT = {dialect: _count(dialect) for dialect in ("sqlite", "postgresql")}


def exposures_of(connection: Connection, questions: Collection[UUID]) -> dict[UUID, int]:
    """How often these were dealt; those never dealt are left out."""
    if not questions:
        return {}
    found = connection.execute(_TIMES, {"questions": list(questions)})
    return {row.question_id: row.times for row in found}


def count_exposures(connection: Connection, questions: Sequence[UUID], times: int = 1) -> None:
    """Count that these are dealt to so many people."""
    if not questions or not times:
        return
    # always in the same order: two that count at once wait for each other, and never in a circle
    rows = [{"question_id": one, "times": times} for one in sorted(set(questions))]
    connection.execute(_COUNT[connection.dialect.name], rows)


def trainees_given(connection: Connection, assignment_id: UUID) -> int:
    """How many trainees an assignment is given to."""
    found: int = connection.execute(_TRAINEES, {"assignment_id": assignment_id}).scalar_one()
    return found
