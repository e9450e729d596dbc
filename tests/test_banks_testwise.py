"""Whoever knows how tests are made, and not the direction, gains nothing in the shipped banks."""

import re
from collections.abc import Callable
from functools import cache
from math import sqrt

import pytest

from quizapp.domain.answers.options import deal_options
from quizapp.domain.answers.text import fold
from quizapp.domain.bank.parts import Choice, choices
from quizapp.domain.bank.question import Question
from quizapp.domain.delivery.items import slot_seed
from quizapp.formats import yaml_bank
from quizapp.resources import questions_folder

DEALS = range(5)
"""Ties go to the first option dealt; several deals keep one lucky order from deciding."""
LEAST = 0.05

_WORD = re.compile(r"[a-z]+|[\u1780-\u17d3]+")
_LITTLE = frozenset(
    "the and for that with this from into them they their its are was has have not but".split()  # noqa: SIM905 - read as text
)
_HEDGE = re.compile(
    r"\b(may|might|can|could|should|would|if|unless|until|where|when|some|most|mainly|partly"
    r"|as far as|provided|likely|perhaps|possibly|in general|as a rule|though|but|while|within)\b"
)
_ABSOLUTE = re.compile(
    r"\b(always|never|all|every|only|none|no|nothing|nobody|whole|must|any|alone|at once)\b"
)

Score = Callable[[str, str, list[str]], float]


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if len(word) > 2} - _LITTLE


def _alike(text: str, others: list[str]) -> float:
    mine, shares = _words(text), []
    for other in others:
        theirs = _words(other)
        shares.append(len(mine & theirs) / max(1, len(mine | theirs)))
    return sum(shares) / len(shares)


STRATEGIES: dict[str, Score] = {
    "longest": lambda stem, text, others: len(fold(text)),
    "shortest": lambda stem, text, others: -len(fold(text)),
    "most words of the stem": lambda stem, text, others: len(_words(stem) & _words(text)),
    "most hedged": lambda stem, text, others: len(_HEDGE.findall(text.lower())),
    "avoid always and never": lambda stem, text, others: -len(_ABSOLUTE.findall(text.lower())),
    "the option most like the others": lambda stem, text, others: _alike(text, others),
}
ENGLISH_ONLY = {"most hedged", "avoid always and never"}
TRIED = [
    (name, lang)
    for name in STRATEGIES
    for lang in ("en", "km")
    if lang == "en" or name not in ENGLISH_ONLY
]


@cache
def banks() -> dict[str, tuple[Question, ...]]:
    """The questions of each shipped bank."""
    found = {}
    for path in sorted(questions_folder().glob("*.yaml")):
        data = path.read_bytes()
        if re.search(rb"^bank:", data, re.M):
            read = yaml_bank.read(data)
            found[path.stem] = tuple(one.question for one in read.questions)
    return found


def _guess(score: Score, lang: str, question: Question, choice: Choice, seed: int) -> bool:
    """Whether the option that scores highest, the first dealt among equals, is the key."""
    by_id = {option.id: option for option in choice.options}
    dealt = [by_id[one] for one in deal_options(choice.options, seed, True)]
    texts = [option.text.get(lang) or "" for option in dealt]
    stem = question.stem.get(lang) or ""
    scores = [
        score(stem, text, texts[:place] + texts[place + 1 :]) for place, text in enumerate(texts)
    ]
    return dealt[scores.index(max(scores))].correct


def _limit(chance: float, count: int) -> float:
    return chance + max(LEAST, 2 * sqrt(chance * (1 - chance) / count))


def _single(questions: tuple[Question, ...]) -> list[tuple[Question, Choice]]:
    return [(one, choice) for one in questions for choice in choices(one) if choice.single]


def gain(name: str, lang: str, questions: tuple[Question, ...]) -> tuple[float, float]:
    """The share that a strategy gets right, and the share from which it would be a gain."""
    asked = _single(questions)
    right = sum(
        _guess(STRATEGIES[name], lang, question, choice, slot_seed(deal, slot))
        for deal in DEALS
        for slot, (question, choice) in enumerate(asked)
    )
    chance = sum(1 / len(choice.options) for _, choice in asked) / len(asked)
    return right / len(asked) / len(DEALS), _limit(chance, len(asked))


@pytest.mark.parametrize(("name", "lang"), TRIED)
def test_a_trick_does_not_beat_chance_over_all_banks(name, lang):
    share, limit = gain(name, lang, sum(banks().values(), ()))
    assert share <= limit, f"{name}: {share:.3f}, allowed {limit:.3f}"


@pytest.mark.parametrize("bank", banks())
def test_a_trick_does_not_beat_chance_in_a_bank(bank):
    for name, lang in TRIED:
        share, limit = gain(name, lang, banks()[bank])
        assert share <= limit, f"{name}, {lang}: {share:.3f}, allowed {limit:.3f}"


def test_neither_verdict_is_the_better_guess():
    for questions in [*banks().values(), sum(banks().values(), ())]:
        verdicts = [one.content.answer for one in questions if one.type == "true_false"]
        true, limit = sum(verdicts) / len(verdicts), _limit(0.5, len(verdicts))
        assert max(true, 1 - true) <= limit
