"""Attempts together with their quiz: one to be read or closed, a person's list, the last close."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from quizapp.storage.attempts import Attempt
from quizapp.storage.database import AnyRow, table
from quizapp.storage.marks import current_scheme
from quizapp.storage.outages import in_outage
from quizapp.storage.prepared import Prepared
from quizapp.storage.quizzes import Assignment, Quiz, QuizVersion

_attempts = table(Attempt)
_quizzes = table(Quiz)
_assignments = table(Assignment)

_WITH_QUIZ = _attempts.join(_quizzes, _quizzes.c.id == _attempts.c.quiz_id)
_QUIZ = (
    _quizzes.c.title.label("quiz_title"),
    _quizzes.c.mode,
    _quizzes.c.release,
    _quizzes.c.released_at,
    _quizzes.c.closes_at.label("quiz_closes_at"),
)
_HEAD = select(_attempts, *_QUIZ).select_from(_WITH_QUIZ)
_ONE = Prepared(_HEAD.where(_attempts.c.id == bindparam("attempt_id")))
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
    """An attempt with its quiz's title, mode and release; None where there is none."""
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


_LAST_CLOSE = select(
    func.count().label("given"),
    func.count(_assignments.c.closes_at).label("ending"),
    func.max(_assignments.c.closes_at).label("last"),
    select(func.max(_attempts.c.closes_at))
    .where(_attempts.c.quiz_id == bindparam("quiz_id"), _attempts.c.state == "open")
    .scalar_subquery()
    .label("still_open"),
).where(_assignments.c.quiz_id == bindparam("quiz_id"), _assignments.c.withdrawn_at.is_(None))


def last_close(session: Session | Connection, quiz_id: UUID) -> AnyRow:
    """The ends of a quiz's assignments, and of its open attempts.

    `given` of them stand, `ending` of those have an end, the latest of which is `last`;
    `still_open` is when the last open attempt closes.
    """
    return session.execute(_LAST_CLOSE, {"quiz_id": quiz_id}).one()


def attempts_of(
    session: Session, person_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[AnyRow]:
    """A person's attempts, newest first, without their items; `after` is the last one seen.

    Each with the ends of its quiz's assignments, as `last_close` gives them.
    """
    columns = [column for column in _attempts.c if column.name not in ("items", "seed")]
    ends = (
        select(
            _assignments.c.quiz_id,
            func.count().label("given"),
            func.count(_assignments.c.closes_at).label("ending"),
            func.max(_assignments.c.closes_at).label("last"),
        )
        .where(_assignments.c.withdrawn_at.is_(None))
        .group_by(_assignments.c.quiz_id)
        .subquery()
    )
    others = _attempts.alias()
    still_open = (
        select(func.max(others.c.closes_at))
        .where(others.c.quiz_id == _attempts.c.quiz_id, others.c.state == "open")
        .correlate(_attempts)
        .scalar_subquery()
    )
    statement = (
        select(
            *columns,
            *_QUIZ,
            func.coalesce(ends.c.given, 0).label("given"),
            func.coalesce(ends.c.ending, 0).label("ending"),
            ends.c.last,
            still_open.label("still_open"),
        )
        .select_from(_WITH_QUIZ.outerjoin(ends, ends.c.quiz_id == _attempts.c.quiz_id))
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
