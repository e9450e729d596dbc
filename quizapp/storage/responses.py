"""The current response of each slot, and the append-only log of every body that arrived.

Both are keyed by attempt first, so that they can be partitioned by it without a change of code.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    String,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import AnyRow, Base, UtcDateTime, table, upsert
from quizapp.storage.people import LoginSession, Person


class Response(Base):
    """What counts for a slot now. `body` is canonical JSON text.

    `checked_at` is set once, when the trainee looked at the feedback: the slot is locked from then.
    """

    __tablename__ = "responses"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(default=False)
    lang: Mapped[str | None] = mapped_column(String(8))
    spent_ms: Mapped[int | None]
    saved_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]


class LoggedResponse(Base):
    """One body that arrived, accepted or refused, with its receipt where it was accepted.

    The digest of the body is part of the key: the same save sent again finds its own row.
    """

    __tablename__ = "response_log"
    attempt_id: Mapped[UUID] = mapped_column(
        ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    base: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(default=False)
    lang: Mapped[str | None] = mapped_column(String(8))
    spent_ms: Mapped[int | None]
    age_ms: Mapped[int | None]
    device: Mapped[UUID | None]
    saved_at: Mapped[datetime]
    salt: Mapped[str | None] = mapped_column(String(32))
    receipt: Mapped[str | None] = mapped_column(Text)
    receipt_key: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        CheckConstraint(
            "outcome IN ('accepted', 'stale-revision', 'conflict', 'attempt-closed',"
            " 'answer-locked')",
            name="outcome",
        ),
    )


# --- the hot path: statements built once, run on a Core connection -----------------------------

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
            _attempts.c.state,
            _attempts.c.started_at,
            _attempts.c.deadline,
            _attempts.c.closes_at,
            _attempts.c["items"][bindparam("index", type_=JSON.JSONIntIndexType())].label("item"),
            _responses.c.revision,
            _responses.c.body,
            _responses.c.saved_at,
            _responses.c.checked_at,
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
        )
        .where(match)
        .with_for_update(read=True, of=_attempts)
    )


_CONTEXT_BY_SESSION = _context(
    and_(_sessions.c.id == bindparam("credential"), _sessions.c.digest.is_(None))
)
_CONTEXT_BY_TOKEN = _context(_sessions.c.digest == bindparam("credential"))
_LOG = insert(_log)
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


def _upsert(dialect: str) -> Any:
    statement = upsert(dialect)(_responses)
    kept = ("revision", "body", "late", "lang", "spent_ms", "saved_at")
    return statement.on_conflict_do_update(
        index_elements=["attempt_id", "slot"],
        set_={name: statement.excluded[name] for name in kept},
        where=and_(_responses.c.revision == bindparam("seen"), _responses.c.checked_at.is_(None)),
    ).execution_options(preserve_rowcount=True)  # else PostgreSQL's count of an INSERT is -1


_UPSERT = {dialect: _upsert(dialect) for dialect in ("sqlite", "postgresql")}
_LOG_ONCE = {
    dialect: upsert(dialect)(_log).on_conflict_do_nothing() for dialect in ("sqlite", "postgresql")
}


def save_context(
    connection: Connection, credential: UUID | str, attempt_id: UUID, slot: int
) -> AnyRow | None:
    """The session, person, attempt, item and current response of a save; None if any is missing.

    Args:
        connection: inside a writing transaction.
        credential: a browser session's id, or the digest of an API token.
        attempt_id: the attempt.
        slot: from 1; `item` is None where the attempt has no such slot.
    """
    statement = _CONTEXT_BY_SESSION if isinstance(credential, UUID) else _CONTEXT_BY_TOKEN
    return connection.execute(
        statement,
        {
            "credential": credential,
            "attempt_id": attempt_id,
            "slot": slot,
            "index": slot - 1,
        },
    ).one_or_none()


def put_response(connection: Connection, seen: int, values: Mapping[str, Any]) -> bool:
    """Store a slot's response; False where another came first, or the slot was locked meanwhile.

    Args:
        connection: inside a writing transaction.
        seen: the revision that is to be replaced; 0: none.
        values: of the row.
    """
    statement = _UPSERT[connection.dialect.name]
    return connection.execute(statement, {**values, "seen": seen}).rowcount == 1


def log_response(connection: Connection, values: Mapping[str, Any]) -> None:
    """Append an accepted body to the log."""
    connection.execute(_LOG, values)


def log_refused(connection: Connection, values: Mapping[str, Any]) -> None:
    """Append a refused body to the log, once."""
    connection.execute(_LOG_ONCE[connection.dialect.name], values)


def logged_response(
    connection: Connection, attempt_id: UUID, slot: int, revision: int, digest: str
) -> AnyRow | None:
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


# --- reading an attempt ------------------------------------------------------------------------

_OF_ATTEMPTS = select(_responses).where(
    _responses.c.attempt_id.in_(bindparam("attempts", expanding=True))
)
_CHECK = (
    update(_responses)
    .where(
        _responses.c.attempt_id == bindparam("attempt"),
        _responses.c.slot == bindparam("at_slot"),
    )
    .values(
        checked_at=func.coalesce(_responses.c.checked_at, bindparam("now", type_=UtcDateTime()))
    )
    .returning(_responses.c.body)
)
_WITH_RECEIPTS = (
    select(_responses, _log.c.receipt)
    .select_from(
        _responses.outerjoin(
            _log,
            and_(
                _log.c.attempt_id == _responses.c.attempt_id,
                _log.c.slot == _responses.c.slot,
                _log.c.revision == _responses.c.revision,
                _log.c.outcome == "accepted",
            ),
        )
    )
    .where(_responses.c.attempt_id == bindparam("attempt_id"))
)
_REFUSED = (
    select(_log.c.slot, _log.c.revision, _log.c.outcome, _log.c.body, _log.c.saved_at)
    .where(_log.c.attempt_id == bindparam("attempt_id"), _log.c.outcome != "accepted")
    .order_by(_log.c.saved_at.desc())
    .limit(bindparam("most"))
)


def responses_of(
    session: Session | Connection, attempts: Sequence[UUID]
) -> dict[UUID, dict[int, AnyRow]]:
    """The current responses of attempts, by attempt and slot."""
    found: dict[UUID, dict[int, AnyRow]] = {one: {} for one in attempts}
    for row in session.execute(_OF_ATTEMPTS, {"attempts": list(attempts)}):
        found[row.attempt_id][row.slot] = row
    return found


def responses_with_receipts(session: Session | Connection, attempt_id: UUID) -> dict[int, AnyRow]:
    """The current responses of an attempt, each with its receipt, by slot."""
    return {row.slot: row for row in session.execute(_WITH_RECEIPTS, {"attempt_id": attempt_id})}


def refused_of(
    session: Session | Connection, attempt_id: UUID, most: int = 100
) -> Sequence[AnyRow]:
    """What was refused in an attempt, newest first: slot, revision, outcome, body, saved_at."""
    return session.execute(_REFUSED, {"attempt_id": attempt_id, "most": most}).all()


def lock_slot(
    session: Session | Connection, attempt_id: UUID, slot: int, now: datetime
) -> str | None:
    """Lock the response of a slot for good; gives its body, None where there is none.

    A save on its way is waited for, and is what is locked; a later one finds the slot locked.
    """
    found: str | None = session.execute(
        _CHECK, {"attempt": attempt_id, "at_slot": slot, "now": now}
    ).scalar_one_or_none()
    return found


def receipts_of(session: Session, attempt_id: UUID) -> Sequence[AnyRow]:
    """Accepted saves of an attempt with their receipts, oldest first."""
    return session.execute(
        select(_log.c.slot, _log.c.revision, _log.c.saved_at, _log.c.late, _log.c.receipt)
        .where(_log.c.attempt_id == attempt_id, _log.c.outcome == "accepted")
        .order_by(_log.c.saved_at, _log.c.slot, _log.c.revision)
    ).all()


def logged_under_receipt(
    session: Session, attempt_id: UUID, slot: int, revision: int
) -> AnyRow | None:
    """The accepted save that a receipt speaks of, with its attempt's person and cohort."""
    return session.execute(
        select(
            _log.c.body,
            _log.c.salt,
            _log.c.receipt,
            _attempts.c.person_id,
            _attempts.c.cohort_id,
            _responses.c.revision.label("current_revision"),
        )
        .select_from(
            _log.join(_attempts, _attempts.c.id == _log.c.attempt_id).outerjoin(
                _responses,
                and_(
                    _responses.c.attempt_id == _log.c.attempt_id,
                    _responses.c.slot == _log.c.slot,
                ),
            )
        )
        .where(
            _log.c.attempt_id == attempt_id,
            _log.c.slot == slot,
            _log.c.revision == revision,
            _log.c.outcome == "accepted",
        )
    ).one_or_none()
