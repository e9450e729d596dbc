"""Times in words."""

import contextvars
from datetime import UTC, datetime

import pytest

from quizapp.web.moments import say_moment

LATE = datetime(2026, 12, 31, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "1 January 2027, 00:05"), ("km", "១ មករា ២០២៧, ០០:០៥")]
)
def test_phnom_penh_time_in_the_readers_figures(app, lang, words):
    def say():
        with app.test_request_context(headers={"Accept-Language": lang}):
            return say_moment(LATE)

    assert contextvars.Context().run(say) == words
