"""Reading responses: one shape per type, refused where it does not fit."""

from collections.abc import Collection
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from quizapp.domain.answers.value import Value
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.words import N_

NOT_EXPECTED = N_("This is not of the expected kind.")
UNSTORABLE = N_("This holds a character that cannot be stored.")
UNKNOWN_ID = N_("The question has nothing with the id '%(id)s'.")
OUT_OF_RANGE = N_("This number is out of range.")
_MESSAGES = {
    "missing": N_("This is missing."),
    "extra_forbidden": N_("The response has no such field."),
    "string_too_long": N_("This is too long."),
    "too_long": N_("There are too many of these."),
    "string_unicode": UNSTORABLE,
    "value_error": UNSTORABLE,
    "finite_number": OUT_OF_RANGE,
    "less_than_equal": OUT_OF_RANGE,
    "greater_than_equal": OUT_OF_RANGE,
}


class ResponseRefused(Invalid):
    """A response that does not fit its question; the one saved before stands.

    `field` is its place within the response (`pairs.p1`), `message` a catalogue id.
    """

    title = N_("This answer does not fit the question.")

    def __init__(self, field: str, message: str, **params: object) -> None:
        # what a client sent may name the field: it must be printable wherever it is shown
        shown = (
            (field or "response")
            .encode("utf-8", "replace")
            .decode("utf-8")
            .replace("\x00", "?")[:80]
        )
        super().__init__([FieldProblem(shown, message, params or None)])


class BaseResponse(Value):
    """What every response may carry."""

    confidence: float | None = Field(
        default=None,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="How sure the person is, from chance level to 1. Never marked.",
    )


Shape = TypeVar("Shape", bound=BaseResponse)


def read_response(shape: type[Shape], data: Any) -> Shape:
    """Read a response strictly: no unknown field, no text for a number, no true for 1.

    Raises:
        ResponseRefused: for the first thing that does not fit.
    """
    if not isinstance(data, dict):
        raise ResponseRefused("response", NOT_EXPECTED)
    try:
        return shape.model_validate(data, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        message = _MESSAGES.get(first["type"], NOT_EXPECTED)
        raise ResponseRefused(_place(data, first["loc"]), message) from None


def _place(data: Any, location: tuple[int | str, ...]) -> str:
    """The part of pydantic's location that stands in the data, without its own additions."""
    names: list[str] = []
    for name in location:
        inside = isinstance(data, dict) and name in data
        if not inside and not (isinstance(data, list) and isinstance(name, int)):
            break
        names.append(str(name))
        data = data[name]
    return ".".join(names) or (str(location[0]) if location else "response")


def known(field: str, given: Collection[str], ids: Collection[str]) -> None:
    """Refuse ids that the question does not have, and ids given twice."""
    for one in given:
        if one not in ids:
            raise ResponseRefused(field, UNKNOWN_ID, id=one[:40])
    if len(set(given)) != len(given):
        raise ResponseRefused(field, N_("Something is named twice."))


def stored(response: BaseResponse) -> dict[str, Any]:
    """The normalised response as it is stored."""
    return response.model_dump(exclude_none=True)
