"""Accepted answers: texts with wildcards, numbers with tolerance, and the credit each earns."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.answers.number import Number
from quizapp.domain.answers.problem import Problem, blank_text
from quizapp.domain.answers.text import fold, is_blank, is_khmer, matches_folded, sample
from quizapp.domain.answers.value import Text, Value
from quizapp.domain.words import N_

NOTHING, FULL = Fraction(0), Fraction(1)

Credit = Annotated[Number, Field(description="Share of the points that it earns: 1, 0.5 or '1/3'.")]


class AcceptedText(Value):
    """A text that earns credit."""

    text: Text = Field(description=r"The answer; * stands for any characters, \* for a star.")
    credit: Credit = FULL


class AcceptedNumber(Value):
    """A number that earns credit."""

    value: Number = Field(description="The answer.")
    tolerance: Number = Field(default=NOTHING, description="How far off an answer may be, at most.")
    credit: Credit = FULL


class MistakenText(Value):
    """A wrong text that is expected, with what to say about it."""

    text: Text = Field(description=r"The mistake; * stands for any characters, \* for a star.")
    rationale: Localised = Field(description="Why it is wrong.")


class MistakenNumber(Value):
    """A wrong number that is expected, with what to say about it."""

    value: Number = Field(description="The mistake.")
    tolerance: Number = Field(
        default=NOTHING, description="How far off it may be and still be this one."
    )
    rationale: Localised = Field(description="Why it is wrong.")


def text_credit(accept: Sequence[AcceptedText], text: str, case_sensitive: bool) -> Fraction:
    """The best credit of the accepted texts that match; blank text earns nothing."""
    folded = fold(text, case_sensitive=case_sensitive)
    if not folded:
        return NOTHING
    earned = (
        one.credit
        for one in accept
        if matches_folded(one.text, folded, case_sensitive=case_sensitive)
    )
    return max(earned, default=NOTHING)


def shown_text(
    accept: Sequence[AcceptedText], case_sensitive: bool, lang: Lang | None = None
) -> Said:
    """An answer with full credit, without wildcards; the first in the script of `lang`, if any."""
    full = [one.text for one in accept if one.credit == FULL]
    in_script = [one for one in full if lang and is_khmer(one) is (lang == "km")]
    pattern = (in_script or full or [""])[0]
    return Said(sample(pattern, case_sensitive=case_sensitive), "km" if is_khmer(pattern) else "en")


def number_credit(accept: Sequence[AcceptedNumber], number: Fraction | None) -> Fraction:
    """The best credit of the accepted numbers within whose tolerance it is, ends included."""
    if number is None:
        return NOTHING
    earned = (one.credit for one in accept if abs(number - one.value) <= one.tolerance)
    return max(earned, default=NOTHING)


def accept_problems(accept: Sequence[AcceptedText | AcceptedNumber], path: str) -> list[Problem]:
    """Report accepted answers that cannot be marked by."""
    if not accept:
        return [
            Problem(
                "no-key",
                path,
                N_("No answer is accepted."),
                N_("List at least one answer that earns full marks."),
            )
        ]
    found: list[Problem] = []
    for index, one in enumerate(accept):
        here = f"{path}.{index}"
        if not NOTHING <= one.credit <= FULL:
            found.append(
                Problem(
                    "credit-out-of-range",
                    f"{here}.credit",
                    N_("A credit of %(credit)s is not between 0 and 1."),
                    N_("Write a share of the points, such as 1/2."),
                    {"credit": str(one.credit)},
                )
            )
        if isinstance(one, AcceptedText):
            found += text_problems(one.text, here, catches=one.credit > NOTHING)
        elif one.tolerance < 0:
            found.append(negative_tolerance(here))
    if not any(one.credit == FULL for one in accept):
        found.append(
            Problem(
                "no-full-credit",
                path,
                N_("No accepted answer earns full marks."),
                N_("Give at least one answer the credit 1."),
            )
        )
    return found


def text_problems(pattern: str, path: str, *, catches: bool = False) -> list[Problem]:
    """Report a pattern that is blank, or (if it `catches` credit) one that accepts everything."""
    if is_blank(pattern):
        return [blank_text(f"{path}.text")]
    if catches and not pattern.replace("*", "").strip():
        return [
            Problem(
                "accepts-everything",
                f"{path}.text",
                N_("A star alone accepts every answer."),
                N_("Say which words the answer must have."),
            )
        ]
    return []


def negative_tolerance(path: str) -> Problem:
    """Report a tolerance below zero, within which nothing is."""
    return Problem(
        "negative-tolerance",
        f"{path}.tolerance",
        N_("A tolerance cannot be below 0."),
        N_("Write how far off an answer may be, such as 0.5, or leave it out."),
    )
