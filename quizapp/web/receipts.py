"""Receipts: those of an attempt, as a page and a file, and a page where anybody can check one."""

import json
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for

from quizapp.services.attempts import receipts
from quizapp.services.attempts.receipts import LONGEST, Verified
from quizapp.web.forms import typed
from quizapp.web.guard import access, actor, actor_or_none, public
from quizapp.web.sitting import draw_page

bp = Blueprint("receipts", __name__)

# Read by docs/verify_receipt.py and by people who were never here: in English, as the receipts are.
HEAD = """\
# Receipts of attempt {attempt}: every answer that was saved in it, the oldest first.
# Each line is a receipt, its salt, and the answer as it was saved. The receipt alone tells nobody
# the answer; with the salt it proves it: show a whole line only to whom you would show the answer.
# The keys to verify it with: {keys}
# How: docs/verify_receipt.py of the product.
"""


@bp.get("/attempts/<uuid:attempt_id>/receipts")
@access("attempt.read")
def of_attempt(attempt_id: UUID) -> str:
    """The receipt of every answer that was saved."""
    found = receipts.of_attempt(actor(), attempt_id)
    return draw_page("receipts/of_attempt.html", attempt_id=attempt_id, receipts=found)


@bp.get("/attempts/<uuid:attempt_id>/receipts.txt")
@access("attempt.read")
def as_file(attempt_id: UUID) -> Response:
    """The same to keep, with what proves the answers."""
    lines = [one.line for one in receipts.of_attempt(actor(), attempt_id)]
    keys = url_for("api_receipt_keys.public_keys", _external=True)
    text = HEAD.format(attempt=attempt_id, keys=keys) + "".join(f"{one}\n" for one in lines)
    answer = Response(text, mimetype="text/plain")
    name = f"receipts-{attempt_id}.txt"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/receipts")
@public
def form() -> str:
    """Where a receipt is put in."""
    return _page("", None)


@bp.post("/receipts")
@public
def check() -> str:
    """Whether it was signed here; what of, to those who may read the attempt."""
    receipt = "".join(typed("receipt").split()[:1])  # a line of the file has more than the receipt
    return _page(receipt[: LONGEST + 1], receipts.verify(actor_or_none(), receipt))


def _page(receipt: str, found: Verified | None) -> str:
    said = found.details if found else None
    shown = json.dumps(said.response, ensure_ascii=False) if said else ""
    return render_template(
        "receipts/check.html",
        receipt=receipt,
        found=found,
        said=said,
        response=shown,
    )
