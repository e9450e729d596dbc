"""What the home pages of instructors and administrators count, in few statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.banks import BankGrant
from quizapp.storage.cohorts import Cohort, JoinCode, Membership
from quizapp.storage.people import Person
from quizapp.storage.progress import Mastery
from quizapp.storage.questions import Question
from quizapp.storage.quizzes import Assignment, Quiz
from quizapp.storage.reports import CLOSES, COUNTS

AnyRow = Row[*tuple[Any, ...]]

_ATTENDS = and_(Membership.part == "trainee", Person.active)


def _within(cohorts: Iterable[UUID] | None, column: Any) -> list[ColumnElement[bool]]:
    return [] if cohorts is None else [column.in_(list(cohorts))]


def cohorts_standing(
    session: Session,
    cohorts: Iterable[UUID] | None,
    now: datetime,
    *,
    unseen: timedelta,
    settling: timedelta,
    limit: int,
) -> Sequence[AnyRow]:
    """These cohorts, or all that are not archived: those with the most unseen trainees first.

    Columns: id, code, title, title_km, trainees, instructors, open_until (of its join code), given
    (how many assignments stand), quiet (trainees not seen since `unseen`), silent (trainees who
    joined before `settling` and answered nothing).
    """
    open_until = (
        select(func.max(JoinCode.expires_at))
        .where(
            JoinCode.cohort_id == Cohort.id,
            JoinCode.closed_at.is_(None),
            JoinCode.expires_at > now,
        )
        .correlate(Cohort)
        .scalar_subquery()
    )
    given = (
        select(func.count())
        .where(Assignment.cohort_id == Cohort.id, Assignment.withdrawn_at.is_(None))
        .correlate(Cohort)
        .scalar_subquery()
    )
    quiet = and_(
        Membership.joined_at <= now - unseen,
        or_(Person.last_seen_at.is_(None), Person.last_seen_at <= now - unseen),
    )
    answered = or_(
        exists().where(Mastery.person_id == Person.id),
        exists().where(Attempt.person_id == Person.id, Attempt.cohort_id == Cohort.id, COUNTS),
    )
    silent = and_(Membership.joined_at <= now - settling, ~answered)
    return session.execute(
        select(
            Cohort.id,
            Cohort.code,
            Cohort.title,
            Cohort.title_km,
            _count(_ATTENDS).label("trainees"),
            _count(Membership.part == "instructor").label("instructors"),
            _count(and_(_ATTENDS, quiet)).label("quiet"),
            _count(and_(_ATTENDS, silent)).label("silent"),
            open_until.label("open_until"),
            given.label("given"),
        )
        .outerjoin(Membership, Membership.cohort_id == Cohort.id)
        .outerjoin(Person, Person.id == Membership.person_id)
        .where(Cohort.archived_at.is_(None), *_within(cohorts, Cohort.id))
        .group_by(Cohort.id)
        .order_by(_count(and_(_ATTENDS, or_(quiet, silent))).desc(), Cohort.code)
        .limit(limit)
    ).all()


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))


def closing(
    session: Session, cohorts: Iterable[UUID] | None, now: datetime, until: datetime, limit: int
) -> Sequence[AnyRow]:
    """What is open to these cohorts, or to any, and closes before `until`; what closes first first.

    Columns: id, quiz_id, cohort_id, quiz_title, mode, code, closes_at, trainees, begun (how many
    of those who attend the cohort have begun it).
    """
    member = and_(
        Membership.cohort_id == Assignment.cohort_id,
        Membership.part == "trainee",
    )
    trainees = (
        select(func.count())
        .select_from(Membership)
        .join(Person, and_(Person.id == Membership.person_id, Person.active))
        .where(member)
        .correlate(Assignment)
        .scalar_subquery()
    )
    begun = (
        select(func.count(Attempt.person_id.distinct()))
        .join(Membership, and_(member, Membership.person_id == Attempt.person_id))
        .where(Attempt.assignment_id == Assignment.id, Attempt.trial.is_(False))
        .correlate(Assignment)
        .scalar_subquery()
    )
    return session.execute(
        select(
            Assignment.id,
            Assignment.quiz_id,
            Assignment.cohort_id,
            Quiz.title.label("quiz_title"),
            Quiz.mode,
            Cohort.code,
            CLOSES.label("closes_at"),
            trainees.label("trainees"),
            begun.label("begun"),
        )
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .join(Cohort, Cohort.id == Assignment.cohort_id)
        .where(
            Assignment.withdrawn_at.is_(None),
            or_(Assignment.opens_at.is_(None), Assignment.opens_at <= now),
            now < CLOSES,
            until >= CLOSES,
            *_within(cohorts, Assignment.cohort_id),
        )
        .order_by(CLOSES, Cohort.code, Assignment.id)
        .limit(limit)
    ).all()


def made_by(session: Session, person_id: UUID) -> AnyRow:
    """What a person made: `sets` (banks of theirs with a question in them), `quizzes`."""
    sets = (
        select(func.count(BankGrant.bank_id.distinct()))
        .where(
            BankGrant.person_id == person_id,
            BankGrant.right == "owner",
            exists().where(Question.bank_id == BankGrant.bank_id),
        )
        .scalar_subquery()
    )
    quizzes = select(func.count()).where(Quiz.owner_id == person_id).scalar_subquery()
    return session.execute(select(sets.label("sets"), quizzes.label("quizzes"))).one()


def finished_unreleased(
    session: Session, owner_id: UUID | None, now: datetime, limit: int
) -> Sequence[AnyRow]:
    """Exams that were taken, are closed everywhere, and are not released; of one owner or of all.

    Columns: id, title, release, attempts. Those whose policy never waits for a hand are among them.
    """
    still_open = (
        exists()
        .where(
            Assignment.quiz_id == Quiz.id,
            Assignment.withdrawn_at.is_(None),
            or_(CLOSES.is_(None), now < CLOSES),
        )
        .correlate(Quiz)
    )
    taken = (
        select(func.count())
        .where(Attempt.quiz_id == Quiz.id, COUNTS)
        .correlate(Quiz)
        .scalar_subquery()
    )
    unfinished = exists().where(
        Attempt.quiz_id == Quiz.id, Attempt.state == "open", Attempt.trial.is_(False)
    )
    statement = (
        select(Quiz.id, Quiz.title, Quiz.release, taken.label("attempts"))
        .where(Quiz.mode == "exam", Quiz.released_at.is_(None), taken > 0, ~still_open, ~unfinished)
        .order_by(Quiz.created_at.desc(), Quiz.id)
        .limit(limit)
    )
    if owner_id is not None:
        statement = statement.where(Quiz.owner_id == owner_id)
    return session.execute(statement).all()


def people_counts(session: Session) -> AnyRow:
    """Active people: `trainees`, `instructors`, `without_password`, `without_cohort` (trainees)."""
    alone = and_(Person.role == "trainee", ~exists().where(Membership.person_id == Person.id))
    return session.execute(
        select(
            _count(Person.role == "trainee").label("trainees"),
            _count(Person.role == "instructor").label("instructors"),
            _count(Person.password_hash.is_(None)).label("without_password"),
            _count(alone).label("without_cohort"),
        ).where(Person.active)
    ).one()
