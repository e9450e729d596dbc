"""All of the API: its areas under `/api/v1`, and what is described and published beside them."""

from importlib import import_module

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from quizapp.api import description, problem_types, problems, receipts
from quizapp.api.area import Area
from quizapp.api.description import Description
from quizapp.api.visitor import KEY, Entrance
from quizapp.domain.errors import DomainError

AREAS: tuple[str, ...] = (
    "tokens",
    "me",
    "progress",
    "banks",
    "bank_files",
    "cohorts",
    "quizzes",
    "assignments",
    "attempts",
    "responses",
    "reviews",
    "reports",
    "receipts",
)
"""Modules of quizapp.api that bring routes, each as `area`."""

ROOT = "/api/v1"


class BankSlug(BaseConverter):
    """A bank in an address; `import` is none, so that its own methods alone are offered there."""

    regex = r"(?!import(?:/|$))[^/]+"


def init_api(app: Flask, lent: Entrance) -> None:
    """Wire the API in, after the pages and their answers to refusals."""
    app.extensions[KEY] = lent
    app.url_map.converters["bank_slug"] = BankSlug
    areas: list[Area] = [import_module(f"quizapp.api.{name}").area for name in AREAS]
    routes = Blueprint("api", __name__, url_prefix=ROOT)
    for area in areas:
        routes.register_blueprint(area.blueprint)
        _check_forgery_ourselves(app, area.blueprint)
    routes.register_error_handler(DomainError, problems.of)
    routes.register_error_handler(HTTPException, problems.of_http)
    app.register_blueprint(routes)
    app.register_blueprint(description.bp, url_prefix=ROOT)
    app.register_blueprint(problem_types.bp)
    app.register_blueprint(receipts.bp)
    problems.init_problems(app)
    app.extensions[description.KEY] = Description(areas, ROOT)


def _check_forgery_ourselves(app: Flask, blueprint: Blueprint) -> None:
    # the pages' check would ask a token's request for a form's field; see visitor.refuse_forged
    guard: CSRFProtect = app.extensions["csrf"]
    guard.exempt(blueprint)
