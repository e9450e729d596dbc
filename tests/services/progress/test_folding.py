"""Folding finished attempts: each once, in one's own scope first, and never before its release."""

from functools import partial

import pytest
from cast import make_person
from delivery_samples import (
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
from sqlalchemy import func, select
from together import together

from quizapp.services.attempts import starting, submitting, taking
from quizapp.services.progress import folding, progress, statistics
from quizapp.storage.database import transaction
from quizapp.storage.jobs import Job
from quizapp.storage.progress import Evidence
from quizapp.storage.quizzes import Quiz
from quizapp.storage.statistics import ItemStatistic


def take(actor, quiz, *, now=NOW, right=("one",)):
    started = starting.start(actor, quiz, now=now)
    browser = Browser.of(actor, started.id)
    for item in taking.read(actor, started.id, "en", now=now).items:
        if item.question in right:
            browser.save(item.slot, RIGHT[item.question], now=now)
    submitting.submit(actor, started.id, now=now)
    return started.id


def waiting():
    with transaction(write=False) as session:
        return sorted(session.scalars(select(Job.kind)).all())


def counted(quiz):
    """How many attempts the statistics of a quiz have seen."""
    with transaction(write=False) as session:
        return session.scalar(
            select(func.coalesce(func.max(ItemStatistic.n), 0)).where(ItemStatistic.quiz_id == quiz)
        )


def learnt(actor):
    """How many questions there is evidence of."""
    with transaction(write=False) as session:
        return session.scalar(
            select(func.count()).select_from(Evidence).where(Evidence.person_id == actor.id)
        )


@pytest.fixture
def quiz(app):
    load_bank()
    return make_quiz(shared=True)


def test_an_attempt_as_it_is_folded(quiz, trainee):
    attempt_id = take(trainee, quiz, right=("one", "order"))
    with transaction(write=False) as session:
        folded = folding.load(session, [attempt_id])[attempt_id]
    assert (folded.person_id, folded.quiz_id, folded.cohort_id) == (trainee.id, quiz, None)
    assert (folded.score, folded.max_score, folded.trial) == (2_000_000, 7_000_000, False)
    assert [item.slot for item in folded.items] == list(range(1, 8))
    right = [item for item in folded.items if item.mark]
    assert [(item.mark, item.answered, item.saved_at) for item in right] == [
        (10_000, True, NOW)
    ] * 2
    blank = next(item for item in folded.items if not item.answered)
    assert (blank.response, blank.saved_at, blank.mark) == (None, None, 0)
    assert {item.cites for item in folded.items} == {("3.1",)}
    assert {item.source for item in folded.items} == {"foreign-policy-direction"}


def test_each_scope_folds_its_own(quiz, trainee, outsider, cohort):
    other = make_quiz(shared=True)
    for actor in (trainee, outsider):
        take(actor, quiz)
        take(actor, other)
    assert folding.fold(NOW, person_id=trainee.id) == 2
    assert (learnt(trainee), counted(quiz), counted(other)) == (7, 0, 0)
    assert folding.fold(NOW, quiz_id=quiz) == 2
    assert (counted(quiz), counted(other)) == (2, 0)
    assert folding.fold(NOW, cohort=cohort.id) == 1  # the trainee's other statistics
    assert counted(other) == 1
    assert folding.fold(NOW) == 3
    assert (learnt(outsider), counted(other), waiting()) == (7, 2, [])
    assert folding.fold(NOW) == 0


def test_nothing_to_fold_costs_one_small_statement(quiz, trainee):
    for scope in ({"person_id": trainee.id}, {"quiz_id": quiz}, {"cohort": quiz}, {}):
        with statements() as sent:
            assert folding.fold(NOW, **scope) == 0
        assert len(sent) == 1


def test_the_statements_of_a_fold_do_not_grow_with_what_is_folded(quiz, cohort):
    people = [make_person("trainee", f"one-{number}", cohort) for number in range(12)]
    take(people[0], quiz)
    folding.fold(NOW)
    take(people[1], quiz)
    with statements() as few:
        assert folding.fold(NOW) == 2
    for one in people[2:]:
        take(one, quiz)
    with statements() as many:
        assert folding.fold(NOW) == 20
    assert len(many) <= len(few) + 2


def test_folding_at_once_folds_once(app, quiz, cohort):
    people = [make_person("trainee", f"one-{number}", cohort) for number in range(8)]
    for one in people:
        take(one, quiz)
    done = together(
        app,
        *[partial(folding.fold, NOW)] * 3,
        *(partial(folding.fold, NOW, person_id=one.id) for one in people[:2]),
        partial(folding.fold, NOW, quiz_id=quiz),
    )
    assert sum(done) == 16
    assert counted(quiz) == 8
    assert [learnt(one) for one in people] == [7] * 8
    assert waiting() == []


def test_marks_that_cannot_be_seen_are_not_learnt_from(app, cohort, trainee):
    load_bank()
    exam = make_quiz(mode="exam", sections=[{"bank": "sample", "questions": ["one", "year"]}])
    give(exam, cohort)
    take(trainee, exam)
    assert folding.fold(NOW, person_id=trainee.id) == 0
    assert folding.drain(NOW) == 1  # its statistics
    assert (counted(exam), learnt(trainee), waiting()) == (1, 0, ["learn"])
    with statements() as sent:
        assert folding.drain(NOW + MINUTE) == 0  # put off, not looked at again
    assert len(sent) == 2
    with transaction(write=True) as session:
        session.get(Quiz, exam).released_at = NOW + 2 * MINUTE
    assert folding.fold(NOW + MINUTE, person_id=trainee.id) == 0
    assert folding.fold(NOW + 2 * MINUTE, person_id=trainee.id) == 1
    assert (learnt(trainee), waiting()) == (2, [])


def test_what_opens_with_the_window_is_learnt_after_it(app, cohort, trainee):
    load_bank()
    exam = make_quiz(
        mode="exam",
        sections=[{"bank": "sample", "questions": ["one"]}],
        release={"marks": "after_close"},
    )
    give(exam, cohort, closes_at=NOW + HOUR)
    take(trainee, exam)
    assert folding.drain(NOW) == 1
    assert learnt(trainee) == 0
    assert folding.fold(NOW + HOUR, cohort=cohort.id) == 1
    assert learnt(trainee) == 1


def test_one_that_cannot_be_folded_keeps_no_other_back(quiz, trainee, outsider, monkeypatch):
    bad, good = take(trainee, quiz), take(outsider, quiz)
    whole = statistics.fold

    def fold(session, given):
        if any(one.id == bad for one in given):
            raise ArithmeticError("broken")
        whole(session, given)

    monkeypatch.setattr(statistics, "fold", fold)
    assert folding.fold(NOW) == 3
    assert (counted(quiz), learnt(trainee), learnt(outsider)) == (1, 7, 7)
    with transaction(write=False) as session:
        [job] = session.scalars(select(Job)).all()
    assert (job.subject, job.tries) == (str(bad), 1)
    assert "broken" in (job.error or "")
    assert folding.fold(NOW, quiz_id=quiz) == 0  # readers go without it, and do not fail
    monkeypatch.undo()
    assert folding.fold(job.run_after) == 1
    assert counted(quiz) == 2
    assert good != bad


def test_folding_forward_is_a_full_recomputation(quiz, trainee):
    ids = [take(trainee, quiz, now=NOW + step * HOUR, right=("one", "word")) for step in range(4)]
    for _ in ids:
        folding.fold(NOW + 9 * HOUR, limit=1)
    with transaction(write=False) as session:
        folded = folding.load(session, ids)
        assert progress.sums_of_people(session, [trainee.id]) == progress.recount(folded.values())
