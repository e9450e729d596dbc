"""Beginning an exam: the code, the word of honour, the last entry, and whether the window cuts."""

from datetime import timedelta

import pytest
from cast import make_person
from delivery_samples import HOUR, MINUTE, NOW, load_bank, make_quiz
from sqlalchemy import select

from quizapp.domain.delivery.entry import Brought
from quizapp.domain.errors import Invalid, NotOpen, TooManyTries
from quizapp.services.attempts import starting
from quizapp.services.people.throttle import Throttle
from quizapp.services.quizzes import assignments
from quizapp.storage.attempts import Attempt
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction

PLEDGE = {"en": "I answer alone."}


def given(instructor, cohort, terms=None, **rules):
    load_bank()
    quiz = make_quiz(owner=instructor, mode="exam", **rules)
    assignment = assignments.give(instructor, quiz, cohort.id, now=NOW, **(terms or {}))
    return quiz, assignment


def stored(attempt_id):
    with transaction(write=False) as session:
        return session.get(Attempt, attempt_id)


class TestAccessCode:
    def test_nobody_begins_without_it(self, app, instructor, trainee, cohort):
        quiz, _ = given(instructor, cohort, {"access_code": "Mekong 24"})
        for typed in ("", "mekong 25"):
            with pytest.raises(Invalid) as caught:
                starting.start(trainee, quiz, brought=Brought(typed), now=NOW)
            assert [one.field for one in caught.value.problems] == ["access_code"]
        with transaction(write=False) as session:
            assert session.scalars(select(Attempt)).all() == []
        assert starting.start(trainee, quiz, brought=Brought("MEKONG-24"), now=NOW).created

    def test_who_has_begun_goes_on_without_it(self, app, instructor, trainee, cohort):
        quiz, _ = given(instructor, cohort, {"access_code": "Mekong 24"})
        begun = starting.start(trainee, quiz, brought=Brought("mekong24"), now=NOW)
        again = starting.start(trainee, quiz, now=NOW + MINUTE)
        assert (again.id, again.created) == (begun.id, False)

    def test_guesses_are_slowed_down_and_nobody_else_waits(self, app, instructor, trainee, cohort):
        quiz, _ = given(instructor, cohort, {"access_code": "Mekong 24"})
        throttle = Throttle()
        for _ in range(3):
            with pytest.raises(Invalid):
                starting.start(trainee, quiz, brought=Brought("guess"), throttle=throttle, now=NOW)
        right = Brought("Mekong 24")
        with pytest.raises(TooManyTries):
            starting.start(trainee, quiz, brought=right, throttle=throttle, now=NOW)
        other = make_person("trainee", "other", cohort)
        assert starting.start(other, quiz, brought=right, throttle=throttle, now=NOW).created
        later = NOW + MINUTE
        assert starting.start(trainee, quiz, brought=right, throttle=throttle, now=later).created

    def test_it_is_told_to_those_who_teach_the_cohort_alone(
        self, app, instructor, trainee, outsider, cohort
    ):
        quiz, assignment = given(instructor, cohort, {"access_code": "Mekong 24"})
        led = assignments.read(instructor, assignment, now=NOW)
        assert led.access_code == "Mekong 24"
        [seen] = assignments.list_assignments(trainee, now=NOW, quiz_id=quiz).assignments
        assert (seen.access_code, seen.asks_code, seen.asks_first) == (None, True, True)

    def test_the_audit_knows_that_there_is_one_and_not_which(self, app, instructor, cohort):
        _, assignment = given(instructor, cohort)
        assignments.change_window(
            instructor, assignment, opens_at=None, closes_at=None, access_code="Mekong 24", now=NOW
        )
        with transaction(write=False) as session:
            rows = session.scalars(
                select(AuditRow).where(AuditRow.subject_id == str(assignment))
            ).all()
        told = [row.details for row in rows if row.action == "assignment.window"]
        assert [one["access_code"] for one in told] == [True]
        assert "Mekong" not in str([row.details for row in rows])

    def test_an_instructors_trial_needs_neither_code_nor_word(self, app, instructor, cohort):
        quiz, _ = given(instructor, cohort, {"access_code": "Mekong 24"}, honour=PLEDGE)
        tried = starting.start(instructor, quiz, trial=True, now=NOW)
        assert tried.created
        assert stored(tried.id).honoured_at is None


class TestHonour:
    def test_the_word_is_given_at_the_start_and_kept_with_its_time(
        self, app, instructor, trainee, cohort
    ):
        quiz, _ = given(instructor, cohort, honour=PLEDGE)
        with pytest.raises(Invalid) as caught:
            starting.start(trainee, quiz, now=NOW)
        assert [one.field for one in caught.value.problems] == ["honour"]
        begun = starting.start(trainee, quiz, brought=Brought(honour=True), now=NOW + MINUTE)
        assert stored(begun.id).honoured_at == NOW + MINUTE

    def test_where_none_is_asked_none_is_kept(self, app, instructor, trainee, cohort):
        quiz, _ = given(instructor, cohort)
        begun = starting.start(trainee, quiz, brought=Brought(honour=True), now=NOW)
        assert stored(begun.id).honoured_at is None


class TestLastEntry:
    def test_from_then_on_nobody_begins_and_who_has_begun_goes_on(
        self, app, instructor, trainee, cohort
    ):
        terms = {"closes_at": NOW + 3 * HOUR, "last_entry_at": NOW + HOUR}
        quiz, _ = given(instructor, cohort, terms)
        just = NOW + HOUR - timedelta(microseconds=1)
        begun = starting.start(trainee, quiz, now=just)
        late = make_person("trainee", "late", cohort)
        with pytest.raises(NotOpen):
            starting.start(late, quiz, now=NOW + HOUR)
        assert starting.start(trainee, quiz, now=NOW + 2 * HOUR).id == begun.id
        [seen] = assignments.list_assignments(late, now=NOW + HOUR, quiz_id=quiz).assignments
        assert (seen.state, seen.entry_over, seen.may_start) == ("open", True, False)

    @pytest.mark.parametrize("hours", [-1, 0, 4])
    def test_it_lies_within_the_window(self, app, instructor, cohort, hours):
        terms = {
            "opens_at": NOW,
            "closes_at": NOW + 3 * HOUR,
            "last_entry_at": NOW + hours * HOUR,
        }
        with pytest.raises(Invalid) as caught:
            given(instructor, cohort, terms)
        assert [one.field for one in caught.value.problems] == ["last_entry_at"]


@pytest.mark.parametrize(
    ("cuts", "limit", "minutes"),
    [(True, 3600, 30), (False, 3600, 60), (True, None, 30), (False, None, 30), (False, 600, 10)],
)
def test_the_window_cuts_the_time_or_not(app, instructor, trainee, cohort, cuts, limit, minutes):
    rules = {"window_cuts": cuts, "time_limit_s": limit, "grace_s": 60}
    quiz, _ = given(instructor, cohort, {"closes_at": NOW + HOUR}, **rules)
    begun = starting.start(trainee, quiz, now=NOW + HOUR / 2)
    attempt = stored(begun.id)
    assert attempt.deadline == NOW + HOUR / 2 + minutes * MINUTE
    assert attempt.closes_at == attempt.deadline + MINUTE
