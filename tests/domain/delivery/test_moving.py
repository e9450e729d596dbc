"""Going forward only: what is left, since when, and which answers still count."""

from datetime import UTC, datetime, timedelta

import pytest

from quizapp.domain.delivery.moving import Progress, is_too_late

NOW = datetime(2026, 11, 24, 8, 0, 0, 250_000, tzinfo=UTC)


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def test_moving_on_leaves_all_before_for_good():
    progress = Progress().to(2, NOW).to(4, later(5))
    assert progress.slot == 4
    assert [progress.left(slot) for slot in (1, 2, 3, 4)] == [NOW, later(5), later(5), None]
    assert progress.to(2, later(9)) == progress
    assert Progress.from_data(progress.to_data()) == progress
    assert Progress.from_data(None).slot == 1


@pytest.mark.parametrize(
    ("after_s", "age_s", "too_late"),
    [
        (-1, None, False),
        (0, None, False),
        (1, None, True),
        (1, 0.5, True),
        (10, 10, True),
        (10, 10.1, False),
        (60, 61, False),
        (61, 62, True),  # the grace is over, whatever the device says
    ],
)
def test_an_answer_given_before_leaving_counts_within_the_grace(after_s, age_s, too_late):
    assert is_too_late(later(after_s), NOW, age_s=age_s, grace_s=60) is too_late
    assert not is_too_late(later(after_s), None, age_s=age_s, grace_s=60)
