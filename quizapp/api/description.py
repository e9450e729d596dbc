"""`/api/v1/openapi.json`: what the API is, for programs, as its routes declare it.

It is made when it is asked for first: the library that makes it takes a fifth of a second and more
memory than a server that nobody asks need spend.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic.json_schema import models_json_schema

from quizapp.api.area import Area, Declared
from quizapp.api.problems import Problem

bp = Blueprint("api_description", __name__)

KEY = "quizapp.api.description"
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


class Description:
    """The description of some areas, made once."""

    def __init__(self, areas: Sequence[Area], root: str) -> None:
        self._areas = areas
        self._root = root
        self._lock = Lock()
        self._made: dict[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """The whole of it."""
        with self._lock:
            if self._made is None:
                self._made = _make(self._areas, self._root)
            return self._made


@bp.get("/openapi.json")
def openapi() -> Response:
    """The description in OpenAPI 3.1."""
    description: Description = current_app.extensions[KEY]
    return jsonify(description.document())


openapi.access = "public"  # type: ignore[attr-defined]


def _make(areas: Sequence[Area], root: str) -> dict[str, Any]:
    """What the library makes of the routes, with the models written anew.

    Its own reading of JSON Schema loses what it does not know.
    """
    made = _described(areas, root)
    models: list[Declared] = [one for area in areas for one in area.models]
    models.append((Problem, "serialization"))
    _, schemas = models_json_schema(list(dict.fromkeys(models)), ref_template=REFS)
    made["components"]["schemas"] = schemas["$defs"]
    for path in made["paths"].values():
        for operation in path.values():
            _allow_no_body(operation, schemas["$defs"])
    return made


def _described(areas: Sequence[Area], root: str) -> dict[str, Any]:
    """The routes once more, in an application that only describes."""
    from flask_openapi3.blueprint import APIBlueprint
    from flask_openapi3.models.info import Info
    from flask_openapi3.models.tag import Tag
    from flask_openapi3.openapi import OpenAPI

    info = Info(title="Diplomatic training quiz API", version="1", description=ABOUT)
    whole = OpenAPI("quizapp", info=info, security_schemes=SECURITY_SCHEMES, doc_ui=False)
    whole.validation_error_model = Problem
    whole.url_map.converters |= current_app.url_map.converters
    routes = APIBlueprint("api", __name__, url_prefix=root)
    for area in areas:
        tag = Tag(name=area.name, description=area.about)
        listed = APIBlueprint(area.name, __name__, abp_tags=[tag])
        for route in area.routes:
            getattr(listed, route.method)(route.rule, **route.described)(route.view)
        routes.register_api(listed)
    whole.register_api(routes)
    found: dict[str, Any] = whole.api_doc
    return found


def _allow_no_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body in which nothing is required may be left out."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        name = content["schema"]["$ref"].rsplit("/", 1)[1]
        operation["requestBody"]["required"] = bool(schemas[name].get("required"))
