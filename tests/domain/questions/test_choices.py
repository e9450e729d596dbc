"""Single choice, several choices, true or false."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.questions import ResponseRefused, multiple_choice, single_choice, true_false


def option(one: str, correct: bool = False, **more: Any) -> dict[str, Any]:
    return {"id": one, "text": {"en": f"Option {one}"}, "correct": correct, **more}


def several(right: str, wrong: str, **more: Any) -> multiple_choice.Content:
    options = [option(one, one in right) for one in sorted(right + wrong)]
    return multiple_choice.Content.model_validate({"options": options, **more})


def single(*options: dict[str, Any]) -> single_choice.Content:
    return single_choice.Content.model_validate({"options": options})


SINGLE = single(option("a"), option("b", True), option("c"))


@pytest.mark.parametrize(("choice", "mark"), [("a", 0), ("b", 1), ("c", 0)])
def test_single_choice(choice: str, mark: int) -> None:
    response = single_choice.check(SINGLE, {"choice": choice})
    assert single_choice.mark(SINGLE, response) == mark
    assert single_choice.classify(SINGLE, response) == [choice]
    assert single_choice.summarise(SINGLE, response, "en") == [f"Option {choice}"]


@pytest.mark.parametrize("choice", ["z", "", "B", "b ", None, 1, True, ["b"], "b" * 99, "\x00"])
def test_single_choice_refuses(choice: Any) -> None:
    with pytest.raises(ResponseRefused) as refused:
        single_choice.check(SINGLE, {"choice": choice})
    assert refused.value.problems[0].field == "choice"


def test_single_choice_explains_each_option() -> None:
    parts = single_choice.explain(SINGLE, {"choice": "a"}, "en")
    assert [(part.id, part.chosen, part.right, part.key) for part in parts] == [
        ("a", True, False, False),
        ("b", False, None, True),
        ("c", False, None, False),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "chosen", "mark"),
    [
        ("ab", "cd", "", Fraction(0)),
        ("ab", "cd", "a", Fraction(1, 2)),
        ("ab", "cd", "ab", Fraction(1)),
        ("ab", "cd", "abc", Fraction(1, 2)),
        ("ab", "cd", "abcd", Fraction(0)),
        ("ab", "cd", "ac", Fraction(0)),
        ("ab", "cd", "acd", Fraction(0)),  # never below 0
        ("ab", "cd", "cd", Fraction(0)),
        ("abc", "d", "ab", Fraction(2, 3)),
        ("abc", "d", "abd", Fraction(0)),
        ("a", "bcd", "ab", Fraction(2, 3)),
        ("ab", "", "ab", Fraction(1)),  # nothing wrong to choose: all or nothing
        ("ab", "", "a", Fraction(0)),
    ],
)
def test_multiple_choice(right: str, wrong: str, chosen: str, mark: Fraction) -> None:
    content = several(right, wrong)
    response = multiple_choice.check(content, {"choices": list(chosen)})
    assert multiple_choice.mark(content, response) == mark


@pytest.mark.parametrize(("chosen", "mark"), [("ab", 1), ("ba", 1), ("a", 0), ("abc", 0), ("", 0)])
def test_all_or_nothing(chosen: str, mark: int) -> None:
    content = several("ab", "cd", all_or_nothing=True)
    response = multiple_choice.check(content, {"choices": list(chosen)})
    assert multiple_choice.mark(content, response) == mark


@given(right=st.integers(1, 6), wrong=st.integers(1, 6))
def test_choosing_all_earns_nothing(right: int, wrong: int) -> None:
    content = several("abcdef"[:right], "uvwxyz"[:wrong])
    response = {"choices": [one.id for one in content.options]}
    assert multiple_choice.mark(content, multiple_choice.check(content, response)) == 0


def test_the_rule_does_not_tell_how_many() -> None:
    assert multiple_choice.rule(several("a", "bc")) == multiple_choice.rule(several("abc", "d"))
    strict = several("a", "bc", all_or_nothing=True)
    assert multiple_choice.rule(strict) == multiple_choice.rule(several("ab", ""))


def test_choices_are_stored_in_one_order() -> None:
    content = several("ab", "cd")
    assert multiple_choice.check(content, {"choices": ["c", "a"]}) == {"choices": ["a", "c"]}


@pytest.mark.parametrize(
    "choices", [["a", "a"], ["z"], "a", None, [1], [None], [["a"]], {"a": 1}, ["a"] * 60, ("a",)]
)
def test_multiple_choice_refuses(choices: Any) -> None:
    with pytest.raises(ResponseRefused):
        multiple_choice.check(several("ab", "cd"), {"choices": choices})


@pytest.mark.parametrize(
    ("answer", "value", "mark"), [(True, True, 1), (True, False, 0), (False, False, 1)]
)
def test_true_false(answer: bool, value: bool, mark: int) -> None:
    content = true_false.Content(answer=answer)
    response = true_false.check(content, {"value": value})
    assert true_false.mark(content, response) == mark


@pytest.mark.parametrize("value", [1, 0, "true", None, [], "ត្រូវ"])
def test_true_false_refuses(value: Any) -> None:
    with pytest.raises(ResponseRefused):
        true_false.check(true_false.Content(answer=True), {"value": value})


def test_true_false_speaks_both_languages() -> None:
    content = true_false.Content(answer=True)
    assert true_false.summarise(content, {"value": False}, "en") == ["False"]
    assert true_false.summarise(content, {"value": False}, "km") == ["ខុស"]


def test_the_dealt_order_does_not_depend_on_the_listing() -> None:
    listed = [option(one) for one in "abcdef"]
    for seed in range(20):
        one = single_choice.deal(single(*listed), seed)
        assert one == single_choice.deal(single(*reversed(listed)), seed)
    assert len({single_choice.deal(single(*listed), seed).options for seed in range(50)}) > 30


def test_pinned_options_keep_their_place() -> None:
    content = single(
        option("q"), option("a", pin=True), option("m"), option("z"), option("b", pin=True)
    )
    orders = {single_choice.deal(content, seed).options for seed in range(100)}
    assert {(order[1], order[4]) for order in orders} == {("a", "b")}
    assert len(orders) == 6
    assert single_choice.deal(content, 1, shuffle=False).options == ("q", "a", "m", "z", "b")


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ([], {"too-few-parts", "no-key"}),
        ([option("a", True)], {"too-few-parts"}),
        ([option("a"), option("b")], {"no-key"}),
        ([option("a", True), option("b", True)], {"several-keys"}),
        ([option("a", True), option("a")], {"duplicate-id", "duplicate-text"}),
        ([option("a", True), option("b") | {"text": {"en": " "}}], {"empty-text"}),
        ([option("a", True), option("b") | {"text": {"en": "x", "km": ""}}], {"empty-text"}),
    ],
)
def test_what_cannot_be_marked(options: list[dict[str, Any]], codes: set[str]) -> None:
    problems = single_choice.check_content(single(*options))
    assert {problem.code for problem in problems} == codes
    for problem in problems:
        assert problem.message % problem.params
        assert problem.remedy % problem.params


def test_several_right_options_are_for_multiple_choice() -> None:
    assert multiple_choice.check_content(several("ab", "c")) == []
    assert [p.code for p in multiple_choice.check_content(several("", "abc"))] == ["no-key"]
