"""Exceptions in one exam: more minutes for an attempt, and late entry, each with its reason."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, CohortRef, require
from quizapp.domain.delivery.granting import MOST_EXTENSION_MIN, read_figure, read_reason
from quizapp.domain.delivery.timing import extended
from quizapp.domain.delivery.windows import read_instant
from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.domain.people.fields import Problems
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.storage import cohorts
from quizapp.storage.accommodations import Extension, LateEntry
from quizapp.storage.attempts import Attempt, lock_attempt
from quizapp.storage.database import transaction
from quizapp.storage.quizzes import Assignment


def extend(
    actor: Actor, assignment_id: UUID, attempt_id: UUID, *, minutes: str, reason: str, now: datetime
) -> datetime:
    """Give an open attempt more minutes; gives when it ends now.

    They count from now where the deadline has passed and the grace runs, and are kept for later
    while the exam is paused.

    Args:
        actor: invigilates the cohort.
        assignment_id: as which the attempt was given.
        attempt_id: the attempt.
        minutes: as typed.
        reason: as typed; it stays on record.
        now: the time.

    Raises:
        NotFound: there is none that the person may know of.
        Invalid: no number, or no reason.
        Conflict: the attempt is over, or has no end that could be moved.
    """
    problems = Problems()
    more, why = 0, ""
    with problems:
        more = read_figure("minutes", minutes, 1, MOST_EXTENSION_MIN)
    with problems:
        why = read_reason(reason)
    with transaction(write=True) as session:
        assignment = find(session, actor, assignment_id)
        attempt = lock_attempt(session, attempt_id)
        if attempt is None or attempt.assignment_id != assignment_id:
            raise NotFound
        problems.raise_if_any()
        if attempt.state != "open":
            raise Conflict(N_("This attempt is over."))
        before, after = _move(attempt, timedelta(minutes=more), assignment.paused_at, now)
        session.add(
            Extension(
                attempt_id=attempt_id,
                seconds=more * 60,
                reason=why,
                given_by=actor.id,
                given_at=now,
            )
        )
        details = {"minutes": more, "before": before, "deadline": after}
        audit.record(session, actor, "attempt.extend", "attempt", attempt_id, details, now=now)
        return after


def _move(
    attempt: Attempt, by: timedelta, paused_at: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Move the end of a locked attempt; gives it as it was and as it is."""
    if attempt.paused_deadline is not None and attempt.paused_closes_at is not None:
        before = attempt.paused_deadline
        after = extended(before, by, now=paused_at or now)
        attempt.paused_closes_at += after - before
        attempt.paused_deadline = after
        return before, after
    if attempt.deadline is None or attempt.closes_at is None:
        raise Conflict(N_("This attempt has no end that could be moved."))
    before = attempt.deadline
    after = extended(before, by, now=now)
    attempt.closes_at += after - before
    attempt.deadline = after
    return before, after


def let_in(
    actor: Actor,
    assignment_id: UUID,
    person_id: UUID,
    *,
    until: datetime | str | None,
    reason: str,
    now: datetime,
) -> None:
    """Let somebody begin an assignment until a time, though its window closes before.

    They have the whole time limit from their start. Results that wait for the window wait for this.

    Args:
        actor: invigilates the cohort.
        assignment_id: which assignment.
        person_id: a trainee of its cohort.
        until: when they must have begun; a text is no time, and refused as such.
        reason: as typed; it stays on record.
        now: the time.

    Raises:
        NotFound: there is no such assignment or trainee that the person may know of.
        Invalid: no time that is still to come, or no reason.
    """
    problems = Problems()
    latest, why = None, ""
    with problems:
        latest = read_instant("until", until)
        if latest is None or latest <= now:
            raise Invalid.field("until", N_("Give a time that is still to come."))
    with problems:
        why = read_reason(reason)
    with transaction(write=True) as session:
        assignment = find(session, actor, assignment_id)
        if cohorts.part_of(session, assignment.cohort_id, person_id) != "trainee":
            raise NotFound
        problems.raise_if_any()
        entry = session.get(LateEntry, (assignment_id, person_id))
        before = entry.until if entry is not None else None
        if entry is None:
            entry = LateEntry(assignment_id=assignment_id, person_id=person_id)
            session.add(entry)
        entry.until, entry.reason = latest, why  # type: ignore[assignment]  # no problem: a time
        entry.given_by, entry.given_at = actor.id, now
        details = {"person": person_id, "before": before, "until": latest}
        audit.record(
            session, actor, "assignment.let_in", "assignment", assignment_id, details, now=now
        )


def find(session: Session, actor: Actor, assignment_id: UUID) -> Assignment:
    """An assignment that the person invigilates, locked; one that was taken back, too.

    Raises:
        NotFound: there is none, or the person does not teach its cohort.
    """
    assignment = session.get(Assignment, assignment_id, with_for_update=True)
    if assignment is None:
        require(actor, "cohort.invigilate")
        raise NotFound
    require(actor, "cohort.invigilate", CohortRef(assignment.cohort_id))
    return assignment
