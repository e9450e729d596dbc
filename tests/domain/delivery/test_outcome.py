"""From responses to marks to what may be seen of them (promises 4 and 5)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from quizapp.domain.bank.question import parse
from quizapp.domain.delivery.outcome import (
    EVERYTHING,
    NEVER,
    NOTHING,
    Moment,
    item_score,
    last_close,
    mark_response,
    passed,
    shown,
    shown_points,
)
from quizapp.domain.delivery.quiz import Release

T = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
THREE = [
    {"id": one, "text": {"en": one}, "correct": one in "abc", "rationale": {"en": "so"}}
    for one in "abcwxyz"
]


def content(**data):
    question, findings = parse({"id": "q", "stem": {"en": "?"}, **data})
    assert question is not None, findings
    return question.content


def test_a_third_of_the_points_is_stored_to_a_ten_thousandth_half_up():
    several = content(type="multiple_choice", options=THREE)
    assert mark_response("multiple_choice", several, {"choices": ["a"]}) == 3333
    assert mark_response("multiple_choice", several, {"choices": ["a", "b"]}) == 6667
    assert mark_response("multiple_choice", several, {"choices": ["a", "b", "c"]}) == 10_000
    assert mark_response("multiple_choice", several, None) == 0


def test_only_the_total_is_rounded():
    # three thirds of a point, each 0.3333 in the books, are shown as they sum up
    total = sum(item_score(100, 3333) for _ in range(3))
    assert total == 999_900
    assert shown_points(total) == Decimal("1.00")
    assert shown_points(item_score(100, 3333)) == Decimal("0.33")


@pytest.mark.parametrize(
    ("millionths", "words"),
    [(0, "0.00"), (4_999, "0.00"), (5_000, "0.01"), (14_999, "0.01"), (1_005_000, "1.01")],
)
def test_points_are_shown_half_up(millionths, words):
    assert str(shown_points(millionths)) == words


def test_the_pass_mark_is_compared_unrounded():
    # 59.996 % is shown as 60.00 and does not pass at 60
    assert shown_points(59_996_000) == Decimal("60.00")
    assert passed(59_996_000, 100_000_000, Decimal(60)) is False
    assert passed(60_000_000, 100_000_000, Decimal(60)) is True
    assert passed(1, 3, Decimal("33.33")) is True
    assert Fraction(1, 3) < Fraction("0.3334")
    assert passed(1, 3, Decimal("33.34")) is False
    assert passed(0, 0, Decimal(50)) is True
    assert passed(5, 10, None) is None


def moment(**changes) -> Moment:
    facts = {"now": T, "finished": True, "last_close": None, "marked": True, "released": False}
    return Moment(**(facts | changes))


@pytest.mark.parametrize(
    ("when", "facts", "open_now"),
    [
        ("at_once", {}, True),
        ("never", {"released": True, "last_close": T - HOUR}, False),
        ("by_hand", {}, False),
        ("by_hand", {"released": True}, True),
        ("after_marking", {}, True),
        ("after_marking", {"marked": False}, False),
        ("after_close", {"last_close": T + HOUR}, False),
        ("after_close", {"last_close": T}, True),
        ("after_close", {"last_close": None}, True),
        ("after_close", {"last_close": NEVER}, False),
    ],
)
def test_each_moment_of_release(when, facts, open_now):
    release = Release(score=when, marks=when, key=when, rationale=when)
    assert shown(release, moment(**facts)) == (EVERYTHING if open_now else NOTHING)


def test_nothing_is_shown_before_the_end_whatever_the_policy():
    for when, released in product(["at_once", "after_close", "by_hand", "after_marking"], [0, 1]):
        release = Release(score=when, marks=when, key=when, rationale=when)
        facts = moment(finished=False, released=bool(released), last_close=T - HOUR)
        assert shown(release, facts) == NOTHING


def test_each_part_has_its_own_moment():
    release = Release(score="at_once", marks="by_hand", key="never", rationale="after_close")
    seen = shown(release, moment(last_close=T))
    assert (seen.score, seen.marks, seen.key, seen.rationale) == (True, False, False, True)
    assert not seen.everything


@pytest.mark.parametrize(
    ("ends", "quiz_end", "expected"),
    [
        ((), None, None),
        ((), T, T),
        ((T, T - HOUR), None, T),
        ((T, None), None, NEVER),  # one window has no end: somebody may still start
        ((None, None), None, None),  # windows without end: nothing to wait for
    ],
)
def test_the_last_close_is_that_of_anybody(ends, quiz_end, expected):
    assert last_close(ends, quiz_end) == expected
