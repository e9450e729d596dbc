"""A few words to write."""

from fractions import Fraction
from typing import Any

from pydantic import Field

from quizapp.domain.answers.accept import (
    AcceptedText,
    MistakenText,
    accept_problems,
    shown_text,
    text_credit,
    text_problems,
)
from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.answers.problem import Part, Problem
from quizapp.domain.answers.response import BaseResponse, read_response, stored
from quizapp.domain.answers.text import fold, is_blank, matches_folded
from quizapp.domain.answers.value import Text, Value
from quizapp.domain.words import N_

NAME = "short_text"
MARKED_BY_PERSON = False


class Content(Value):
    """What is accepted, and which mistakes have an answer."""

    accept: tuple[AcceptedText, ...] = Field(
        max_length=200, description="Answers that earn credit, in every language."
    )
    mistakes: tuple[MistakenText, ...] = Field(
        default=(), max_length=200, description="Expected mistakes; the first that fits is shown."
    )
    case_sensitive: bool = Field(default=False, description="Whether capital letters matter.")


class Response(BaseResponse):
    """`{"text": "..."}`."""

    text: Text = Field(description="The answer as written.")


class Dealt(Value):
    """Nothing: there is no order to choose."""


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked."""
    found = accept_problems(content.accept, "accept")
    for index, mistake in enumerate(content.mistakes):
        found += text_problems(mistake.text, f"mistakes.{index}")
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Deal nothing."""
    return Dealt()


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """Nothing beside the stem."""
    return {}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused."""
    return stored(read_response(Response, response))


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether there is more than white space."""
    return response is not None and not is_blank(response["text"])


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """The best credit among the accepted texts that match after folding."""
    if response is None:
        return Fraction(0)
    return text_credit(content.accept, response["text"], content.case_sensitive)


def key(content: Content) -> dict[str, Any]:
    """The first accepted text with full credit."""
    return {"text": shown_text(content.accept, content.case_sensitive).text}


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The text as written."""
    return [response["text"]] if response and is_answered(content, response) else []


def _mistake(content: Content, text: str) -> int | None:
    folded = fold(text, case_sensitive=content.case_sensitive)
    for index, mistake in enumerate(content.mistakes):
        if matches_folded(mistake.text, folded, case_sensitive=content.case_sensitive):
            return index
    return None


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """`correct`, `partly`, `wrong` or `blank`; and `mistake:n` (from 1) for an expected mistake."""
    if response is None or not is_answered(content, response):
        return ["blank"]
    earned = mark(content, response)
    if earned:
        return ["correct" if earned == 1 else "partly"]
    mistake = _mistake(content, response["text"])
    return ["wrong"] if mistake is None else ["wrong", f"mistake:{mistake + 1}"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """One part: what was written, what is right, and what is behind an expected mistake."""
    earned = mark(content, response)
    given = Said(response["text"], lang) if response and is_answered(content, response) else None
    mistake = _mistake(content, given.text) if given and not earned else None
    return [
        Part(
            id="answer",
            text=given or Said("", lang),
            chosen=given is not None,
            right=earned == 1 if given else None,
            key=True,
            rationale=None if mistake is None else content.mistakes[mistake].rationale.pick(lang),
            given=given,
            answer=shown_text(content.accept, content.case_sensitive, lang),
        )
    ]


def rule(content: Content) -> str:
    """How it is marked."""
    if content.case_sensitive:
        return N_("Write a short answer. Spaces make no difference, capital letters do.")
    return N_("Write a short answer. Capital letters and extra spaces make no difference.")
