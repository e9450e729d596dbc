"""A real server on the loopback and a real Chromium; skipped, with the reason, where there is none.

`QUIZAPP_CHROMIUM` names the browser where it is not one of the usual programs.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from delivery_samples import load_bank, make_quiz
from flask import Flask
from people_browser import signed_in
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sitting_pages import start
from waitress.server import create_server

from quizapp.domain.access import Actor

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PATIENCE_MS = 10_000


def find_chromium() -> str | None:
    """The browser to test with."""
    named = os.environ.get("QUIZAPP_CHROMIUM")
    return named or next((found for one in PROGRAMS if (found := shutil.which(one))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts its browser: the machine's own Chromium, without network."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: install Debian's chromium, or name one in QUIZAPP_CHROMIUM")
    expect.set_options(timeout=PATIENCE_MS)
    return {**browser_type_launch_args, "executable_path": path, "args": list(ARGUMENTS)}


class Clock:
    """The server's clock: the real one, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def go(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@pytest.fixture
def clock(app: Flask) -> Clock:
    """Moves the server's time."""
    app.extensions["quizapp.clock"] = Clock()
    return app.extensions["quizapp.clock"]


class Line:
    """The way to the application; a test may let something else answer in its place."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.instead: tuple[str, bytes] | None = None

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if self.instead is None:
            return self.app(environ, start_response)
        status, page = self.instead
        start_response(status, [("Content-Type", "text/html")])
        return [page]


@pytest.fixture
def line(app: Flask) -> Line:
    """What stands between the browser and the application."""
    return Line(app)


@pytest.fixture
def server(line: Line, clock: Clock) -> Iterator[str]:
    """The address of the running application."""
    running = create_server(
        line, host="127.0.0.1", port=0, threads=4, clear_untrusted_proxy_headers=True
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.effective_port}"
    # within its own loop: closed from here, that might just be waiting for what is closed
    running.trigger.pull_trigger(running.close)
    thread.join(5)


@pytest.fixture
def device(browser: Browser, server: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes devices: browsers that share nothing with each other."""
    made: list[BrowserContext] = []

    def make(**settings: Any) -> BrowserContext:
        context = browser.new_context(base_url=server, locale="en-GB", **settings)
        context.set_default_timeout(PATIENCE_MS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def signed_in_device(
    app: Flask, server: str, administrator: Actor, device: Callable[..., BrowserContext]
) -> Callable[..., BrowserContext]:
    """Makes devices on which a new person is signed in already."""

    def make(
        email: str = "dara@example.org", role: str = "trainee", lang: str = "en", **settings: Any
    ) -> BrowserContext:
        entered = signed_in(app, administrator, email, role, lang=lang)
        context = device(**settings)
        for name in ("quizapp", "device"):
            cookie = entered.client.get_cookie(name)
            assert cookie is not None
            context.add_cookies([{"name": name, "value": cookie.value, "url": server}])
        return context

    return make


@pytest.fixture
def quiz(app: Flask) -> Callable[..., Any]:
    """Makes quizzes with one question of most types, open to everybody."""
    load_bank()

    def make(**settings: Any) -> Any:
        return make_quiz(shared=True, shuffle=False, **settings)

    return make


@pytest.fixture
def sitting(signed_in_device: Callable[..., BrowserContext], quiz: Any) -> Callable[..., Page]:
    """Opens the first question of a new attempt; without a service worker unless one is wanted."""

    def begin(*, worker: str = "block", **settings: Any) -> Page:
        return start(signed_in_device(service_workers=worker), quiz(**settings))

    return begin
