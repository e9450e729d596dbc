"""Windows, ends, and saves about the deadline (promise 3)."""

from datetime import UTC, datetime, timedelta

import pytest

from quizapp.domain.delivery.timing import (
    Accommodation,
    Ends,
    Window,
    ends,
    extended,
    judge,
    seconds_left,
)

T = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("window", "seconds", "is_open"),
    [
        (Window(), 0, True),
        (Window(opens_at=at(0)), -1, False),
        (Window(opens_at=at(0)), 0, True),
        (Window(closes_at=at(0)), -1, True),
        (Window(closes_at=at(0)), 0, False),
        (Window(at(0), at(10)), 5, True),
        (Window(at(0), at(10)), 10, False),
    ],
)
def test_a_window_holds_its_beginning_and_not_its_end(window, seconds, is_open):
    assert window.is_open(at(seconds)) == is_open


def test_a_window_is_cut_by_an_earlier_end_and_never_prolonged():
    assert Window(at(0), at(10)).within(at(5)) == Window(at(0), at(5))
    assert Window(at(0), at(10)).within(at(50)) == Window(at(0), at(10))
    assert Window(at(0)).within(at(5)) == Window(at(0), at(5))
    assert Window(at(0), at(10)).within(None) == Window(at(0), at(10))


@pytest.mark.parametrize(
    ("window", "limit", "expected"),
    [
        (Window(), None, Ends(None, None)),
        (Window(), 60, Ends(at(60), at(90))),
        (Window(closes_at=at(40)), 60, Ends(at(40), at(70))),
        (Window(closes_at=at(600)), 60, Ends(at(60), at(90))),
        (Window(closes_at=at(600)), None, Ends(at(600), at(630))),
    ],
)
def test_the_deadline_is_the_limit_cut_by_the_window(window, limit, expected):
    assert ends(T, window, time_limit_s=limit, grace_s=30) == expected


HALF_MORE = Accommodation(time_percent=150)
BREAKS = Accommodation(time_percent=150, break_s=10)
LATER = Accommodation(opens_early_s=20, closes_late_s=30)


@pytest.mark.parametrize(
    ("granted", "let_in_until", "window", "limit", "deadline"),
    [
        (HALF_MORE, None, Window(), 60, at(90)),
        (HALF_MORE, None, Window(), 7, at(11)),  # 10.5 seconds are rounded up
        (BREAKS, None, Window(), 60, at(100)),
        (HALF_MORE, None, Window(), None, None),
        # the cut moves with what is granted: it is not taken away again by the others' end
        (HALF_MORE, None, Window(closes_at=at(60)), 60, at(90)),
        (HALF_MORE, None, Window(closes_at=at(40)), 60, at(70)),
        (HALF_MORE, None, Window(closes_at=at(600)), 60, at(90)),
        (LATER, None, Window(closes_at=at(40)), 60, at(60)),
        (LATER, None, Window(closes_at=at(20)), 60, at(50)),
        (LATER, None, Window(closes_at=at(20)), None, at(50)),
        # without a limit a window that is one sitting is the time
        (HALF_MORE, None, Window(at(-20), at(80)), None, at(130)),
        (HALF_MORE, None, Window(at(-20), at(86_400)), None, at(86_400)),
        # whoever is let in late has the whole time
        (Accommodation(), at(15), Window(closes_at=at(-5)), 60, at(60)),
        (Accommodation(), at(15), Window(closes_at=at(-5)), None, at(15)),
        (Accommodation(), at(15), Window(closes_at=at(50)), None, at(50)),
        (HALF_MORE, at(15), Window(closes_at=at(-5)), 60, at(90)),
    ],
)
def test_what_is_granted_moves_the_end(granted, let_in_until, window, limit, deadline):
    found = ends(
        T, window, time_limit_s=limit, grace_s=0, granted=granted, let_in_until=let_in_until
    )
    assert found.deadline == deadline


def test_ones_own_window_opens_earlier_and_closes_later():
    assert Window(at(0), at(10)).own(LATER) == Window(at(-20), at(40))
    assert Window(at(0), at(10)).own(Accommodation(), at(50)) == Window(at(0), at(50))
    assert Window(at(0), at(10)).own(LATER, at(5)) == Window(at(-20), at(40))
    assert Window().own(LATER, at(5)) == Window()


def test_more_minutes_count_from_now_where_the_deadline_has_passed():
    five = timedelta(minutes=5)
    assert extended(at(100), five, now=at(40)) == at(400)
    assert extended(at(100), five, now=at(130)) == at(430)


DEADLINE, CLOSES = at(100), at(160)


@pytest.mark.parametrize(
    ("arrived", "age_s", "heard", "verdict"),
    [
        (99.999, None, None, "in_time"),
        (99.999, 5000.0, None, "in_time"),
        (100, None, 0, "closed"),  # no age: it counts as answered on arrival
        (130, 29.0, 0, "closed"),  # answered at 101
        (130, 30.0, 0, "closed"),  # answered at the deadline itself
        (130, 30.001, 0, "late"),
        (130, 500.0, 90, "late"),  # older than the device was last heard: 90 stands
        (130, 500.0, 100, "closed"),
        (130, 500.0, 125, "closed"),  # heard after the deadline: cannot be older than that
        (130, 500.0, None, "closed"),  # nobody knows of the device
        (130, -50.0, 0, "closed"),
        (159.999, 100.0, 0, "late"),
        (160, 100.0, 0, "closed"),  # the grace is over, whatever its age
        (9000, 8999.0, 0, "closed"),
    ],
)
def test_saves_after_the_deadline(arrived, age_s, heard, verdict):
    heard_at = None if heard is None else at(heard)
    assert judge(at(arrived), DEADLINE, CLOSES, age_s=age_s, heard=heard_at) == verdict


def test_practice_knows_no_deadline():
    assert judge(at(10**8), None, None) == "in_time"
    assert seconds_left(at(10**8), None) is None


def test_time_left_is_in_whole_seconds_and_never_below_none():
    assert seconds_left(at(0), DEADLINE) == 100
    assert seconds_left(at(0.5), DEADLINE) == 99
    assert seconds_left(at(500), DEADLINE) == 0
