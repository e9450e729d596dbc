"""Who may enter: every route declares its rule, and nothing passes undeclared."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from quizapp.domain.access import ACTIONS, Actor, may
from quizapp.domain.errors import Forbidden, SignInRequired
from quizapp.services.people import sessions
from quizapp.services.people.passwords import Passwords
from quizapp.services.people.sign_in import Desk, SignedIn
from quizapp.services.people.throttle import Throttle

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
OWN_GUARD = "api."
"""How the endpoints begin that authenticate in their own way: the API's."""


class LoggedIn:
    """Flask-Login's user: an Actor, known by its session and not by its person."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """The id of the session row: revoking it signs out."""
        return str(self.actor.session_id)


def access(action: str, *, checked_inside: bool = False) -> Callable[[View], View]:
    """Declare the action that a route is; the role is checked before the view runs.

    Args:
        action: of `domain.access.ACTIONS`; the service checks the object.
        checked_inside: the view finds out who asks with its own statement (saving an answer
            does, to need no second one); it must refuse on its own.

    Raises:
        KeyError: there is no such action.
    """
    _ = ACTIONS[action]

    def declare(view: View) -> View:
        view.access = action  # type: ignore[attr-defined]
        view.checked_inside = checked_inside  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that a route is open to everybody."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    view.checked_inside = False  # type: ignore[attr-defined]
    return view


def declared(app: Flask, endpoint: str) -> str | None:
    """What the route declares: an action, `public`, or None where nothing does."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    return getattr(app.view_functions[endpoint], "access", None)


def now() -> datetime:
    """The time at which the request arrived; one for the whole request."""
    if "now" not in g:
        g.now = clock()
    return cast(datetime, g.now)


def clock() -> datetime:
    """The server's clock; tests put their own into `app.extensions["quizapp.clock"]`."""
    own = current_app.extensions.get("quizapp.clock")
    return own() if own else datetime.now(UTC)


def actor() -> Actor:
    """Who asks.

    Raises:
        SignInRequired: nobody is signed in.
    """
    found = actor_or_none()
    if found is None:
        raise SignInRequired
    return found


def actor_or_none() -> Actor | None:
    """Who asks, where somebody is signed in."""
    return current_user.actor if current_user and current_user.is_authenticated else None


def cookie_session_id() -> UUID | None:
    """The session that the cookie names, not looked up: for views that check on their own."""
    try:
        return UUID(session["_user_id"])
    except (KeyError, ValueError, TypeError):
        return None


def desk() -> Desk:
    """The hasher and the throttle of this process."""
    return cast(Desk, current_app.extensions["quizapp.desk"])


def enter(signed_in: SignedIn) -> None:
    """Give the browser its new session; nothing of the one before stays."""
    found = sessions.actor_for_session(signed_in.session_id, now())
    if found is None:
        raise SignInRequired
    session.clear()
    session.permanent = True
    login_user(LoggedIn(found))
    g.remember_device = signed_in.mark


def leave() -> None:
    """Forget the session in the browser."""
    logout_user()
    session.clear()


def init_guard(app: Flask, login: LoginManager) -> None:
    """Wire signing in and the guard into the application.

    `Desk` comes from the settings; phones change networks, so a session is not tied to an address.
    """
    settings = app.extensions["quizapp.settings"]
    app.extensions.setdefault(
        "quizapp.desk",
        Desk(
            Passwords(
                memory_kib=getattr(settings, "argon2_memory_kib", 19 * 1024),
                time_cost=getattr(settings, "argon2_time_cost", 2),
            ),
            Throttle(getattr(settings, "redis_url", None)),
        ),
    )
    app.config["PERMANENT_SESSION_LIFETIME"] = sessions.SESSION_LIFE
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    login.session_protection = None
    login.user_loader(_load)
    app.before_request(_guard)


def _load(session_id: str) -> LoggedIn | None:
    try:
        found = sessions.actor_for_session(UUID(session_id), now())
    except ValueError:
        return None
    return LoggedIn(found) if found else None


def _guard() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or guards_itself(endpoint, request.path):
        return None
    rule = declared(current_app, endpoint)
    if rule is None:
        raise RuntimeError(f"the route {endpoint} declares no access rule")
    view = current_app.view_functions[endpoint]
    if rule == PUBLIC or getattr(view, "checked_inside", False):
        return None
    asking = actor_or_none()
    if asking is None:
        if request.method in ("GET", "HEAD") and not wants_json():
            return redirect(url_for("sign_in.form", next=own_path()), 303)
        raise SignInRequired
    if not may(asking, rule):
        raise Forbidden
    _move_on_the_cookie()
    return None


def _move_on_the_cookie() -> None:
    """Let the cookie last from today on: written anew once a day, and not with every answer."""
    today = now().toordinal()
    if session.get("day") != today:
        session["day"] = today


def guards_itself(endpoint: str, path: str) -> bool:
    """Say whether the API answers for the route, in problem documents."""
    return endpoint.startswith(OWN_GUARD) or path.startswith("/api/")


def own_path() -> str:
    """The path that was asked for, with its query."""
    return request.full_path.rstrip("?")


def wants_json() -> bool:
    """Say whether a script asks, and not a person's browser."""
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return request.is_json or (best == "application/json" and bool(request.accept_mimetypes))
