"""`/api/v1/openapi.json`: what the API is, for programs."""

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify
from flask_openapi3.openapi import OpenAPI

from quizapp.api.problems import Problem

bp = Blueprint("api_description", __name__)

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


@bp.get("/openapi.json")
def openapi() -> Response:
    """The description in OpenAPI 3.1."""
    return jsonify(cast(OpenAPI, current_app).api_doc)


openapi.access = "public"  # type: ignore[attr-defined]


def describe(app: OpenAPI) -> None:
    """Say what belongs to the whole: how to authenticate, what refusals look like."""
    app.security_schemes = SECURITY_SCHEMES
    app.validation_error_model = Problem
    app.info.description = ABOUT
