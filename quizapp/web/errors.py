"""Refusals as pages: each says what is so and what to do, and keeps what was typed."""

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from quizapp.domain.errors import DomainError, Invalid, SignInRequired, TooManyTries
from quizapp.web.forms import kept_fields, say, wait_words
from quizapp.web.guard import own_path, wants_json
from quizapp.web.paths import own_next


def init_errors(app: Flask) -> None:
    """Wire the pages in; the API answers for itself."""
    app.register_error_handler(SignInRequired, _sign_in)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)


def _domain(error: DomainError) -> Response:
    words = _words(error)
    if wants_json():
        return _problem(error.slug, error.status, words[0], words[1])
    answer = _page(error.status, words[0], words[1])
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _words(error: DomainError) -> tuple[str, str]:
    if isinstance(error, TooManyTries):
        return gettext("Wait a moment before the next try"), wait_words(error.seconds)
    if isinstance(error, Invalid) and error.problems:
        said = " ".join(say(one.message, one.params) for one in error.problems)
        return say(error.title).rstrip("."), said
    if error.detail:
        return say(error.title).rstrip("."), say(error.detail, error.params)
    remedies = {
        403: gettext("Your role does not allow it. An administrator can tell you who may."),
        404: gettext("It was moved or removed, or it belongs to somebody else."),
        409: gettext("Go back, look at what is there now, and decide again."),
    }
    return say(error.title).rstrip("."), remedies.get(error.status, "")


def _sign_in(_error: SignInRequired) -> Response:
    """The session ended in the middle of work: sign in here, then send what was typed."""
    if wants_json():
        title = gettext("Sign in first.")
        return _problem("sign-in-required", 401, title, gettext("Your session has ended."))
    fields = [one for one in kept_fields() if not one.secret]
    send_to = own_next(own_path(), "") if fields else ""
    page = render_template(
        "sign_in/form.html",
        name="",
        problems={},
        next=_where_from(),
        send_to=send_to,
        kept=json.dumps([[one.name, one.value] for one in fields]) if send_to else "",
        ended=True,
        files_lost=bool(request.files),
    )
    return make_response(page, 401)


def _csrf(error: CSRFError) -> Response:
    """The page was open too long, or the form came from elsewhere: show it, send it on a click."""
    if wants_json() or request.path.startswith("/api/"):
        return _problem("csrf", 400, gettext("The page is out of date."), error.description or "")
    page = render_template(
        "errors/csrf.html",
        fields=kept_fields(),
        # a form that another site sent is shown, never sent on
        send_to=own_next(own_path(), "") if _same_origin() else "",
        next=_where_from(),
        files_lost=bool(request.files),
    )
    return make_response(page, 400)


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400 or request.path.startswith("/api/"):
        return error
    titles = {
        404: gettext("There is nothing here"),
        405: gettext("This address cannot be used that way"),
        413: gettext("This is too large to send"),
        429: gettext("Wait a moment before the next try"),
        500: gettext("Something broke on our side"),
    }
    remedies = {
        404: gettext("Check the address, or start again from the home page."),
        405: gettext("Start again from the home page."),
        413: gettext("Split the file, or leave out what is not needed, and send it again."),
        429: gettext("Nothing is lost. Wait a few seconds, then try again."),
        500: gettext("Nothing that was saved is lost. Try again; if it happens again, tell us."),
    }
    title = titles.get(status, gettext("This could not be done"))
    if wants_json():
        return _problem("error", status, title, remedies.get(status, ""))
    answer = _page(status, title, remedies.get(status, ""))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _page(status: int, title: str, remedy: str) -> Response:
    page = render_template("errors/problem.html", status=status, title=title, remedy=remedy)
    return make_response(page, status)


def _problem(slug: str, status: int, title: str, detail: str) -> Response:
    answer = jsonify(type=f"/problems/{slug}", title=title, status=status, detail=detail or title)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def _where_from() -> str:
    """The page that the form stood on, to go back to; else the path itself where it is a page."""
    if request.referrer and _same_host(request.referrer):
        parts = urlsplit(request.referrer)
        return own_next(parts.path + (f"?{parts.query}" if parts.query else ""), "/")
    return own_next(own_path(), "/") if request.method == "GET" else "/"


def _same_origin() -> bool:
    origin = request.headers.get("Origin") or request.referrer
    return bool(origin) and _same_host(origin or "")


def _same_host(address: str) -> bool:
    try:
        host = urlsplit(address).netloc
    except ValueError:
        return False
    base = urlsplit(current_app.extensions["quizapp.settings"].base_url).netloc
    return host in (request.host, base)
