"""The cookie that tells devices apart, so that guesses on one do not slow another."""

import secrets
from functools import lru_cache
from typing import cast
from uuid import NAMESPACE_OID, UUID, uuid5

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from quizapp.domain.people.devices import device_label
from quizapp.services.people.sign_in import Device

COOKIE = "device"
SIGNER = "quizapp.device_signer"
YEAR_S = 366 * 24 * 3600
MOST_KNOWN = 20
LONGEST = 2000
"""Of a cookie, in characters: more than one that knows as many people as it can has."""


def device() -> Device:
    """The browser that asks; its id lasts beyond signing out."""
    device_id, knows = _read()
    return Device(device_id, device_label(request.user_agent.string), frozenset(knows))


def device_key() -> UUID:
    """The same as the id that a saved answer is logged with; whoever is signed in."""
    return uuid5(NAMESPACE_OID, _read()[0])


def init_devices(app: Flask) -> None:
    """Send the cookie with the first answer that needs it."""
    app.extensions[SIGNER] = URLSafeSerializer(app.secret_key or "", salt="device")
    app.after_request(_keep)


def _read() -> tuple[str, list[str]]:
    if "device" not in g:
        cookie = request.cookies.get(COOKIE, "")
        found = _signed(_signer(), cookie) if len(cookie) <= LONGEST else None
        g.device = found or (secrets.token_urlsafe(12), ())
    device_id, knows = g.device
    return device_id, list(knows)


@lru_cache(maxsize=1000)
def _signed(signer: URLSafeSerializer, cookie: str) -> tuple[str, tuple[str, ...]] | None:
    """What the cookie says, if we signed it; kept, as every saved answer brings the same one."""
    try:
        device_id, knows = signer.loads(cookie)
        return str(device_id), tuple(str(mark) for mark in knows)
    except (BadSignature, ValueError, TypeError):
        return None


def _keep(response: Response) -> Response:
    if "device" not in g:
        return response
    device_id, knows = _read()
    mark = g.get("remember_device")
    if mark:
        # the last ones only: a computer of a classroom meets many people
        knows = [*(one for one in knows if one != mark), mark][-MOST_KNOWN:]
    elif COOKIE in request.cookies:
        return response
    response.set_cookie(
        COOKIE,
        _signer().dumps([device_id, knows]),
        max_age=YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _signer() -> URLSafeSerializer:
    return cast(URLSafeSerializer, current_app.extensions[SIGNER])
