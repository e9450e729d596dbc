"""Walks through whole attempts: start, save, resume, submit, review."""

from decimal import Decimal

import pytest
from delivery_samples import (
    EVERY_TYPE,
    MINUTE,
    NOW,
    RIGHT,
    Browser,
    give,
    load_bank,
    make_quiz,
)

from quizapp.domain.errors import NotFound
from quizapp.services.attempts import review, starting, submitting, taking


@pytest.fixture
def quiz(app):
    load_bank()
    return make_quiz(shared=True)


def test_a_practice_quiz_from_start_to_review(quiz, trainee):
    started = starting.start(trainee, quiz, now=NOW)
    assert started.created
    view = taking.read(trainee, started.id, "en", now=NOW)
    assert {item.question for item in view.items} == {one["id"] for one in EVERY_TYPE}
    assert view.state == "open"
    assert view.unanswered == tuple(range(1, 8))

    browser = Browser.of(trainee, started.id)
    for item in view.items[:4]:
        saved = browser.save(item.slot, RIGHT[item.question], now=NOW + MINUTE)
        assert (saved.revision, saved.current_revision, saved.late) == (1, 1, False)

    again = starting.start(trainee, quiz, now=NOW + MINUTE)
    assert (again.id, again.created) == (started.id, False)
    resumed = taking.read(trainee, started.id, "km", now=NOW + 2 * MINUTE)
    assert resumed.unanswered == (5, 6, 7)
    assert [item.question for item in resumed.items] == [item.question for item in view.items]

    done = submitting.submit(trainee, started.id, now=NOW + 3 * MINUTE)
    assert (done.state, done.score, done.max_score) == ("submitted", Decimal(4), Decimal(7))
    assert submitting.submit(trainee, started.id, now=NOW + 4 * MINUTE) == done

    seen = review.review(trainee, started.id, "en", now=NOW + 5 * MINUTE)
    assert (seen.score, seen.max_score) == (Decimal(4), Decimal(7))
    assert [item.mark for item in seen.items] == [Decimal(1)] * 4 + [Decimal(0)] * 3
    assert all(item.key and item.parts and item.explanation for item in seen.items)
    assert seen.items[0].cites[0].number == "3.1"
    assert seen.items[0].cites[0].title
    assert seen.missed == (5, 6, 7)

    fresh = starting.start(trainee, quiz, now=NOW + 6 * MINUTE)
    assert fresh.created
    assert fresh.id != started.id


def test_nobody_else_knows_of_an_attempt(
    quiz, trainee, instructor, outsider, administrator, cohort
):
    own = starting.start(trainee, quiz, now=NOW).id
    for stranger in (outsider, instructor):
        with pytest.raises(NotFound):
            taking.read(stranger, own, "en", now=NOW)
    assert taking.read(administrator, own, "en", now=NOW).id == own
    give(quiz, cohort)
    given = starting.start(trainee, quiz, now=NOW).id
    assert given != own
    assert taking.read(instructor, given, "en", now=NOW).id == given
