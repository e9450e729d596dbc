"""Forgotten passwords, and the one-time links that set a new one."""

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Invalid, TooManyTries
from quizapp.services.people import links, mail
from quizapp.services.people.links import LinkView
from quizapp.web.devices import device
from quizapp.web.forms import problems, typed
from quizapp.web.guard import desk, enter, now, public

bp = Blueprint("reset", __name__)


@bp.get("/forgotten")
@public
def forgotten() -> str:
    """Ask for a link, or learn who hands one over."""
    device()
    return _forgotten()


@bp.post("/forgotten")
@public
def ask() -> str | Response:
    """The same answer whether anybody has that name or not."""
    if not _by_mail():
        return _forgotten()
    try:
        mail.ask_reset(desk(), typed("name"), device=device(), now=now())
    except TooManyTries as error:
        answer = make_response(_forgotten(problems(error, "name")), 429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    return _forgotten(asked=True)


@bp.get("/reset")
@public
def form() -> str:
    """The form behind a one-time link."""
    device()
    token = request.args.get("link", "")
    return _form(token, links.read_link(token, now=now()))


@bp.post("/reset")
@public
def use() -> str | Response:
    """Set the password, and sign in."""
    token = typed("link")
    view = links.read_link(token, now=now())
    try:
        if view.purpose == "first":
            locale = get_locale()
            signed_in = links.create_first_administrator(
                desk(),
                token,
                email=typed("email"),
                name=typed("name"),
                name_km=typed("name_km"),
                password=typed("password"),
                lang=locale.language if locale else "en",
                device=device(),
                now=now(),
            )
        else:
            signed_in = links.set_password(
                desk(), token, typed("password"), device=device(), now=now()
            )
    except Invalid as error:
        return make_response(_form(token, view, problems(error, "password")), 422)
    enter(signed_in)
    flash(gettext("Your password is set, and you are signed in."))
    return redirect("/", 303)


def _form(token: str, view: LinkView, wrong: dict[str, str] | None = None) -> str:
    return render_template(
        "reset/form.html",
        link=token,
        view=view,
        problems=wrong or {},
        values={name: typed(name) for name in ("email", "name", "name_km")},
    )


def _forgotten(wrong: dict[str, str] | None = None, *, asked: bool = False) -> str:
    return render_template(
        "reset/forgotten.html",
        by_mail=_by_mail(),
        asked=asked,
        problems=wrong or {},
        name=typed("name"),
    )


def _by_mail() -> bool:
    return bool(getattr(current_app.extensions["quizapp.settings"], "smtp_url", None))
