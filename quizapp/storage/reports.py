"""Queries of the reports about a cohort and its trainees: standing, assignments, attempts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, func, select, true
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.people import Person
from quizapp.storage.quizzes import Assignment, Quiz

AnyRow = Row[*tuple[Any, ...]]

COUNTS = and_(Attempt.trial.is_(False), Attempt.state != "open")
"""Which attempts reports are about: finished ones that are no trials."""

CLOSES = case(
    (Quiz.closes_at < Assignment.closes_at, Quiz.closes_at),
    else_=func.coalesce(Assignment.closes_at, Quiz.closes_at),
)
"""When an assignment really closes: at its own end, or at its quiz's where that is earlier."""


def trainees_of(
    session: Session, cohort_id: UUID, now: datetime, person_id: UUID | None = None
) -> Sequence[AnyRow]:
    """Everybody, or one person, who attends a cohort with an open account, by name.

    Columns: Cohort, id, name, name_km, staff_number, last_seen_at, joined_at, missed (how many
    assignments closed since they joined that they had not begun). A cohort without trainees has one
    row with None in all but the first; no row: no such cohort.
    """
    attends = and_(Membership.cohort_id == Cohort.id, Membership.part == "trainee")
    kept = _kept(cohort_id, now, person_id)
    named = Person.active if person_id is None else and_(Person.active, Person.id == person_id)
    return session.execute(
        select(
            Cohort,
            Person.id,
            Person.name,
            Person.name_km,
            Person.staff_number,
            Person.last_seen_at,
            Membership.joined_at,
            (_closed(now) - func.coalesce(kept.c.kept, 0)).label("missed"),
        )
        .select_from(Cohort)
        .outerjoin(Membership, attends)
        .outerjoin(Person, and_(Person.id == Membership.person_id, named))
        .outerjoin(kept, kept.c.person_id == Person.id)
        .where(Cohort.id == cohort_id)
        .order_by(Person.name, Person.id)
    ).all()


def _whose(person_id: UUID | None) -> ColumnElement[bool]:
    return true() if person_id is None else Attempt.person_id == person_id


def _ended(now: datetime) -> ColumnElement[bool]:
    """Assignments that closed while the person was in the cohort."""
    return and_(Assignment.withdrawn_at.is_(None), now >= CLOSES, Membership.joined_at < CLOSES)


def _closed(now: datetime) -> Any:
    """How many of the cohort's assignments closed since the person joined."""
    return (
        select(func.count())
        .select_from(Assignment)
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .where(Assignment.cohort_id == Cohort.id, _ended(now))
        .correlate(Cohort, Membership)
        .scalar_subquery()
    )


def _kept(cohort_id: UUID, now: datetime, person_id: UUID | None) -> Any:
    """How many of those each person had begun: one pass over the cohort's attempts."""
    member = and_(
        Membership.cohort_id == Attempt.cohort_id, Membership.person_id == Attempt.person_id
    )
    return (
        select(Attempt.person_id, func.count(Attempt.assignment_id.distinct()).label("kept"))
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .join(Membership, member)
        .where(
            Attempt.cohort_id == cohort_id, _whose(person_id), Attempt.trial.is_(False), _ended(now)
        )
        .group_by(Attempt.person_id)
        .subquery()
    )


def latest_scores(
    session: Session, cohort_id: UUID, many: int, person_id: UUID | None = None
) -> Sequence[AnyRow]:
    """The last `many` finished attempts of each person, or one, in a cohort, newest first.

    Columns: person_id, score, max_score, attempts (how many there are in all).
    """
    newest = (Attempt.submitted_at.desc(), Attempt.id)
    ranked = (
        select(
            Attempt.person_id,
            Attempt.score,
            Attempt.max_score,
            func.row_number().over(partition_by=Attempt.person_id, order_by=newest).label("place"),
            func.count().over(partition_by=Attempt.person_id).label("attempts"),
        )
        .where(
            Attempt.cohort_id == cohort_id,
            _whose(person_id),
            COUNTS,
        )
        .subquery()
    )
    return session.execute(
        select(ranked.c.person_id, ranked.c.score, ranked.c.max_score, ranked.c.attempts)
        .where(ranked.c.place <= many)
        .order_by(ranked.c.person_id, ranked.c.place)
    ).all()


def assignments_of(session: Session, cohort_id: UUID) -> Sequence[AnyRow]:
    """All that is given to a cohort, newest first.

    Columns: id, quiz_id, title, mode, opens_at, closes_at, taken (how many of those who attend it
    now have finished it).
    """
    member = and_(
        Membership.cohort_id == Attempt.cohort_id,
        Membership.person_id == Attempt.person_id,
        Membership.part == "trainee",
    )
    taken = (
        select(Attempt.assignment_id, func.count(Attempt.person_id.distinct()).label("taken"))
        .join(Membership, member)
        .where(Attempt.cohort_id == cohort_id, COUNTS)
        .group_by(Attempt.assignment_id)
        .subquery()
    )
    return session.execute(
        select(
            Assignment.id,
            Assignment.quiz_id,
            Quiz.title,
            Quiz.mode,
            Assignment.opens_at,
            CLOSES.label("closes_at"),
            func.coalesce(taken.c.taken, 0).label("taken"),
        )
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .outerjoin(taken, taken.c.assignment_id == Assignment.id)
        .where(Assignment.cohort_id == cohort_id, Assignment.withdrawn_at.is_(None))
        .order_by(Assignment.created_at.desc(), Assignment.id)
    ).all()


def given_attempts(
    session: Session, cohort_id: UUID, person_id: UUID, *, offset: int, limit: int
) -> Sequence[AnyRow]:
    """A person's attempts given through a cohort, newest first; open ones too, trials not.

    Columns: id, quiz_id, title, mode, state, started_at, submitted_at, score, max_score.
    """
    return session.execute(
        select(
            Attempt.id,
            Attempt.quiz_id,
            Quiz.title,
            Quiz.mode,
            Attempt.state,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.score,
            Attempt.max_score,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Attempt.person_id == person_id,
            Attempt.cohort_id == cohort_id,
            Attempt.trial.is_(False),
        )
        .order_by(Attempt.started_at.desc(), Attempt.id)
        .offset(offset)
        .limit(limit)
    ).all()
