"""Refusals as RFC 9457 problem documents, and the list of their types."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask, request
from pydantic import Field
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from quizapp.api.shapes import Out, Time, may_be_left_out, send
from quizapp.api.words import PREFIX, say
from quizapp.domain.errors import (
    Conflict,
    DomainError,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    SaveRefused,
    TooManyTries,
)
from quizapp.domain.words import N_

MEDIA_TYPE = "application/problem+json"


class FieldError(Out):
    """One thing wrong with one field."""

    field: str = Field(description="Where it is: `sections[0].draw`.")
    message: str


class Current(Out):
    """What the server holds for a slot."""

    revision: int
    response: dict[str, Any] | None
    saved_at: Time | None


class Problem(Out):
    """What was refused and why (RFC 9457); `title` and `detail` are for people."""

    type: str = Field(description="Stable; GET it to read what it means.")
    title: str
    status: int
    detail: str
    errors: list[FieldError] = may_be_left_out(description="What is wrong, field by field.")
    current: Current = may_be_left_out(description="With a refused save: what stands.")


class Malformed(DomainError):
    """The body is no JSON."""

    slug = "malformed"
    status = 400
    title = N_("This is no JSON.")


class UnsupportedMediaType(DomainError):
    """The body is of another kind than the route takes."""

    slug = "unsupported-media-type"
    status = 415
    title = N_("This kind of content is not taken here.")


class TooLarge(DomainError):
    """The body is larger than is taken."""

    slug = "too-large"
    status = 413
    title = N_("This is too large to send.")


class MethodNotAllowed(DomainError):
    """The address exists, and is used in another way."""

    slug = "method-not-allowed"
    status = 405
    title = N_("This address cannot be used that way.")


class UnknownCursor(DomainError):
    """The cursor of a list is none that the list gave."""

    slug = "unknown-cursor"
    status = 404
    title = N_("This list gave no such cursor.")


class NotPossible(Conflict):
    """Each field could be, and what is there, or the fields together, do not allow it."""

    slug = "not-possible"
    title = N_("This is not possible as things are.")

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class BadRequest(DomainError):
    """The request is broken in a way that has no type of its own."""

    slug = "bad-request"
    status = 400
    title = N_("This request cannot be read.")


class Unexpected(DomainError):
    """Something broke in the product."""

    slug = "internal"
    status = 500
    title = N_("Something broke on our side. Nothing that was saved is lost.")


BY_STATUS: dict[int, type[DomainError]] = {
    400: BadRequest,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
    500: Unexpected,
}
"""What Werkzeug refuses, by its status."""


def init_problems(app: Flask) -> None:
    """Answer for addresses below the API's that are none.

    What no route matches belongs to no blueprint: there the application's handler, wired after that
    of the pages, hands on to it what is not the API's.
    """
    page = app.error_handler_spec[None][None][HTTPException]

    def nowhere(error: HTTPException) -> Any:
        return of_http(error) if request.path.startswith(PREFIX) else page(error)

    app.register_error_handler(HTTPException, nowhere)


def of(error: DomainError) -> Response:
    """The problem document of a refusal."""
    said: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": say(error.title),
        "status": error.status,
        "detail": _detail(error),
    }
    if isinstance(error, Invalid | NotPossible):
        said["errors"] = [
            FieldError(field=one.field, message=say(one.message, one.params))
            for one in error.problems
        ]
    if isinstance(error, SaveRefused):
        said["current"] = error.current
    answer = send(Problem.model_validate(said), error.status)
    answer.mimetype = MEDIA_TYPE
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.seconds)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def of_http(error: HTTPException) -> Response:
    """The problem document of what Werkzeug refused."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    answer = of(BY_STATUS.get(status, BadRequest if status < 500 else Unexpected)())
    answer.status_code = status
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def types() -> list[type[DomainError]]:
    """Every kind of refusal that has an address of its own, by slug."""
    found = {kind.slug: kind for kind in _below(DomainError)}
    return [found[slug] for slug in sorted(found)]


def _below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for one in kind.__subclasses__():
        # the children first: what a slug is inherited from names it
        yield from _below(one)
        yield one


def _detail(error: DomainError) -> str:
    if isinstance(error, TooManyTries):
        return say(N_("Try again in %(seconds)s seconds."), {"seconds": error.seconds})
    if error.detail:
        return say(error.detail, error.params)
    if isinstance(error, Invalid | NotPossible) and error.problems:
        first = error.problems[0]
        return f"{first.field}: {say(first.message, first.params)}"
    return say(error.title)
