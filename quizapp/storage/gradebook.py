"""Queries of a quiz's gradebook: what the quiz is, who is in it, and what they reached."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.people import Person
from quizapp.storage.quizzes import CURRENT, Assignment, Quiz, QuizVersion
from quizapp.storage.reports import COUNTS
from quizapp.storage.statistics import Cohorts

AnyRow = Row[*tuple[Any, ...]]


def quiz_with_cohorts(session: Session, quiz_id: UUID) -> Sequence[AnyRow]:
    """(Quiz, settings, Cohort or None), one row a cohort that the quiz is given to, by code."""
    given = and_(Assignment.quiz_id == Quiz.id, Assignment.withdrawn_at.is_(None))
    return session.execute(
        select(Quiz, QuizVersion.settings, Cohort)
        .join(QuizVersion, CURRENT)
        .outerjoin(Assignment, given)
        .outerjoin(Cohort, Cohort.id == Assignment.cohort_id)
        .where(Quiz.id == quiz_id)
        .order_by(Cohort.code)
    ).all()


def quiz_named(session: Session, slug: str, quiz_id: UUID | None) -> UUID | None:
    """The id of the quiz with that slug or that id."""
    return session.scalar(select(Quiz.id).where(or_(Quiz.slug == slug, Quiz.id == quiz_id)))


def _within(cohorts: Cohorts) -> Any:
    return true() if cohorts is None else Attempt.cohort_id.in_(list(cohorts))


def _given(quiz_id: UUID, cohorts: Cohorts) -> Select[Any]:
    """Who attends a cohort that the quiz is given to."""
    statement = (
        select(Membership.person_id)
        .join(Assignment, Assignment.cohort_id == Membership.cohort_id)
        .where(
            Assignment.quiz_id == quiz_id,
            Assignment.withdrawn_at.is_(None),
            Membership.part == "trainee",
        )
    )
    if cohorts is not None:
        statement = statement.where(Membership.cohort_id.in_(list(cohorts)))
    return statement


def reach(session: Session, quiz_id: UUID, cohorts: Cohorts) -> tuple[int, int]:
    """To how many people a quiz is given in these cohorts, and how many of them finished it."""
    given = _given(quiz_id, cohorts).distinct().subquery()
    finished = (
        select(Attempt.id)
        .where(
            Attempt.quiz_id == quiz_id,
            Attempt.person_id == given.c.person_id,
            Attempt.cohort_id.is_not(None),
            _within(cohorts),
            COUNTS,
        )
        .exists()
    )
    row = session.execute(
        select(func.count(), func.count().filter(finished)).select_from(given)
    ).one()
    return row[0], row[1]


def people_of(
    session: Session, quiz_id: UUID, cohorts: Cohorts, *, after: UUID | None, limit: int | None
) -> Sequence[Person]:
    """Who is in a quiz's gradebook, by name: those it is given to, and those who have begun it.

    Args:
        session: of a transaction.
        quiz_id: which quiz.
        cohorts: only what was given through these; None for all.
        after: only who stands behind this person.
        limit: at most so many.
    """
    begun = select(Attempt.person_id).where(
        Attempt.quiz_id == quiz_id, Attempt.trial.is_(False), _within(cohorts)
    )
    statement = (
        select(Person)
        .where(or_(Person.id.in_(_given(quiz_id, cohorts)), Person.id.in_(begun)))
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    if after is not None:
        name = select(Person.name).where(Person.id == after).scalar_subquery()
        statement = statement.where(
            or_(Person.name > name, and_(Person.name == name, Person.id > after))
        )
    return session.scalars(statement).all()


def attempts_of(
    session: Session, quiz_id: UUID, cohorts: Cohorts, people: Collection[UUID] | None
) -> Sequence[AnyRow]:
    """The best, the first, the last and the open attempt of each person at a quiz, each once.

    Newest last. Columns: person_id, id, cohort_id, state, submitted_at, score, max_score, attempts
    (how many of the person's are finished, or open, as this one), best, first, last (1 for the one
    that is). The best has the greatest share of its points, to a millionth; of equal ones the
    earliest.
    """
    most = func.nullif(Attempt.max_score, 0, type_=BigInteger)
    share = func.coalesce(Attempt.score * 1_000_000 // most, -1)
    finished = Attempt.state != "open"
    apart = (Attempt.person_id, finished)
    best = (share.desc(), Attempt.submitted_at, Attempt.id)
    first = (Attempt.submitted_at, Attempt.id)
    last = (Attempt.submitted_at.desc(), Attempt.id.desc())
    place = func.row_number()
    ranked = select(
        Attempt.person_id,
        Attempt.id,
        Attempt.cohort_id,
        Attempt.state,
        Attempt.submitted_at,
        Attempt.score,
        Attempt.max_score,
        func.count().over(partition_by=apart).label("attempts"),
        place.over(partition_by=apart, order_by=best).label("best"),
        place.over(partition_by=apart, order_by=first).label("first"),
        place.over(partition_by=apart, order_by=last).label("last"),
    ).where(Attempt.quiz_id == quiz_id, Attempt.trial.is_(False), _within(cohorts))
    if people is not None:
        ranked = ranked.where(Attempt.person_id.in_(list(people)))
    found = ranked.subquery()
    return session.execute(
        select(found)
        .where(or_(found.c.best == 1, found.c.first == 1, found.c.last == 1))
        .order_by(found.c.person_id, found.c.submitted_at, found.c.id)
    ).all()
