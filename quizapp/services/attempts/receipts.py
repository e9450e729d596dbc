"""Receipts of saved answers: the keys that sign them, and what one proves.

The private halves of the keys are sealed under the instance's secret key, which `configure` hands
over once for each database.
"""

import base64
import json
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, AttemptRef, may, require
from quizapp.domain.delivery import receipts
from quizapp.domain.delivery.receipts import Statement
from quizapp.domain.errors import NotFound
from quizapp.services import audit
from quizapp.services.memory import PerDatabase
from quizapp.storage import receipts as stored
from quizapp.storage import responses, sittings
from quizapp.storage.database import AnyRow, core_transaction, db, transaction

LOOK_AGAIN = timedelta(minutes=10)
"""How long a process may go on signing with a key that another process has retired."""
LONGEST = 2000
Held = Literal["as_saved", "changed", "missing"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signer:
    """The key that signs, in memory."""

    key_id: str
    key: Ed25519PrivateKey
    known_at: datetime

    def sign(self, statement: Statement) -> str:
        """Write the receipt of a statement."""
        return receipts.sign(self.key, self.key_id, statement)


@dataclass(frozen=True)
class PublicKey:
    """What anybody may verify receipts with: 32 bytes as base64url."""

    id: str
    public_key: str
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True)
class ReceiptDetails:
    """What a receipt speaks of, for those who may read the attempt.

    Attributes:
        attempt_id: the attempt.
        slot: of the item.
        revision: that was saved.
        saved_at: when.
        late: whether it arrived after the deadline.
        response: what the log holds of that save; None where it is missing.
        current: whether it is what counts for the slot now.
        held: whether the log still holds what the receipt was given for. `changed` and `missing`
            mean that somebody meddled with the database, or that an older one was restored.
    """

    attempt_id: UUID
    slot: int
    revision: int
    saved_at: datetime
    late: bool
    response: Any
    current: bool
    held: Held = "as_saved"


@dataclass(frozen=True)
class Verified:
    """Whether a receipt was signed here; details where the asking person may know them."""

    valid: bool
    details: ReceiptDetails | None = None


@dataclass(frozen=True)
class ReceiptRow:
    """The receipt of one accepted save, and what its hash is of: the salt and the response."""

    slot: int
    revision: int
    saved_at: datetime
    late: bool
    receipt: str
    salt: str
    body: str

    @property
    def line(self) -> str:
        """The receipt, its salt and the response as docs/verify_receipt.py reads them."""
        return f"{self.receipt} {self.salt} {self.body}"


class _Keeper:
    """The secret of one database's keys, and its signer once known."""

    def __init__(self) -> None:
        self.seal: Fernet | None = None
        self.signer: Signer | None = None


_keepers: PerDatabase[_Keeper] = PerDatabase(_Keeper)


def configure(secret: str, engine: Engine | None = None) -> None:
    """Say under which secret a database's signing keys are sealed.

    Args:
        secret: the instance's secret key.
        engine: of the database; that of the current application where none is given.
    """
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"quizapp receipt keys")
    keeper = _keepers.of(engine or db.engine)
    keeper.seal = Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
    keeper.signer = None


def signer(now: datetime) -> Signer:
    """The key that signs now; made where there is none yet.

    Processes that make the first one at once all end with the same. Call it outside of a
    transaction: it may need one of its own.

    Raises:
        RuntimeError: `configure` was not called.
    """
    keeper = _keepers.of(db.engine)
    known = keeper.signer
    if known is not None and now - known.known_at < LOOK_AGAIN:
        return known
    if keeper.seal is None:
        raise RuntimeError("the receipts know no secret: call receipts.configure first")
    with transaction(write=False) as session:
        found = _unsealed(keeper.seal, stored.active_key(session), now)
    if found is None:
        with transaction(write=True) as session:
            found = _make(session, keeper.seal, now)
    keeper.signer = found
    return found


def rotate(now: datetime) -> str:
    """Retire the key that signs and make a new one; gives its id. What was signed stays valid.

    Other processes go on with the retired key until they look again: `LOOK_AGAIN`.
    """
    keeper = _keepers.of(db.engine)
    if keeper.seal is None:
        raise RuntimeError("the receipts know no secret: call receipts.configure first")
    with transaction(write=True) as session:
        active = stored.active_key(session)
        if active is not None:
            stored.retire_key(session, active.id, now)
        keeper.signer = _make(session, keeper.seal, now)
        retired = {"retired": active.id} if active is not None else None
        made = keeper.signer.key_id
        audit.record(session, None, "receipt_key.rotate", "receipt_key", made, retired, now=now)
    return made


def public_keys() -> tuple[PublicKey, ...]:
    """All keys, those that sign no more among them, the oldest first."""
    with transaction(write=False) as session:
        return tuple(
            PublicKey(key.id, key.public_key, key.created_at, key.retired_at)
            for key in stored.all_keys(session)
        )


def of_attempt(actor: Actor, attempt_id: UUID) -> tuple[ReceiptRow, ...]:
    """The receipts of an attempt, the oldest first.

    Raises:
        NotFound: there is no such attempt that the person may know of.
    """
    with core_transaction(write=False) as connection:
        head = sittings.attempt_head(connection, attempt_id)
        if head is None:
            raise NotFound
        require(actor, "attempt.read", AttemptRef(head.person_id, head.cohort_id))
        return tuple(ReceiptRow(*row) for row in responses.receipts_of(connection, attempt_id))


def verify(actor: Actor | None, receipt: str) -> Verified:
    """Say whether a receipt was signed here, and of what, to those who may read the attempt.

    Args:
        actor: who asks; None for anybody.
        receipt: as it was given out.
    """
    text = receipt.strip()
    key_id = receipts.key_id_of(text) if len(text) <= LONGEST and text.isascii() else None
    if key_id is None:
        return Verified(valid=False)
    with transaction(write=False) as session:
        key = stored.find_key(session, key_id) if len(key_id) <= 40 and "\0" not in key_id else None
        if key is None:
            return Verified(valid=False)
        public = Ed25519PublicKey.from_public_bytes(receipts.decode(key.public_key))
        said = receipts.verify(public, text)
        if said is None:
            return Verified(valid=False)
        return Verified(valid=True, details=_details(session, actor, said))


def _details(session: Session, actor: Actor | None, said: Statement) -> ReceiptDetails | None:
    if actor is None:
        return None
    attempt = responses.whose(session, said.attempt)
    if attempt is None:  # lost with an older backup, say: nobody's any more
        allowed = actor.role == "administrator"
    else:
        allowed = may(actor, "attempt.read", AttemptRef(attempt.person_id, attempt.cohort_id))
    if not allowed:
        return None
    row = responses.logged_under_receipt(session, said.attempt, said.slot, said.revision)
    return ReceiptDetails(
        said.attempt,
        said.slot,
        said.revision,
        said.saved_at,
        said.late,
        None if row is None else json.loads(row.body),
        row is not None and row.current_revision == said.revision,
        _held(row, said),
    )


def _held(row: AnyRow | None, said: Statement) -> Held:
    if row is None:
        return "missing"
    same = receipts.response_hash(row.salt, row.body) == said.hash
    return "as_saved" if same and row.saved_at == said.saved_at else "changed"


def _unsealed(seal: Fernet, row: stored.ReceiptKey | None, now: datetime) -> Signer | None:
    if row is None or row.private_key is None:
        return None
    try:
        private = seal.decrypt(row.private_key.encode("ascii"))
    except InvalidToken:
        # the instance's secret was changed: what it signed stays valid, but it signs no more
        _log.warning("the receipt key %s cannot be unsealed; a new one takes its place", row.id)
        return None
    return Signer(row.id, Ed25519PrivateKey.from_private_bytes(private), now)


def _make(session: Session, seal: Fernet, now: datetime) -> Signer:
    """The active key; where there is none, or it cannot be unsealed, a new one."""
    active = stored.active_key(session)
    found = _unsealed(seal, active, now)
    if found is not None:
        return found
    if active is not None:
        stored.retire_key(session, active.id, now)
    key = Ed25519PrivateKey.generate()
    stored.add_key(
        session,
        {
            "id": secrets.token_hex(8),
            "public_key": receipts.encode(key.public_key().public_bytes_raw()),
            "private_key": seal.encrypt(key.private_bytes_raw()).decode("ascii"),
            "created_at": now,
        },
    )
    session.expire_all()
    made = _unsealed(seal, stored.active_key(session), now)
    if made is None:
        raise RuntimeError("no receipt key could be made")
    return made
