"""Several right options: right choices add, wrong ones take away."""

from fractions import Fraction
from typing import Any

from pydantic import Field

from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.options import Option, deal_options, no_key, option_problems, show
from quizapp.domain.answers.problem import Part, Problem
from quizapp.domain.answers.response import BaseResponse, known, read_response, stored
from quizapp.domain.answers.value import Value
from quizapp.domain.words import N_

NAME = "multiple_choice"
MARKED_BY_PERSON = False


class Content(Value):
    """The options, one or more of them right."""

    options: tuple[Option, ...] = Field(max_length=50, description="What there is to choose from.")
    all_or_nothing: bool = Field(
        default=False,
        description="Only exactly the right options earn anything: no partial credit.",
    )


class Response(BaseResponse):
    """`{"choices": ["a", "c"]}`, in any order."""

    choices: list[str] = Field(max_length=50, description="Ids of the chosen options.")


class Dealt(Value):
    """The order of the options."""

    options: tuple[str, ...]


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked."""
    found = option_problems(content.options)
    if not any(option.correct for option in content.options):
        found.append(no_key())
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Mix the options; pinned ones keep their listed place."""
    return Dealt(options=deal_options(content.options, seed, shuffle))


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """The options in the order dealt; not how many are right."""
    return {"options": show(content.options, dealt.options, lang)}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response (choices sorted), or raise ResponseRefused."""
    read = read_response(Response, response)
    known("choices", read.choices, [option.id for option in content.options])
    return stored(read) | {"choices": sorted(read.choices)}


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether any option is chosen."""
    return bool(response and response["choices"])


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """+1/k for each of the k right options, -1/m for each of the m wrong ones, never below 0.

    All or nothing where the content says so or no option is wrong.
    """
    chosen = set(response["choices"]) if response else set()
    right = {option.id for option in content.options if option.correct}
    wrong = {option.id for option in content.options} - right
    if not right:
        return Fraction(0)
    if content.all_or_nothing or not wrong:
        return Fraction(chosen == right)
    share = Fraction(len(chosen & right), len(right)) - Fraction(len(chosen & wrong), len(wrong))
    return max(Fraction(0), share)


def key(content: Content) -> dict[str, Any]:
    """Exactly the right options."""
    return {"choices": sorted(option.id for option in content.options if option.correct)}


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The words of each chosen option, as listed."""
    chosen = response["choices"] if response else ()
    return [str(option.text.pick(lang)) for option in content.options if option.id in chosen]


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """The ids of the chosen options, or `blank`."""
    return sorted(response["choices"]) if response and response["choices"] else ["blank"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """Every option, as listed; one left out has no `right`."""
    chosen = response["choices"] if response else ()
    return [
        Part(
            id=option.id,
            text=option.text.pick(lang),
            chosen=option.id in chosen,
            right=option.correct if option.id in chosen else None,
            key=option.correct,
            rationale=option.rationale.pick(lang) if option.rationale else None,
        )
        for option in content.options
    ]


def rule(content: Content) -> str:
    """How it is marked; does not say how many are right."""
    if content.all_or_nothing or all(option.correct for option in content.options):
        return N_(
            "Choose all answers that are right. Exactly the right choices earn all points, "
            "anything else earns none."
        )
    return N_(
        "Choose all answers that are right. Right choices add, wrong ones take away in proportion, "
        "choosing all earns nothing."
    )
