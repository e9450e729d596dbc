from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from quizapp.domain.analysis.attention import Reason, Standing, falls, reasons

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def standing(**changes):
    """Somebody who does all that is asked for."""
    values = {
        "joined_at": NOW - 30 * DAY,
        "seen_at": NOW - DAY,
        "answers": 40,
        "attempts": 3,
    }
    return Standing(**(values | changes))


def test_who_works_needs_no_attention():
    assert reasons(standing(), NOW) == ()


@pytest.mark.parametrize(("days", "said"), [(2, ()), (3, (Reason("no_attempt"),))])
def test_who_has_answered_nothing_is_named_once_they_have_settled(days, said):
    found = reasons(standing(joined_at=NOW - days * DAY, answers=0, attempts=0), NOW)
    assert found == said


def test_practice_of_ones_own_choice_is_work_too():
    assert reasons(standing(answers=5, attempts=0), NOW) == ()


def test_a_given_attempt_whose_marks_are_not_out_yet_is_work_too():
    assert reasons(standing(answers=0, attempts=1), NOW) == ()


@pytest.mark.parametrize(
    ("hours", "said"), [(14 * 24 - 1, ()), (14 * 24, (Reason("not_seen", 14),))]
)
def test_fourteen_days_without_a_visit(hours, said):
    assert reasons(standing(seen_at=NOW - timedelta(hours=hours)), NOW) == said


def test_a_visit_before_joining_does_not_count_against_anybody():
    assert reasons(standing(joined_at=NOW - DAY, seen_at=NOW - 90 * DAY), NOW) == ()


def test_never_seen_counts_from_joining():
    assert reasons(standing(seen_at=None), NOW) == (Reason("not_seen", 30),)


def test_tasks_below_the_line_are_named():
    assert reasons(standing(below=("2", "4")), NOW) == (Reason("below", 2, ("2", "4")),)


def test_missed_assignments_are_counted():
    assert reasons(standing(missed=2), NOW) == (Reason("missed", 2),)


def shares(*percents):
    return tuple(Fraction(percent, 100) for percent in percents)


@pytest.mark.parametrize(
    ("newest_first", "falling"),
    [
        ((), False),
        ((50, 60, 70), False),
        ((50, 60, 70, 80), True),
        ((50, 60, 70, 70), False),
        ((60, 50, 70, 80), False),
        ((50, 60, 70, 80, 10), True),
    ],
)
def test_scores_fall_three_times_running(newest_first, falling):
    assert falls(shares(*newest_first)) is falling


def test_reasons_come_in_the_order_of_the_rules():
    found = reasons(
        standing(seen_at=NOW - 16 * DAY, below=("1",), missed=1, scores=shares(10, 20, 30, 40)),
        NOW,
    )
    assert [reason.rule for reason in found] == ["not_seen", "below", "missed", "falling"]
