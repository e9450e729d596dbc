"""The only wiring: settings, database, sign-in, languages, pages, API and commands in one app."""

from importlib import import_module
from importlib.resources import files
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from quizapp.api.routes import init_api
from quizapp.api.visitor import Entrance
from quizapp.api.words import speaking
from quizapp.config import Settings, load_settings
from quizapp.services.attempts import receipts
from quizapp.storage.database import db, prepare_engine
from quizapp.web import guard
from quizapp.web.assets import init_assets
from quizapp.web.devices import device_key, init_devices
from quizapp.web.errors import init_errors
from quizapp.web.headers import init_headers
from quizapp.web.language import choose_language
from quizapp.web.logs import init_logs
from quizapp.web.moments import init_moments
from quizapp.web.shell import init_shell

AREAS: tuple[str, ...] = (
    "health",
    "language",
    "home",
    "provisions",
    "sign_in",
    "join",
    "reset",
    "account",
    "people",
    "people_import",
    "accommodations",
    "cohort_admin",
    "cohorts",
    "banks",
    "upload",
    "quizzes",
    "quiz_making",
    "assignments",
    "attempts",
    "presence",
    "room",
    "outages",
    "offline",
    "device_check",
    "results",
    "receipts",
    "reports",
    "marking",
)
"""Modules of quizapp.web that bring pages, each as `bp`."""


def create_app(settings: Settings | None = None, *, pages: bool = True) -> Flask:
    """Build the application.

    Args:
        settings: read from the environment where not given.
        pages: whether it answers requests; a command needs the database and the use cases alone.
    """
    settings = settings or load_settings()
    app = Flask("quizapp", static_folder=None, template_folder="web/templates")
    _configure(app, settings)
    _hear_proxies(app, settings.trusted_proxies)
    init_logs(app)
    _open_database(app, settings)
    _add_people(app)
    if not pages:
        return app
    _add_pages(app)
    init_api(
        app,
        Entrance(
            now=guard.now,
            desk=guard.desk,
            session_id=guard.cookie_session_id,
            device=device_key,
        ),
    )
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes + 1_000_000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        SESSION_COOKIE_NAME="quizapp",
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE=settings.default_language,
        BABEL_TRANSLATION_DIRECTORIES=str(files("quizapp").joinpath("translations")),
        COMPRESS_MIMETYPES=["text/html", "application/json", "text/csv"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_STREAMS=False,
    )
    app.extensions["quizapp.settings"] = settings


def _engine_options(settings: Settings) -> dict[str, Any]:
    # an error's words must not carry answers and hashes into logs
    options: dict[str, Any] = {"hide_parameters": True}
    if settings.uses_sqlite:
        return options
    return options | {
        "pool_size": settings.threads + 4,
        "max_overflow": 8,
        "connect_args": {"connect_timeout": 5},
    }


def _hear_proxies(app: Flask, count: int) -> None:
    """Believe what the proxies before this server say of the client, and nobody else."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap it
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def _open_database(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, synchronous=settings.sqlite_synchronous)
        receipts.configure(settings.secret_key.get_secret_value())


def _add_people(app: Flask) -> None:
    # the token is checked first: a form that came from elsewhere is never asked to sign in
    CSRFProtect(app)
    guard.init_guard(app, LoginManager(app))
    init_devices(app)
    init_errors(app)
    init_moments(app)
    Babel(app, locale_selector=speaking(choose_language))


def _add_pages(app: Flask) -> None:
    init_headers(app)
    init_assets(app)
    init_shell(app)
    Compress(app)
    for area in AREAS:
        app.register_blueprint(import_module(f"quizapp.web.{area}").bp)
