"""Receipts: signed statements that an answer was saved, telling nobody what it was.

A receipt is `q1.<key id>.<payload>.<signature>`, base64url without padding. The payload is
canonical JSON: attempt, slot, revision, saved_at (RFC 3339 UTC), late, and `hash`: SHA-256 over a
salt that the server keeps and the canonical response. Signed with Ed25519 (RFC 8032).
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "q1"


@dataclass(frozen=True)
class Statement:
    """What a receipt says."""

    attempt: UUID
    slot: int
    revision: int
    saved_at: datetime
    late: bool
    hash: str


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of base64url text without padding.

    Raises:
        ValueError: it is not that.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if encode(data) != text:  # bits to spare in the last character: another text for the same
        raise ValueError("not base64url")
    return data


def response_hash(salt: str, body: str) -> str:
    """The salted hash of a canonical response, in hex."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def sign(key: Ed25519PrivateKey, key_id: str, statement: Statement) -> str:
    """Write the receipt of a statement; the same statement gives the same text."""
    payload = json.dumps(
        {
            "attempt": str(statement.attempt),
            "hash": statement.hash,
            "late": statement.late,
            "revision": statement.revision,
            "saved_at": instant(statement.saved_at),
            "slot": statement.slot,
        },
        separators=(",", ":"),
        sort_keys=True,
    )
    signed = f"{PREFIX}.{key_id}.{encode(payload.encode())}"
    return f"{signed}.{encode(key.sign(signed.encode('ascii')))}"


def key_id_of(receipt: str) -> str | None:
    """The id of the key that a receipt claims to be signed with."""
    parts = receipt.split(".")
    return parts[1] if len(parts) == 4 and parts[0] == PREFIX else None


def verify(public: Ed25519PublicKey, receipt: str) -> Statement | None:
    """Read a receipt; None unless its signature and form are right."""
    signed, _, signature = receipt.rpartition(".")
    try:
        public.verify(decode(signature), signed.encode("ascii"))
        data: dict[str, Any] = json.loads(decode(signed.split(".")[2]))
        return Statement(
            attempt=UUID(data["attempt"]),
            slot=int(data["slot"]),
            revision=int(data["revision"]),
            saved_at=datetime.fromisoformat(data["saved_at"]),
            late=bool(data["late"]),
            hash=str(data["hash"]),
        )
    except (InvalidSignature, ValueError, KeyError, IndexError, TypeError, UnicodeError):
        return None
