"""One right option out of several."""

from fractions import Fraction
from typing import Any

from pydantic import Field

from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.options import (
    Option,
    deal_options,
    no_key,
    option_problems,
    several_keys,
    show,
)
from quizapp.domain.answers.problem import Part, Problem
from quizapp.domain.answers.response import BaseResponse, known, read_response, stored
from quizapp.domain.answers.value import Value
from quizapp.domain.words import N_

NAME = "single_choice"
MARKED_BY_PERSON = False


class Content(Value):
    """The options, exactly one of them right."""

    options: tuple[Option, ...] = Field(max_length=50, description="What there is to choose from.")


class Response(BaseResponse):
    """`{"choice": "b"}`."""

    choice: str = Field(max_length=32, description="Id of the chosen option.")


class Dealt(Value):
    """The order of the options."""

    options: tuple[str, ...]


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked."""
    right = sum(option.correct for option in content.options)
    found = option_problems(content.options)
    if right == 0:
        found.append(no_key())
    elif right > 1:
        found.append(several_keys(right))
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Mix the options; pinned ones keep their listed place."""
    return Dealt(options=deal_options(content.options, seed, shuffle))


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """The options in the order dealt."""
    return {"options": show(content.options, dealt.options, lang)}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused."""
    read = read_response(Response, response)
    known("choice", [read.choice], [option.id for option in content.options])
    return stored(read)


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether an option is chosen."""
    return response is not None


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """1 for the right option, else 0."""
    chosen = response["choice"] if response else None
    return Fraction(any(option.correct for option in content.options if option.id == chosen))


def key(content: Content) -> dict[str, Any]:
    """The right option chosen."""
    return {"choice": next(option.id for option in content.options if option.correct)}


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The words of the chosen option."""
    chosen = response["choice"] if response else None
    return [str(option.text.pick(lang)) for option in content.options if option.id == chosen]


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """The id of the chosen option, or `blank`."""
    return [response["choice"] if response else "blank"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """Every option, as listed."""
    chosen = response["choice"] if response else None
    return [
        Part(
            id=option.id,
            text=option.text.pick(lang),
            chosen=option.id == chosen,
            right=option.correct if option.id == chosen else None,
            key=option.correct,
            rationale=option.rationale.pick(lang) if option.rationale else None,
        )
        for option in content.options
    ]


def rule(content: Content) -> str:
    """How it is marked."""
    return N_("Choose one answer. The right one earns all points, a wrong one none.")
