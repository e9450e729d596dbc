"""A statement to judge."""

from fractions import Fraction
from typing import Any

from pydantic import Field, StrictBool

from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.problem import Part, Problem
from quizapp.domain.answers.response import BaseResponse, read_response, stored
from quizapp.domain.answers.value import Value
from quizapp.domain.words import N_

NAME = "true_false"
MARKED_BY_PERSON = False
VERDICTS = {True: Localised(en="True", km="ត្រូវ"), False: Localised(en="False", km="ខុស")}


class Content(Value):
    """The right verdict."""

    answer: StrictBool = Field(description="Whether the statement in the stem is true.")
    rationale: Localised | None = Field(default=None, description="Why the wrong verdict is wrong.")


class Response(BaseResponse):
    """`{"value": true}`."""

    value: bool = Field(description="The verdict.")


class Dealt(Value):
    """Nothing: true always stands before false."""


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked: nothing, once the answer is there."""
    return []


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Deal nothing: the verdicts are not shuffled."""
    return Dealt()


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """Nothing beside the stem."""
    return {}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused."""
    return stored(read_response(Response, response))


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether there is a verdict."""
    return response is not None


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """1 for the right verdict, else 0."""
    return Fraction(response is not None and response["value"] is content.answer)


def key(content: Content) -> dict[str, Any]:
    """The right verdict."""
    return {"value": content.answer}


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The verdict in words."""
    return [str(VERDICTS[response["value"]].pick(lang))] if response else []


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """`true`, `false` or `blank`."""
    if response is None:
        return ["blank"]
    return ["true" if response["value"] else "false"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """Both verdicts; the rationale belongs to the wrong one."""
    given = response["value"] if response else None
    return [
        Part(
            id="true" if verdict else "false",
            text=words.pick(lang),
            chosen=verdict is given,
            right=verdict is content.answer if verdict is given else None,
            key=verdict is content.answer,
            rationale=content.rationale.pick(lang)
            if content.rationale and verdict is not content.answer
            else None,
        )
        for verdict, words in VERDICTS.items()
    ]


def rule(content: Content) -> str:
    """How it is marked."""
    return N_("Is this true or false? The right verdict earns all points, the wrong one none.")
