"""Outages: nothing whose deadline fell into one is closed before somebody has decided (promise 3).

Whoever does jobs keeps a pulse; a gap in it is an outage. Practice gets its minutes back at once.
Exams wait: an administrator gives the minutes back, or lets the attempts close.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.timing import given_back
from quizapp.domain.errors import NotFound
from quizapp.services import audit
from quizapp.services.quizzes.views import CohortName
from quizapp.storage import outages as stored
from quizapp.storage.database import core_transaction, transaction

EVERY = timedelta(seconds=10)
LONGEST_GAP = timedelta(minutes=2)
"""Without a pulse for longer, the server was not there; slow jobs take less."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Struck:
    """An exam that an outage struck.

    `attempts` that are open lost minutes; `held` of them ended in it, and wait for a decision.
    """

    assignment_id: UUID | None
    quiz_title: Localised
    cohort: CohortName | None
    attempts: int
    held: int


@dataclass(frozen=True)
class OutageView:
    """An outage that waits for a decision, and the exams that it struck."""

    id: UUID
    began_at: datetime
    ended_at: datetime
    struck: tuple[Struck, ...]

    @property
    def attempts(self) -> int:
        """How many open exams lost minutes."""
        return sum(one.attempts for one in self.struck)

    @property
    def held(self) -> int:
        """How many of them wait."""
        return sum(one.held for one in self.struck)


def beat(now: datetime) -> None:
    """Note that the server is alive, and that it was not where its pulse has a gap.

    One small statement where the last beat was just now. Whoever closes attempts calls it before.
    """
    with core_transaction(write=False) as connection:
        last = stored.last_pulse(connection)
    if last is not None and now - last < EVERY:
        return
    with core_transaction(write=True) as connection:
        last = stored.last_pulse(connection, lock=True)
        if last is None:
            stored.first_beat(connection, now)
            return
        if now - last > LONGEST_GAP:
            _notice(connection, last, now)
        if now > last:
            stored.beat(connection, now)


def _notice(connection: Connection, began_at: datetime, ended_at: datetime) -> None:
    practice = stored.running_through(connection, began_at, ended_at, "practice")
    _give_back(connection, practice, began_at, ended_at, ended_at)
    outage_id = stored.add_outage(connection, began_at, ended_at)
    _log.warning("an outage of %s was noticed: %s", ended_at - began_at, outage_id)


def list_unsettled(actor: Actor | None) -> tuple[OutageView, ...]:
    """The outages that wait for a decision; for an instructor those that struck their cohorts.

    Args:
        actor: needs `outage.read`; None for the command line.
    """
    cohorts = None
    if actor is not None:
        require(actor, "outage.read")
        cohorts = None if actor.role == "administrator" else actor.teaches
    with transaction(write=False) as session:
        rows = stored.struck(session, cohorts)
    views = []
    for _, group in groupby(rows, key=lambda row: row.id):
        found = list(group)
        struck = tuple(_struck(row) for row in found if row.attempts)
        if struck or cohorts is None:
            views.append(OutageView(found[0].id, found[0].began_at, found[0].ended_at, struck))
    return tuple(views)


def _struck(row: Any) -> Struck:
    cohort = None
    if row.cohort_id is not None:
        cohort = CohortName(row.cohort_id, row.code, row.title, row.title_km)
    return Struck(
        assignment_id=row.assignment_id,
        quiz_title=Localised.model_validate(row.quiz_title),
        cohort=cohort,
        attempts=row.attempts,
        held=row.held,
    )


def give_back(actor: Actor | None, outage_id: UUID, *, now: datetime) -> int:
    """Give every open exam the minutes back that an outage took; gives how many there were.

    An attempt whose deadline fell into it goes on now, with the time that it had left.

    Args:
        actor: needs `outage.settle`; None for the command line.
        outage_id: which outage.
        now: the time.

    Raises:
        NotFound: there is no such outage, or it is settled.
    """
    with transaction(write=True) as session:
        outage = _settle(session, actor, outage_id, "given-back", now)
        rows = stored.running_through(session, outage.began_at, outage.ended_at, "exam")
        _give_back(session, rows, outage.began_at, outage.ended_at, now)
        details = {"attempts": len(rows)}
        audit.record(session, actor, "outage.give_back", "outage", outage_id, details, now=now)
        return len(rows)


def close(actor: Actor | None, outage_id: UUID, *, now: datetime) -> None:
    """Let the exams close whose deadline fell into an outage: what was saved is marked.

    Args:
        actor: needs `outage.settle`; None for the command line.
        outage_id: which outage.
        now: the time.

    Raises:
        NotFound: there is no such outage, or it is settled.
    """
    with transaction(write=True) as session:
        _settle(session, actor, outage_id, "closed", now)
        audit.record(session, actor, "outage.close", "outage", outage_id, now=now)


def _settle(
    session: Session, actor: Actor | None, outage_id: UUID, decision: str, now: datetime
) -> stored.Outage:
    if actor is not None:
        require(actor, "outage.settle")
    outage = stored.lock_outage(session, outage_id)
    if outage is None or outage.settled_at is not None:
        raise NotFound
    outage.settled_at, outage.decision = now, decision
    outage.settled_by = actor.id if actor else None
    return outage


def _give_back(
    session: Session | Connection,
    rows: Sequence[Any],
    began_at: datetime,
    ended_at: datetime,
    now: datetime,
) -> None:
    moved = []
    for row in rows:
        later = given_back(row.started_at, row.deadline, began_at, ended_at, now=now)
        moved.append(
            {
                "attempt": row.id,
                "new_deadline": row.deadline + later,
                "new_close": row.closes_at + later,
            }
        )
    if moved:
        stored.shift(session, moved)
