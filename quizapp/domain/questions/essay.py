"""A text to write: a note, a speech, an answer to the press. A person marks it."""

from fractions import Fraction
from typing import Any, Self

from pydantic import Field, model_validator

from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.answers.problem import Part, Problem, blank_text
from quizapp.domain.answers.response import BaseResponse, read_response, stored
from quizapp.domain.answers.text import is_blank
from quizapp.domain.answers.value import Text, Value
from quizapp.domain.words import N_

NAME = "essay"
MARKED_BY_PERSON = True
LONGEST = 10_000
"""Characters: more than 800 words take, in either script."""


class Content(Value):
    """How long it should be, and what whoever marks it looks for."""

    words_min: int | None = Field(
        default=None, ge=1, le=2000, description="Words that it should have at least."
    )
    words_max: int | None = Field(
        default=None, ge=1, le=2000, description="Words that it should have at most."
    )
    guide: tuple[Localised, ...] = Field(
        default=(), max_length=20, description="What a marker looks for, point by point."
    )
    sample: Localised | None = Field(default=None, description="A good answer.")

    @model_validator(mode="after")
    def _least_before_most(self) -> Self:
        if self.words_min and self.words_max and self.words_min > self.words_max:
            raise ValueError(N_("words_min is greater than words_max"))
        return self


class Response(BaseResponse):
    """`{"text": "..."}`."""

    text: Text = Field(description="The text as written; line breaks stay.")


class Dealt(Value):
    """Nothing: there is no order to choose."""


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report points of the guide without words."""
    return [
        blank_text(f"guide.{index}") for index, point in enumerate(content.guide) if not point.langs
    ]


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Deal nothing."""
    return Dealt()


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """How long it should be; the guide and the sample are for later."""
    return {"words_min": content.words_min, "words_max": content.words_max}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused."""
    return stored(read_response(Response, response))


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether there is more than white space."""
    return response is not None and not is_blank(response["text"])


def mark(content: Content, response: dict[str, Any] | None) -> Fraction | None:
    """Nothing for nothing; whatever is written, a person has to read."""
    return None if is_answered(content, response) else Fraction(0)


def key(content: Content) -> dict[str, Any] | None:
    """None: that one text earns full marks says nothing of another."""
    return None


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The paragraphs as written."""
    if response is None or not is_answered(content, response):
        return []
    return [line for line in response["text"].splitlines() if line.strip()]


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """`blank` or `written`."""
    return ["written" if is_answered(content, response) else "blank"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """The good answer, if there is one: nothing tells by rule whether another is as good."""
    if content.sample is None:
        return []
    good = content.sample.pick(lang)
    return [Part("sample", Said("", lang), chosen=False, right=None, key=True, answer=good)]


def rule(content: Content) -> str:
    """How it is marked."""
    return N_("Write in your own words. A person reads it and gives the points.")
