"""Queries of assignments: what is given to whom, and what a trainee has done of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from quizapp.domain.delivery.granting import MOST_WINDOW_MIN
from quizapp.storage.accommodations import Accommodation, LateEntry
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort
from quizapp.storage.quizzes import CURRENT, Assignment, Quiz, QuizVersion

LONGEST_OWN_WINDOW = timedelta(minutes=MOST_WINDOW_MIN)


def cohorts_given(session: Session, quiz_id: UUID) -> frozenset[UUID]:
    """The cohorts to which a quiz is given and not withdrawn."""
    return frozenset(
        session.scalars(
            select(Assignment.cohort_id)
            .where(Assignment.quiz_id == quiz_id, Assignment.withdrawn_at.is_(None))
            .distinct()
        )
    )


def lock_assignment(session: Session, assignment_id: UUID) -> Assignment | None:
    """The assignment, locked until the transaction ends; None where it is withdrawn."""
    return session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment_id, Assignment.withdrawn_at.is_(None))
        .with_for_update()
    )


def list_assignments(
    session: Session,
    *,
    cohorts: Iterable[UUID] | None,
    quiz_id: UUID | None = None,
    assignment_id: UUID | None = None,
    ends_after: datetime | None = None,
    person_id: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> Sequence[Any]:
    """Assignments that stand, newest first: (Assignment, Quiz, settings, Cohort).

    And what holds for the person alone: their Accommodation, and `let_in_until`.

    Args:
        session: of a transaction.
        cohorts: only what is given to these; None for all.
        quiz_id: only of this quiz.
        assignment_id: only this one.
        ends_after: only what is not closed before this time, or may not be for the person.
        person_id: whose accommodation and late entries are meant.
        after: only what stands behind this assignment.
        limit: at most so many.
    """
    statement = (
        select(
            Assignment,
            Quiz,
            QuizVersion.settings,
            Cohort,
            Accommodation,
            LateEntry.until.label("let_in_until"),
        )
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .join(QuizVersion, CURRENT)
        .join(Cohort, Cohort.id == Assignment.cohort_id)
        .outerjoin(Accommodation, Accommodation.person_id == person_id)
        .outerjoin(
            LateEntry,
            and_(LateEntry.assignment_id == Assignment.id, LateEntry.person_id == person_id),
        )
        .where(Assignment.withdrawn_at.is_(None))
        .order_by(Assignment.created_at.desc(), Assignment.id)
        .limit(limit)
    )
    if cohorts is not None:
        statement = statement.where(Assignment.cohort_id.in_(list(cohorts)))
    if quiz_id is not None:
        statement = statement.where(Assignment.quiz_id == quiz_id)
    if assignment_id is not None:
        statement = statement.where(Assignment.id == assignment_id)
    if ends_after is not None:
        statement = statement.where(
            or_(
                Assignment.closes_at.is_(None),
                Assignment.closes_at > ends_after,
                LateEntry.until > ends_after,
                and_(
                    Accommodation.closes_late_s > 0,
                    Assignment.closes_at > ends_after - LONGEST_OWN_WINDOW,
                ),
            )
        )
    if after is not None:
        last = session.get(Assignment, after)
        if last is None:
            return []
        statement = statement.where(
            or_(
                Assignment.created_at < last.created_at,
                and_(Assignment.created_at == last.created_at, Assignment.id > last.id),
            )
        )
    return session.execute(statement).all()


def attempts_used(
    session: Session, person_id: UUID, assignment_ids: Iterable[UUID]
) -> dict[UUID, int]:
    """How many attempts the person has begun of each assignment; trials count nowhere."""
    found = session.execute(
        select(Attempt.assignment_id, func.count())
        .where(
            Attempt.person_id == person_id,
            Attempt.assignment_id.in_(list(assignment_ids)),
            Attempt.trial.is_(False),
        )
        .group_by(Attempt.assignment_id)
    )
    return {row[0]: row[1] for row in found if row[0] is not None}


def open_attempts(session: Session, person_id: UUID, now: datetime) -> dict[UUID, Any]:
    """The person's attempts that still take answers, by assignment: (id, deadline)."""
    found = session.execute(
        select(Attempt.assignment_id, Attempt.id, Attempt.deadline).where(
            Attempt.person_id == person_id,
            Attempt.assignment_id.is_not(None),
            Attempt.state == "open",
            Attempt.trial.is_(False),
            or_(Attempt.closes_at.is_(None), Attempt.closes_at > now),
        )
    )
    return {row.assignment_id: row for row in found}
