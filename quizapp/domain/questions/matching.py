"""Prompts to be paired with targets; targets may be left over."""

from fractions import Fraction
from typing import Any

from pydantic import Field

from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.answers.options import Labelled, deal_ids, show
from quizapp.domain.answers.problem import (
    Part,
    Problem,
    bad_texts,
    repeated_ids,
    too_few,
    unknown_id,
)
from quizapp.domain.answers.response import BaseResponse, known, read_response, stored
from quizapp.domain.answers.value import PartId, Value
from quizapp.domain.words import N_

NAME = "matching"
MARKED_BY_PERSON = False


class Prompt(Labelled):
    """One thing that wants a partner."""

    match: PartId = Field(description="Id of the target that belongs to it.")
    rationale: Localised | None = Field(default=None, description="Why they belong together.")


class Content(Value):
    """The two lists."""

    prompts: tuple[Prompt, ...] = Field(max_length=50, description="What is to be matched.")
    targets: tuple[Labelled, ...] = Field(
        max_length=50, description="What it is matched with; one may serve twice or be left over."
    )


class Response(BaseResponse):
    """`{"pairs": {"p1": "t2"}}`; prompts may be missing."""

    pairs: dict[str, str] = Field(max_length=50, description="Target id by prompt id.")


class Dealt(Value):
    """The orders of both lists."""

    prompts: tuple[str, ...]
    targets: tuple[str, ...]


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked, or could be read from the ids alone."""
    targets = sorted(target.id for target in content.targets)
    found = [
        *too_few("prompts", 2, len(content.prompts)),
        *too_few("targets", 2, len(content.targets)),
        *repeated_ids("prompts", [prompt.id for prompt in content.prompts]),
        *repeated_ids("targets", targets),
        *bad_texts("prompts", [prompt.text for prompt in content.prompts]),
        *bad_texts("targets", [target.text for target in content.targets]),
    ]
    for index, prompt in enumerate(content.prompts):
        if prompt.match not in targets:
            found.append(unknown_id(f"prompts.{index}.match", prompt.match))
    in_order = [prompt.match for prompt in sorted(content.prompts, key=lambda one: one.id)]
    same = all(prompt.id == prompt.match for prompt in content.prompts)
    if content.prompts and (same or in_order == targets[: len(in_order)]):
        found.append(
            Problem(
                "matching-key-is-identity",
                "prompts",
                N_("The pairs can be read from the ids: sorted by id, each stands by its partner."),
                N_("Give prompts and targets ids in random order."),
            )
        )
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Mix both lists.

    Targets are mixed even where the quiz does not shuffle: authors list them beside their prompts.
    """
    prompts = [prompt.id for prompt in content.prompts]
    targets = [target.id for target in content.targets]
    return Dealt(
        prompts=tuple(deal_ids(prompts, seed, shuffle)),
        # another seed, or equally long lists would be mixed alike
        targets=tuple(deal_ids(targets, ~seed, shuffle=True)),
    )


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """Both lists in the order dealt."""
    return {
        "prompts": show(content.prompts, dealt.prompts, lang),
        "targets": show(content.targets, dealt.targets, lang),
    }


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused."""
    read = read_response(Response, response)
    known("pairs", list(read.pairs), [prompt.id for prompt in content.prompts])
    targets = {target.id for target in content.targets}
    for prompt, target in read.pairs.items():
        known(f"pairs.{prompt}", [target], targets)
    return stored(read)


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether any prompt has a partner."""
    return bool(response and response["pairs"])


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """The share of prompts with the right partner."""
    pairs = response["pairs"] if response else {}
    right = sum(pairs.get(prompt.id) == prompt.match for prompt in content.prompts)
    return Fraction(right, len(content.prompts) or 1)


def key(content: Content) -> dict[str, Any]:
    """Every prompt with its partner."""
    return {"pairs": {prompt.id: prompt.match for prompt in content.prompts}}


def _words(content: Content, target: str | None, lang: Lang) -> Said | None:
    return next((one.text.pick(lang) for one in content.targets if one.id == target), None)


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """`prompt → target` for each pair, prompts as listed."""
    pairs = response["pairs"] if response else {}
    return [
        f"{prompt.text.pick(lang)} → {_words(content, pairs[prompt.id], lang)}"
        for prompt in content.prompts
        if prompt.id in pairs
    ]


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """`prompt:target` or `prompt:blank` for each prompt, as listed."""
    pairs = response["pairs"] if response else {}
    return [f"{prompt.id}:{pairs.get(prompt.id, 'blank')}" for prompt in content.prompts]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """Every prompt with what was given and what belongs to it."""
    pairs = response["pairs"] if response else {}
    return [
        Part(
            id=prompt.id,
            text=prompt.text.pick(lang),
            chosen=prompt.id in pairs,
            right=pairs[prompt.id] == prompt.match if prompt.id in pairs else None,
            key=True,
            rationale=prompt.rationale.pick(lang) if prompt.rationale else None,
            given=_words(content, pairs.get(prompt.id), lang),
            answer=_words(content, prompt.match, lang),
        )
        for prompt in content.prompts
    ]


def rule(content: Content) -> str:
    """How it is marked."""
    return N_("Match each one. Every right pair earns its share of the points.")
