"""Several at once, with real threads: nothing acknowledged is lost, nothing is done twice."""

import json
from collections import Counter
from functools import partial

import pytest
from bank_samples import question
from cast import make_person, settings_for
from delivery_samples import NOW, RIGHT, SECOND, Browser, give, load_bank, make_quiz
from sqlalchemy import select
from together import together

from quizapp.app import create_app
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.outcome import mark_response
from quizapp.domain.errors import (
    AnswerLocked,
    AttemptClosed,
    EditConflict,
    NotOpen,
    StaleRevision,
)
from quizapp.services.attempts import checking, receipts, review, starting, submitting, taking
from quizapp.services.banks import index as bank_index
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import db, transaction
from quizapp.storage.jobs import Job
from quizapp.storage.marks import Mark
from quizapp.storage.quizzes import Assignment
from quizapp.storage.receipts import ReceiptKey
from quizapp.storage.responses import LoggedResponse, Response

CHOICES = ({"choice": "f"}, {"choice": "m"}, {"choice": "t"})
ROUNDS = 6


def rows(model, **where):
    with transaction(write=False) as session:
        return session.scalars(select(model).filter_by(**where)).all()


@pytest.fixture
def quiz(app):
    load_bank()
    return make_quiz(shared=True, shuffle=False)


@pytest.fixture
def browser(quiz, trainee):
    return Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)


def test_saves_of_one_slot_are_taken_in_the_order_of_their_revisions(app, browser):
    for step in range(ROUNDS):
        first = 10 * step + 1
        done = together(
            app,
            *(
                partial(browser.save, 1, CHOICES[revision % 3], revision)
                for revision in range(first, first + 6)
            ),
        )
        saved = [one.revision for one in done if not isinstance(one, Exception)]
        assert all(isinstance(one, StaleRevision) for one in done if isinstance(one, Exception))
        [current] = rows(Response)
        assert current.revision == max(saved) == first + 5
        assert json.loads(current.body) == CHOICES[current.revision % 3]
    accepted = [one for one in rows(LoggedResponse) if one.outcome == "accepted"]
    assert (
        len(accepted)
        + len([one for one in rows(LoggedResponse) if one.outcome == "stale-revision"])
        == 6 * ROUNDS
    )


def test_of_edits_of_the_same_answer_one_counts_and_the_others_conflict(app, browser):
    for step in range(ROUNDS):
        base = 10 * step
        done = together(
            app,
            *(
                partial(browser.save, 1, CHOICES[revision % 3], revision, base=base)
                for revision in range(base + 1, base + 7)
            ),
        )
        saved = [one for one in done if not isinstance(one, Exception)]
        assert len(saved) == 1
        refused = (EditConflict, StaleRevision)
        assert all(isinstance(one, refused) for one in done if isinstance(one, Exception))
        browser.save(1, None, base + 10, base=saved[0].revision)


def test_the_same_save_from_every_side_is_one_save_with_one_receipt(app, browser):
    for revision in range(1, ROUNDS + 1):
        done = together(app, *[partial(browser.save, 1, CHOICES[0], revision)] * 6)
        assert len({one.receipt for one in done}) == 1
    assert len(rows(LoggedResponse)) == ROUNDS


def test_what_is_acknowledged_is_what_is_marked(app, quiz, trainee):
    outcomes = Counter()
    for step in range(2 * ROUNDS):
        now = NOW + step * SECOND
        browser = Browser.of(trainee, starting.start(trainee, quiz, now=now).id)
        items = taking.read(trainee, browser.attempt_id, "en", now=now).items
        calls = [partial(browser.save, item.slot, RIGHT[item.question], now=now) for item in items]
        calls.insert(step % 8, partial(submitting.submit, trainee, browser.attempt_id, now=now))
        done = together(app, *calls)
        done.pop(step % 8)
        acknowledged = {
            item.slot
            for item, one in zip(items, done, strict=True)
            if not isinstance(one, Exception)
        }
        assert all(isinstance(one, AttemptClosed) for one in done if isinstance(one, Exception))
        marks = {one.slot: one.mark for one in rows(Mark, attempt_id=browser.attempt_id)}
        assert marks == {item.slot: 10_000 if item.slot in acknowledged else 0 for item in items}
        saved = {one.slot for one in rows(Response, attempt_id=browser.attempt_id)}
        assert saved == acknowledged
        outcomes[len(acknowledged)] += 1
    assert sum(outcomes.values()) == 2 * ROUNDS


def test_submitting_from_every_side_marks_once(app, browser, trainee):
    browser.save(1, CHOICES[0])
    done = together(
        app,
        *[lambda: submitting.submit(trainee, browser.attempt_id, now=NOW)] * 3,
        *[lambda: submitting.finalise_due(NOW)] * 2,
    )
    assert len(set(done[:3])) == 1
    assert len(rows(Mark)) == 7
    assert sorted(one.kind for one in rows(Job)) == ["fold", "learn"]


def test_overdue_attempts_are_closed_once_whoever_comes_by(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, time_limit_s=60, shuffle=False)
    browser = Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)
    browser.save(1, CHOICES[0])
    later = NOW + 600 * SECOND
    done = together(
        app,
        lambda: taking.read(trainee, browser.attempt_id, "en", now=later).state,
        lambda: review.review(trainee, browser.attempt_id, "en", now=later).attempt.state,
        lambda: submitting.submit(trainee, browser.attempt_id, now=later).state,
        lambda: submitting.finalise_due(later),
        lambda: submitting.finalise_due(later),
    )
    assert done[:3] == ["closed"] * 3
    assert len(rows(Mark)) == 7
    [attempt] = rows(Attempt)
    assert attempt.submitted_at == attempt.closes_at


def test_starts_at_once_end_with_one_attempt(app, quiz, trainee):
    for _ in range(ROUNDS):
        done = together(app, *[lambda: starting.start(trainee, quiz, now=NOW)] * 5)
        assert len({one.id for one in done}) == 1
        assert Counter(one.created for one in done) == {True: 1, False: 4}
        submitting.submit(trainee, done[0].id, now=NOW)
    assert len(rows(Attempt)) == ROUNDS


def test_the_number_allowed_holds_against_starts_and_submits_at_once(app, cohort, trainee):
    load_bank()
    quiz = make_quiz(attempts_allowed=2)
    give(quiz, cohort)

    def start_and_submit():
        started = starting.start(trainee, quiz, now=NOW)
        submitting.submit(trainee, started.id, now=NOW)
        return started.id

    done = together(app, *[start_and_submit] * 6)
    assert all(isinstance(one, NotOpen) for one in done if isinstance(one, Exception))
    # all six may have met at the first one; a third there never is
    assert sorted(one.number for one in rows(Attempt)) in ([1], [1, 2])


def test_an_exam_is_pinned_once_however_many_open_it(app, cohort):
    load_bank(*(question(f"q{number}") for number in range(7)))
    quiz = make_quiz(mode="exam", sections=[{"bank": "sample", "draw": 3}])
    give(quiz, cohort)
    people = [make_person("trainee", f"trainee-{number}", cohort) for number in range(6)]
    done = together(app, *(partial(starting.start, one, quiz, now=NOW) for one in people))
    assert all(one.created for one in done)
    [assignment] = rows(Assignment)
    assert len(assignment.pinned["pools"][0]) == 7


def test_a_check_locks_the_answer_that_it_shows(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, feedback="after_each", shuffle=False)
    for step in range(2 * ROUNDS):
        now = NOW + step * SECOND
        browser = Browser.of(trainee, starting.start(trainee, quiz, now=now).id)
        browser.save(1, CHOICES[0], 1, now=now)
        checked, saved = together(
            app,
            partial(checking.check, trainee, browser.attempt_id, 1, now=now),
            partial(browser.save, 1, CHOICES[1], 2, now=now),
        )
        assert checked is None
        item = taking.read(trainee, browser.attempt_id, "en", now=now).items[0]
        assert item.checked
        if isinstance(saved, Exception):
            assert isinstance(saved, AnswerLocked)
            assert (item.revision, item.response) == (1, CHOICES[0])
        else:
            assert (item.revision, item.response) == (2, CHOICES[1])
        with pytest.raises(AnswerLocked):
            browser.save(1, CHOICES[2], 3, now=now)
        submitting.submit(trainee, browser.attempt_id, now=now)


def test_processes_that_make_the_first_key_at_once_end_with_one(
    app, browser, database_url, tmp_path
):
    del browser
    others = [create_app(settings_for(database_url, tmp_path)) for _ in range(3)]

    def signer(one):
        with one.app_context():
            return receipts.signer(NOW).key_id

    done = together(app, *(partial(signer, one) for one in (app, *others)))
    assert len(set(done)) == 1
    assert [key.active for key in rows(ReceiptKey)] == [True]
    for one in others:
        with one.app_context():
            db.engine.dispose()


def test_marks_are_what_the_responses_recompute_to(app, browser, trainee):
    """However saves and the submit interleave, the books are those of a recomputation."""
    together(
        app,
        *(
            partial(browser.save, slot, response, revision)
            for slot, response in ((1, CHOICES[0]), (2, {"choices": ["q", "z"]}))
            for revision in (1, 2, 3)
        ),
        lambda: submitting.submit(trainee, browser.attempt_id, now=NOW),
    )
    [attempt] = rows(Attempt)
    saved = {one.slot: json.loads(one.body) for one in rows(Response)}
    with transaction(write=False) as session:
        items = [Item.from_data(one) for one in attempt.items]
        questions = bank_index.versions(session, {one.version_id for one in items})
    again = {
        slot: mark_response(item.type, questions[item.version_id].content, saved.get(slot))
        for slot, item in enumerate(items, 1)
    }
    assert {one.slot: one.mark for one in rows(Mark)} == again
    assert attempt.score == sum(items[slot - 1].points * mark for slot, mark in again.items())


def test_flags_put_at_once_are_one(app, browser, trainee):
    done = together(
        app, *[lambda: taking.set_flag(trainee, browser.attempt_id, 2, flagged=True)] * 5
    )
    assert done == [None] * 5
