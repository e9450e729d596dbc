"""Forward only, and one device at a time: what the server holds to, whatever a device sends."""

import pytest
from bank_samples import question
from delivery_samples import MINUTE, NOW, SECOND, Browser, give, load_bank, make_quiz, statements
from sqlalchemy import select

from quizapp.domain.errors import Conflict, Forbidden, NotFound, SlotLeft
from quizapp.services.attempts import moving, starting, submitting, taking
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction

A, B = {"choice": "f"}, {"choice": "m"}


@pytest.fixture
def forward(app, cohort):
    load_bank(*(question(f"q{number}") for number in range(5)))
    sections = [{"bank": "sample", "questions": [f"q{number}" for number in range(5)]}]
    quiz = make_quiz(mode="exam", navigation="forward", sections=sections)
    give(quiz, cohort)
    return quiz


def test_a_question_that_was_left_takes_no_answer_and_keeps_what_was_sent(trainee, forward):
    browser = Browser.of(trainee, starting.start(trainee, forward, now=NOW).id)
    browser.save(1, A)
    assert moving.go_on(trainee, browser.attempt_id, 2, now=NOW + SECOND) == 2
    with pytest.raises(SlotLeft) as refused, statements() as sent:
        browser.save(1, B, 2, now=NOW + 9 * SECOND)
    assert len(sent) == 2  # the context, the log
    assert refused.value.current.response == A
    first = browser.save(1, A)  # the same save again is answered as it was
    assert first.revision == 1
    late = browser.save(1, B, 3, now=NOW + 9 * SECOND, age_s=8.5)
    assert late.current_revision == 3
    with pytest.raises(SlotLeft):
        browser.save(1, A, 4, now=NOW + 2 * MINUTE, age_s=3600)
    view = taking.read(trainee, browser.attempt_id, "en", now=NOW + 2 * MINUTE)
    assert (view.reached, view.items[0].response) == (2, B)
    assert [(one.slot, one.reason) for one in view.refused] == [(1, "slot-left")]
    with pytest.raises(NotFound):
        moving.go_on(trainee, browser.attempt_id, 6, now=NOW)
    assert moving.go_on(trainee, browser.attempt_id, 1, now=NOW) == 2
    submitting.submit(trainee, browser.attempt_id, now=NOW + 2 * MINUTE)
    with pytest.raises(Conflict):
        moving.go_on(trainee, browser.attempt_id, 3, now=NOW + 2 * MINUTE)


def test_a_program_that_answers_a_later_question_has_left_those_before(trainee, forward):
    browser = Browser.of(trainee, starting.start(trainee, forward, now=NOW).id)
    browser.save(1, A)
    browser.save(3, A, now=NOW + SECOND)
    for slot in (1, 2):
        with pytest.raises(SlotLeft):
            browser.save(slot, B, 2, now=NOW + 2 * SECOND)
    browser.save(3, B, 2, now=NOW + 2 * SECOND)
    with statements() as sent:
        browser.save(3, A, 3, now=NOW + 2 * SECOND)
    assert len(sent) in (2, 3)  # nothing more than any save


def test_back_and_forth_leaves_nothing(trainee, app, cohort):
    load_bank(question("one"), question("two"))
    sections = [{"bank": "sample", "questions": ["one", "two"]}]
    quiz = make_quiz(mode="exam", sections=sections)
    give(quiz, cohort)
    browser = Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)
    browser.save(2, A)
    assert moving.go_on(trainee, browser.attempt_id, 2, now=NOW) == 2
    assert browser.save(1, A, now=NOW + SECOND).revision == 1


def test_another_device_takes_over_and_the_first_ones_answers_still_count(
    trainee, outsider, instructor, forward
):
    first = Browser.of(trainee, None)
    attempt_id = starting.start(trainee, forward, device=first.device, now=NOW).id
    first.attempt_id = attempt_id
    second = Browser(first.actor, attempt_id, Browser.of(trainee, attempt_id).device)
    assert not first.save(1, A).elsewhere
    view = taking.read(trainee, attempt_id, "en", now=NOW)
    assert view.is_elsewhere(second.device)
    assert not view.is_elsewhere(first.device)
    for somebody, refusal in ((outsider, NotFound), (instructor, Forbidden)):
        with pytest.raises(refusal):
            moving.take_over(somebody, attempt_id, second.device, now=NOW)
    moving.take_over(trainee, attempt_id, second.device, now=NOW)
    moving.take_over(trainee, attempt_id, second.device, now=NOW)
    moving.go_on(trainee, attempt_id, 2, now=NOW + SECOND)  # the seat keeps both
    view = taking.read(trainee, attempt_id, "en", now=NOW)
    assert (view.held_by, view.reached) == (second.device, 2)
    assert view.is_elsewhere(first.device)
    with statements() as sent:
        told = first.save(2, B, now=NOW + SECOND)
    assert told.elsewhere
    assert len(sent) in (2, 3)
    assert not second.save(2, A, 2, now=NOW + SECOND).elsewhere
    with transaction(write=False) as session:
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "attempt.take_over"))
    assert row.details == {"from": str(first.device), "to": str(second.device)}
