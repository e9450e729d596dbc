"""Pausing an exam: time stands still for everybody who sits it, and goes on where it stood.

While it is paused the attempts have no end, so that what is saved then is in time and nothing is
closed; their ends wait in the row. A restart of the server changes nothing of that.
"""

from datetime import datetime, timedelta
from uuid import UUID

from quizapp.domain.access import Actor
from quizapp.domain.errors import Conflict
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.attempts.extending import find
from quizapp.storage import room as stored
from quizapp.storage.accommodations import later_entries
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import transaction


def pause(actor: Actor, assignment_id: UUID, *, now: datetime) -> int:
    """Stop the time of everybody who sits an assignment; gives how many there are.

    Nobody can begin it until it goes on. An attempt whose time was over already, and which waits
    in its grace, is not held up.

    Raises:
        NotFound: there is no such assignment that the person may know of.
        Conflict: it is paused already.
    """
    with transaction(write=True) as session:
        assignment = find(session, actor, assignment_id)
        if assignment.paused_at is not None:
            raise Conflict(N_("It is paused already."))
        assignment.paused_at = now
        count = 0
        for attempt in stored.open_of(session, assignment_id):
            count += 1
            if attempt.deadline is not None and attempt.deadline > now:
                attempt.paused_deadline = attempt.deadline
                attempt.paused_closes_at = attempt.closes_at
                attempt.deadline = attempt.closes_at = None
        details = {"attempts": count}
        audit.record(
            session, actor, "assignment.pause", "assignment", assignment_id, details, now=now
        )
        return count


def resume(actor: Actor, assignment_id: UUID, *, now: datetime) -> int:
    """Let time go on: everybody has what they had left; gives how many there are.

    The window's end, the last entry and late entries that were still to come move on by as much.

    Raises:
        NotFound: there is no such assignment that the person may know of.
        Conflict: it is not paused.
    """
    with transaction(write=True) as session:
        assignment = find(session, actor, assignment_id)
        paused_at = assignment.paused_at
        if paused_at is None:
            raise Conflict(N_("It is not paused."))
        stood = max(now - paused_at, timedelta(0))
        assignment.paused_at = None
        if assignment.closes_at is not None and assignment.closes_at > paused_at:
            assignment.closes_at += stood
        if assignment.last_entry_at is not None and assignment.last_entry_at > paused_at:
            assignment.last_entry_at += stood
        for entry in later_entries(session, assignment_id, paused_at):
            entry.until += stood
        count = 0
        for attempt in stored.open_of(session, assignment_id):
            count += 1
            _go_on(attempt, paused_at, stood)
        details = {
            "attempts": count,
            "seconds": int(stood.total_seconds()),
            "closes_at": assignment.closes_at,
        }
        audit.record(
            session, actor, "assignment.resume", "assignment", assignment_id, details, now=now
        )
        return count


def _go_on(attempt: Attempt, paused_at: datetime, stood: timedelta) -> None:
    """Give an open attempt what it had left; one begun in the moment of the pause, too."""
    deadline = attempt.paused_deadline or attempt.deadline
    closes_at = attempt.paused_closes_at or attempt.closes_at
    if deadline is not None and closes_at is not None and deadline > paused_at:
        attempt.deadline, attempt.closes_at = deadline + stood, closes_at + stood
    attempt.paused_deadline = attempt.paused_closes_at = None
