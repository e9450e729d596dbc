"""An exam's room: who was heard when, how far everybody is, and what was said to whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Connection,
    ForeignKey,
    Index,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from quizapp.storage.accommodations import LateEntry
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import AnyRow, Base, WithId, table, upsert
from quizapp.storage.outages import in_outage
from quizapp.storage.people import LoginSession, Person
from quizapp.storage.prepared import Prepared
from quizapp.storage.quizzes import CURRENT, Assignment, Quiz, QuizVersion
from quizapp.storage.responses import LoggedResponse, Response


class Presence(Base):
    """When an open attempt's page was last heard. Beside the attempt: its row is left alone."""

    __tablename__ = "presences"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    heard_at: Mapped[datetime]


class RoomMessage(WithId):
    """What an invigilator said to all who sit an assignment, or to one of them."""

    __tablename__ = "room_messages"
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(String(500))
    sent_by: Mapped[UUID | None]
    sent_at: Mapped[datetime]

    __table_args__ = (Index(None, "assignment_id", "sent_at"),)


_attempts = table(Attempt)
_assignments = table(Assignment)
_presences = table(Presence)
_messages = table(RoomMessage)
_sessions = table(LoginSession)
_people = table(Person)
_members = table(Membership)
_responses = table(Response)
_log = table(LoggedResponse)
_late = table(LateEntry)

_TO_THEM = and_(
    _messages.c.assignment_id == _attempts.c.assignment_id,
    or_(_messages.c.person_id.is_(None), _messages.c.person_id == _attempts.c.person_id),
)


def said_at() -> Any:
    """When the last message was sent to who sits an attempt, within another statement."""
    return (
        select(func.max(_messages.c.sent_at)).where(_TO_THEM).correlate(_attempts).scalar_subquery()
    )


_PAGE = Prepared(
    select(
        _people.c.active,
        _attempts.c.person_id,
        _attempts.c.state,
        _attempts.c.deadline,
        _assignments.c.paused_at,
        _presences.c.heard_at,
        said_at().label("said_at"),
    )
    .select_from(
        _sessions.join(_people, _people.c.id == _sessions.c.person_id)
        .join(
            _attempts,
            and_(_attempts.c.id == bindparam("attempt_id"), _attempts.c.person_id == _people.c.id),
        )
        .outerjoin(_assignments, _assignments.c.id == _attempts.c.assignment_id)
        .outerjoin(_presences, _presences.c.attempt_id == _attempts.c.id)
    )
    .where(
        _sessions.c.id == bindparam("session_id"),
        _sessions.c.digest.is_(None),
        _sessions.c.revoked_at.is_(None),
        _sessions.c.expires_at > bindparam("now"),
    )
)
_HEAR = {
    dialect: Prepared(
        statement.on_conflict_do_update(
            index_elements=["attempt_id"], set_={"heard_at": statement.excluded.heard_at}
        ),
        ("attempt_id", "heard_at"),
    )
    for dialect in ("sqlite", "postgresql")
    for statement in (upsert(dialect)(_presences),)
}
_SAID = Prepared(
    select(_messages.c.id, _messages.c.body, _messages.c.sent_at)
    .select_from(_messages.join(_attempts, _TO_THEM))
    .where(_attempts.c.id == bindparam("attempt_id"))
    .order_by(_messages.c.sent_at.desc(), _messages.c.id)
    .limit(20)
)


def page_context(connection: Connection, session_id: UUID, attempt_id: UUID, now: datetime) -> Any:
    """What the page of one's own attempt is told: the attempt's state, its pause, the last word.

    None where the session signs nobody in, or the attempt is not theirs.
    """
    return _PAGE.one(connection, {"session_id": session_id, "attempt_id": attempt_id, "now": now})


def hear(connection: Connection, attempt_id: UUID, now: datetime) -> None:
    """Note that an attempt's page was heard."""
    _HEAR[connection.dialect.name].run(connection, {"attempt_id": attempt_id, "heard_at": now})


def said_to(connection: Connection, attempt_id: UUID) -> Sequence[Any]:
    """The last messages to who sits an attempt, newest first: id, body, sent_at."""
    return _SAID.all(connection, {"attempt_id": attempt_id})


def say(
    session: Session,
    assignment_id: UUID,
    person_id: UUID | None,
    body: str,
    *,
    sent_by: UUID,
    now: datetime,
) -> UUID:
    """Keep a message to all, or to one person."""
    message_id = uuid4()
    session.execute(
        insert(_messages),
        {
            "id": message_id,
            "assignment_id": assignment_id,
            "person_id": person_id,
            "body": body,
            "sent_by": sent_by,
            "sent_at": now,
        },
    )
    return message_id


def messages_of(session: Session, assignment_id: UUID, most: int) -> Sequence[AnyRow]:
    """What was said in a room, newest first: body, sent_at, and to whom (`name`, `name_km`)."""
    return session.execute(
        select(
            RoomMessage.id,
            RoomMessage.body,
            RoomMessage.sent_at,
            RoomMessage.person_id,
            Person.name,
            Person.name_km,
        )
        .outerjoin(Person, Person.id == RoomMessage.person_id)
        .where(RoomMessage.assignment_id == assignment_id)
        .order_by(RoomMessage.sent_at.desc(), RoomMessage.id)
        .limit(most)
    ).all()


def room_head(session: Session, assignment_id: UUID) -> AnyRow | None:
    """(Assignment, Quiz, settings, Cohort), of one that was taken back, too."""
    return session.execute(
        select(Assignment, Quiz, QuizVersion.settings, Cohort)
        .join(Quiz, Quiz.id == Assignment.quiz_id)
        .join(QuizVersion, CURRENT)
        .join(Cohort, Cohort.id == Assignment.cohort_id)
        .where(Assignment.id == assignment_id)
    ).one_or_none()


_given = _attempts.alias("given")
_newer = _attempts.alias("newer")
_WORK = (
    select(
        _responses.c.attempt_id,
        func.sum(case((_responses.c.body != "null", 1), else_=0)).label("answered"),
        func.max(_responses.c.saved_at).label("saved_at"),
    )
    .join(_given, _given.c.id == _responses.c.attempt_id)
    .where(_given.c.assignment_id == bindparam("assignment_id", type_=Uuid()))
    .group_by(_responses.c.attempt_id)
    .subquery("work")
)
# by the attempts of the room: the log's accepted rows are not looked at
_REFUSED = (
    select(func.count())
    .where(_log.c.attempt_id == _attempts.c.id, _log.c.outcome != "accepted")
    .correlate(_attempts)
    .scalar_subquery()
)
_ROWS = (
    select(
        _people.c.id.label("person_id"),
        _people.c.name,
        _people.c.name_km,
        _people.c.staff_number,
        _people.c.last_seen_at,
        _attempts.c.id.label("attempt_id"),
        _attempts.c.state,
        _attempts.c.started_at,
        func.coalesce(_attempts.c.deadline, _attempts.c.paused_deadline).label("deadline"),
        _attempts.c.submitted_at,
        in_outage(_attempts.c.deadline).label("held"),
        _presences.c.heard_at,
        _WORK.c.answered,
        _WORK.c.saved_at,
        _REFUSED.label("refused"),
        _late.c.until.label("let_in_until"),
    )
    .select_from(
        _members.join(_people, _people.c.id == _members.c.person_id)
        .outerjoin(
            _attempts,
            and_(
                _attempts.c.person_id == _people.c.id,
                _attempts.c.assignment_id == bindparam("assignment_id", type_=Uuid()),
                _attempts.c.trial.is_(False),
                ~select(_newer.c.id)
                .where(
                    _newer.c.person_id == _attempts.c.person_id,
                    _newer.c.quiz_id == _attempts.c.quiz_id,
                    _newer.c.assignment_id == _attempts.c.assignment_id,
                    _newer.c.trial.is_(False),
                    _newer.c.number > _attempts.c.number,
                )
                .correlate(_attempts)
                .exists(),
            ),
        )
        .outerjoin(_presences, _presences.c.attempt_id == _attempts.c.id)
        .outerjoin(_WORK, _WORK.c.attempt_id == _attempts.c.id)
        .outerjoin(
            _late,
            and_(
                _late.c.person_id == _people.c.id,
                _late.c.assignment_id == bindparam("assignment_id", type_=Uuid()),
            ),
        )
    )
    .where(
        _members.c.cohort_id == bindparam("cohort_id", type_=Uuid()),
        _members.c.part == "trainee",
    )
    .order_by(_people.c.name, _people.c.id)
)
_ONE_ROW = _ROWS.where(_people.c.id == bindparam("person_id", type_=Uuid()))


def room_rows(
    session: Session, assignment_id: UUID, cohort_id: UUID, person_id: UUID | None = None
) -> Sequence[AnyRow]:
    """Everybody to whom an assignment is given, by name, with their latest attempt; or one person.

    `answered` counts slots with an answer, `refused` bodies that were not taken.
    """
    values = {"assignment_id": assignment_id, "cohort_id": cohort_id}
    if person_id is None:
        return session.execute(_ROWS, values).all()
    return session.execute(_ONE_ROW, values | {"person_id": person_id}).all()


def open_of(
    session: Session, assignment_id: UUID, *, person_id: UUID | None = None
) -> Sequence[Attempt]:
    """The open attempts of an assignment, or one person's, without their items; locked."""
    statement = (
        select(Attempt)
        .options(defer(Attempt.items))
        .where(
            Attempt.assignment_id == assignment_id,
            Attempt.state == "open",
            Attempt.trial.is_(False),
        )
        .order_by(Attempt.id)
        .with_for_update()
    )
    if person_id is not None:
        statement = statement.where(Attempt.person_id == person_id)
    return session.scalars(statement).all()
