"""Attempts together with their quiz: one to be read or closed, a person's list, the last close."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from quizapp.storage.accommodations import Accommodation, LateEntry
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import AnyRow, table
from quizapp.storage.marks import current_scheme
from quizapp.storage.outages import Outage, in_outage
from quizapp.storage.prepared import Prepared
from quizapp.storage.quizzes import Assignment, Quiz, QuizVersion
from quizapp.storage.room import said_at
from quizapp.storage.seats import seats

_attempts = table(Attempt)
_quizzes = table(Quiz)
_assignments = table(Assignment)
_outages = table(Outage)

_WITH_QUIZ = _attempts.join(_quizzes, _quizzes.c.id == _attempts.c.quiz_id)
_QUIZ = (
    _quizzes.c.title.label("quiz_title"),
    _quizzes.c.mode,
    _quizzes.c.release,
    _quizzes.c.released_at,
    _quizzes.c.closes_at.label("quiz_closes_at"),
)
_HEAD = select(_attempts, *_QUIZ).select_from(_WITH_QUIZ)
_granted = table(Accommodation)
_ONE = Prepared(
    select(
        _attempts,
        *_QUIZ,
        _granted.c.larger_text,
        _assignments.c.paused_at,
        said_at().label("said_at"),
        seats.c.left_at,
        func.coalesce(seats.c.device, _attempts.c.device).label("held_by"),
    )
    .select_from(
        _WITH_QUIZ.outerjoin(_granted, _granted.c.person_id == _attempts.c.person_id)
        .outerjoin(_assignments, _assignments.c.id == _attempts.c.assignment_id)
        .outerjoin(seats, seats.c.attempt_id == _attempts.c.id)
    )
    .where(_attempts.c.id == bindparam("attempt_id"))
)
_TO_END = _HEAD.add_columns(
    current_scheme(_attempts.c.quiz_id).label("scheme_id"),
    in_outage(_attempts.c.deadline).label("held"),
)
_ONE_TO_END = Prepared(
    _TO_END.where(_attempts.c.id == bindparam("attempt_id")).with_for_update(of=_attempts)
)
_OVERDUE = (
    _TO_END.where(
        _attempts.c.state == "open",
        _attempts.c.closes_at <= bindparam("now"),
        ~in_outage(_attempts.c.deadline),
    )
    .order_by(_attempts.c.closes_at)
    .limit(bindparam("most"))
    .with_for_update(of=_attempts, skip_locked=True)
)


def attempt_head(connection: Connection, attempt_id: UUID) -> Any:
    """An attempt with its quiz's title, mode and release; None where there is none.

    With `larger_text` of its person's accommodation, since when its assignment is paused, when its
    invigilator last said something to the person, which slots were left (`left_at`), and which
    device it is taken on (`held_by`).
    """
    return _ONE.one(connection, {"attempt_id": attempt_id})


def lock_attempt(connection: Connection, attempt_id: UUID) -> Any:
    """The same, locked, with the id of the scheme that marks it; None where there is none.

    `held` says whether its deadline fell into an outage that is not settled. Saves on their way are
    waited for, later ones see what becomes of the attempt.
    """
    return _ONE_TO_END.one(connection, {"attempt_id": attempt_id})


_ANY_OVERDUE = (
    select(_attempts.c.id)
    .where(
        _attempts.c.state == "open",
        _attempts.c.closes_at <= bindparam("now"),
        ~in_outage(_attempts.c.deadline),
    )
    .limit(1)
)


def any_overdue(session: Session | Connection, now: datetime) -> bool:
    """Say whether there is an attempt for `lock_overdue`."""
    return session.execute(_ANY_OVERDUE, {"now": now}).first() is not None


def lock_overdue(connection: Connection, now: datetime, most: int) -> Sequence[AnyRow]:
    """Open attempts whose time is over, locked.

    Passed over are those that an outage holds, and those that somebody else is closing.
    """
    return connection.execute(_OVERDUE, {"now": now, "most": most}).all()


def _still_open(column: Any) -> Any:
    return (
        select(column)
        .where(_attempts.c.quiz_id == _quizzes.c.id, _attempts.c.state == "open")
        .correlate(_quizzes)
    )


_late_entries = table(LateEntry)
_members = table(Membership)
_CLOSES = (
    select(
        _quizzes.c.id,
        _quizzes.c.closes_at.label("quiz_closes_at"),
        _assignments.c.id.label("assignment_id"),
        _assignments.c.closes_at,
        _assignments.c.paused_at,
        select(func.max(_granted.c.closes_late_s))
        .join(_members, _members.c.person_id == _granted.c.person_id)
        .where(_members.c.cohort_id == _assignments.c.cohort_id, _members.c.part == "trainee")
        .correlate(_assignments)
        .scalar_subquery()
        .label("closes_late_s"),
        select(func.max(_late_entries.c.until))
        .where(_late_entries.c.assignment_id == _assignments.c.id)
        .correlate(_assignments)
        .scalar_subquery()
        .label("let_in_until"),
        _still_open(func.max(_attempts.c.closes_at)).scalar_subquery().label("still_open"),
        # by the outages, which are few: there may be many open attempts
        select(_outages.c.id)
        .where(
            _outages.c.settled_at.is_(None),
            _still_open(_attempts.c.id)
            .where(_attempts.c.deadline.between(_outages.c.began_at, _outages.c.ended_at))
            .correlate(_quizzes, _outages)
            .exists(),
        )
        .correlate(_quizzes)
        .exists()
        .label("held"),
    )
    .select_from(
        _quizzes.outerjoin(
            _assignments,
            and_(
                _assignments.c.quiz_id == _quizzes.c.id,
                _assignments.c.withdrawn_at.is_(None),
            ),
        )
    )
    .where(_quizzes.c.id.in_(bindparam("quizzes", type_=Uuid(), expanding=True)))
)


def closes(session: Session | Connection, quizzes: Iterable[UUID]) -> dict[UUID, list[AnyRow]]:
    """What decides when nobody can answer a quiz any more, by quiz: a row for each assignment.

    One row with no assignment where there is none. With the longest own window and the last late
    entry of anybody it is given to; when the quiz's last open attempt closes; and whether an
    outage holds one.
    """
    found: dict[UUID, list[AnyRow]] = {}
    for row in session.execute(_CLOSES, {"quizzes": list(quizzes)}):
        found.setdefault(row.id, []).append(row)
    return found


def attempts_of(
    session: Session, person_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[AnyRow]:
    """A person's attempts, newest first, without their items; `after` is the last one seen."""
    columns = [column for column in _attempts.c if column.name not in ("items", "seed")]
    statement = (
        select(*columns, *_QUIZ)
        .select_from(_WITH_QUIZ)
        .where(_attempts.c.person_id == person_id)
        .order_by(_attempts.c.started_at.desc(), _attempts.c.id.desc())
        .limit(limit)
    )
    if after is not None:
        started, last = after
        statement = statement.where(
            or_(
                _attempts.c.started_at < started,
                and_(_attempts.c.started_at == started, _attempts.c.id < last),
            )
        )
    return session.execute(statement).all()


_SETTINGS = select(QuizVersion.settings).where(QuizVersion.id == bindparam("version_id"))


def settings_of(session: Session | Connection, version_id: UUID) -> dict[str, Any]:
    """What a quiz version fixes, as stored."""
    found: dict[str, Any] = session.execute(_SETTINGS, {"version_id": version_id}).scalar_one()
    return found


_FINISHED = select(
    *(column for column in _attempts.c if column.name not in ("seed", "open_key"))
).where(_attempts.c.id.in_(bindparam("attempts", expanding=True)), _attempts.c.state != "open")


def finished(session: Session | Connection, ids: Sequence[UUID]) -> Sequence[AnyRow]:
    """These attempts, open ones excepted."""
    return session.execute(_FINISHED, {"attempts": list(ids)}).all()
