"""Receipts: whether one was signed here, and the keys with which anybody can tell."""

from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import Field

from quizapp.api import visitor
from quizapp.api.area import PUBLIC, Area
from quizapp.api.shapes import Body, Id, Out, Text, Time
from quizapp.domain.delivery.receipts import instant
from quizapp.services.attempts import receipts
from quizapp.services.attempts.receipts import LONGEST, Held, PublicKey

area = Area("receipts", "Receipts of saved answers")
bp = Blueprint("api_receipt_keys", __name__)


class SentReceipt(Body):
    """A receipt to be verified."""

    receipt: Text = Field(max_length=LONGEST, description="As it was given out.")


class Verified(Out):
    """Whether a receipt was signed here; the rest for those who may read the attempt."""

    valid: bool
    attempt: Id | None = None
    slot: int | None = None
    revision: int | None = None
    saved_at: Time | None = None
    late: bool | None = None
    response: dict[str, Any] | None = None
    current: bool | None = Field(None, description="Whether it is what counts for the slot now.")
    held: Held | None = Field(
        None, description="Whether the log still holds what the receipt was given for."
    )


@area.post("/receipts/verify", action=PUBLIC, gives={200: Verified}, refuses=(401, 403))
def verify_receipt(body: SentReceipt) -> Verified:
    """Say whether a receipt was signed here; details to its owner and those who teach them."""
    visitor.refuse_forged()
    found = receipts.verify(visitor.actor_or_none(), body.receipt)
    if found.details is None:
        return Verified(valid=found.valid)
    said = found.details
    return Verified(
        valid=True,
        attempt=said.attempt_id,
        slot=said.slot,
        revision=said.revision,
        saved_at=said.saved_at,
        late=said.late,
        response=said.response,
        current=said.current,
        held=said.held,
    )


@bp.get("/.well-known/quizapp-receipts.json")
def public_keys() -> Response:
    """The public keys as a JSON Web Key Set (RFC 8037), those that sign no more among them."""
    return jsonify(keys=[_jwk(key) for key in receipts.public_keys()])


public_keys.access = "public"  # type: ignore[attr-defined]


def _jwk(key: PublicKey) -> dict[str, Any]:
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "EdDSA",
        "kid": key.id,
        "x": key.public_key,
        "created_at": instant(key.created_at),
        "retired_at": instant(key.retired_at) if key.retired_at else None,
    }
