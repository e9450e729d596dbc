"""What a save asks and changes: few statements, prepared once (see `storage.prepared`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    select,
)

from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import table, upsert
from quizapp.storage.people import LoginSession, Person
from quizapp.storage.prepared import Prepared
from quizapp.storage.responses import LoggedResponse, Response
from quizapp.storage.seats import seats

_sessions = table(LoginSession)
_people = table(Person)
_attempts = table(Attempt)
_responses = table(Response)
_log = table(LoggedResponse)
_members = table(Membership)


def _context(match: ColumnElement[bool]) -> Select[Any]:
    """All that a save needs to know, in one row; locks the attempt's state against a submit."""
    return (
        select(
            _sessions.c.revoked_at,
            _sessions.c.expires_at,
            _people.c.id.label("actor_id"),
            _people.c.role,
            _people.c.active,
            _attempts.c.person_id,
            _attempts.c.cohort_id,
            _attempts.c.quiz_version_id,
            _attempts.c.state,
            _attempts.c.started_at,
            _attempts.c.deadline,
            _attempts.c.closes_at,
            _attempts.c["items"][bindparam("index", type_=JSON.JSONIntIndexType())].label("item"),
            _responses.c.revision,
            _responses.c.body,
            _responses.c.saved_at,
            _responses.c.checked_at,
            seats.c.left_at,
            func.coalesce(seats.c.device, _attempts.c.device).label("held_by"),
        )
        .select_from(
            _sessions.join(_people, _people.c.id == _sessions.c.person_id)
            .join(_attempts, _attempts.c.id == bindparam("attempt_id"))
            .outerjoin(
                _responses,
                and_(
                    _responses.c.attempt_id == _attempts.c.id,
                    _responses.c.slot == bindparam("slot"),
                ),
            )
            .outerjoin(seats, seats.c.attempt_id == _attempts.c.id)
        )
        .where(match)
        .with_for_update(read=True, of=_attempts)
    )


_CONTEXT_BY_SESSION = Prepared(
    _context(and_(_sessions.c.id == bindparam("credential"), _sessions.c.digest.is_(None)))
)
_CONTEXT_BY_TOKEN = Prepared(_context(_sessions.c.digest == bindparam("credential")))
_LOGGED = select(_log).where(
    _log.c.attempt_id == bindparam("attempt_id"),
    _log.c.slot == bindparam("slot"),
    _log.c.revision == bindparam("revision"),
    _log.c.digest == bindparam("digest"),
    _log.c.outcome == "accepted",
)
_HEARD = select(func.max(_log.c.saved_at)).where(
    _log.c.attempt_id == bindparam("attempt_id"),
    _log.c.device.is_not_distinct_from(bindparam("device", type_=Uuid())),
)
_TEACHES = select(_members.c.cohort_id).where(
    _members.c.person_id == bindparam("person_id"), _members.c.part == "instructor"
)
_SIGNED_IN = (
    select(_people.c.id)
    .select_from(_sessions.join(_people, _people.c.id == _sessions.c.person_id))
    .where(
        _people.c.active,
        _sessions.c.revoked_at.is_(None),
        _sessions.c.expires_at > bindparam("now"),
    )
)
_SIGNED_IN_BY_SESSION = _SIGNED_IN.where(
    _sessions.c.id == bindparam("credential"), _sessions.c.digest.is_(None)
)
_SIGNED_IN_BY_TOKEN = _SIGNED_IN.where(_sessions.c.digest == bindparam("credential"))

_KEPT = ("revision", "body", "late", "lang", "spent_ms", "saved_at")
_PUT_COLUMNS = ("attempt_id", "slot", *_KEPT)
_LOG_COLUMNS = tuple(column.name for column in _log.c)


def _put(dialect: str) -> Any:
    """Store a response where the one seen is still current and nobody locked the slot."""
    statement = upsert(dialect)(_responses)
    return statement.on_conflict_do_update(
        index_elements=["attempt_id", "slot"],
        set_={name: statement.excluded[name] for name in _KEPT},
        where=and_(_responses.c.revision == bindparam("seen"), _responses.c.checked_at.is_(None)),
    )


def _put_and_log() -> Any:
    """Both in one statement, which PostgreSQL can: one round trip less."""
    put = (
        _put("postgresql")
        .values({name: bindparam(name, type_=_responses.c[name].type) for name in _PUT_COLUMNS})
        .returning(_responses.c.slot)
        .cte("put")
    )
    said = [bindparam(column.name, type_=column.type).label(column.name) for column in _log.c]
    return insert(_log).from_select(_LOG_COLUMNS, select(*said).select_from(put))


_PUT = Prepared(_put("sqlite"), _PUT_COLUMNS)
_LOG = Prepared(insert(_log), _LOG_COLUMNS)
_PUT_AND_LOG = Prepared(_put_and_log())
_LOG_ONCE = {
    dialect: upsert(dialect)(_log).on_conflict_do_nothing() for dialect in ("sqlite", "postgresql")
}


def save_context(
    connection: Connection, credential: UUID | str, attempt_id: UUID, slot: int
) -> Any:
    """The session, person, attempt, item and current response of a save; None if any is missing.

    Args:
        connection: inside a writing transaction.
        credential: a browser session's id, or the digest of an API token.
        attempt_id: the attempt.
        slot: from 1; `item` is None where the attempt has no such slot.
    """
    statement = _CONTEXT_BY_SESSION if isinstance(credential, UUID) else _CONTEXT_BY_TOKEN
    return statement.one(
        connection,
        {
            "credential": credential,
            "attempt_id": attempt_id,
            "slot": slot,
            "index": slot - 1,
        },
    )


def accept(connection: Connection, seen: int, entry: Mapping[str, Any]) -> bool:
    """Store a response and append it to the log; False, and neither, where another came first.

    Args:
        connection: inside a writing transaction.
        seen: the revision that is to be replaced; 0: none.
        entry: the row of the log; of the response it is a part.
    """
    values = {**entry, "seen": seen}
    if connection.dialect.name == "postgresql":
        return _PUT_AND_LOG.run(connection, values) == 1
    if _PUT.run(connection, values) != 1:
        return False
    _LOG.run(connection, values)
    return True


def log_refused(connection: Connection, entry: Mapping[str, Any]) -> None:
    """Append a refused body to the log, once."""
    connection.execute(_LOG_ONCE[connection.dialect.name], entry)


def logged_response(
    connection: Connection, attempt_id: UUID, slot: int, revision: int, digest: str
) -> Any:
    """The accepted log row of exactly this save, if there is one."""
    return connection.execute(
        _LOGGED,
        {"attempt_id": attempt_id, "slot": slot, "revision": revision, "digest": digest},
    ).one_or_none()


def last_heard(connection: Connection, attempt_id: UUID, device: UUID | None) -> datetime | None:
    """When a device (None: whatever names none) last sent anything for an attempt."""
    return connection.execute(
        _HEARD, {"attempt_id": attempt_id, "device": device}
    ).scalar_one_or_none()


def teaches(connection: Connection, person_id: UUID) -> frozenset[UUID]:
    """The cohorts that the person teaches."""
    return frozenset(connection.execute(_TEACHES, {"person_id": person_id}).scalars())


def is_signed_in(connection: Connection, credential: UUID | str, now: datetime) -> bool:
    """Say whether a browser session's id or a token's digest still signs anybody in."""
    statement = _SIGNED_IN_BY_SESSION if isinstance(credential, UUID) else _SIGNED_IN_BY_TOKEN
    return connection.execute(statement, {"credential": credential, "now": now}).first() is not None
