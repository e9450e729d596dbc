"""`quizapp serve`: the production server."""

import ctypes
import gc
import signal
from contextlib import suppress
from datetime import UTC, datetime
from types import FrameType
from typing import TYPE_CHECKING

import click

from quizapp.cli.said import fail

if TYPE_CHECKING:
    from flask import Flask

    from quizapp.config import Settings

MOST_BODY_BYTES = 200_000_000
"""What is read of a request at all: past the application's own limit, so that its page can say
what is too large, and far below what would fill a disk."""

MOST_CONNECTIONS = 900
"""Browsers keep several each, also while they ask nothing: waitress's own 100 would leave half of a
room without a proxy waiting. A process may usually have 1024 files open."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes; more than one need PostgreSQL.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API; check the migrations first."""
    # what is loaded now stays: to look through it for garbage again and again slows the start
    gc.disable()

    from quizapp.app import create_app
    from quizapp.config import load_settings
    from quizapp.resources import questions_folder
    from quizapp.services.operations import startup

    settings = load_settings()
    if "base_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"base_url": _address(host, port)})
    if workers > 1 and settings.uses_sqlite:
        fail(
            f"serve --workers {workers}: a SQLite database has one writer, so one process serves "
            "it; for more, set QUIZAPP_DATABASE_URL to a PostgreSQL database"
        )
    app = create_app(settings)
    with app.app_context():
        try:
            started = startup.start(questions_folder(), settings.base_url, now=datetime.now(UTC))
        except startup.SchemaOutOfDate as problem:
            fail(
                f"serve: the database is {problem}: install the later version that migrated it"
                if problem.state.newer
                else f"serve: the database is {problem}: run `quizapp db upgrade`"
            )
    gc.freeze()
    gc.enable()
    if started.link:
        click.echo("There is no administrator yet. Create one here, within 24 hours:")
        click.echo(f"\n  {started.link}\n")
    if workers == 1:
        run_server(app, host=host, port=port)
    else:
        run_workers(app, settings, host=host, port=port, workers=workers)


def run_server(app: "Flask", *, host: str, port: int) -> None:
    """Serve from this process until it is interrupted or terminated."""
    import waitress

    from quizapp.cli.draining import Drain
    from quizapp.web import logs

    settings: Settings = app.extensions["quizapp.settings"]
    logs.to_stderr(settings.log_level)
    _share_memory()
    try:
        server = waitress.create_server(
            app.wsgi_app,
            host=host,
            port=port,
            threads=settings.threads,
            ident=None,
            max_request_body_size=MOST_BODY_BYTES,
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,  # select ends at descriptor 1024
            # the application knows how many proxies to believe
            clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        )
    except OSError as error:
        fail(f"serve: {host} port {port}: {(error.strerror or str(error)).lower()}")
    drain = Drain(app) if settings.jobs_in_server else None
    if drain:
        drain.start()
    signal.signal(signal.SIGTERM, _end)
    click.echo(f"Serving on {_address(host, port)} (stop with Ctrl-C)")
    try:
        server.run()
    finally:
        if drain:
            drain.stop()


def run_workers(app: "Flask", settings: "Settings", *, host: str, port: int, workers: int) -> None:
    """Serve from several processes, behind a proxy that buffers slow clients."""
    from quizapp.cli.workers import Workers

    # a connection of this process must not be shared with those that are forked from it
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    click.echo(f"Serving on {_address(host, port)} from {workers} processes (stop with Ctrl-C)")
    Workers(settings, host=host, port=port, workers=workers).run()


def _share_memory() -> None:
    """Let threads share what is free: glibc gives each its own, which none gives back."""
    m_arena_max = -8
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(m_arena_max, 2)


def _address(host: str, port: int) -> str:
    named = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared only
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"


def _end(_number: int, _frame: FrameType | None) -> None:
    # waitress ends in good order on it: what was begun is answered
    raise SystemExit(0)
