"""Routes: each says who may, what it takes and what it gives; the description follows from that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, get_type_hints

from flask import Blueprint, current_app
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode
from werkzeug.wrappers import Response

from quizapp.api import reading, visitor
from quizapp.api.problems import MEDIA_TYPE
from quizapp.api.shapes import send
from quizapp.domain.access import ACTIONS

View = TypeVar("View", bound=Callable[..., Any])
Gives = Mapping[int, Any]
Declared = tuple[type[BaseModel], JsonSchemaMode]
"""A model, and whether it comes in (`validation`) or goes out (`serialization`)."""

PUBLIC = "public"
PROBLEMS = {
    400: "The body cannot be read.",
    401: "Nobody is signed in.",
    403: "It may be seen and not done, or the request was forged.",
    404: "It is not there, or may not be known of.",
    409: "The state of things does not allow it now.",
    413: "The body is too large.",
    415: "The body is of another kind.",
    422: "A field, known or unknown, cannot be taken as it is.",
    429: "A failure came before: wait.",
}
SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]


@dataclass(frozen=True)
class Route:
    """A route as it was declared, for its description.

    Attributes:
        method: in small letters.
        rule: the address below `/api/v1`.
        view: annotated with the models of what it takes.
        described: what else the description says.
    """

    method: str
    rule: str
    view: Callable[..., Response]
    described: Mapping[str, Any]


class Area:
    """The routes of one subject.

    A view names what it takes: `path`, `query`, `body` or `form`, each annotated with its model. It
    returns the model of its first answer, or that with another status, or a whole response.
    """

    def __init__(self, name: str, about: str) -> None:
        self.name = name
        self.about = about
        self.blueprint = Blueprint(name, __name__)
        self.routes: list[Route] = []
        self.models: list[Declared] = []

    def get(self, rule: str, **declared: Any) -> Callable[[View], View]:
        """A route that reads; see `route`."""
        return self.route("get", rule, **declared)

    def post(self, rule: str, **declared: Any) -> Callable[[View], View]:
        """A route that makes something; see `route`."""
        return self.route("post", rule, **declared)

    def put(self, rule: str, **declared: Any) -> Callable[[View], View]:
        """A route that sets something; see `route`."""
        return self.route("put", rule, **declared)

    def patch(self, rule: str, **declared: Any) -> Callable[[View], View]:
        """A route that changes something; see `route`."""
        return self.route("patch", rule, **declared)

    def delete(self, rule: str, **declared: Any) -> Callable[[View], View]:
        """A route that ends something; see `route`."""
        return self.route("delete", rule, **declared)

    def route(
        self,
        method: str,
        rule: str,
        *,
        action: str,
        gives: Gives,
        refuses: tuple[int, ...] = (),
        checked_inside: bool = False,
    ) -> Callable[[View], View]:
        """Declare a route.

        Args:
            method: in small letters.
            rule: the address below `/api/v1`.
            action: of `domain.access.ACTIONS`: the role is checked before anything is read, the
                service checks the object. Or `PUBLIC`: nobody is asked who they are.
            gives: the model by status; the first is what a bare model is sent with.
            refuses: problems beside those that follow from what the route takes.
            checked_inside: the service finds out who asks with its own statement.
        """
        if action != PUBLIC:
            _ = ACTIONS[action]
        usual = next(iter(gives))
        self.models += [(one, "serialization") for one in gives.values() if isinstance(one, type)]

        def declare(view: View) -> View:
            takes = _taken(view)
            self.models += [(takes[one], "validation") for one in ("body", "form") if one in takes]
            read = _reader(takes)

            @wraps(view)
            def enter(**parts: str) -> Response:
                if checked_inside:
                    visitor.admit_unknown()
                elif action != PUBLIC:
                    visitor.admit(action)
                return _answer(view(**read(parts)), usual)

            enter.access = action  # type: ignore[attr-defined]
            self.blueprint.add_url_rule(rule, view_func=enter, methods=[method.upper()])
            described = {
                "operation_id": view.__name__,
                "responses": {**gives, **_refusals(takes, action, refuses)},
                "security": [] if action == PUBLIC else SECURITY,
            }
            self.routes.append(Route(method, rule, enter, described))
            return view

        return declare


def _taken(view: Callable[..., Any]) -> dict[str, type[BaseModel]]:
    """The models of what a view takes, by the part of the request; found out once."""
    parts = ("path", "query", "body", "form")
    return {name: model for name, model in get_type_hints(view).items() if name in parts}


def _reader(takes: Mapping[str, type[BaseModel]]) -> Callable[[dict[str, str]], dict[str, Any]]:
    """What reads a request into the arguments of a view."""
    path, query = takes.get("path"), takes.get("query")
    body, form = takes.get("body"), takes.get("form")

    def read(parts: dict[str, str]) -> dict[str, Any]:
        taken: dict[str, Any] = {}
        if path is not None:
            taken["path"] = reading.read_path(path, parts)
        if query is not None:
            taken["query"] = reading.read_query(query)
        else:
            reading.read_nothing()
        if body is not None:
            taken["body"] = reading.read_body(body)
        elif form is not None:
            taken["form"] = reading.read_form(form)
        return taken

    return read


def _refusals(takes: Collection[str], action: str, more: tuple[int, ...]) -> dict[int, Any]:
    statuses = {422, *more}
    if action != PUBLIC:
        statuses |= {401, 403}
    if "path" in takes or "query" in takes:
        # a cursor, or an id among the filters, may be none that there is
        statuses.add(404)
    if "body" in takes or "form" in takes:
        statuses |= {400, 413, 415}
    return {status: _document(PROBLEMS[status]) for status in sorted(statuses)}


def _document(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _answer(made: Any, usual: int) -> Response:
    if isinstance(made, Response):
        return made
    model, status = made if isinstance(made, tuple) else (made, usual)
    if model is None:
        return current_app.response_class(status=status)
    return send(model, status)
