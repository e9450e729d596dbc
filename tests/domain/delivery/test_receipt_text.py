"""Receipts as texts: signed, read back, and worth nothing once anything in them is changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from quizapp.domain.delivery.receipts import (
    Statement,
    decode,
    encode,
    key_id_of,
    response_hash,
    sign,
    verify,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SAID = Statement(
    attempt=UUID(int=7),
    slot=3,
    revision=12,
    saved_at=datetime(2026, 11, 24, 8, 0, 1, 250_000, tzinfo=UTC),
    late=False,
    hash=response_hash("salt", '{"choice":"b"}'),
)


def test_a_receipt_reads_back_and_is_the_same_each_time():
    receipt = sign(KEY, "k1", SAID)
    assert receipt == sign(KEY, "k1", SAID)
    assert receipt.isascii()
    assert key_id_of(receipt) == "k1"
    assert verify(KEY.public_key(), receipt) == SAID


def test_the_zone_of_the_instant_makes_no_difference():
    elsewhere = SAID.saved_at.astimezone(timezone(timedelta(hours=7)))
    assert sign(KEY, "k1", replace(SAID, saved_at=elsewhere)) == sign(KEY, "k1", SAID)


def test_every_changed_character_is_found_out():
    receipt = sign(KEY, "k1", SAID)
    for place in range(0, len(receipt) - 1, 3):  # the last character carries spare bits
        other = "A" if receipt[place] != "A" else "B"
        assert verify(KEY.public_key(), receipt[:place] + other + receipt[place + 1 :]) is None


@pytest.mark.parametrize(
    "text",
    ["", ".", "q1", "q1.k1", "q1.k1.e30", "q1.k1.e30.AAAA", "q1.k1.!!.??", "é.é.é.é", "..."],
)
def test_whatever_else_is_no_receipt(text):
    assert verify(KEY.public_key(), text) is None


def test_what_is_signed_but_is_no_statement_is_no_receipt():
    signed = "q1.k1." + encode(b'{"attempt":"x"}')
    text = f"{signed}.{encode(KEY.sign(signed.encode()))}"
    assert verify(KEY.public_key(), text) is None


def test_another_key_verifies_nothing():
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert verify(other.public_key(), sign(KEY, "k1", SAID)) is None


def test_the_salt_hides_short_answers():
    assert response_hash("a", '{"value":true}') != response_hash("b", '{"value":true}')


def test_base64url_without_padding():
    for data in (b"", b"a", b"ab", b"abc", bytes(range(256))):
        assert decode(encode(data)) == data
    with pytest.raises(ValueError, match="base64url"):
        decode("a")
