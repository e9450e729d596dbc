"""The next step: what is begun, then what closes first, then what is known least or worst."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quizapp.domain.progress.mastery import FULL, Mastery, Sums, judge
from quizapp.domain.progress.next_step import Due, OpenAttempt, Place, Step, next_step, practise

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def known(right: int, of: int) -> Mastery:
    return judge(Sums(of, of, right * FULL, right * FULL**2))


def few(questions: int) -> Mastery:
    return judge(Sums(questions, questions, 0, 0))


@pytest.mark.parametrize(
    ("places", "number", "reason"),
    [
        ([("1.1", few(0), 6), ("1.2", few(0), 6)], "1.1", "unmet"),
        ([("1.1", few(2), 6), ("1.2", few(1), 6)], "1.2", "unmet"),
        # too few questions to get a figure today: it does not stand in the way of others for ever
        ([("1.1", few(2), 2), ("1.2", known(4, 5), 6)], "1.2", "weakest"),
        ([("1.1", known(3, 5), 9), ("1.2", known(1, 5), 9)], "1.2", "weakest"),
        ([("1.1", known(1, 5), 9), ("1.2", few(4), 9)], "1.2", "unmet"),
        ([("1.1", known(12, 12), 9), ("1.2", few(4), 4)], "1.2", "thin"),
        ([("1.1", known(30, 30), 9), ("1.2", known(12, 12), 9)], "1.2", "secure"),
        ([("1.1", few(0), 0), ("1.2", known(5, 5), 1)], "1.2", "weakest"),
    ],
)
def test_the_provision_to_practise(places, number, reason):
    found = practise(Place(*place) for place in places)
    assert (found.place.number, found.reason) == (number, reason)


def test_nothing_to_ask_is_nothing_to_practise():
    assert practise([Place("1.1", few(0), 0)]) is None
    assert next_step([], [], None) == Step("nothing")


def attempt(number: int, started: datetime = NOW, deadline: datetime | None = None) -> OpenAttempt:
    return OpenAttempt(UUID(int=number), started, deadline)


def test_what_is_begun_comes_first_and_of_that_what_ends():
    due = [Due(UUID(int=9), NOW + HOUR)]
    old, new = attempt(1, NOW - HOUR), attempt(2, NOW)
    ending, later = attempt(3, deadline=NOW + HOUR), attempt(4, deadline=NOW + 2 * HOUR)
    assert next_step([old, new], due, None) == Step("resume", new.id)
    assert next_step([old, later, ending, new], due, None) == Step("resume", ending.id, ends=True)


def test_then_what_closes_first():
    endless, soon, later = (
        Due(UUID(int=n), closes) for n, closes in enumerate((None, NOW + HOUR, NOW + 2 * HOUR))
    )
    practice = practise([Place("1.1", few(0), 6)])
    assert next_step([], [endless, later, soon], practice) == Step("assignment", soon.id, ends=True)
    assert next_step([], [endless], practice) == Step("assignment", endless.id)
    assert next_step([], [], practice) == Step("provision", practice=practice)
