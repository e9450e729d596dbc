"""Who asks: a token, else the browser's session, and what the wiring lends to find out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import current_app, g, request

from quizapp.api import forgery
from quizapp.domain.access import Actor, may
from quizapp.domain.errors import Forbidden, SignInRequired
from quizapp.services.people import sessions
from quizapp.services.people.sign_in import Desk

KEY = "quizapp.api"


@dataclass(frozen=True)
class Entrance:
    """What pages and API share, lent by the wiring because neither may know the other.

    Attributes:
        now: when the request arrived.
        desk: the hasher and the throttle of this process.
        session_id: the session that the cookie names, not looked up.
        device: the browser that asks, whoever is signed in.
    """

    now: Callable[[], datetime]
    desk: Callable[[], Desk]
    session_id: Callable[[], UUID | None]
    device: Callable[[], UUID]


def entrance() -> Entrance:
    """What the wiring lent."""
    return cast(Entrance, current_app.extensions[KEY])


def now() -> datetime:
    """When the request arrived."""
    return entrance().now()


def token() -> str | None:
    """The bearer token of the request; the cookie is then ignored, even where it is no good."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def credential() -> UUID | str | None:
    """What the request authenticates with, not looked up: a session's id, or a token's digest."""
    bearer = token()
    return sessions.digest(bearer) if bearer is not None else entrance().session_id()


def device() -> UUID:
    """Where the request comes from: the browser, or the token, which is a device of its own."""
    bearer = token()
    return UUID(sessions.digest(bearer)[:32]) if bearer is not None else entrance().device()


def actor() -> Actor:
    """Who asks.

    Raises:
        SignInRequired: no valid session or token came along.
    """
    found = actor_or_none()
    if found is None:
        raise SignInRequired
    return found


def actor_or_none() -> Actor | None:
    """Who asks, where a valid session or token came along."""
    if "api_actor" not in g:
        g.api_actor = _find_actor()
    return cast("Actor | None", g.api_actor)


def _find_actor() -> Actor | None:
    bearer = token()
    if bearer is not None:
        return sessions.actor_for_token(bearer, now())
    session_id = entrance().session_id()
    return sessions.actor_for_session(session_id, now()) if session_id else None


def admit(action: str) -> None:
    """Let in who asks, if their role may do this at all.

    Raises:
        SignInRequired: no valid session or token came along.
        Forged: the cookie came with a page of another site.
        Forbidden: the role may not.
    """
    asking = actor()
    refuse_forged()
    if not may(asking, action):
        raise Forbidden


def admit_unknown() -> None:
    """Let in who brings anything to sign in with; the service looks at it with its own statement.

    Raises:
        SignInRequired: nothing came along.
        Forged: the cookie came with a page of another site.
    """
    if credential() is None:
        raise SignInRequired
    refuse_forged()


def refuse_forged() -> None:
    """Refuse what another site made a browser send; a token is never sent by a browser on its own.

    Raises:
        Forged: the cookie came with a page of another site.
    """
    if token() is None and entrance().session_id() is not None:
        forgery.check()
