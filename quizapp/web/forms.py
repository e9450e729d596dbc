"""What forms share: saying problems beside their fields, and keeping what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from quizapp.domain.errors import DomainError, Invalid, TooManyTries

SECRET = ("password", "current", "new", "again")
NEVER_KEPT = ("csrf_token", "kept", "send_to")
MOST_KEPT = 2000


@dataclass(frozen=True)
class Kept:
    """A field of a form that could not be taken, to be sent again; secrets are typed again."""

    name: str
    value: str
    secret: bool = False


def say(message: str, params: Mapping[str, object] | None = None) -> str:
    """A catalogue id in the reader's language."""
    words: str = gettext(message)
    return words % dict(params) if params else words


def problems(error: DomainError, field: str) -> dict[str, str]:
    """What is wrong, by field; what names no field stands at `field`."""
    if isinstance(error, Invalid) and error.problems:
        return {one.field: say(one.message, one.params) for one in error.problems}
    if isinstance(error, TooManyTries):
        return {field: wait_words(error.seconds)}
    return {field: say(error.detail or error.title, error.params)}


def wait_words(seconds: int) -> str:
    """How long to wait before the next try."""
    words: str = gettext(
        "The last tries were wrong. Try again in %(seconds)s seconds; nothing is locked.",
        seconds=seconds,
    )
    return words


def typed(name: str) -> str:
    """A field of the form as it was typed; nothing where it was not sent."""
    return request.form.get(name, "")


def kept_fields() -> list[Kept]:
    """What was typed into the form of this request."""
    fields = [
        Kept(name, "", secret=True) if name in SECRET else Kept(name, showable(value))
        for name, value in request.form.items(multi=True)
        if name not in NEVER_KEPT
    ]
    return fields[:MOST_KEPT]


def showable(text: str) -> str:
    """The text as a page can hold it: what is not a character becomes a visible mark."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
