"""Sufficient statistics of items and quizzes, in integers, folded forward."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, and_, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.domain.analysis.sums import Sums
from quizapp.storage.banks import Bank, BankGrant
from quizapp.storage.database import Base, upsert
from quizapp.storage.questions import Question, QuestionVersion

AnyRow = Row[*tuple[Any, ...]]
Cohorts = Collection[UUID] | None
"""The cohorts that a report is about; None for all attempts, self-chosen ones too."""

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


def _adding(dialect: str, table: Any) -> Any:
    """An INSERT that adds to the row that is there; what is not in the key is a sum."""
    keys = [column.name for column in table.primary_key]
    statement = upsert(dialect)(table)
    added = {
        column.name: column + statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=added)


_ADD: dict[tuple[str, type[Base]], Any] = {
    (dialect, model): _adding(dialect, model.__table__)
    for dialect in ("sqlite", "postgresql")
    for model in (ItemStatistic, ChoiceCount, ScoreCount)
}


def add(session: Session, sums: Sums) -> None:
    """Add sums to those that are there, in three statements.

    Rows go in the order of their keys, so that two folds at once wait for each other and never
    block each other for good.
    """
    _add(
        session,
        ItemStatistic,
        (
            {"version_id": version_id, **_scope(scope), **vars(one)}
            for (scope, version_id), one in sums.items.items()
        ),
    )
    _add(
        session,
        ChoiceCount,
        (
            {"version_id": version_id, "choice": choice, "n": n, **_scope(scope)}
            for (scope, version_id, choice), n in sums.choices.items()
        ),
    )
    _add(
        session,
        ScoreCount,
        (
            {"percent": percent, "n": n, **_scope(scope)}
            for (scope, percent), n in sums.scores.items()
        ),
    )


def _scope(scope: tuple[UUID, UUID | None]) -> dict[str, UUID]:
    quiz_id, cohort_id = scope
    return {"quiz_id": quiz_id, "cohort_id": cohort_id or NO_COHORT}


def _add(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    keys = [column.name for column in model.__table__.primary_key]
    ordered = sorted(rows, key=lambda row: tuple(row[name] for name in keys))
    if ordered:
        session.execute(_ADD[session.get_bind().dialect.name, model], ordered)


def _of(model: Any, quiz_id: UUID, cohorts: Cohorts) -> Any:
    within = true() if cohorts is None else model.cohort_id.in_(list(cohorts))
    return and_(model.quiz_id == quiz_id, within)


def scores_of(session: Session, quiz_id: UUID, cohorts: Cohorts) -> dict[int, int]:
    """How many attempts of a quiz ended at each whole per cent."""
    found = session.execute(
        select(ScoreCount.percent, func.sum(ScoreCount.n))
        .where(_of(ScoreCount, quiz_id, cohorts))
        .group_by(ScoreCount.percent)
    )
    return {percent: int(n) for percent, n in found}


def items_of(
    session: Session,
    quiz_id: UUID,
    cohorts: Cohorts,
    *,
    person_id: UUID | None,
    offset: int,
    limit: int | None,
) -> Sequence[AnyRow]:
    """The sums of a quiz's question versions, in the order of banks and of questions in them.

    Columns: version_id, n, answered, total, squares, key, version, type, bank, shipped, right (that
    the person has on the bank, or None).
    """
    sums = (
        select(
            ItemStatistic.version_id,
            *(
                func.sum(column).label(column.key)
                for column in (
                    ItemStatistic.n,
                    ItemStatistic.answered,
                    ItemStatistic.total,
                    ItemStatistic.squares,
                )
            ),
        )
        .where(_of(ItemStatistic, quiz_id, cohorts))
        .group_by(ItemStatistic.version_id)
        .subquery()
    )
    granted = and_(BankGrant.bank_id == Bank.id, BankGrant.person_id == person_id)
    return session.execute(
        select(
            sums,
            Question.key,
            QuestionVersion.version,
            QuestionVersion.type,
            Bank.slug.label("bank"),
            Bank.shipped,
            BankGrant.right.label("right"),
        )
        .join(QuestionVersion, QuestionVersion.id == sums.c.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(Bank, Bank.id == Question.bank_id)
        .outerjoin(BankGrant, granted)
        .order_by(Bank.slug, Question.position, Question.key, QuestionVersion.version)
        .offset(offset)
        .limit(limit)
    ).all()


def choices_of(
    session: Session, quiz_id: UUID, cohorts: Cohorts, version_ids: Iterable[UUID]
) -> dict[UUID, dict[str, int]]:
    """How often each response class was given, by question version."""
    found = session.execute(
        select(ChoiceCount.version_id, ChoiceCount.choice, func.sum(ChoiceCount.n))
        .where(_of(ChoiceCount, quiz_id, cohorts), ChoiceCount.version_id.in_(list(version_ids)))
        .group_by(ChoiceCount.version_id, ChoiceCount.choice)
    )
    counts: dict[UUID, dict[str, int]] = {}
    for version_id, choice, n in found:
        counts.setdefault(version_id, {})[choice] = int(n)
    return counts
