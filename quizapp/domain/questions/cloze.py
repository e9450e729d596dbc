"""Blanks in a text: words or numbers to write, or options to choose from.

The stem has a marker such as [[1]] for every blank, in every language.
"""

import re
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from quizapp.domain.answers.accept import (
    AcceptedNumber,
    AcceptedText,
    accept_problems,
    number_credit,
    shown_text,
    text_credit,
)
from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.answers.number import parse_number, said_number
from quizapp.domain.answers.options import (
    Option,
    deal_options,
    no_key,
    option_problems,
    several_keys,
    show,
)
from quizapp.domain.answers.problem import Part, Problem, repeated_ids, too_few
from quizapp.domain.answers.response import BaseResponse, known, read_response, stored
from quizapp.domain.answers.text import is_blank
from quizapp.domain.answers.value import PartId, Text, Value
from quizapp.domain.words import N_

NAME = "cloze"
MARKED_BY_PERSON = False
MARKER = re.compile(r"\[\[([A-Za-z0-9][A-Za-z0-9_-]{0,31})\]\]")


class Blank(Value):
    """One gap: it has either accepted answers or options."""

    id: PartId = Field(description="The word in its marker: [[1]] in the stem is blank 1.")
    accept: tuple[AcceptedText, ...] | tuple[AcceptedNumber, ...] = Field(
        default=(), description="Texts, or numbers, that earn credit."
    )
    options: tuple[Option, ...] = Field(
        default=(), max_length=50, description="What there is to choose from; one is right."
    )
    rationale: Localised | None = Field(
        default=None, description="What is behind the right answer."
    )
    case_sensitive: bool = Field(default=False, description="Whether capital letters matter.")

    @property
    def kind(self) -> Literal["options", "number", "text"]:
        """How it is answered."""
        if self.options:
            return "options"
        return "number" if any(isinstance(one, AcceptedNumber) for one in self.accept) else "text"

    @property
    def texts(self) -> Sequence[AcceptedText]:
        """The accepted texts."""
        return [one for one in self.accept if isinstance(one, AcceptedText)]

    @property
    def numbers(self) -> Sequence[AcceptedNumber]:
        """The accepted numbers."""
        return [one for one in self.accept if isinstance(one, AcceptedNumber)]


class Content(Value):
    """The blanks."""

    blanks: tuple[Blank, ...] = Field(max_length=50, description="One entry for every marker.")


class Response(BaseResponse):
    """`{"blanks": {"1": "..."}}`: what was written, or the id of the option chosen."""

    blanks: dict[str, Text] = Field(max_length=50, description="Answer by blank id.")


class Dealt(Value):
    """The order of the options of each blank that has some."""

    options: dict[str, tuple[str, ...]]


def pieces(stem: str) -> list[str]:
    """Split a stem at its markers: text, blank id, text, blank id, ..., text."""
    return MARKER.split(stem)


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked; markers only if the stem is given."""
    found = [
        *too_few("blanks", 1, len(content.blanks)),
        *repeated_ids("blanks", [blank.id for blank in content.blanks]),
    ]
    for index, blank in enumerate(content.blanks):
        found += _blank_problems(blank, f"blanks.{index}")
    for lang in stem.langs if stem else ():
        found += _marker_problems(content, str(stem.get(lang) if stem else ""), f"stem.{lang}")
    return found


def _blank_problems(blank: Blank, path: str) -> list[Problem]:
    if not blank.options:
        return accept_problems(blank.accept, f"{path}.accept")
    found = option_problems(blank.options, f"{path}.options")
    right = sum(option.correct for option in blank.options)
    if right == 0:
        found.append(no_key(f"{path}.options"))
    elif right > 1:
        found.append(several_keys(right, f"{path}.options"))
    if blank.accept:
        found.append(
            Problem(
                "blank-of-two-kinds",
                path,
                N_("Blank %(id)s has both options and accepted answers."),
                N_("Keep one of the two."),
                {"id": blank.id},
            )
        )
    return found


def _marker_problems(content: Content, stem: str, path: str) -> list[Problem]:
    marked = Counter(MARKER.findall(stem))
    ids = {blank.id for blank in content.blanks}
    found: list[Problem] = []
    for one in sorted(ids - set(marked)):
        found.append(
            Problem(
                "marker-missing",
                path,
                N_("The text has no marker for blank %(id)s."),
                N_("Write [[%(id)s]] where the blank belongs, in every language."),
                {"id": one},
            )
        )
    for one, count in sorted(marked.items()):
        if one not in ids:
            found.append(
                Problem(
                    "marker-without-blank",
                    path,
                    N_("The text marks blank %(id)s, which is not described."),
                    N_("Describe the blank under 'blanks', or remove the marker."),
                    {"id": one},
                )
            )
        elif count > 1:
            found.append(
                Problem(
                    "marker-repeated",
                    path,
                    N_("The text marks blank %(id)s more than once."),
                    N_("Keep one marker for each blank."),
                    {"id": one},
                )
            )
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Mix the options of each blank; pinned ones keep their listed place."""
    return Dealt(
        options={
            # each blank its own seed, or lists of one length would be mixed alike
            blank.id: deal_options(blank.options, seed * 64 + index, shuffle)
            for index, blank in enumerate(content.blanks)
            if blank.options
        }
    )


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """The blanks: how each is answered, and the options of those that have some."""
    blanks: list[dict[str, Any]] = []
    for blank in content.blanks:
        entry: dict[str, Any] = {"id": blank.id, "kind": blank.kind}
        if blank.options:
            entry["options"] = show(blank.options, dealt.options.get(blank.id, ()), lang)
        blanks.append(entry)
    return {"blanks": blanks}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response (blanks left empty fall out), or raise ResponseRefused."""
    read = read_response(Response, response)
    blanks = {blank.id: blank for blank in content.blanks}
    known("blanks", list(read.blanks), blanks)
    kept = {one: text for one, text in read.blanks.items() if not is_blank(text)}
    for one, text in kept.items():
        if blanks[one].options:
            known(f"blanks.{one}", [text], [option.id for option in blanks[one].options])
    return stored(read) | {"blanks": kept}


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether any blank is filled."""
    return bool(response and response["blanks"])


def _credit(blank: Blank, given: str | None) -> Fraction:
    if given is None:
        return Fraction(0)
    match blank.kind:
        case "options":
            return Fraction(any(one.correct for one in blank.options if one.id == given))
        case "number":
            return number_credit(blank.numbers, parse_number(given))
        case _:
            return text_credit(blank.texts, given, blank.case_sensitive)


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """The mean of what the blanks earn; an empty one earns nothing."""
    given = response["blanks"] if response else {}
    earned = sum((_credit(blank, given.get(blank.id)) for blank in content.blanks), Fraction(0))
    return earned / (len(content.blanks) or 1)


def _answer(blank: Blank) -> str:
    match blank.kind:
        case "options":
            return next(one.id for one in blank.options if one.correct)
        case "number":
            return said_number(next(one.value for one in blank.numbers if one.credit == 1))
        case _:
            return shown_text(blank.texts, blank.case_sensitive).text


def key(content: Content) -> dict[str, Any]:
    """Every blank filled with an answer of full credit."""
    return {"blanks": {blank.id: _answer(blank) for blank in content.blanks}}


def _words(blank: Blank, given: str, lang: Lang) -> Said:
    chosen = next((one for one in blank.options if one.id == given), None)
    return chosen.text.pick(lang) if chosen else Said(given, lang)


def _answer_words(blank: Blank, lang: Lang) -> Said:
    if blank.kind == "text":
        return shown_text(blank.texts, blank.case_sensitive, lang)
    return _words(blank, _answer(blank), lang)


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """`[1] words` for each blank that is filled."""
    given = response["blanks"] if response else {}
    return [
        f"[{blank.id}] {_words(blank, given[blank.id], lang)}"
        for blank in content.blanks
        if blank.id in given
    ]


def _class(blank: Blank, given: str | None) -> str:
    if given is None:
        return "blank"
    if blank.options:
        return given
    earned = _credit(blank, given)
    return "correct" if earned == 1 else "partly" if earned else "wrong"


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """For each blank `id:` with the option's id, or `correct`, `partly`, `wrong` or `blank`."""
    given = response["blanks"] if response else {}
    return [f"{blank.id}:{_class(blank, given.get(blank.id))}" for blank in content.blanks]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """Every blank with what was given, what is right and why.

    The rationale is that of the option chosen, else that of the blank.
    """
    filled = response["blanks"] if response else {}
    parts: list[Part] = []
    for blank in content.blanks:
        given = filled.get(blank.id)
        chosen = next((one for one in blank.options if one.id == given), None)
        rationale = (chosen.rationale if chosen else None) or blank.rationale
        parts.append(
            Part(
                id=blank.id,
                text=Said(f"[{blank.id}]", lang),
                chosen=given is not None,
                right=None if given is None else _credit(blank, given) == 1,
                key=True,
                rationale=rationale.pick(lang) if rationale else None,
                given=None if given is None else _words(blank, given, lang),
                answer=_answer_words(blank, lang),
            )
        )
    return parts


def rule(content: Content) -> str:
    """How it is marked."""
    return N_("Fill every blank. Each right one earns its share of the points.")
