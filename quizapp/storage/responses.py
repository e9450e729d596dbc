"""The current response of each slot, and the append-only log of every body that arrived.

Both are keyed by attempt first, so that they can be partitioned by it without a change of code.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    and_,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.attempts import Attempt
from quizapp.storage.database import AnyRow, Base, UtcDateTime, table
from quizapp.storage.prepared import Prepared


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
            " 'answer-locked', 'slot-left')",
            name="outcome",
        ),
        # few rows, which the room counts; an accepted save does not touch it
        Index(
            "ix_response_log_refused",
            "attempt_id",
            postgresql_where=text("outcome <> 'accepted'"),
            sqlite_where=text("outcome <> 'accepted'"),
        ),
    )


_attempts = table(Attempt)
_responses = table(Response)
_log = table(LoggedResponse)
_OF_ATTEMPT = Prepared(select(_responses).where(_responses.c.attempt_id == bindparam("attempt_id")))
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
_WITH_RECEIPTS = Prepared(
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
_OF_RECEIPT = ("slot", "revision", "saved_at", "late", "receipt", "salt", "body")
_REFUSED = Prepared(
    select(_log.c.slot, _log.c.revision, _log.c.outcome, _log.c.body, _log.c.saved_at)
    .where(_log.c.attempt_id == bindparam("attempt_id"), _log.c.outcome != "accepted")
    .order_by(_log.c.saved_at.desc())
    .limit(bindparam("most", type_=Integer()))
)


def responses_of(connection: Connection, attempt_id: UUID) -> dict[int, Any]:
    """The current responses of an attempt, by slot."""
    return {row.slot: row for row in _OF_ATTEMPT.all(connection, {"attempt_id": attempt_id})}


def responses_of_all(
    session: Session | Connection, attempts: Sequence[UUID]
) -> dict[UUID, dict[int, AnyRow]]:
    """The current responses of attempts, by attempt and slot."""
    found: dict[UUID, dict[int, AnyRow]] = {one: {} for one in attempts}
    for row in session.execute(_OF_ATTEMPTS, {"attempts": list(attempts)}):
        found[row.attempt_id][row.slot] = row
    return found


def responses_with_receipts(connection: Connection, attempt_id: UUID) -> dict[int, Any]:
    """The current responses of an attempt, each with its receipt, by slot."""
    return {row.slot: row for row in _WITH_RECEIPTS.all(connection, {"attempt_id": attempt_id})}


def refused_of(connection: Connection, attempt_id: UUID, most: int = 100) -> Sequence[Any]:
    """What was refused in an attempt, newest first: slot, revision, outcome, body, saved_at."""
    return _REFUSED.all(connection, {"attempt_id": attempt_id, "most": most})


def lock_slot(connection: Connection, attempt_id: UUID, slot: int, now: datetime) -> str | None:
    """Lock the response of a slot for good; gives its body, None where there is none.

    A save on its way is waited for, and is what is locked; a later one finds the slot locked.
    """
    found: str | None = connection.execute(
        _CHECK, {"attempt": attempt_id, "at_slot": slot, "now": now}
    ).scalar_one_or_none()
    return found


def receipts_of(connection: Connection, attempt_id: UUID) -> Sequence[AnyRow]:
    """Accepted saves of an attempt with their receipts, oldest first."""
    return connection.execute(
        select(*(_log.c[name] for name in _OF_RECEIPT))
        .where(_log.c.attempt_id == attempt_id, _log.c.outcome == "accepted")
        .order_by(_log.c.saved_at, _log.c.slot, _log.c.revision)
    ).all()


def whose(session: Session, attempt_id: UUID) -> AnyRow | None:
    """The person and cohort of an attempt."""
    return session.execute(
        select(_attempts.c.person_id, _attempts.c.cohort_id).where(_attempts.c.id == attempt_id)
    ).one_or_none()


def logged_under_receipt(
    session: Session, attempt_id: UUID, slot: int, revision: int
) -> AnyRow | None:
    """The accepted save that a receipt speaks of, with the revision that counts now."""
    return session.execute(
        select(
            _log.c.body,
            _log.c.salt,
            _log.c.saved_at,
            _responses.c.revision.label("current_revision"),
        )
        .select_from(
            _log.outerjoin(
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
