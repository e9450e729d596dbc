"""Home: what is begun and due, and what needs a hand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from bank_samples import another
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
)
from progress_samples import FULL, answered
from quiz_samples import Statements

from quizapp.domain.errors import Forbidden
from quizapp.services.attempts import own_practice, starting, submitting, taking
from quizapp.services.people import cohorts
from quizapp.services.progress import home
from quizapp.services.quizzes import making
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

DAY = timedelta(days=1)


@pytest.fixture
def practice(app):
    load_bank()
    return make_quiz()


class TestTrainee:
    def test_nothing_given_is_practice(self, trainee, practice):
        found = home.of_trainee(trainee, now=NOW)
        assert (found.begun, found.due, found.upcoming, found.attends) == ((), (), (), True)
        assert (found.step.kind, found.step.practice.place.number) == ("provision", "3.1")

    def test_what_is_due_then_begun_then_done(self, trainee, cohort, practice):
        soon = give(practice, cohort, closes_at=NOW + HOUR)
        give(make_quiz(), cohort, closes_at=NOW + DAY)
        give(make_quiz(), cohort, opens_at=NOW + DAY)
        found = home.of_trainee(trainee, now=NOW)
        assert [one.closes_at for one in found.due] == [NOW + HOUR, NOW + DAY]
        assert [one.opens_at for one in found.upcoming] == [NOW + DAY]
        assert (found.step.kind, found.step.id, found.step.ends) == ("assignment", soon, True)

        started = starting.start(trainee, practice, assignment_id=soon, now=NOW)
        first = taking.read(trainee, started.id, "en", now=NOW).items[0].question
        Browser.of(trainee, started.id).save(1, RIGHT[first], now=NOW + MINUTE)
        found = home.of_trainee(trainee, now=NOW + MINUTE)
        [begun] = found.begun
        assert (begun.id, begun.items, begun.saved) == (started.id, len(EVERY_TYPE), 1)
        assert [one.closes_at for one in found.due] == [NOW + DAY]
        assert (found.step.kind, found.step.id) == ("resume", started.id)

        submitting.submit(trainee, started.id, now=NOW + 2 * MINUTE)
        found = home.of_trainee(trainee, now=NOW + 3 * MINUTE)
        assert found.begun == ()
        assert found.policy.answers == len(EVERY_TYPE)  # folded by looking

    def test_begun_attempts_are_ones_own_and_still_open(self, trainee, outsider, cohort, practice):
        timed = make_quiz(shared=True, time_limit_s=600)
        starting.start(trainee, timed, now=NOW)
        own = own_practice.start_on(trainee, ("3.1",), now=NOW)
        own_practice.start_on(outsider, ("3.1",), now=NOW)
        both = home.of_trainee(trainee, now=NOW + MINUTE).begun
        assert [one.deadline is None for one in both] == [False, True]
        assert [one.id for one in home.of_trainee(trainee, now=NOW + HOUR).begun] == [own.id]

    def test_statements_do_not_grow(self, trainee, cohort, practice):
        for number in range(3):
            give(make_quiz(), cohort, closes_at=NOW + DAY)
            answered(trainee.id, [FULL] * 10, f"3.{number + 1}", at=NOW - number * DAY)
        home.of_trainee(trainee, now=NOW)
        with Statements() as counted:
            home.of_trainee(trainee, now=NOW)
        assert len(counted.sent) <= 7, counted.sent  # and one for the session

    def test_an_exam_kept_back_costs_nothing_and_counts_once_released(
        self, trainee, cohort, instructor, practice
    ):
        named = {"bank": "sample", "questions": ["one", "verdict"]}
        exam = make_quiz(mode="exam", owner=instructor, sections=[named])
        give(exam, cohort)
        started = starting.start(trainee, exam, now=NOW)
        submitting.submit(trainee, started.id, now=NOW + MINUTE)
        home.of_trainee(trainee, now=NOW + HOUR)
        with Statements() as counted:
            assert home.of_trainee(trainee, now=NOW + HOUR).policy.answers == 0
        assert len(counted.sent) <= 7, counted.sent
        making.release(instructor, exam, now=NOW + HOUR)
        assert home.of_trainee(trainee, now=NOW + HOUR).policy.answers == 2


class TestInstructor:
    def test_the_first_hour(self, practice):
        teacher = another()
        first = home.of_staff(teacher, now=NOW)
        assert (first.first_hour, first.cohorts, first.people) == (
            ("cohort", "code", "set", "quiz"),
            (),
            None,
        )
        cohort_id = cohorts.make_cohort(teacher, code="B", title="Group", now=NOW)
        teacher = another_hat(teacher, cohort_id)
        assert home.of_staff(teacher, now=NOW).first_hour == ("code", "set", "quiz")
        cohorts.open_code(teacher, cohort_id, days=7, now=NOW)
        assert home.of_staff(teacher, now=NOW).first_hour == ("set", "quiz")
        give(practice, stored_cohort(cohort_id))
        assert home.of_staff(teacher, now=NOW).first_hour == ("set",)
        [standing] = home.of_staff(teacher, now=NOW).cohorts
        assert (standing.code, standing.trainees, standing.given) == ("B", 0, 1)
        assert standing.open_until == NOW + 7 * DAY

    def test_who_has_gone_quiet(self, instructor, trainee, cohort, practice):
        person_in(cohort, joined_at=NOW - DAY, seen_at=None)
        person_in(cohort, joined_at=NOW - 30 * DAY, seen_at=NOW - 15 * DAY)
        person_in(cohort, joined_at=NOW - 30 * DAY, seen_at=NOW - DAY)
        person_in(cohort, joined_at=NOW - 30 * DAY, seen_at=None, active=False)
        answered(trainee.id, [FULL], "3.1")
        [standing] = home.of_staff(instructor, now=NOW + 4 * DAY).cohorts
        assert standing.trainees == 4
        # nobody but the trainee has answered; one of the two old ones was seen
        assert (standing.quiet, standing.silent) == (1, 3)

    def test_what_closes_this_week(self, instructor, trainee, cohort, practice):
        person_in(cohort, joined_at=NOW - DAY, seen_at=NOW)
        give(practice, cohort, closes_at=NOW + DAY)
        give(make_quiz(), cohort, closes_at=NOW + 8 * DAY)
        give(make_quiz(), cohort, opens_at=NOW + HOUR, closes_at=NOW + DAY)
        starting.start(trainee, practice, now=NOW)
        [one] = home.of_staff(instructor, now=NOW).closing
        assert (one.quiz_id, one.closes_at, one.begun, one.trainees) == (
            practice,
            NOW + DAY,
            1,
            2,
        )
        assert home.of_staff(another(), now=NOW).closing == ()

    def test_an_exam_that_is_over_waits_for_its_owner(
        self, instructor, administrator, trainee, cohort
    ):
        load_bank()
        exam = make_quiz(mode="exam", owner=instructor, time_limit_s=600)
        give(exam, cohort, closes_at=NOW + HOUR)
        started = starting.start(trainee, exam, now=NOW)
        assert home.of_staff(instructor, now=NOW + 2 * HOUR).unreleased == ()
        submitting.submit(trainee, started.id, now=NOW + MINUTE)
        assert home.of_staff(instructor, now=NOW + MINUTE).unreleased == ()
        [one] = home.of_staff(instructor, now=NOW + 2 * HOUR).unreleased
        assert (one.id, one.attempts) == (exam, 1)
        assert home.of_staff(administrator, now=NOW + 2 * HOUR).unreleased == (one,)
        assert home.of_staff(another(), now=NOW + 2 * HOUR).unreleased == ()
        making.release(instructor, exam, now=NOW + 2 * HOUR)
        assert home.of_staff(instructor, now=NOW + 2 * HOUR).unreleased == ()

    def test_a_trainee_has_no_such_home(self, trainee):
        with pytest.raises(Forbidden):
            home.of_staff(trainee, now=NOW)


def test_an_administrator_sees_every_cohort_and_counts_people(administrator, trainee, outsider):
    another(name="alone", role="trainee")
    found = home.of_staff(administrator, now=NOW)
    assert {one.code for one in found.cohorts} == {"2026-A", "OTHER"}
    assert found.people == home.PeopleCounts(
        trainees=3, instructors=0, without_password=4, without_cohort=1
    )
    with Statements() as counted:
        home.of_staff(administrator, now=NOW)
    assert len(counted.sent) <= 6, counted.sent


def another_hat(teacher, cohort_id):
    """The same person, now teaching the cohort."""
    return type(teacher)(teacher.id, teacher.role, teaches=frozenset({cohort_id}))


def stored_cohort(cohort_id) -> Cohort:
    with transaction(write=False) as session:
        return session.get_one(Cohort, cohort_id)


def person_in(cohort, *, joined_at, seen_at, active=True):
    person_id = uuid4()
    with transaction(write=True) as session:
        session.add(
            Person(
                id=person_id,
                email=f"{person_id}@example.org",
                name="Somebody",
                role="trainee",
                active=active,
                created_at=joined_at,
                last_seen_at=seen_at,
            )
        )
        session.flush()
        session.add(
            Membership(
                cohort_id=cohort.id, person_id=person_id, part="trainee", joined_at=joined_at
            )
        )
