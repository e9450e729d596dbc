"""What of an attempt's outcome may be seen now: the release policy with the facts it needs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor
from quizapp.domain.delivery.outcome import (
    EVERYTHING,
    NEVER,
    Moment,
    Shown,
    last_close,
    shown,
)
from quizapp.domain.delivery.quiz import Release
from quizapp.domain.delivery.timing import Accommodation, Window
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
    # what is not over is looked at question by question, each of which is marked at once
    marked = head.state == "open" or head.score is not None
    return shown_to_owner(head, session, now=now, finished=finished, marked=marked)


def shown_to_owner(
    head: AnyRow, session: Session | Connection, *, now: datetime, finished: bool, marked: bool
) -> Shown:
    """What the attempt's own person may see.

    Args:
        head: the release of its quiz: `quiz_id`, `release`, `released_at`, `quiz_closes_at`.
        session: of a transaction.
        now: the time.
        finished: whether the attempt is over.
        marked: whether every item has its mark.
    """
    ends = closes(session, [head]).get(head.quiz_id) if finished else None
    release = Release.model_validate(head.release)
    facts = moment(head, ends, now=now, finished=finished, marked=marked)
    return shown(release, facts)


def closes(session: Session | Connection, heads: Sequence[AnyRow]) -> dict[UUID, datetime | None]:
    """When nobody can answer any more, by quiz, of those attempts whose release depends on it."""
    waiting = {head.quiz_id for head in heads if "after_close" in head.release.values()}
    if not waiting:
        return {}
    found = sittings.closes(session, waiting)
    return {quiz_id: close_of(rows) for quiz_id, rows in found.items()}


def moment(
    head: AnyRow, ends: datetime | None, *, now: datetime, finished: bool, marked: bool
) -> Moment:
    """The facts that release depends on."""
    return Moment(
        now=now,
        finished=finished,
        last_close=ends,
        marked=finished and marked,
        released=head.released_at is not None and head.released_at <= now,
    )


def close_of(rows: Sequence[AnyRow]) -> datetime | None:
    """When nobody can answer a quiz any more, given its rows of `sittings.closes`.

    That is after the last window, own window or late entry of anybody it is given to, and when the
    attempts that began in it are over. While time stands still, or an outage holds an attempt,
    nobody knows when: never.
    """
    if any(row.held or row.paused_at is not None for row in rows):
        return NEVER
    last = last_close(
        [_end(row) for row in rows if row.assignment_id is not None], rows[0].quiz_closes_at
    )
    still_open = rows[0].still_open
    return max(last, still_open) if last and still_open else last


def _end(row: AnyRow) -> datetime | None:
    """The latest end of an assignment's window for anybody."""
    window = Window(closes_at=row.closes_at).within(row.quiz_closes_at)
    longest = Accommodation(closes_late_s=row.closes_late_s or 0)
    return window.own(longest, row.let_in_until).closes_at
