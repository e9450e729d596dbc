"""What stands in the database after the faults: read, and held against the model and the domain."""

import json
from collections.abc import Mapping
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fault_model import Ended, Ledger, Row, problems
from sqlalchemy import select

from quizapp.domain.delivery import receipts
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.outcome import item_score, mark_response
from quizapp.services.attempts.receipts import public_keys
from quizapp.services.banks import index as bank_index
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import transaction
from quizapp.storage.marks import Mark
from quizapp.storage.responses import LoggedResponse, Response


def read(attempt_id: UUID) -> Ended:
    """An attempt as it is stored."""
    with transaction(write=False) as session:
        attempt = session.get_one(Attempt, attempt_id)
        log = session.scalars(select(LoggedResponse).where(LoggedResponse.attempt_id == attempt_id))
        held = session.scalars(select(Response).where(Response.attempt_id == attempt_id))
        return Ended(
            attempt.state,
            attempt.started_at,
            attempt.deadline,
            attempt.closes_at,
            tuple(Row(*(getattr(one, name) for name in Row.__annotations__)) for one in log),
            {one.slot: (one.revision, one.body) for one in held},
        )


def faults_of(attempt_id: UUID, ledger: Ledger) -> list[str]:
    """Everything that is not as promised in an attempt that is over."""
    ended = read(attempt_id)
    return [
        *([] if ended.state != "open" else ["it is still open"]),
        *problems(ended, ledger),
        *wrong_marks(attempt_id, ended.current),
        *wrong_receipts(attempt_id, ledger),
    ]


def wrong_marks(attempt_id: UUID, current: Mapping[int, tuple[int, str]]) -> list[str]:
    """Marks that are not those of what is stored, computed anew."""
    found = []
    with transaction(write=False) as session:
        attempt = session.get_one(Attempt, attempt_id)
        rows = session.scalars(select(Mark).where(Mark.attempt_id == attempt_id)).all()
        marks = {one.slot: one.mark for one in rows}
        total = 0
        for slot, item in enumerate(attempt.items, start=1):
            question = bank_index.version(session, UUID(item["version_id"]))
            response = json.loads(current[slot][1]) if slot in current else None
            mark = mark_response(question.type, question.content, response)
            total += item_score(Item.from_data(item).points, mark)
            if marks.get(slot) != mark:
                found.append(f"slot {slot} is marked {marks.get(slot)}, not {mark}")
        if len(rows) != len(attempt.items):
            found.append(f"{len(rows)} marks for {len(attempt.items)} items")
        if attempt.score != total:
            found.append(f"the score is {attempt.score}, not {total}")
    return found


def wrong_receipts(attempt_id: UUID, ledger: Ledger) -> list[str]:
    """Receipts that the published keys do not verify, or that speak of something else."""
    keys = {
        key.id: Ed25519PublicKey.from_public_bytes(receipts.decode(key.public_key))
        for key in public_keys()
    }
    found = []
    for (slot, revision, _body), receipt in ledger.acknowledged.items():
        public = keys.get(receipts.key_id_of(receipt) or "")
        said = receipts.verify(public, receipt) if public else None
        if said is None or (said.attempt, said.slot, said.revision) != (attempt_id, slot, revision):
            found.append(f"the receipt of slot {slot}, revision {revision} says {said}")
    return found
