"""Verify receipts of saved answers: python verify_receipt.py KEYS RECEIPTS.

KEYS is a copy of /.well-known/quizapp-receipts.json, RECEIPTS the file that a page of receipts
gives. Needs no network and nothing of the product, only `pip install cryptography`.

A line is a receipt; or a receipt, a salt and the answer; or a comment (#). A receipt is
q1.KEY.PAYLOAD.SIGNATURE in base64url, its Ed25519 signature of all that stands before it. The
payload says: attempt, slot (the question's place), revision (of its answer), saved_at (the server's
clock, UTC), late (came after the deadline), hash: SHA-256 of the salt, a line feed and the answer.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def decode(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def verdict(keys, receipt, salt=None, answer=""):
    try:
        signed, _, signature = receipt.rpartition(".")
        _, key, payload = signed.split(".")
        keys[key].verify(decode(signature), signed.encode())
    except Exception as error:
        return f"BAD   {receipt[:40]}... is not signed by these keys: {error!r}"
    said = json.loads(decode(payload))
    words = "{attempt} question {slot}, revision {revision}, {saved_at}, late {late}".format(**said)
    computed = hashlib.sha256(f"{salt}\n{answer}".encode()).hexdigest()
    if salt is not None and computed != said["hash"]:
        return f"BAD   {words}, but not this answer: {answer}"
    return f"good  {words} {answer}"


published = json.loads(Path(sys.argv[1]).read_text())["keys"]
keys = {one["kid"]: Ed25519PublicKey.from_public_bytes(decode(one["x"])) for one in published}
lines = Path(sys.argv[2]).read_text(encoding="utf-8-sig").split("\n")
found = [verdict(keys, *one.split(" ", 2)) for one in lines if one and not one.startswith("#")]
print("\n".join(found) or "no receipts")
sys.exit(not found or any(one.startswith("BAD") for one in found))
