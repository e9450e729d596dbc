"""The table of promise 2: which saves count, by revision, base and state."""

import pytest

from quizapp.domain.delivery.saving import Edit, refusal


@pytest.mark.parametrize(
    ("edit", "current", "expected"),
    [
        (Edit(1), 0, None),
        (Edit(7), 0, None),
        (Edit(2), 1, None),
        (Edit(9), 4, None),
        (Edit(4), 4, "stale-revision"),
        (Edit(3), 4, "stale-revision"),
        (Edit(5, base=4), 4, None),
        (Edit(1, base=0), 0, None),
        (Edit(5, base=3), 4, "conflict"),
        (Edit(9, base=8), 4, "conflict"),
        (Edit(2, base=1), 0, "conflict"),
        (Edit(5, base=0), 4, "conflict"),
        (Edit(4, base=4), 4, "stale-revision"),
        (Edit(4, base=3), 4, "stale-revision"),
    ],
)
def test_revisions_and_bases(edit, current, expected):
    assert refusal(edit, current) == expected


def test_a_closed_attempt_refuses_whatever_else_is_wrong():
    for edit in (Edit(1), Edit(9), Edit(9, base=2)):
        assert refusal(edit, 4, closed=True, locked=True) == "attempt-closed"


def test_a_locked_answer_refuses_what_an_open_one_would_take():
    assert refusal(Edit(9, base=4), 4, locked=True) == "answer-locked"
