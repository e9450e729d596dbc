"""`/api/v1/openapi.json`: what the API is, for programs, as its routes declare it."""

from collections.abc import Iterable
from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from quizapp.api.problems import Problem

bp = Blueprint("api_description", __name__)

KEY = "quizapp.api.models"
REFS = "#/components/schemas/{model}"
SECURITY_SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "From POST tokens, or made on one's account page. The cookie is ignored.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "quizapp",
        "description": "The browser's session. Unsafe methods need the page's token in the header "
        "X-CSRFToken, and an Origin (or Referer) of this site.",
    },
}
ABOUT = """\
Times are RFC 3339 in UTC. Lists are `{"items": [...], "next": cursor or null}`. Unknown fields are
refused. Refusals are problem documents (RFC 9457); their types are listed at /problems.
"""

Declared = tuple[type[BaseModel], JsonSchemaMode]
"""A model, and whether it comes in (`validation`) or goes out."""


@bp.get("/openapi.json")
def openapi() -> Response:
    """The description in OpenAPI 3.1."""
    return jsonify(document(cast(OpenAPI, current_app)))


openapi.access = "public"  # type: ignore[attr-defined]


def describe(app: OpenAPI, models: Iterable[Declared]) -> None:
    """Say what belongs to the whole; the rest is written when it is asked for first."""
    app.security_schemes = SECURITY_SCHEMES
    app.validation_error_model = Problem
    app.info.description = ABOUT
    app.extensions[KEY] = [*models, (Problem, "serialization")]


def document(app: OpenAPI) -> dict[str, Any]:
    """The whole description.

    What the library made of the routes, with the models written anew: its own reading of JSON
    Schema loses what it does not know.
    """
    made: dict[str, Any] = app.api_doc
    models: list[Declared] = app.extensions.pop(KEY, [])
    if models:
        _, schemas = models_json_schema(list(dict.fromkeys(models)), ref_template=REFS)
        made["components"]["schemas"] = schemas["$defs"]
        for path in made["paths"].values():
            for operation in path.values():
                _allow_no_body(operation, schemas["$defs"])
    return made


def _allow_no_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body in which nothing is required may be left out."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content["schema"]["$ref"].rsplit("/", 1)[1]
        operation["requestBody"]["required"] = bool(schemas[name].get("required"))
