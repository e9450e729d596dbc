"""Attempts without a connection: the service worker, and the page that a device keeps.

The kept page has all questions, or the open one where the quiz goes forward only; and never a key:
feedback that was asked for stays out of it.
"""

from uuid import UUID

from flask import Blueprint, make_response, redirect, request
from werkzeug.wrappers import Response

from quizapp.domain.errors import Forbidden
from quizapp.services.attempts import taking
from quizapp.web.answering import reading_language
from quizapp.web.assets import release
from quizapp.web.guard import access, actor, now, public
from quizapp.web.sitting import Sitting, attempt_path, draw_page

bp = Blueprint("offline", __name__)

KEPT_FOR = "X-Kept-For"
"""Header of the kept page: for how many seconds it may be kept; empty where there is no end."""


@bp.get("/worker.js")
@public
def worker() -> Response:
    """The service worker, at an address of its own: its scope and its updates hang on that.

    It begins with the release, so that browsers take a new one wherever any file has changed.
    """
    now_served = release()
    body = f"// {now_served.name}\n".encode()
    body += now_served.assets["js/worker.js"].encodings["identity"]
    answer = Response(body, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.set_etag(now_served.name)
    return answer.make_conditional(request)


@bp.get("/attempts/<uuid:attempt_id>/kept")
@access("attempt.take")
def kept(attempt_id: UUID) -> Response:
    """What a device keeps of an open attempt, until it closes."""
    attempt = taking.read(actor(), attempt_id, reading_language(), now=now())
    if attempt.person_id != actor().id:  # it may be looked at, as a result
        raise Forbidden
    if attempt.state != "open":
        return redirect(attempt_path(attempt_id, "results"), 303)
    slot = None if attempt.navigation == "free" else attempt.reached
    sitting = Sitting(attempt, reading_language(), slot, kept=True)
    answer = make_response(draw_page("attempts/kept.html", sitting=sitting))
    answer.headers[KEPT_FOR] = _seconds_kept(attempt)
    return answer


def _seconds_kept(attempt: taking.AttemptView) -> str:
    if attempt.closes_at is None:
        return ""
    return str(max(0, int((attempt.closes_at - now()).total_seconds())))
