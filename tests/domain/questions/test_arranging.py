"""Matching and ordering."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.questions import ResponseRefused, matching, ordering


def labelled(ids: str) -> list[dict[str, Any]]:
    return [{"id": one, "text": {"en": f"Thing {one}"}} for one in ids]


def pairs(key: dict[str, str], targets: str) -> matching.Content:
    prompts = [entry | {"match": key[entry["id"]]} for entry in labelled("".join(key))]
    return matching.Content.model_validate({"prompts": prompts, "targets": labelled(targets)})


def items(order: str, ids: str | None = None) -> ordering.Content:
    return ordering.Content.model_validate(
        {"items": labelled(ids or "".join(sorted(order))), "order": list(order)}
    )


MATCHING = pairs({"a": "y", "b": "z", "c": "x"}, "wxyz")
ORDERING = items("cabd")


@pytest.mark.parametrize(
    ("given_pairs", "mark"),
    [
        ({}, Fraction(0)),
        ({"a": "y"}, Fraction(1, 3)),
        ({"a": "y", "b": "w"}, Fraction(1, 3)),
        ({"a": "y", "b": "y", "c": "y"}, Fraction(1, 3)),
        ({"a": "y", "b": "z", "c": "w"}, Fraction(2, 3)),
        ({"c": "x", "b": "z", "a": "y"}, Fraction(1)),
        ({"a": "w", "b": "w", "c": "w"}, Fraction(0)),
    ],
)
def test_matching(given_pairs: dict[str, str], mark: Fraction) -> None:
    response = matching.check(MATCHING, {"pairs": given_pairs})
    assert matching.mark(MATCHING, response) == mark
    assert matching.is_answered(MATCHING, response) is bool(given_pairs)


@pytest.mark.parametrize(
    "given_pairs",
    [{"q": "x"}, {"a": "q"}, {"a": ""}, {"a": None}, {"a": 1}, {"y": "a"}, [["a", "y"]], None, "a"],
)
def test_matching_refuses(given_pairs: Any) -> None:
    with pytest.raises(ResponseRefused) as refused:
        matching.check(MATCHING, {"pairs": given_pairs})
    assert refused.value.problems[0].field.startswith("pairs")


def test_matching_in_words() -> None:
    response = {"pairs": {"b": "z"}}
    assert matching.summarise(MATCHING, response, "en") == ["Thing b → Thing z"]
    assert matching.classify(MATCHING, response) == ["a:blank", "b:z", "c:blank"]
    part = matching.explain(MATCHING, {"pairs": {"a": "w"}}, "en")[0]
    assert (str(part.given), str(part.answer), part.right) == ("Thing w", "Thing y", False)


def test_matching_is_mixed_on_both_sides_and_apart() -> None:
    content = pairs({"d": "y", "b": "z", "c": "x"}, "yzx")
    dealt = [matching.deal(content, seed) for seed in range(60)]
    assert len({one.prompts for one in dealt}) == 6
    assert len({one.targets for one in dealt}) == 6
    assert len({(one.prompts, one.targets) for one in dealt}) > 20


def test_targets_are_mixed_even_without_shuffling() -> None:
    dealt = [matching.deal(MATCHING, seed, shuffle=False) for seed in range(60)]
    assert {one.prompts for one in dealt} == {("a", "b", "c")}
    assert len({one.targets for one in dealt}) > 10


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (MATCHING, set()),
        (pairs({"a": "x", "b": "y", "c": "z"}, "zyx"), {"matching-key-is-identity"}),
        (pairs({"c": "y", "a": "x"}, "xyz"), {"matching-key-is-identity"}),
        (pairs({"b": "b", "c": "c"}, "abc"), {"matching-key-is-identity"}),
        (pairs({"a": "q", "b": "x"}, "xy"), {"unknown-id"}),
        (pairs({"a": "y"}, "xy"), {"too-few-parts"}),
        (pairs({"a": "y", "b": "x"}, "xyy"), {"duplicate-id", "duplicate-text"}),
        (pairs({}, ""), {"too-few-parts"}),
    ],
)
def test_matching_that_cannot_be_marked(content: matching.Content, codes: set[str]) -> None:
    problems = matching.check_content(content)
    assert {problem.code for problem in problems} == codes
    for problem in problems:
        assert problem.message % problem.params
        assert problem.remedy % problem.params


@pytest.mark.parametrize(
    ("order", "mark"),
    [
        ("cabd", Fraction(1)),
        ("acbd", Fraction(2, 3)),  # 5 of 6 pairs
        ("abcd", Fraction(1, 3)),  # 4 of 6
        ("abdc", Fraction(0)),  # 3 of 6
        ("dbac", Fraction(0)),  # 0 of 6
        ("badc", Fraction(0)),
    ],
)
def test_ordering(order: str, mark: Fraction) -> None:
    response = ordering.check(ORDERING, {"order": list(order)})
    assert ordering.mark(ORDERING, response) == mark
    assert ordering.is_answered(ORDERING, response)


@pytest.mark.parametrize(
    "order", [[], ["c"], list("cab"), list("cabdd"), list("cabe"), list("caab"), "cabd", None, [1]]
)
def test_ordering_refuses(order: Any) -> None:
    with pytest.raises(ResponseRefused) as refused:
        ordering.check(ORDERING, {"order": order})
    assert refused.value.problems[0].field.startswith("order")


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(("order", "listed"), [("cab", "abc"), ("cab", "cab"), ("cabd", "cabd")])
def test_ordering_is_never_dealt_as_its_key(order: str, listed: str, shuffle: bool) -> None:
    content = items(order, listed)
    dealt = {ordering.deal(content, seed, shuffle).items for seed in range(500)}
    assert tuple(order) not in dealt
    assert {frozenset(one) for one in dealt} == {frozenset(order)}


@given(seed=st.integers(), order=st.permutations("abcde"))
def test_ordering_is_never_dealt_as_its_key_by_any_seed(seed: int, order: list[str]) -> None:
    content = items("".join(order))
    assert ordering.deal(content, seed).items != content.order


def test_ordering_in_words() -> None:
    response = {"order": list("acbd")}
    assert ordering.summarise(ORDERING, response, "en")[0] == "1. Thing a"
    assert ordering.classify(ORDERING, response) == ["partly"]
    parts = ordering.explain(ORDERING, response, "en")
    assert [(part.id, str(part.given), part.right) for part in parts] == [
        ("c", "2", False),
        ("a", "1", False),
        ("b", "3", True),
        ("d", "4", True),
    ]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (ORDERING, set()),
        (items("abc"), {"ordering-key-is-id-order"}),
        (items("ba"), {"too-few-parts"}),
        (items("cab", "abcd"), {"order-incomplete"}),
        (items("cabe", "abc"), {"unknown-id"}),
        (items("caab", "abc"), {"duplicate-id"}),
        (items("cab", "abcc"), {"duplicate-id", "duplicate-text"}),
        (ordering.Content(items=(), order=()), {"too-few-parts"}),
    ],
)
def test_ordering_that_cannot_be_marked(content: ordering.Content, codes: set[str]) -> None:
    problems = ordering.check_content(content)
    assert {problem.code for problem in problems} == codes
    for problem in problems:
        assert problem.message % problem.params
        assert problem.remedy % problem.params
