"""Trends: said only where the evidence of two spans of four weeks tells them apart."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quizapp.domain.progress.evidence import Answer
from quizapp.domain.progress.trend import trend

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ME = UUID(int=1)


def answers(right: int, of: int, *, days_ago: int) -> list[Answer]:
    at = NOW - timedelta(days=days_ago)
    return [
        Answer(ME, UUID(int=n), UUID(int=n), at, 10_000 if n < right else 0, "fpd", ("3",))
        for n in range(of)
    ]


@pytest.mark.parametrize(
    ("before", "recent", "verdict"),
    [
        ((2, 12), (11, 12), "better"),
        ((11, 12), (2, 12), "worse"),
        ((6, 12), (9, 12), "same"),  # half and three quarters of twelve may well be chance
        ((4, 4), (12, 12), "unknown"),
        ((0, 0), (12, 12), "unknown"),
    ],
)
def test_a_verdict_needs_ranges_that_do_not_meet(before, recent, verdict):
    evidence = answers(*before, days_ago=30) + answers(*recent, days_ago=3)
    assert trend(evidence, NOW).verdict == verdict


@pytest.mark.parametrize(
    ("days_ago", "recent", "before"),
    [(0, 6, 0), (27, 6, 0), (28, 0, 6), (55, 0, 6), (56, 0, 0)],
)
def test_the_spans_are_whole_days(days_ago, recent, before):
    found = trend(answers(3, 6, days_ago=days_ago), NOW)
    assert (found.recent.answers, found.before.answers) == (recent, before)
