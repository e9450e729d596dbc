"""Jobs: done once by whoever comes first, put off after errors, taken over from the dead."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from delivery_samples import HOUR, MINUTE, NOW, SECOND, load_bank, make_quiz, statements
from sqlalchemy import select
from together import together

from quizapp.services.attempts import starting
from quizapp.services.operations import jobs
from quizapp.services.operations.jobs import RECURRING, Recurring
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import transaction
from quizapp.storage.jobs import Job


@pytest.fixture(autouse=True)
def no_recurring(monkeypatch):
    monkeypatch.setattr(jobs, "RECURRING", {})


def leave(*subjects, kind="greet", **more):
    with transaction(write=True) as session:
        for subject in subjects:
            jobs.enqueue(session, kind, subject, now=NOW, **more)


def waiting():
    with transaction(write=False) as session:
        return session.scalars(select(Job).order_by(Job.subject)).all()


def test_a_job_is_handed_to_its_handler_and_forgotten(app, trainee):
    seen = []
    leave("one", person_id=trainee.id, details={"n": 1})
    assert jobs.run_due(NOW, {"greet": lambda job, now: seen.append((job, now))}) == 1
    [(job, now)] = seen
    assert (job.kind, job.subject, job.person_id, job.details) == (
        "greet",
        "one",
        trainee.id,
        {"n": 1},
    )
    assert now == NOW
    assert waiting() == []
    assert jobs.run_due(NOW, {"greet": lambda job, now: seen.append(job)}) == 0


def test_one_subject_waits_once(app):
    leave("one", "two")
    leave("two", "three")
    assert [job.subject for job in waiting()] == ["one", "three", "two"]


def test_a_job_waits_for_its_time_and_for_a_process_that_knows_it(app):
    leave("later", run_after=NOW + HOUR)
    seen = []
    handlers = {"greet": lambda job, now: seen.append(job.subject)}
    assert jobs.run_due(NOW, handlers) == 0
    assert jobs.run_due(NOW + HOUR, {}) == 0
    assert jobs.run_due(NOW + HOUR, handlers) == 1
    assert seen == ["later"]


def test_errors_put_a_job_off_longer_each_time_and_are_kept(app):
    leave("one")
    tried = []

    def fails(job, now):
        tried.append(now)
        raise OSError("the mail server is away")

    now, waits = NOW, []
    for _ in range(4):
        assert jobs.run_due(now, {"greet": fails}) == 1
        [job] = waiting()
        assert "the mail server is away" in (job.error or "")
        assert job.leased_until is None
        waits.append(job.run_after - now)
        assert jobs.run_due(job.run_after - SECOND, {"greet": fails}) == 0
        now = job.run_after
    assert waits == [timedelta(seconds=one) for one in (5, 10, 20, 40)]
    assert job.tries == len(tried) == 4
    assert jobs.run_due(now, {"greet": lambda job, now: None}) == 1
    assert waiting() == []
    assert jobs.wait(1000) == jobs.LONGEST_WAIT


def test_one_that_fails_keeps_no_other_back(app):
    leave("bad", "good", "worse")
    seen = []

    def some(job, now):
        if job.subject != "good":
            raise ValueError(job.subject)
        seen.append(job.subject)

    assert jobs.run_due(NOW, {"greet": some}) == 3
    assert seen == ["good"]
    assert [job.subject for job in waiting()] == ["bad", "worse"]


def test_several_processes_do_each_job_once(app):
    leave(*(f"n{number}" for number in range(60)))
    done = Counter()

    def drain():
        while jobs.run_due(NOW, {"greet": lambda job, now: done.update([job.subject])}):
            pass

    results = together(app, *[drain] * 4)
    assert results == [None] * 4
    assert len(done) == 60
    assert set(done.values()) == {1}
    assert waiting() == []


def test_a_job_whose_process_died_is_taken_over(app):
    leave("one")

    class Died(BaseException):
        """What no handler catches, as a killed process catches nothing."""

    def dies(job, now):
        raise Died

    with pytest.raises(Died):
        jobs.run_due(NOW, {"greet": dies})
    seen = []
    handlers = {"greet": lambda job, now: seen.append(job.tries)}
    assert jobs.run_due(NOW + jobs.LEASE - SECOND, handlers) == 0
    assert jobs.run_due(NOW + jobs.LEASE, handlers) == 1
    assert seen == [1]


def test_a_lease_that_ran_out_is_not_ended_by_the_one_who_had_it(app):
    leave("slow")

    def fails(job, now):
        raise ZeroDivisionError

    def slow(job, now):
        # meanwhile another process finds it abandoned, and fails
        jobs.run_due(NOW + jobs.LEASE, {"greet": fails})

    jobs.run_due(NOW, {"greet": slow})
    [job] = waiting()  # the other one's error stands; the slow one did not sweep it away
    assert "ZeroDivisionError" in (job.error or "")


def test_recurring_jobs_run_at_their_times_from_one_row_each(app, monkeypatch):
    ran = []
    monkeypatch.setattr(jobs, "RECURRING", {"tick": Recurring(timedelta(minutes=5), ran.append)})
    for now in (NOW, NOW + MINUTE, NOW + 5 * MINUTE, NOW + 9 * MINUTE, NOW + HOUR):
        jobs.run_due(now)
    assert ran == [NOW, NOW + 5 * MINUTE, NOW + HOUR]
    assert [job.kind for job in waiting()] == ["tick"]

    def fails(now):
        raise OSError("away")

    monkeypatch.setattr(jobs, "RECURRING", {"tick": Recurring(timedelta(minutes=5), fails)})
    jobs.run_due(NOW + 2 * HOUR)
    [job] = waiting()
    assert (job.tries, job.run_after) == (1, NOW + 2 * HOUR + 5 * SECOND)
    monkeypatch.setattr(jobs, "RECURRING", {"tick": Recurring(timedelta(minutes=5), ran.append)})
    jobs.run_due(NOW + 3 * HOUR)
    [job] = waiting()
    assert (job.tries, job.error) == (0, None)


def test_nothing_to_do_costs_one_small_statement(app):
    jobs.run_due(NOW)
    with statements() as sent:
        assert jobs.run_due(NOW, {"greet": partial(print)}) == 0
    assert len(sent) == 2  # the pulse, and whether anything is due


def test_the_products_own_jobs_all_run(app, trainee, monkeypatch):
    monkeypatch.setattr(jobs, "RECURRING", RECURRING)
    load_bank()
    quiz = make_quiz(shared=True, time_limit_s=60)
    starting.start(trainee, quiz, now=NOW)
    for step in range(4):
        jobs.run_due(NOW + HOUR + step * MINUTE)
    with transaction(write=False) as session:
        found = session.scalars(select(Job)).all()
        assert session.scalars(select(Attempt.state)).all() == ["closed"]
    assert {job.kind for job in found} == set(RECURRING)  # and no fold is left
    assert [job.error for job in found if job.error] == []
