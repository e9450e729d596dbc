"""The language of a page: the person's, else the cookie's, else the browser's."""

from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from quizapp.services.people import accounts
from quizapp.web.guard import actor_or_none, public
from quizapp.web.paths import own_next

bp = Blueprint("language", __name__)

LANGUAGES = ("en", "km")
COOKIE = "lang"


def choose_language() -> str:
    """Flask-Babel's locale selector."""
    asking = actor_or_none()
    if asking is not None and asking.lang in LANGUAGES:
        return asking.lang
    kept = request.cookies.get(COOKIE)
    if kept in LANGUAGES:
        return kept
    default: str = current_app.config.get("BABEL_DEFAULT_LOCALE", "en")
    return request.accept_languages.best_match(LANGUAGES, default) or default


@bp.post("/language")
@public
def change() -> Response:
    """Read on in another language."""
    lang = request.form.get("lang", "")
    answer = redirect(own_next(request.form.get("back")), 303)
    if lang in LANGUAGES:
        asking = actor_or_none()
        if asking is not None:
            accounts.set_language(asking, lang)
        answer.set_cookie(
            COOKIE,
            lang,
            max_age=366 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return answer
