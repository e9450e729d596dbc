"""Options to choose from, and the order in which they are dealt."""

from collections.abc import Sequence
from random import Random
from typing import Any

from pydantic import Field

from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.problem import Problem, bad_texts, repeated_ids, too_few
from quizapp.domain.answers.value import PartId, Value
from quizapp.domain.words import N_


class Option(Value):
    """One thing to choose."""

    id: PartId = Field(description="Unique in the question; says nothing about right or wrong.")
    text: Localised = Field(description="What stands on the page.")
    correct: bool = Field(default=False, description="Whether choosing it is right.")
    rationale: Localised | None = Field(
        default=None, description="Why it is wrong, or right: shown after marking."
    )
    pin: bool = Field(
        default=False, description="Keeps its listed place when options are shuffled."
    )


class Labelled(Value):
    """Something with an id and a text: a target, an item."""

    id: PartId = Field(description="Unique in its list; says nothing about the key.")
    text: Localised = Field(description="What stands on the page.")


def deal_ids(ids: Sequence[str], seed: int, shuffle: bool, pinned: Sequence[str] = ()) -> list[str]:
    """Put ids into the order of `seed`; the listed order has no part in it, but for pinned ones.

    Without `shuffle` the listed order stands.
    """
    if not shuffle:
        return list(ids)
    free = sorted(one for one in ids if one not in pinned)
    Random(seed).shuffle(free)  # noqa: S311 - reproducible, not secret
    following = iter(free)
    return [one if one in pinned else next(following) for one in ids]


def deal_options(options: Sequence[Option], seed: int, shuffle: bool) -> tuple[str, ...]:
    """The order in which options are shown."""
    pinned = [option.id for option in options if option.pin]
    return tuple(deal_ids([option.id for option in options], seed, shuffle, pinned))


def show(
    entries: Sequence[Option] | Sequence[Labelled], order: Sequence[str], lang: Lang
) -> list[dict[str, Any]]:
    """Id and words of the entries in `order`: all that may be shown before answering."""
    by_id = {entry.id: entry for entry in entries}
    return [{"id": one, **by_id[one].text.pick(lang).to_data()} for one in order if one in by_id]


def option_problems(options: Sequence[Option], path: str = "options") -> list[Problem]:
    """Report what is wrong with a list of options, its key apart."""
    return [
        *too_few(path, 2, len(options)),
        *repeated_ids(path, [option.id for option in options]),
        *bad_texts(path, [option.text for option in options]),
    ]


def no_key(path: str = "options") -> Problem:
    """Report that nothing is marked as right."""
    return Problem(
        "no-key",
        path,
        N_("No answer is marked as right."),
        N_("Mark what is right with 'correct: true'."),
    )


def several_keys(found: int, path: str = "options") -> Problem:
    """Report that more than one is right where one may be chosen."""
    return Problem(
        "several-keys",
        path,
        N_("%(found)s answers are marked as right, and only one can be chosen."),
        N_("Leave one right answer, or make it a question with several choices."),
        {"found": found},
    )
