"""Finding an attempt for somebody: allowed to, and closed first where its time is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.access import Actor, AttemptRef, require
from quizapp.domain.errors import NotFound
from quizapp.services.attempts import submitting
from quizapp.storage import sittings
from quizapp.storage.database import core_transaction


def get_head(connection: Connection, actor: Actor, action: str, attempt_id: UUID) -> Any:
    """The attempt with its quiz.

    Raises:
        NotFound: there is none, or the person may not know of it.
        Forbidden: it may be seen, but `action` may not be done to it.
    """
    head = sittings.attempt_head(connection, attempt_id)
    if head is None:
        raise NotFound
    require(actor, action, AttemptRef(head.person_id, head.cohort_id))
    return head


@contextmanager
def reading(
    actor: Actor, action: str, attempt_id: UUID, *, now: datetime
) -> Iterator[tuple[Connection, Any]]:
    """A reading transaction with the attempt; one whose time is over is closed before.

    Raises:
        NotFound: there is none, or the person may not know of it.
        Forbidden: it may be seen, but `action` may not be done to it.
    """
    with core_transaction(write=False) as connection:
        head = get_head(connection, actor, action, attempt_id)
        if not submitting.is_overdue(head, now):
            yield connection, head
            return
    submitting.finalise(attempt_id, now=now)
    with core_transaction(write=False) as connection:
        yield connection, get_head(connection, actor, action, attempt_id)
