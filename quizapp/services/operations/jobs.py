"""Work to be done soon: leased, tried again after errors, and done by whoever comes first.

`HANDLERS` does single jobs by kind, `RECURRING` names what is done again and again. `quizapp serve`
and `quizapp work` call `run_due` in a loop.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.services import audit
from quizapp.services.attempts import outages, submitting
from quizapp.services.banks import uploads
from quizapp.services.memory import PerDatabase
from quizapp.services.people import sessions
from quizapp.services.progress import folding
from quizapp.storage import banks
from quizapp.storage import jobs as stored
from quizapp.storage.database import AnyRow, core_transaction, db, transaction

LEASE = timedelta(minutes=5)
"""After this long a job counts as abandoned: whoever had it has died."""
RECURRING_LEASE = timedelta(minutes=1)
BATCH = 4
"""Single jobs at a time: the pulse and the recurring ones come in between."""
SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=6)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Due:
    """A job that is to be done."""

    kind: str
    subject: str
    person_id: UUID | None
    quiz_id: UUID | None
    details: Mapping[str, Any] | None
    tries: int


Handler = Callable[[Due, datetime], object]


@dataclass(frozen=True)
class Recurring:
    """Something done again and again."""

    every: timedelta
    run: Callable[[datetime], object]


def _purge_uploads(now: datetime) -> None:
    with transaction(write=True) as session:
        banks.purge_uploads(session, now - uploads.KEPT)


HANDLERS: dict[str, Handler] = {}
"""What does a job of a kind, once. Whatever it raises puts the job off."""

RECURRING: dict[str, Recurring] = {
    "close-attempts": Recurring(timedelta(seconds=5), submitting.finalise_due),
    "fold-attempts": Recurring(timedelta(seconds=5), folding.drain),
    "seal-audit": Recurring(timedelta(hours=1), audit.seal),
    "purge-sessions": Recurring(timedelta(days=1), sessions.purge),
    "purge-uploads": Recurring(timedelta(hours=1), _purge_uploads),
}
"""What is done again and again, by the kind of the one row that stands for it."""

_planned: PerDatabase[set[str]] = PerDatabase(set)


def enqueue(
    session: Session,
    kind: str,
    subject: str,
    *,
    now: datetime,
    person_id: UUID | None = None,
    quiz_id: UUID | None = None,
    details: dict[str, Any] | None = None,
    run_after: datetime | None = None,
) -> None:
    """Leave a job behind, in the transaction of what it follows from.

    One that waits already for the same subject stays as it is.
    """
    row = stored.job(
        kind,
        subject,
        now,
        person_id=person_id,
        quiz_id=quiz_id,
        details=details,
        run_after=run_after,
    )
    stored.add_jobs(session, [row])


def run_due(now: datetime, handlers: Mapping[str, Handler] | None = None) -> int:
    """Do the jobs that are due; gives how many were done or put off after an error.

    Args:
        now: the time.
        handlers: for further kinds, where they need what only the application knows.
    """
    known = HANDLERS | dict(handlers or {})
    outages.beat(now)
    _plan(now)
    with core_transaction(write=False) as connection:
        if not stored.any_due(connection, [*RECURRING, *known], now):
            return 0
    done = 0
    for kinds, life, most in ((RECURRING, RECURRING_LEASE, len(RECURRING)), (known, LEASE, BATCH)):
        lease = now + life
        with core_transaction(write=True) as connection:
            claimed = stored.claim(connection, list(kinds), now, lease, most)
        for row in claimed:
            _run(row, known, lease, now)
        done += len(claimed)
    return done


def wait(tries: int) -> timedelta:
    """How long a job that has failed so often waits: each time twice as long, up to six hours."""
    doublings = min(tries - 1, 20)
    return min(SHORTEST_WAIT * (1 << doublings), LONGEST_WAIT)


def _plan(now: datetime) -> None:
    """See to it that every recurring job has its row; once in a process."""
    planned = _planned.of(db.engine)
    missing = [kind for kind in RECURRING if kind not in planned]
    if missing:
        with core_transaction(write=True) as connection:
            stored.add_jobs(connection, [stored.job(kind, "", now) for kind in missing])
        planned.update(missing)


def _run(row: AnyRow, known: Mapping[str, Handler], lease: datetime, now: datetime) -> None:
    again: datetime | None = None
    tries, error = 0, None
    try:
        if row.kind in RECURRING:
            RECURRING[row.kind].run(now)
            again = now + RECURRING[row.kind].every
        else:
            known[row.kind](
                Due(row.kind, row.subject, row.person_id, row.quiz_id, row.details, row.tries), now
            )
    except Exception as problem:  # whatever it is, the other jobs go on and this one comes again
        _log.exception("a job of the kind %s failed", row.kind)
        tries = row.tries + 1
        again, error = now + wait(tries), repr(problem)[:2000]
    with core_transaction(write=True) as connection:
        if again is None:
            stored.finish(connection, row.id, lease)
        else:
            stored.postpone(connection, row.id, lease, again=again, tries=tries, error=error)
