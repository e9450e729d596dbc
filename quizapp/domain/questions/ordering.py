"""Items to be put in order."""

from fractions import Fraction
from itertools import combinations
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
from quizapp.domain.answers.response import (
    BaseResponse,
    ResponseRefused,
    known,
    read_response,
    stored,
)
from quizapp.domain.answers.value import PartId, Value
from quizapp.domain.words import N_

NAME = "ordering"
MARKED_BY_PERSON = False
LEAST = 3
"""Of two items the order dealt, never the key's, would give the key away."""


class Content(Value):
    """The items and their right order."""

    items: tuple[Labelled, ...] = Field(max_length=50, description="What is to be put in order.")
    order: tuple[PartId, ...] = Field(
        max_length=50, description="Ids of all items from first to last; not the ids' own order."
    )


class Response(BaseResponse):
    """`{"order": ["c", "a", "b"]}`, all items."""

    order: list[str] = Field(max_length=50, description="Ids of all items from first to last.")


class Dealt(Value):
    """The order in which the items are first shown."""

    items: tuple[str, ...]


def check_content(content: Content, stem: Localised | None = None) -> list[Problem]:
    """Report all that cannot be marked, or could be read from the ids alone."""
    ids = [item.id for item in content.items]
    found = [
        *too_few("items", LEAST, len(ids)),
        *repeated_ids("items", ids),
        *repeated_ids("order", content.order),
        *bad_texts("items", [item.text for item in content.items]),
        *(unknown_id(f"order.{at}", one) for at, one in enumerate(content.order) if one not in ids),
    ]
    missing = sorted(set(ids) - set(content.order))
    if missing:
        found.append(
            Problem(
                "order-incomplete",
                "order",
                N_("The order lacks %(ids)s."),
                N_("List every item's id once, from first to last."),
                {"ids": ", ".join(missing)},
            )
        )
    if ids and list(content.order) == sorted(ids):
        found.append(
            Problem(
                "ordering-key-is-id-order",
                "order",
                N_("The right order is the order of the ids, which anybody can see."),
                N_("Give the items ids in random order."),
            )
        )
    return found


def deal(content: Content, seed: int, shuffle: bool = True) -> Dealt:
    """Mix the items, never into the key's order, with or without `shuffle`."""
    ids = [item.id for item in content.items]
    order = tuple(deal_ids(ids, seed, shuffle))
    if order == content.order and not shuffle:
        order = tuple(deal_ids(ids, seed, shuffle=True))
    if order == content.order:
        order = order[1:] + order[:1]
    return Dealt(items=order)


def present(content: Content, dealt: Dealt, lang: Lang) -> dict[str, Any]:
    """The items in the order dealt."""
    return {"items": show(content.items, dealt.items, lang)}


def check(content: Content, response: Any) -> dict[str, Any]:
    """Normalise a response, or raise ResponseRefused."""
    read = read_response(Response, response)
    known("order", read.order, [item.id for item in content.items])
    if len(read.order) != len(content.items):
        raise ResponseRefused("order", N_("Put every item into the order."))
    return stored(read)


def is_answered(content: Content, response: dict[str, Any] | None) -> bool:
    """Say whether an order was sent; what was dealt counts only once moved or confirmed."""
    return response is not None


def mark(content: Content, response: dict[str, Any] | None) -> Fraction:
    """max(0, 2p - 1), p being the share of all pairs of items that stand in the right order."""
    if response is None:
        return Fraction(0)
    place = {one: at for at, one in enumerate(response["order"])}
    pairs = list(combinations([one for one in content.order if one in place], 2))
    right = sum(place[first] < place[second] for first, second in pairs)
    return max(Fraction(0), 2 * Fraction(right, len(pairs) or 1) - 1)


def key(content: Content) -> dict[str, Any]:
    """The right order."""
    return {"order": list(content.order)}


def summarise(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[str]:
    """The items in the order given, numbered."""
    words = {item.id: item.text.pick(lang) for item in content.items}
    order = response["order"] if response else ()
    return [f"{place}. {words[one]}" for place, one in enumerate(order, 1)]


def classify(content: Content, response: dict[str, Any] | None) -> list[str]:
    """`correct`, `partly`, `wrong` (earns nothing) or `blank`."""
    if response is None:
        return ["blank"]
    earned = mark(content, response)
    return ["correct" if earned == 1 else "partly" if earned else "wrong"]


def explain(content: Content, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
    """The items in the right order, with the place given (from 1) and the right place."""
    words = {item.id: item.text.pick(lang) for item in content.items}
    given = response["order"] if response else []
    return [
        Part(
            id=one,
            text=words[one],
            chosen=one in given,
            right=given.index(one) + 1 == place if one in given else None,
            key=True,
            given=Said(str(given.index(one) + 1), lang) if one in given else None,
            answer=Said(str(place), lang),
        )
        for place, one in enumerate(content.order, 1)
    ]


def rule(content: Content) -> str:
    """How it is marked."""
    return N_(
        "Put all in order. The more pairs stand in the right order, the more points: all in order "
        "earns everything, half of the pairs or fewer earns nothing."
    )
