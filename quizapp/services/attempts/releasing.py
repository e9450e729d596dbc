"""What of an attempt's outcome may be seen now: the release policy with the facts it needs."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor
from quizapp.domain.delivery.outcome import EVERYTHING, Moment, Shown, last_close, shown
from quizapp.domain.delivery.quiz import Release
from quizapp.storage import sittings
from quizapp.storage.database import AnyRow


def shown_to(
    actor: Actor,
    head: AnyRow,
    session: Session | Connection,
    *,
    now: datetime,
    finished: bool,
) -> Shown:
    """What somebody who may read the attempt may see of its outcome.

    Whoever reads another's attempt teaches it, and a trial is its maker's own: they see all of it.

    Args:
        actor: who asks.
        head: of the attempt, with its quiz.
        session: of a transaction; asked for the last close only where the policy needs it.
        now: the time.
        finished: whether the attempt is over.
    """
    if actor.id != head.person_id or head.trial:
        return EVERYTHING
    return shown_to_owner(head, session, now=now, finished=finished)


def shown_to_owner(
    head: AnyRow, session: Session | Connection, *, now: datetime, finished: bool
) -> Shown:
    """What the attempt's own person may see."""
    release = Release.model_validate(head.release)
    ends = None
    if finished and "after_close" in release.model_dump().values():
        ends = close_of(sittings.last_close(session, head.quiz_id), head.quiz_closes_at)
    return shown(release, moment(head, ends, now=now, finished=finished))


def moment(head: AnyRow, ends: datetime | None, *, now: datetime, finished: bool) -> Moment:
    """The facts of an attempt. Every type of question is marked at once when it ends."""
    return Moment(
        now=now,
        finished=finished,
        last_close=ends,
        marked=finished,
        released=head.released_at is not None and head.released_at <= now,
    )


def close_of(ends: AnyRow, quiz_closes_at: datetime | None) -> datetime | None:
    """When nobody can answer any more, given `sittings.last_close`.

    Attempts that began in the last window may still be within their grace.
    """
    last = last_close(ends.given, ends.ending, ends.last, quiz_closes_at)
    return max(last, ends.still_open) if last and ends.still_open else last
