"""After an outage nothing that ended in it is closed before somebody has decided (promise 3)."""

from datetime import timedelta

import pytest
from delivery_samples import HOUR, MINUTE, NOW, RIGHT, SECOND, Browser, give, load_bank, make_quiz
from sqlalchemy import select

from quizapp.domain.access import Actor
from quizapp.domain.delivery.timing import given_back
from quizapp.domain.errors import AttemptClosed, AttemptHeld, Forbidden, NotFound
from quizapp.services.attempts import outages, review, starting, submitting, taking
from quizapp.services.operations import jobs
from quizapp.services.progress import home
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction
from quizapp.storage.outages import Outage

BEGAN, ENDED = NOW + 20 * MINUTE, NOW + 50 * MINUTE


def alive(begin, end):
    """The server beats from one time to another."""
    now = begin
    while now <= end:
        outages.beat(now)
        now += MINUTE


def found():
    with transaction(write=False) as session:
        return session.scalars(select(Outage)).all()


@pytest.fixture
def exam(app, cohort, trainee):
    """A half-hour exam that began at NOW; the server was away from minute 20 to minute 50."""
    load_bank()
    quiz = make_quiz(mode="exam", time_limit_s=1800, grace_s=60, shuffle=False)
    give(quiz, cohort)
    browser = Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)
    alive(NOW, BEGAN)
    browser.save(1, RIGHT["one"], now=BEGAN)
    return browser


def test_short_pauses_are_no_outage(app):
    alive(NOW, NOW + 5 * MINUTE)
    outages.beat(NOW + 7 * MINUTE)
    assert found() == []
    outages.beat(NOW + 9 * MINUTE + SECOND)
    [one] = found()
    assert (one.began_at, one.ended_at) == (NOW + 7 * MINUTE, NOW + 9 * MINUTE + SECOND)
    outages.beat(NOW)  # another process, whose clock is a little behind
    assert len(found()) == 1


def test_the_jobs_keep_the_pulse(app):
    for minute in range(10):
        jobs.run_due(NOW + minute * MINUTE)
    assert found() == []
    jobs.run_due(NOW + HOUR)
    assert len(found()) == 1


def test_an_exam_that_ended_in_an_outage_waits_whoever_comes_by(exam, trainee):
    assert submitting.finalise_due(ENDED) == 0
    view = taking.read(trainee, exam.attempt_id, "en", now=ENDED)
    assert (view.state, view.seconds_left) == ("open", 0)
    assert review.review(trainee, exam.attempt_id, "en", now=ENDED).attempt.state == "open"
    again = starting.start(trainee, view.quiz_id, now=ENDED)
    assert (again.id, again.created) == (exam.attempt_id, False)
    with pytest.raises(AttemptHeld):
        submitting.submit(trainee, exam.attempt_id, now=ENDED)
    with pytest.raises(AttemptClosed):
        exam.save(2, RIGHT["several"], now=ENDED)
    assert submitting.finalise_due(ENDED + 9 * HOUR) == 0


def test_the_first_to_come_after_the_outage_notices_it(exam, trainee):
    # no job has run yet: the page submits by itself as soon as the server is back
    with pytest.raises(AttemptHeld):
        submitting.submit(trainee, exam.attempt_id, now=ENDED)
    assert len(found()) == 1


def test_the_minutes_are_given_back(exam, trainee, administrator):
    submitting.finalise_due(ENDED)
    [one] = outages.list_unsettled(administrator)
    assert (one.began_at, one.ended_at, one.attempts) == (BEGAN, ENDED, 1)
    decided = ENDED + 5 * MINUTE
    alive(ENDED, decided)
    assert outages.give_back(administrator, one.id, now=decided) == 1
    view = taking.read(trainee, exam.attempt_id, "en", now=decided)
    assert view.seconds_left == 600  # ten minutes were left when the server went
    assert view.deadline == decided + 10 * MINUTE
    assert view.closes_at == decided + 11 * MINUTE
    exam.save(2, RIGHT["several"], now=decided + 9 * MINUTE)
    alive(decided, decided + 11 * MINUTE)
    assert submitting.finalise_due(decided + 11 * MINUTE) == 1
    assert outages.list_unsettled(administrator) == ()
    with transaction(write=False) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.subject_kind == "outage")).one()
    assert (row.action, row.actor_id, row.details) == (
        "outage.give_back",
        administrator.id,
        {"attempts": 1},
    )


def test_or_the_exam_is_closed_with_what_was_saved(exam, trainee, administrator):
    submitting.finalise_due(ENDED)
    [one] = outages.list_unsettled(administrator)
    outages.close(administrator, one.id, now=ENDED)
    assert submitting.finalise_due(ENDED) == 1
    done = submitting.submit(trainee, exam.attempt_id, now=ENDED)
    assert done.state == "closed"
    seen = review.review(administrator, exam.attempt_id, "en", now=ENDED)
    assert seen.score == 1


def test_an_exam_that_outlives_the_outage_gets_its_minutes_too(exam, trainee, administrator):
    back = BEGAN + 5 * MINUTE  # the deadline is at minute 30
    outages.beat(back)
    [one] = outages.list_unsettled(administrator)
    assert one.attempts == 1
    exam.save(2, RIGHT["several"], now=back)
    outages.give_back(administrator, one.id, now=back + MINUTE)
    view = taking.read(trainee, exam.attempt_id, "en", now=back)
    assert view.deadline == NOW + 35 * MINUTE


def test_practice_gets_its_minutes_back_at_once(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, time_limit_s=1800)
    started = starting.start(trainee, quiz, now=NOW)
    alive(NOW, BEGAN)
    view = taking.read(trainee, started.id, "en", now=ENDED)
    assert (view.state, view.seconds_left) == ("open", 600)
    assert submitting.submit(trainee, started.id, now=ENDED + MINUTE).state == "submitted"


def test_who_decides_and_what_there_is_to_decide(exam, trainee, instructor, administrator):
    submitting.finalise_due(ENDED)
    [one] = outages.list_unsettled(administrator)
    for actor in (trainee, instructor):
        for decide in (outages.give_back, outages.close):
            with pytest.raises(Forbidden):
                decide(actor, one.id, now=ENDED)
    outages.close(administrator, one.id, now=ENDED)
    for decide in (outages.give_back, outages.close):
        for outage_id in (one.id, exam.attempt_id):
            with pytest.raises(NotFound):
                decide(administrator, outage_id, now=ENDED)


@pytest.mark.parametrize(
    ("started", "deadline", "later"),
    [
        (0, 30, 40),  # 10 minutes were left at 20; it goes on at 60 until 70
        (0, 20, 40),  # none were left
        (0, 50, 40),
        (0, 51, 30),  # it went on at 50: the outage took 30 minutes
        (0, 500, 30),
        (25, 45, 35),  # begun, as some clock has it, during the outage
    ],
)
def test_how_much_is_given_back(started, deadline, later):
    def at(minute):
        return NOW + timedelta(minutes=minute)

    moved = given_back(at(started), at(deadline), at(20), at(50), now=at(60))
    assert moved == timedelta(minutes=later)


def test_staff_see_what_an_outage_struck_and_nobody_elses(exam, administrator, instructor, trainee):
    outages.beat(ENDED)
    for actor in (administrator, instructor):
        [one] = outages.list_unsettled(actor)
        assert (one.attempts, one.held) == (1, 1)
        assert [(row.cohort.code, row.held) for row in one.struck] == [("2026-A", 1)]
        assert home.of_staff(actor, now=ENDED).held == 1
    stranger = Actor(instructor.id, "instructor")
    assert outages.list_unsettled(stranger) == ()
    assert home.of_staff(stranger, now=ENDED).held == 0
    with pytest.raises(Forbidden):
        outages.list_unsettled(trainee)
    with pytest.raises(Forbidden):
        outages.close(instructor, one.id, now=ENDED)
    outages.close(administrator, one.id, now=ENDED)
    assert outages.list_unsettled(administrator) == ()
