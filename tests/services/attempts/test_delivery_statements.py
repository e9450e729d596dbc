"""How many statements each use case of an attempt sends, however large the attempt."""

import pytest
from bank_samples import question
from delivery_samples import NOW, SECOND, Browser, give, load_bank, make_quiz, statements, verbs

from quizapp.domain.errors import StaleRevision
from quizapp.services.attempts import checking, receipts, review, starting, submitting, taking
from quizapp.storage.database import db

A, B = {"choice": "f"}, {"choice": "m"}


@pytest.fixture(params=[3, 60])
def size(request):
    return request.param


def test_each_operation_sends_as_few_as_it_can(app, cohort, trainee, size):
    load_bank(*(question(f"q{number}") for number in range(size)))
    quiz = make_quiz(sections=[{"bank": "sample", "draw": size}], feedback="after_each")
    give(quiz, cohort)
    for step in range(3):  # everything is in memory, and there are attempts to be counted
        started = starting.start(trainee, quiz, now=NOW)
        browser = Browser.of(trainee, started.id)
        browser.save(1, A)
        submitting.submit(trainee, started.id, now=NOW + step * SECOND)
        review.review(trainee, started.id, "en", now=NOW)

    with statements() as sent:
        started = starting.start(trainee, quiz, now=NOW)
    # the quiz, the open attempt, the banks' revisions, what was met (and what waits), the insert
    assert verbs(sent) == ["SELECT"] * 5 + ["INSERT"]
    browser = Browser.of(trainee, started.id)
    with statements() as sent:
        starting.start(trainee, quiz, now=NOW)
    assert verbs(sent) == ["SELECT"] * 2

    with statements() as sent:
        browser.save(1, A)
    saving = ["SELECT", "INSERT", "INSERT"] if db.engine.name == "sqlite" else ["SELECT", "WITH"]
    assert verbs(sent) == saving
    with statements() as sent:
        browser.save(1, A)
    assert verbs(sent) == ["SELECT"] * 2  # the same again: its first receipt
    with statements() as sent, pytest.raises(StaleRevision):
        browser.save(1, B)
    assert verbs(sent) == ["SELECT", "SELECT", "INSERT"]

    with statements() as sent:
        taking.read(trainee, started.id, "en", now=NOW)
    assert verbs(sent) == ["SELECT"] * 4
    with statements() as sent:
        checking.check(trainee, started.id, 1, now=NOW)
    assert verbs(sent) == ["SELECT", "UPDATE"]
    with statements() as sent:
        review.review(trainee, started.id, "en", now=NOW)
    assert verbs(sent) == ["SELECT"] * 3

    with statements() as sent:
        submitting.submit(trainee, started.id, now=NOW)
    assert verbs(sent) == ["SELECT"] * 2 + ["INSERT", "UPDATE", "INSERT"]
    with statements() as sent:
        review.review(trainee, started.id, "en", now=NOW)
    assert verbs(sent) == ["SELECT"] * 4
    with statements() as sent:
        receipts.of_attempt(trainee, started.id)
    assert verbs(sent) == ["SELECT"] * 2
    with statements() as sent:
        taking.list_own(trainee, now=NOW)
    assert verbs(sent) == ["SELECT"]
