"""All of the API: its areas under `/api/v1`, and what is described and published beside them."""

from importlib import import_module

from flask import Flask
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from quizapp.api import description, problem_types, problems, receipts
from quizapp.api.description import Declared
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


def init_api(app: OpenAPI, lent: Entrance) -> None:
    """Wire the API in, after the pages and their answers to refusals."""
    app.extensions[KEY] = lent
    app.url_map.converters["bank_slug"] = BankSlug
    routes = APIBlueprint("api", __name__, url_prefix=ROOT)
    models: list[Declared] = []
    for name in AREAS:
        area = import_module(f"quizapp.api.{name}").area
        routes.register_api(area.blueprint)
        models += area.models
        _check_forgery_ourselves(app, area.blueprint)
    routes.register_error_handler(DomainError, problems.of)
    routes.register_error_handler(HTTPException, problems.of_http)
    app.register_api(routes)
    app.register_blueprint(description.bp, url_prefix=ROOT)
    app.register_blueprint(problem_types.bp)
    app.register_blueprint(receipts.bp)
    problems.init_problems(app)
    description.describe(app, models)


def _check_forgery_ourselves(app: Flask, blueprint: APIBlueprint) -> None:
    # the pages' check would ask a token's request for a form's field; see visitor.refuse_forged
    guard: CSRFProtect = app.extensions["csrf"]
    guard.exempt(blueprint)
