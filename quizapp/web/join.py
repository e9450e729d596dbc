"""Joining a cohort with its code."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Invalid, TooManyTries
from quizapp.services.people import joining
from quizapp.services.people.joining import SignUp
from quizapp.web.devices import device
from quizapp.web.forms import problems, typed
from quizapp.web.guard import actor_or_none, desk, enter, now, public

bp = Blueprint("join", __name__)

FIELDS = ("code", "name", "name_km", "email", "staff_number")


@bp.get("/join")
@public
def form() -> str:
    """The code alone for who is signed in; a new account for others."""
    device()
    values = dict.fromkeys(FIELDS, "") | {"code": request.args.get("code", "")[:40]}
    return render_template("join/form.html", values=values, problems={}, known=_known())


@bp.post("/join")
@public
def join() -> str | Response:
    """Enter the cohort."""
    asking = actor_or_none()
    try:
        if asking is not None:
            done = joining.join(desk(), asking, typed("code"), device=device(), now=now())
            flash(
                gettext("You were in %(cohort)s already.", cohort=done.title)
                if done.already
                else gettext("You are in %(cohort)s now.", cohort=done.title)
            )
            return redirect("/", 303)
        locale = get_locale()
        form = SignUp(
            **{name: typed(name) for name in FIELDS},
            password=typed("password"),
            lang=locale.language if locale else "en",
        )
        enter(joining.sign_up(desk(), form, device=device(), now=now()))
    except (Invalid, TooManyTries) as error:
        values = {name: typed(name) for name in FIELDS}
        page = render_template(
            "join/form.html", values=values, problems=problems(error, "code"), known=_known()
        )
        return make_response(page, error.status)
    return redirect("/", 303)


def _known() -> bool:
    return actor_or_none() is not None
