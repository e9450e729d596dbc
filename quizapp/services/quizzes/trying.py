"""Trying a question: it is dealt and marked as for a trainee, and nothing is kept anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizapp.domain.answers.localised import Lang, Said
from quizapp.domain.answers.problem import Part
from quizapp.domain.bank.question import Question
from quizapp.domain.questions import TYPES

SEED = 1
"""A try is dealt the same way each time, so that the page after the answer shows the same order."""


@dataclass(frozen=True)
class Shown:
    """A question as a trainee would see it, before answering."""

    stem: Said
    present: dict[str, Any]
    rule: str


@dataclass(frozen=True)
class Explained:
    """What a question's author knows of it: per part what is right and why."""

    key: Sequence[str]
    parts: Sequence[Part]


@dataclass(frozen=True)
class Tried:
    """The outcome of a try. `mark` is a share of the points, from 0 to 1."""

    response: Mapping[str, Any] | None
    answered: bool
    mark: Fraction | None
    lines: Sequence[str]
    parts: Sequence[Part]


def show(question: Question, lang: Lang) -> Shown:
    """Deal a question and say what may be seen of it before answering."""
    kind = TYPES[question.type]
    dealt = kind.deal(question.content, SEED)
    present = kind.present(question.content, dealt, lang)
    return Shown(question.stem.pick(lang), present, kind.rule(question.content))


def explain(question: Question, lang: Lang) -> Explained:
    """The key in words, and every part with its rationale."""
    kind = TYPES[question.type]
    key = kind.key(question.content)
    return Explained(
        kind.summarise(question.content, key, lang), kind.explain(question.content, key, lang)
    )


def mark(question: Question, response: Mapping[str, Any] | None, lang: Lang) -> Tried:
    """Mark a response; None is a blank one.

    Raises:
        ResponseRefused: it is none that the question can take.
    """
    kind = TYPES[question.type]
    content = question.content
    checked = None if response is None else kind.check(content, dict(response))
    return Tried(
        checked,
        kind.is_answered(content, checked),
        kind.mark(content, checked),
        kind.summarise(content, checked, lang),
        kind.explain(content, checked, lang),
    )
