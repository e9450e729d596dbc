"""Times and numbers in words."""

import contextvars
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from quizapp.web.figures import say_figures
from quizapp.web.moments import local_day, say_clock, say_day, say_moment

LATE = datetime(2026, 12, 31, 17, 5, tzinfo=UTC)


@pytest.fixture
def told(app):
    """Says something as a page in that language does."""

    def tell(lang, say, *args):
        def within():
            with app.test_request_context(headers={"Accept-Language": lang}):
                return say(*args)

        return contextvars.Context().run(within)

    return tell


@pytest.mark.parametrize(
    ("lang", "moment", "clock", "day"),
    [
        ("en", "1 January 2027, 00:05", "00:05", "Friday 1 January 2027"),
        ("km", "១ មករា ២០២៧, ០០:០៥", "០០:០៥", "ថ្ងៃ\u200bសុក្រ ទី១ ខែ\u200bមករា ឆ្នាំ\u200b២០២៧"),
    ],
)
def test_phnom_penh_time_in_the_readers_figures(told, lang, moment, clock, day):
    assert told(lang, say_moment, LATE) == moment
    assert told(lang, say_clock, LATE) == clock
    assert told(lang, say_day, LATE) == day
    assert told(lang, local_day, LATE).isoformat() == "2027-01-01"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (1200, "1200"),
        (Decimal("7.50"), "7.5"),
        (Decimal("100.00"), "100"),
        (Decimal("1E+2"), "100"),
        (2.345, "2.35"),
        (Fraction(2, 3), "0.67"),
        ("3.7", "3.7"),
        (None, ""),
    ],
)
def test_figures_drop_noughts_and_round_half_up(told, value, words):
    assert told("en", say_figures, value) == words
    assert told("km", say_figures, value) == words.translate(
        str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
    )


def test_decimals_as_many_as_asked_for(told):
    assert told("en", say_figures, Decimal("66.666"), 0) == "67"
    assert told("km", say_figures, 0.8125, 3) == "០.៨១៣"
