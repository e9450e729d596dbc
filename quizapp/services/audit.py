"""The audit log: rows written with the change they tell of, and sealed into a hash chain."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor
from quizapp.domain.answers.canonical import canonical_json
from quizapp.storage import audit as stored
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction

FIRST = "0" * 64
BATCH = 500


@dataclass(frozen=True)
class Broken:
    """Where the chain does not hold: the first position whose row is not what was sealed."""

    position: int
    row_id: UUID | None


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    subject_kind: str,
    subject_id: UUID | str,
    details: Mapping[str, Any] | None = None,
    *,
    now: datetime,
) -> None:
    """Add a row in the transaction of the change itself.

    Args:
        session: of that transaction.
        actor: None for the command line and for jobs.
        action: a stable word such as `person.role`.
        subject_kind: what kind of thing changed.
        subject_id: which one.
        details: ids, states and numbers; never a name, an address or an answer.
        now: the time.
    """
    session.add(
        AuditRow(
            at=now,
            actor_id=actor.id if actor else None,
            action=action,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            details=_plain(details) if details else None,
        )
    )


def seal(now: datetime) -> int:
    """Chain the rows that have no seal yet; gives how many there were.

    Two sealers at once cannot fork the chain, since positions are unique: the later one gives
    way and its rows wait for the next run.
    """
    del now  # seals carry no time: the order is what they prove
    total = 0
    try:
        while sealed := _seal_batch():
            total += sealed
    except IntegrityError:
        return total
    return total


def verify() -> Broken | None:
    """Recompute the chain; None where every row is as it was sealed and none is missing."""
    position, before = 0, FIRST
    while True:
        with transaction(write=False) as session:
            rows = stored.sealed_after(session, position, BATCH)
            for row in rows:
                position += 1
                if row.sealed != position or row.seal != _seal(before, row):
                    return Broken(position, row.id if row.sealed == position else None)
                before = row.seal
        if len(rows) < BATCH:
            return None


def _seal_batch() -> int:
    with transaction(write=True) as session:
        last = stored.last_sealed(session)
        position, before = (last.sealed or 0, last.seal or FIRST) if last else (0, FIRST)
        rows = stored.unsealed(session, BATCH)
        for row in rows:
            position += 1
            row.sealed, row.seal = position, _seal(before, row)
            before = row.seal
        return len(rows)


def _seal(before: str, row: AuditRow) -> str:
    said = canonical_json(
        [
            before,
            str(row.id),
            row.at.isoformat(),
            str(row.actor_id) if row.actor_id else None,
            row.action,
            row.subject_kind,
            row.subject_id,
            row.details,
        ]
    )
    return hashlib.sha256(said.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Ids and times as text, so that a row reads back exactly as it was written."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
