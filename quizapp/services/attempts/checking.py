"""Looking at the feedback to one answer in practice: the answer is locked from then on."""

import json
from datetime import datetime
from uuid import UUID

from quizapp.domain.access import Actor
from quizapp.domain.delivery.items import Item
from quizapp.domain.errors import Conflict, NotFound
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_
from quizapp.services.attempts import submitting
from quizapp.services.attempts.sitting import get_head
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes.rules import rules
from quizapp.storage import responses
from quizapp.storage.database import core_transaction


def check(actor: Actor, attempt_id: UUID, slot: int, *, now: datetime) -> None:
    """Lock one's answer to a slot and open its outcome; doing it again changes nothing.

    The first answer stays the evidence of what one knew.

    Raises:
        NotFound: there is no such slot of an attempt that the person may know of.
        Forbidden: the attempt is somebody else's.
        Conflict: the attempt is over, gives no feedback before its end, or nothing is answered.
    """
    with core_transaction(write=True) as connection:
        head = get_head(connection, actor, "attempt.take", attempt_id)
        if not 1 <= slot <= len(head.items):
            raise NotFound
        if head.state != "open" or submitting.is_overdue(head, now):
            raise Conflict(N_("This attempt is over."))
        if rules(connection, head.quiz_version_id).feedback != "after_each":
            raise Conflict(N_("Its outcome is shown after the end."))
        item = Item.from_data(head.items[slot - 1])
        question = bank_index.version(connection, item.version_id)
        body = responses.lock_slot(connection, attempt_id, slot, now)
        response = None if body is None else json.loads(body)
        if not TYPES[item.type].is_answered(question.content, response):
            raise Conflict(N_("Answer the question first."))
