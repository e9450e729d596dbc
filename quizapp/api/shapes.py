"""What all that goes in and out shares: strict bodies, plain answers, and the kinds of values."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from flask import current_app
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from typing_extensions import TypedDict
from werkzeug.wrappers import Response

from quizapp.domain.words import N_


class Body(BaseModel):
    """What a request brings: no unknown field, no text for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Nothing(Body):
    """What a request brings that needs no words: nothing, or an empty object."""


class Query(BaseModel):
    """What stands behind the question mark: no unknown name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Path(BaseModel):
    """What stands in the address; what cannot be one of ours is not there (404)."""

    model_config = ConfigDict(frozen=True)


class Out(BaseModel):
    """What an answer holds; read from a service's dataclass where the names are the same."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


Time = Annotated[datetime, AfterValidator(_in_utc)]
"""RFC 3339 in UTC: `2026-11-24T08:00:00Z`."""


def _plain(value: Any) -> Any:
    # Python reads 1_0, ' 1' and Khmer digits too
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        raise ValueError(N_("write a whole number in plain digits"))
    return value


PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,17})")
Whole = Annotated[int, BeforeValidator(_plain)]
"""A whole number in an address or a query."""


def _whole(value: Any) -> Any:
    # to JSON, 7.0 and 7 are one number
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Makes an `int` of a body take every JSON number that is whole; stands last among its notes."""

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Any text that can be stored."""


def _to_hundredths(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(N_("write a number"))  # noqa: TRY004 - pydantic collects ValueError
    rounded = round(value, 2)
    if abs(value - rounded) > 1e-9:
        raise ValueError(N_("write at most two decimals"))
    return Decimal(str(rounded))


Points = Annotated[
    Decimal,
    BeforeValidator(_to_hundredths),
    Field(gt=0, le=1000),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 1000, "multipleOf": 0.01}),
]
"""Points that come in, with at most two decimals."""

Percent = Annotated[
    Decimal,
    BeforeValidator(_to_hundredths),
    Field(ge=0, le=100),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.01}),
]
"""Per cent that come in, with at most two decimals."""

Number = Annotated[Decimal, PlainSerializer(float, return_type=float)]
"""A decimal number; exact inside, a JSON number outside."""

Id = Annotated[str, BeforeValidator(str)]
"""The id of an object; opaque to whoever reads it."""

Key = Annotated[UUID, WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"})]
"""The same where it comes in: what can be none of ours is not there (404)."""


_CONTROL = r"\x00-\x1f\x7f-\x9f"
Line = Annotated[
    str,
    Field(
        pattern=rf"^ *[^\s{_CONTROL}\ufeff\u200e\u200f][^{_CONTROL}]*$",
        max_length=200,
        description="One line with something on it.",
    ),
]
"""A name or a title."""


class InLanguages(TypedDict, total=False):
    """A line in English, in Khmer or in both."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]  # pydantic reads it from here
        extra="forbid", json_schema_extra={"minProperties": 1}
    )
    en: Line
    km: Line


AnyLanguages = TypeVar("AnyLanguages", bound=Mapping[str, object])


def _not_nothing(text: AnyLanguages) -> AnyLanguages:
    if not text:
        raise ValueError(N_("give the text in English (en), in Khmer (km) or in both"))
    return text


NewTitle = Line | Annotated[InLanguages, AfterValidator(_not_nothing)]
"""A title that comes in: one text, or one for each language."""


Prose = Annotated[
    str,
    Field(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=4000, description="Lines of text."),
]


class ProseInLanguages(TypedDict, total=False):
    """Lines of text in English, in Khmer or in both."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc]  # pydantic reads it from here
        extra="forbid", json_schema_extra={"minProperties": 1}
    )
    en: Prose
    km: Prose


NewNotice = Annotated[ProseInLanguages, AfterValidator(_not_nothing)]
"""Words to the trainee that come in."""


class Title(Out):
    """Text in the languages that it is in."""

    en: str | None = None
    km: str | None = None


def may_be_left_out(*, unique: bool = False, **more: Any) -> Any:
    """A field that may be missing; what it is then is not said by this model.

    Args:
        unique: no value stands twice in the list; the model checks it.
        more: as for pydantic's Field.
    """

    def describe(schema: dict[str, Any]) -> None:
        schema.pop("default", None)
        if unique:
            schema["uniqueItems"] = True

    return Field(None, json_schema_extra=describe, **more)


def send(model: BaseModel, status: int = 200) -> Response:
    """An answer in JSON, of the fields that were set."""
    data = model.model_dump_json(exclude_unset=True)
    return current_app.response_class(data, status, mimetype="application/json")
