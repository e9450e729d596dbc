"""Moving through an attempt: on to the next question for good, and on to another device."""

from datetime import datetime
from uuid import UUID

from quizapp.domain.access import Actor
from quizapp.domain.delivery.moving import Progress
from quizapp.domain.errors import Conflict, NotFound
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.attempts.sitting import get_head
from quizapp.services.quizzes.rules import rules
from quizapp.storage import seats
from quizapp.storage.database import core_transaction, transaction


def go_on(actor: Actor, attempt_id: UUID, slot: int, *, now: datetime) -> int:
    """Go on to a later question; in an attempt that goes forward only, those before are left.

    Gives the slot that one is at: the one asked for, or a later one that was reached before.

    Raises:
        NotFound: there is no such slot of an attempt that the person may know of.
        Forbidden: the attempt is somebody else's.
        Conflict: the attempt is over.
    """
    with core_transaction(write=True) as connection:
        head = get_head(connection, actor, "attempt.take", attempt_id)
        if not 1 <= slot <= len(head.items):
            raise NotFound
        if head.state != "open":
            raise Conflict(N_("This attempt is over."))
        if rules(connection, head.quiz_version_id).navigation != "forward":
            return slot
        before = Progress.from_data(head.left_at)
        if slot > before.slot:
            seats.advance(connection, attempt_id, before.to(slot, now).to_data())
        return max(slot, before.slot)


def take_over(actor: Actor, attempt_id: UUID, device: UUID, *, now: datetime) -> None:
    """Go on with one's attempt on this device; the one that it was taken on is told so.

    What that one has not sent yet still counts, by the same rules as ever.

    Raises:
        NotFound: there is no such attempt that the person may know of.
        Forbidden: it is somebody else's.
    """
    with transaction(write=True) as session:
        connection = session.connection()
        head = get_head(connection, actor, "attempt.take", attempt_id)
        if head.state != "open" or head.held_by == device:
            return
        seats.take(connection, attempt_id, device, now)
        details = {"from": head.held_by, "to": device}
        audit.record(session, actor, "attempt.take_over", "attempt", attempt_id, details, now=now)
