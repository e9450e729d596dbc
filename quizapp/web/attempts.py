"""Taking a quiz: starting, one question a page or all on one, the last look, submitting."""

from uuid import UUID

from flask import Blueprint, redirect, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from quizapp.domain.delivery.entry import Brought
from quizapp.domain.errors import Forbidden, Invalid, NotFound, TooManyTries
from quizapp.services.attempts import moving, starting, submitting, taking
from quizapp.services.attempts.taking import AttemptView, ItemView
from quizapp.web import saving
from quizapp.web.answering import reading_language
from quizapp.web.devices import device_key
from quizapp.web.figures import say_figures
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, desk, now
from quizapp.web.quizzes import quiz_page
from quizapp.web.saving import elsewhere
from quizapp.web.sitting import Sitting, attempt_path, draw, draw_page, first_open

bp = Blueprint("attempts", __name__)


@bp.get("/attempts")
@access("account")
def listed() -> str:
    """One's own attempts, newest first."""
    page = taking.list_own(actor(), now=now(), after=request.args.get("after") or None)
    opened = [row.id for row in page.attempts if row.state == "open"]
    if not page.attempts:
        headline = gettext("No results yet")
    elif opened:
        headline = ngettext(
            "%(count)s attempt is still open",
            "%(count)s attempts are still open",
            len(opened),
            count=say_figures(len(opened)),
        )
    else:
        headline = gettext("Every attempt you began is finished")
    return draw_page(
        "attempts/list.html",
        rows=page.attempts,
        next=page.next,
        first_open=opened[0] if opened else None,
        headline=headline,
    )


@bp.post("/quizzes/<uuid:quiz_id>/start")
@access("quiz.start")
def start(quiz_id: UUID) -> tuple[str, int] | Response:
    """Start a quiz, or go on with the attempt at it that is open."""
    try:
        started = starting.start(
            actor(),
            quiz_id,
            assignment_id=_uuid(typed("assignment")),
            trial=bool(typed("trial")),
            brought=Brought(typed("access_code"), bool(typed("honour"))),
            throttle=desk().throttle,
            device=device_key(),
            now=now(),
        )
    except (Invalid, TooManyTries) as error:
        kept = {name: typed(name) for name in ("assignment", "access_code", "honour")}
        return quiz_page(quiz_id, wrong=problems(error, "start"), typed=kept), error.status
    return redirect(attempt_path(started.id, ""), 303)


@bp.get("/attempts/<uuid:attempt_id>")
@access("attempt.take")
def resume(attempt_id: UUID) -> Response:
    """On to the first open question; to the end where none is; to the result once it is over."""
    attempt = _read(attempt_id)
    if attempt.state != "open":
        return redirect(attempt_path(attempt_id, "results"), 303)
    slot = attempt.reached if attempt.navigation == "forward" else first_open(attempt)
    return redirect(attempt_path(attempt_id, str(slot) if slot else "end"), 303)


@bp.get("/attempts/<uuid:attempt_id>/<int:slot>")
@access("attempt.take")
def question(attempt_id: UUID, slot: int) -> str | Response:
    """One question."""
    attempt = _read(attempt_id)
    return _sitting(attempt, _item(attempt, slot).slot)


@bp.get("/attempts/<uuid:attempt_id>/all")
@access("attempt.take")
def everything(attempt_id: UUID) -> str | Response:
    """All questions on one page, unless the quiz goes forward only."""
    attempt = _read(attempt_id)
    if attempt.navigation != "free":
        return redirect(attempt_path(attempt_id, ""), 303)
    return _sitting(attempt, None)


@bp.post("/attempts/<uuid:attempt_id>/<int:slot>")
@access("attempt.take")
def save_question(attempt_id: UUID, slot: int) -> str | Response:
    """Save one question, then go where the button leads."""
    attempt = _read(attempt_id)
    if attempt.navigation == "forward" and slot > attempt.reached:
        return redirect(attempt_path(attempt_id, ""), 303)
    return saving.take(attempt, _item(attempt, slot).slot)


@bp.post("/attempts/<uuid:attempt_id>/all")
@access("attempt.take")
def save_everything(attempt_id: UUID) -> str | Response:
    """Save what was edited, then go where the button leads."""
    attempt = _read(attempt_id)
    if attempt.navigation == "forward":
        return redirect(attempt_path(attempt_id, ""), 303)
    return saving.take(attempt, None)


@bp.get("/attempts/<uuid:attempt_id>/<int:slot>/both")
@access("attempt.take")
def both(attempt_id: UUID, slot: int) -> str | Response:
    """Two answers to one question, to choose between."""
    attempt = _read(attempt_id)
    return saving.choose(attempt, _item(attempt, slot).slot)


@bp.post("/attempts/<uuid:attempt_id>/<int:slot>/both")
@access("attempt.take")
def choose(attempt_id: UUID, slot: int) -> str | Response:
    """Let one of two answers count."""
    attempt = _read(attempt_id)
    return saving.settle(attempt, _item(attempt, slot))


@bp.get("/attempts/<uuid:attempt_id>/end")
@access("attempt.take")
def end(attempt_id: UUID) -> str | Response:
    """The last look before submitting: what is open, what is flagged."""
    attempt = _read(attempt_id)
    if attempt.state != "open":
        return redirect(attempt_path(attempt_id, "results"), 303)
    if attempt.is_elsewhere(device_key()):
        return elsewhere(attempt)
    return draw_page("attempts/end.html", sitting=Sitting(attempt, reading_language()))


@bp.post("/attempts/<uuid:attempt_id>/submit")
@access("attempt.take")
def submit(attempt_id: UUID) -> str | Response:
    """End the attempt; ending it again leads to the same result.

    A device on which it is not taken any more ends it only when the time is over.
    """
    by_clock = "by_clock" in request.form
    attempt = _read(attempt_id)
    if attempt.is_elsewhere(device_key()) and not by_clock:
        return elsewhere(attempt, was_here=True)
    done = submitting.submit(actor(), attempt_id, by_clock=by_clock, now=now())
    return redirect(attempt_path(attempt_id, "" if done.state == "open" else "results"), 303)


@bp.post("/attempts/<uuid:attempt_id>/here")
@access("attempt.take")
def take_over(attempt_id: UUID) -> Response:
    """Go on with the attempt on this device."""
    moving.take_over(actor(), attempt_id, device_key(), now=now())
    return redirect(attempt_path(attempt_id, ""), 303)


def _read(attempt_id: UUID) -> AttemptView:
    attempt = taking.read(actor(), attempt_id, reading_language(), now=now())
    if attempt.person_id != actor().id:  # it may be looked at, as a result
        raise Forbidden
    return attempt


def _item(attempt: AttemptView, slot: int) -> ItemView:
    if not 1 <= slot <= len(attempt.items):
        raise NotFound
    return attempt.items[slot - 1]


def _sitting(attempt: AttemptView, slot: int | None) -> str | Response:
    if attempt.state != "open":
        return redirect(attempt_path(attempt.id, "results"), 303)
    if attempt.is_elsewhere(device_key()):
        return elsewhere(attempt)
    if attempt.navigation == "forward" and slot != attempt.reached:
        return redirect(attempt_path(attempt.id, str(attempt.reached)), 303)
    return draw(attempt, slot)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
