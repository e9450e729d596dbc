"""One's own account: names, password, where one is signed in, tokens."""

from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Invalid, TooManyTries
from quizapp.services.people import accommodations, accounts, sessions
from quizapp.services.people.sessions import IssuedToken
from quizapp.services.people.sign_in import change_password
from quizapp.web.figures import say_figures
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, desk, now

bp = Blueprint("account", __name__)


@bp.get("/account")
@access("account")
def show() -> str:
    """The page of one's account."""
    return _page()


@bp.post("/account")
@access("account")
def names() -> str | Response:
    """Change one's names."""
    values = {"name": typed("name"), "name_km": typed("name_km")}
    try:
        accounts.edit_self(actor(), **values, now=now())
    except Invalid as error:
        return make_response(_page(problems(error, "name"), values=values), 422)
    flash(gettext("Your names are saved."))
    return redirect(url_for("account.show"), 303)


@bp.get("/account/password")
@access("account")
def password() -> str:
    """The form for a new password."""
    return render_template("account/password.html", problems={})


@bp.post("/account/password")
@access("account")
def set_password() -> str | Response:
    """Set a new password; every other session ends."""
    try:
        change_password(desk(), actor(), current=typed("current"), new=typed("new"), now=now())
    except (Invalid, TooManyTries) as error:
        page = render_template("account/password.html", problems=problems(error, "current"))
        return make_response(page, error.status)
    flash(gettext("The new password counts from now on. You are signed out everywhere else."))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/<uuid:session_id>/end")
@access("account")
def end_session(session_id: UUID) -> Response:
    """Sign out one device, or revoke a token."""
    sessions.revoke(actor(), session_id, now=now())
    flash(gettext("That one is signed out."))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/end-others")
@access("account")
def end_others() -> Response:
    """Sign out everywhere but here."""
    ended = sessions.revoke_others(actor(), now=now())
    flash(
        ngettext(
            "%(count)s other session is signed out.",
            "%(count)s other sessions are signed out.",
            ended,
            count=say_figures(ended),
        )
    )
    return redirect(url_for("account.show"), 303)


@bp.post("/account/tokens")
@access("account")
def make_token() -> str | Response:
    """Make an API token; it is shown on this page alone."""
    label = typed("label")
    try:
        issued = sessions.make_token(actor(), label, now=now())
    except Invalid as error:
        return make_response(_page(problems(error, "label"), label=label), 422)
    return _page(issued=issued)


def _page(
    wrong: dict[str, str] | None = None,
    *,
    values: dict[str, str] | None = None,
    issued: IssuedToken | None = None,
    label: str = "",
) -> str:
    person = accounts.get_person(actor(), actor().id)
    listed = sessions.list_sessions(actor(), now=now())
    return render_template(
        "account/show.html",
        person=person,
        granted=accommodations.read(actor(), person.id),
        values=values or {"name": person.name, "name_km": person.name_km or ""},
        browsers=[one for one in listed if one.kind == "browser"],
        tokens=[one for one in listed if one.kind == "token"],
        issued=issued,
        label=label,
        problems=wrong or {},
    )
