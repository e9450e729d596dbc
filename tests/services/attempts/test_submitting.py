"""Ending attempts: marks, scores, what follows from it, and closing what is overdue."""

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from cast import make_person
from delivery_samples import (
    EVERY_TYPE,
    HOUR,
    MINUTE,
    NOW,
    RIGHT,
    Browser,
    give,
    load_bank,
    make_quiz,
    statements,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from quizapp.domain.errors import Forbidden, NotFound
from quizapp.domain.questions import TYPES, ResponseRefused
from quizapp.services.attempts import starting, submitting
from quizapp.services.banks import index as bank_index
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import transaction
from quizapp.storage.jobs import Job
from quizapp.storage.marks import Mark, MarkingScheme


def rows(model):
    with transaction(write=False) as session:
        return session.scalars(select(model)).all()


def test_who_may_end_an_attempt(app, cohort, trainee, instructor, outsider):
    load_bank()
    quiz = make_quiz()
    give(quiz, cohort)
    started = starting.start(trainee, quiz, now=NOW)
    with pytest.raises(NotFound):
        submitting.submit(outsider, started.id, now=NOW)
    with pytest.raises(Forbidden):
        submitting.submit(instructor, started.id, now=NOW)
    assert submitting.submit(trainee, started.id, now=NOW).state == "submitted"


def test_marks_name_their_scheme_and_the_jobs_their_attempt(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, pass_mark=50)
    for step in range(2):
        started = starting.start(trainee, quiz, now=NOW)
        done = submitting.submit(trainee, started.id, now=NOW + step * MINUTE)
        assert (done.score, done.passed) == (Decimal("0.00"), False)
    [scheme] = rows(MarkingScheme)
    assert (scheme.quiz_id, scheme.number, scheme.rules) == (quiz, 1, {})
    marks = rows(Mark)
    assert len(marks) == 14
    assert {(one.number, one.mark, one.scheme_id) for one in marks} == {(1, 0, scheme.id)}
    jobs = rows(Job)
    assert {(one.kind, one.person_id, one.quiz_id) for one in jobs} == {
        ("fold", trainee.id, quiz),
        ("learn", trainee.id, quiz),
    }
    assert {one.subject for one in jobs} == {str(one.id) for one in rows(Attempt)}


def test_the_outcome_says_no_more_than_the_release_lets_it(app, cohort, trainee):
    load_bank()
    quiz = make_quiz(mode="exam", pass_mark=50)
    give(quiz, cohort)
    started = starting.start(trainee, quiz, now=NOW)
    done = submitting.submit(trainee, started.id, now=NOW)
    assert (done.score, done.passed, done.max_score) == (None, None, Decimal(7))


def test_points_weigh_and_the_pass_mark_is_exact(app, trainee):
    load_bank()
    sections = [
        {"bank": "sample", "questions": ["one"], "points": "0.5"},
        {"bank": "sample", "questions": ["several", "verdict"], "points": "2.25"},
    ]
    quiz = make_quiz(shared=True, sections=sections, pass_mark="32.5", shuffle=False)
    started = starting.start(trainee, quiz, now=NOW)
    browser = Browser.of(trainee, started.id)
    browser.save(1, RIGHT["one"])
    browser.save(2, {"choices": ["q"]})  # one of two right ones
    done = submitting.submit(trainee, started.id, now=NOW)
    assert (done.score, done.max_score) == (Decimal("1.63"), Decimal("5.00"))  # 1.625, half up
    assert done.passed is True  # 32.5 % exactly


def test_an_attempt_ends_at_its_close_however_late_that_is_noticed(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, time_limit_s=600, grace_s=60)
    started = starting.start(trainee, quiz, now=NOW)
    assert submitting.finalise_due(NOW + 11 * MINUTE - timedelta(microseconds=1)) == 0
    assert submitting.finalise_due(NOW + 11 * MINUTE) == 1
    assert submitting.finalise_due(NOW + HOUR) == 0
    [attempt] = rows(Attempt)
    assert (attempt.state, attempt.submitted_at) == ("closed", NOW + 11 * MINUTE)
    assert attempt.open_key is None
    assert submitting.submit(trainee, started.id, now=NOW + HOUR).state == "closed"


def test_a_submit_within_the_grace_is_a_submit_and_after_it_a_close(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, time_limit_s=600, grace_s=60)
    for seconds, state in ((630, "submitted"), (661, "closed")):
        started = starting.start(trainee, quiz, now=NOW)
        done = submitting.submit(trainee, started.id, now=NOW + timedelta(seconds=seconds))
        assert done.state == state


def test_a_herd_is_closed_in_batches_whose_statements_do_not_grow(app, cohort):
    load_bank()
    quiz = make_quiz(time_limit_s=600)
    give(quiz, cohort)
    people = [make_person("trainee", f"one-{number}", cohort) for number in range(30)]
    for one in people[:2]:
        starting.start(one, quiz, now=NOW)
    with statements() as few:
        assert submitting.finalise_due(NOW + HOUR) == 2
    for one in people[2:]:
        starting.start(one, quiz, now=NOW)
    with statements() as many:
        assert submitting.finalise_due(NOW + HOUR) == 28
    assert len(few) <= 12  # the first ever begins the pulse and makes the marking scheme
    assert len(many) <= 2 * len(few)  # two batches
    assert {one.state for one in rows(Attempt)} == {"closed"}
    assert len(rows(Mark)) == 30 * 7


ANY_RESPONSE = {
    "one": st.fixed_dictionaries({"choice": st.sampled_from("mft")}),
    "several": st.fixed_dictionaries({"choices": st.lists(st.sampled_from("qfzw"), unique=True)}),
    "verdict": st.fixed_dictionaries({"value": st.booleans()}),
    "pairs": st.fixed_dictionaries(
        {
            "pairs": st.dictionaries(
                st.sampled_from(["p1", "p2"]), st.sampled_from(["t3", "t7", "t5"])
            )
        }
    ),
    "order": st.fixed_dictionaries({"order": st.permutations(["k", "d", "x"])}),
    "year": st.one_of(
        st.fixed_dictionaries({"value": st.integers(2000, 2100)}),
        st.fixed_dictionaries({"raw": st.sampled_from(["២០៥០", "about 2050", "2 050", "1/2"])}),
    ),
    "word": st.fixed_dictionaries({"text": st.sampled_from(["ASEAN", " asean", "a s", "UN", ""])}),
}


@pytest.fixture
def drawn(app, trainee):
    """A quiz of all types in order, and its questions by slot."""
    load_bank()
    quiz = make_quiz(shared=True, shuffle=False)
    with transaction(write=False) as session:
        index = bank_index.indexes(session)["sample"]
        entries = [index.by_key[one["id"]] for one in EVERY_TYPE]
        versions = bank_index.versions(session, {one.version_id for one in entries})
    return quiz, [versions[one.version_id] for one in entries]


@given(
    sent=st.fixed_dictionaries(
        {
            key: st.lists(st.one_of(st.none(), any_), max_size=2)
            for key, any_ in ANY_RESPONSE.items()
        }
    )
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_books_are_what_the_responses_recompute_to(drawn, trainee, sent):
    quiz, questions = drawn
    started = starting.start(trainee, quiz, now=NOW)
    browser = Browser.of(trainee, started.id)
    expected: list[Fraction] = []
    for slot, question in enumerate(questions, 1):
        kind = TYPES[question.type]
        response = None
        for revision, body in enumerate(sent[question.id], 1):
            try:
                browser.save(slot, body, revision)
            except ResponseRefused:
                continue
            response = None if body is None else kind.check(question.content, body)
        expected.append(kind.mark(question.content, response))
    submitting.submit(trainee, started.id, now=NOW)
    with transaction(write=False) as session:
        attempt = session.get(Attempt, started.id)
        marks = session.scalars(
            select(Mark).where(Mark.attempt_id == started.id).order_by(Mark.slot)
        ).all()
    assert [one.mark for one in marks] == [
        int(share * 10_000 + Fraction(1, 2)) for share in expected
    ]
    assert attempt is not None
    assert attempt.score == sum(100 * one.mark for one in marks)
    assert attempt.max_score == 7_000_000
    assert json.loads(json.dumps(attempt.items)) == attempt.items
