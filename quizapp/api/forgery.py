"""Refusing what a page of another site made a browser send."""

import hmac
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from quizapp.domain.errors import DomainError
from quizapp.domain.words import N_

HEADER = "X-CSRFToken"
SALT = "wtf-csrf-token"  # Flask-WTF's, which makes the tokens
FIELD = "csrf_token"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Forged(DomainError):
    """A request that came with the cookie, and not from a page of ours."""

    slug = "csrf"
    status = 403
    title = N_("This did not come from a page of ours.")


def check() -> None:
    """Check a request that came with the cookie: where it was sent from, and the page's token.

    Raises:
        Forged: one of the two is not right.
    """
    if request.method not in UNSAFE:
        return
    if not _is_ours(request.headers.get("Origin") or request.referrer or ""):
        raise Forged(N_("The Origin of the request is not this site."))
    sent = _secret_in(cast(str, current_app.secret_key), request.headers.get(HEADER, ""))
    if sent is None or not hmac.compare_digest(sent, str(session.get(FIELD, ""))):
        raise Forged(N_("Send the page's token in X-CSRFToken; signing in again makes a new one."))


@lru_cache(maxsize=4096)
def _secret_in(key: str, token: str) -> str | None:
    """What a token of ours holds; read once, since it is the same as long as its session lives."""
    try:
        return str(URLSafeTimedSerializer(key, salt=SALT).loads(token))
    except BadData:
        return None


def _is_ours(address: str) -> bool:
    base = current_app.extensions["quizapp.settings"].base_url
    return _host(address) in (request.host, _host(base))


@lru_cache(maxsize=256)
def _host(address: str) -> str | None:
    try:
        return urlsplit(address).netloc or None
    except ValueError:
        return None
