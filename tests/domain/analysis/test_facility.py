import pytest

from quizapp.domain.analysis.facility import ENOUGH, Facility, facility, hardly_used
from quizapp.domain.analysis.sums import whole_percent


def of(right, n, answered=None):
    """An item of 0 and 1 that `right` of `n` got right."""
    return facility(n, n if answered is None else answered, right * 10_000, right * 100_000_000)


def test_too_few_answers_give_no_figure():
    assert of(4, ENOUGH - 1) == Facility(9, 9, "unknown", None, None, None)
    assert of(4, ENOUGH).mean == 0.4


@pytest.mark.parametrize(
    ("right", "n", "verdict"),
    [
        (0, 20, "hard"),
        (3, 20, "hard"),
        (4, 20, "fair"),
        (16, 20, "fair"),
        (17, 20, "easy"),
        (20, 20, "easy"),
    ],
)
def test_the_verdict_follows_the_bounds(right, n, verdict):
    assert of(right, n).verdict == verdict


def test_the_interval_is_wilsons_at_ninety_per_cent():
    # by hand: p = .58, n = 110, z = 1.6449
    found = of(64, 110)
    assert found.mean == pytest.approx(0.5818, abs=5e-5)
    assert found.low == pytest.approx(0.5030, abs=5e-4)
    assert found.high == pytest.approx(0.6567, abs=5e-4)


def test_the_interval_stays_within_the_scale():
    assert of(0, 10).low == 0
    assert of(0, 10).high < 0.3
    assert of(10, 10).high == 1


def test_blanks_are_dealt_and_earn_nothing():
    found = of(10, 20, answered=10)
    assert (found.mean, found.n, found.answered) == (0.5, 20, 10)


@pytest.mark.parametrize(
    ("chosen", "n", "said"), [(0, 49, False), (0, 50, True), (2, 50, True), (3, 50, False)]
)
def test_an_option_is_hardly_used_only_where_many_could_choose_it(chosen, n, said):
    assert hardly_used(chosen, n) is said


@pytest.mark.parametrize(
    ("score", "most", "percent"),
    [(0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (999_999, 1_000_000, 99), (1, 0, 0)],
)
def test_whole_per_cents_are_rounded_down(score, most, percent):
    assert whole_percent(score, most) == percent
