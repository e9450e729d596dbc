"""What an open attempt's page is told twice a minute, and what its asking tells the room.

One SELECT, and one small row beside the attempt: neither the attempt nor the path of a save is
touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.delivery.timing import seconds_left
from quizapp.domain.errors import NotFound, SignInRequired
from quizapp.storage import room as stored
from quizapp.storage import saves
from quizapp.storage.database import core_transaction

HEARD_EVERY = timedelta(seconds=15)
"""Two pages of an attempt are one presence: what was heard just now is not written again."""


@dataclass(frozen=True)
class Message:
    """What the invigilator said to this person, or to all."""

    id: UUID
    body: str
    sent_at: datetime


@dataclass(frozen=True)
class Told:
    """What the page is told; `messages` are the newest, newest first, where any is new to it."""

    is_open: bool
    seconds_left: int | None
    paused: bool
    messages: tuple[Message, ...]


def hear(
    session_id: UUID | None, attempt_id: UUID, *, known: datetime | None, now: datetime
) -> Told:
    """Note that an attempt's page is there, and tell it what may have changed.

    Args:
        session_id: of the browser.
        attempt_id: the person's own.
        known: when the last message that the page has was sent.
        now: the time.

    Raises:
        SignInRequired: the session signs nobody in (any more).
        NotFound: there is no such attempt of theirs.
    """
    if session_id is None:
        raise SignInRequired
    with core_transaction(write=False) as connection:
        row = stored.page_context(connection, session_id, attempt_id, now)
        if row is None or not row.active:
            if not saves.is_signed_in(connection, session_id, now):
                raise SignInRequired
            raise NotFound
        is_new = row.said_at is not None and (known is None or row.said_at > known)
        messages = messages_to(connection, attempt_id) if is_new else ()
    is_open = row.state == "open"
    if is_open and (row.heard_at is None or now - row.heard_at >= HEARD_EVERY):
        with core_transaction(write=True) as connection:
            stored.hear(connection, attempt_id, now)
    return Told(
        is_open=is_open,
        seconds_left=seconds_left(now, row.deadline) if is_open else None,
        paused=is_open and row.paused_at is not None,
        messages=messages,
    )


def messages_to(connection: Connection, attempt_id: UUID) -> tuple[Message, ...]:
    """The newest messages to who sits an attempt, newest first."""
    return as_messages(stored.said_to(connection, attempt_id))


def as_messages(rows: Iterable[Any]) -> tuple[Message, ...]:
    """Rows as values."""
    return tuple(Message(row.id, row.body, row.sent_at) for row in rows)
