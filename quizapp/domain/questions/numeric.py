"""A number to give."""

from fractions import Fraction
from typing import Any

from pydantic import Field

from quizapp.domain.answers.accept import (
    AcceptedNumber,
    MistakenNumber,
    accept_problems,
    negative_tolerance,
    number_credit,
)
from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.answers.number import LARGEST, exact, parse_number, plain, said_number
from quizapp.domain.answers.problem import Part, Problem, blank_text
from quizapp.domain.answers.response import (
    NOT_EXPECTED,
    OUT_OF_RANGE,
    BaseResponse,
    ResponseRefused,
    read_response,
    stored,
)
from quizapp.domain.answers.text import is_blank
from quizapp.domain.answers.value import Text, Value
from quizapp.domain.words import N_

NAME = "numeric"
MARKED_BY_PERSON = False


class Content(Value):
    """The numbers that are accepted."""

    accept: tuple[AcceptedNumber, ...] = Field(
        max_length=50, description="Numbers that earn credit."
    )
    unit: Localised | None = Field(
        default=None, description="Stands behind the field; not to be typed."
    )
    mistakes: tuple[MistakenNumber, ...] = Field(
        default=(), max_length=50, description="Expected mistakes; the first that fits is shown."
    )


class Response(BaseResponse):
    """`{"value": 2030}`, or `{"raw": "..."}` with what was typed into the field."""

    value: int | float | str | None = Field(
        default=None,
        description="The number; as text only if it reads as a number, in Khmer digits say.",
    )
    raw: Text | None = Field(
        default=None, description="What was typed. Earns nothing unless it reads as a number."
    )


class Dealt(Value):
    """Nothing: there is no order to choose."""


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked."""
    found = accept_problems(content.accept, "accept")
    for index, mistake in enumerate(content.mistakes):
        if mistake.tolerance < 0:
            found.append(negative_tolerance(f"mistakes.{index}"))
    if content.unit is not None and not content.unit.langs:
        found.append(blank_text("unit"))
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Deal nothing."""
    return Dealt()


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """The unit, if there is one."""
    return {"unit": content.unit.pick(lang).to_data() if content.unit else None}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused.

    A number stays a number (2030.0 becomes 2030). What was typed stays as typed, under `raw`, also
    where it was sent as `value` and reads as a number.
    """
    read = read_response(Response, response)
    if (read.value is None) == (read.raw is None):
        raise ResponseRefused("value", N_("Send either a value or what was typed (raw)."))
    kept = stored(read)
    if isinstance(read.value, str):
        if parse_number(read.value) is None:
            raise ResponseRefused("value", NOT_EXPECTED)
        del kept["value"]
        kept["raw"] = read.value
    elif read.value is not None:
        # not a comparison with >=, which NaN would pass
        if not abs(read.value) < LARGEST:
            raise ResponseRefused("value", OUT_OF_RANGE)
        kept["value"] = plain(exact(read.value))
    return kept


def _number(response: dict[str, Any] | None) -> Fraction | None:
    if response is None:
        return None
    if "raw" in response:
        return parse_number(response["raw"])
    return exact(response["value"])


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether anything was typed, be it a number or not."""
    return response is not None and ("value" in response or not is_blank(response["raw"]))


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """The best credit among the accepted numbers within whose tolerance it is, ends included."""
    return number_credit(content.accept, _number(response))


def key(content: Content) -> dict[str, Any]:
    """The first accepted number with full credit."""
    value = plain(next(one.value for one in content.accept if one.credit == 1))
    return {"raw": value} if isinstance(value, str) else {"value": value}


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The number with its unit, as typed."""
    if response is None or not is_answered(content, response):
        return []
    typed = response["raw"] if "raw" in response else said_number(exact(response["value"]))
    return [f"{typed} {content.unit.pick(lang)}" if content.unit else typed]


def _mistake(content: Content, number: Fraction | None) -> int | None:
    for index, mistake in enumerate(content.mistakes):
        if number is not None and abs(number - mistake.value) <= mistake.tolerance:
            return index
    return None


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """`correct`, `partly`, `wrong` or `blank`; and `mistake:n` (from 1) for an expected mistake."""
    if not is_answered(content, response):
        return ["blank"]
    earned = mark(content, response)
    if earned:
        return ["correct" if earned == 1 else "partly"]
    mistake = _mistake(content, _number(response))
    return ["wrong"] if mistake is None else ["wrong", f"mistake:{mistake + 1}"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """One part: what was given, what is right, and what is behind an expected mistake."""
    earned = mark(content, response)
    lines = summarise(content, response, lang)
    given = Said(lines[0], lang) if lines else None
    mistake = _mistake(content, _number(response)) if not earned else None
    (answer,) = summarise(content, key(content), lang)
    return [
        Part(
            id="answer",
            text=given or Said("", lang),
            chosen=given is not None,
            right=earned == 1 if given else None,
            key=True,
            rationale=None if mistake is None else content.mistakes[mistake].rationale.pick(lang),
            given=given,
            answer=Said(answer, lang),
        )
    ]


def rule(content: Content) -> str:
    """How it is marked."""
    if any(one.tolerance for one in content.accept):
        return N_("Give a number, in Khmer or other digits. A small difference is allowed.")
    return N_("Give a number, in Khmer or other digits. It must be exact.")
