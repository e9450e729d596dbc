"""Mastery: the interval against published and enumerated figures, and the words that follow."""

from collections.abc import Iterator, Sequence
from math import factorial, prod, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.progress.mastery import FULL, Sums, Z, interval, judge


def sums(marks: Sequence[int], questions: int | None = None) -> Sums:
    return Sums(len(marks), questions or len(marks), sum(marks), sum(m * m for m in marks))


def right(n: int, of: int) -> Sums:
    return sums([FULL] * n + [0] * (of - n))


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I: score intervals of 95 %
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_right_and_wrong_answers_have_the_published_intervals(n, of, low, high):
    assert interval(right(n, of), z=1.959964) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 60), st.data())
def test_the_ends_are_where_the_mean_would_be_just_credible(of, data):
    """Wilson's own definition: there the mean lies z standard errors off."""
    n = data.draw(st.integers(0, of))
    for end in interval(right(n, of)):
        if 1e-9 < end < 1 - 1e-9:
            assert abs(n / of - end) == pytest.approx(Z * sqrt(end * (1 - end) / of), rel=1e-6)


def coverage(values: Sequence[int], chances: Sequence[float], n: int) -> float:
    """How often the interval holds the true mean, summed over every possible outcome."""
    mean = sum(v * c for v, c in zip(values, chances, strict=True)) / FULL

    def counts(left: int, kinds: int) -> Iterator[tuple[int, ...]]:
        if kinds == 1:
            yield (left,)
            return
        for first in range(left + 1):
            yield from ((first, *rest) for rest in counts(left - first, kinds - 1))

    held = 0.0
    for outcome in counts(n, len(values)):
        ways = factorial(n) // prod(map(factorial, outcome))
        marks = [v for v, times in zip(values, outcome, strict=True) for _ in range(times)]
        low, high = interval(sums(marks))
        if low - 1e-9 <= mean <= high + 1e-9:
            held += ways * prod(c**k for c, k in zip(chances, outcome, strict=True))
    return held


@pytest.mark.parametrize("n", [5, 8, 12, 20])
@pytest.mark.parametrize("values", [(0, FULL), (0, 5000, FULL), (5000, FULL), (0, 2500, 7500)])
def test_the_interval_holds_the_mean_as_often_as_it_says(values, n):
    """On average over what may be true at least nine times in ten; never much less."""
    grid = [(i, j, 12 - i - j) for i in range(1, 11) for j in range(1, 12 - i)]
    shares = grid if len(values) == 3 else [(i, 24 - i) for i in range(1, 24)]
    found = [coverage(values, [s / sum(share) for s in share], n) for share in shares]
    assert sum(found) / len(found) > 0.89
    assert min(found) > 0.78


def test_four_questions_are_not_enough_however_often_answered():
    found = judge(sums([FULL] * 40, questions=4))
    assert (found.state, found.mean, found.known) == ("none", None, False)
    assert (found.answers, found.questions) == (40, 4)
    assert judge(Sums()).state == "none"


@pytest.mark.parametrize(
    ("n", "of", "state"),
    [
        (10, 10, "developing"),  # .787: not all of the interval is above .80
        (11, 11, "secure"),
        (1, 5, "below"),
        (2, 5, "beginning"),
        (3, 5, "developing"),
        (58, 100, "beginning"),
        (50, 100, "below"),
        (86, 100, "developing"),
        (87, 100, "secure"),
    ],
)
def test_words_say_no_more_than_the_interval(n, of, state):
    assert judge(right(n, of)).state == state


def test_partial_marks_leave_doubt_and_less_of_it():
    halves = interval(sums([5000] * 6))
    extremes = interval(sums([0, FULL] * 3))
    assert halves == pytest.approx((0.3247, 0.6753), abs=1e-4)
    assert extremes == pytest.approx((0.2213, 0.7787), abs=1e-4)


@given(st.lists(st.integers(0, FULL), min_size=5, max_size=60))
def test_the_interval_is_within_bounds_and_holds_the_mean(marks):
    found = judge(sums(marks))
    assert 0 <= found.low <= found.mean + 1e-12
    assert found.mean - 1e-12 <= found.high <= 1
    assert (found.state == "secure") == (found.low >= 0.8)
    assert (found.state == "below") == (found.high < 0.6)


@given(st.integers(5, 40), st.data())
def test_one_right_answer_more_never_lowers_the_interval(n, data):
    k = data.draw(st.integers(0, n))
    before, after = interval(right(k, n)), interval(right(k + 1, n + 1))
    assert after[0] >= before[0]
