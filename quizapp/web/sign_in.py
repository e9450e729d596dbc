"""Signing in and out."""

import json

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import SignInRefused, TooManyTries
from quizapp.services.people import sessions
from quizapp.services.people.sign_in import sign_in
from quizapp.web.devices import device
from quizapp.web.forms import MOST_KEPT, Kept, typed, wait_words
from quizapp.web.guard import actor_or_none, desk, enter, leave, now, public
from quizapp.web.paths import own_next

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@public
def form() -> str | Response:
    """The form; who is signed in goes on."""
    on = own_next(request.args.get("next"))
    if actor_or_none() is not None:
        return redirect(on, 303)
    device()
    return _form(on)


@bp.post("/sign-in")
@public
def enter_here() -> str | Response:
    """Check name and password; on to where the person was going."""
    on = own_next(typed("next"))
    try:
        signed_in = sign_in(desk(), typed("name"), typed("password"), device=device(), now=now())
    except SignInRefused:
        wrong = (
            gettext("That name and password do not match"),
            gettext("Check both and try again. After several wrong tries the next one waits."),
        )
        return make_response(_form(on, wrong), 401)
    except TooManyTries as error:
        wrong = (gettext("Wait a moment before the next try"), wait_words(error.seconds))
        answer = make_response(_form(on, wrong), 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    enter(signed_in)
    send_to, fields = own_next(typed("send_to"), ""), _kept()
    if send_to and fields:
        return render_template("sign_in/send_again.html", send_to=send_to, fields=fields, next=on)
    return redirect(on, 303)


@bp.post("/sign-out")
@public
def out() -> Response:
    """End this session, at one click."""
    asking = actor_or_none()
    if asking is not None:
        sessions.sign_out(asking, now=now())
    leave()
    answer = redirect(url_for("sign_in.form"), 303)
    # pages kept by the browser, not its storage: unsent answers stay in the outbox
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _form(on: str, wrong: tuple[str, str] | None = None) -> str:
    return render_template(
        "sign_in/form.html",
        name=typed("name").replace("\x00", ""),
        wrong=wrong,
        next=on,
        send_to=own_next(typed("send_to"), ""),
        kept=typed("kept"),
        ended=bool(typed("kept")),
        files_lost=False,
    )


def _kept() -> list[Kept]:
    """What was typed before the session ended; it came through the person's own form."""
    try:
        pairs = json.loads(typed("kept"))
        return [Kept(str(name), str(value)) for name, value in pairs[:MOST_KEPT]]
    except (ValueError, TypeError):
        return []
