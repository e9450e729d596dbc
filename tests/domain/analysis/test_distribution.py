import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.analysis.distribution import distribution, half_reached

COUNTS = st.dictionaries(st.integers(0, 100), st.integers(0, 50))


def test_bands_hold_ten_per_cents_each_and_the_last_the_full_score_too():
    found = distribution({0: 1, 9: 2, 10: 4, 89: 8, 90: 16, 100: 32})
    assert [band.count for band in found.bands] == [3, 4, 0, 0, 0, 0, 0, 0, 8, 48]
    assert (found.bands[0].low, found.bands[0].high) == (0, 9)
    assert (found.bands[-1].low, found.bands[-1].high) == (90, 100)
    assert found.fullest == 48


def test_nobody_reached_anything_where_there_are_no_scores():
    found = distribution({})
    assert (found.count, found.half, found.fullest) == (0, None, 0)


@pytest.mark.parametrize(
    ("scores", "half"),
    [([70], 70), ([10, 90], 90), ([10, 50, 90], 50), ([0, 0, 0, 100], 0), ([5, 5], 5)],
)
def test_half_reached_is_what_at_least_half_have(scores, half):
    assert half_reached({score: scores.count(score) for score in scores}) == half


@given(COUNTS)
def test_every_score_is_in_one_band(counts):
    found = distribution(counts)
    assert sum(band.count for band in found.bands) == found.count == sum(counts.values())


@given(COUNTS)
def test_half_reached_keeps_its_word_and_is_the_highest_that_does(counts):
    half, count = half_reached(counts), sum(counts.values())
    if half is None:
        assert count == 0
    else:
        assert 2 * sum(n for p, n in counts.items() if p >= half) >= count
        assert 2 * sum(n for p, n in counts.items() if p > half) < count
