"""One trainee as their instructors see them."""

from decimal import Decimal
from fractions import Fraction

import bank_samples
import pytest
import report_samples
from quiz_samples import Statements
from report_samples import DAY, NOW, RIGHT, WRONG, attended_by, finish, give

from quizapp.domain.errors import Forbidden, NotFound
from quizapp.services.reports import trainees as trainee_report


@pytest.fixture
def given(instructor, cohort):
    """A quiz of five questions that cite 3.1."""
    return give(instructor, cohort, items=5)


def read(actor, cohort, person_id, **more):
    return trainee_report.read(actor, cohort.id, person_id, now=NOW, **more)


def test_mastery_stands_at_the_task_and_at_its_provision(instructor, cohort, given):
    (ana,) = attended_by(cohort, ["Ana"])
    finish(given, [ana], [RIGHT] * 4 + [WRONG])
    third = read(instructor, cohort, ana).tasks[2]
    assert (third.task.number, third.mastery.mean) == ("3", 0.8)
    known = [one for one in third.provisions if one.mastery.known]
    assert [(one.provision.number, one.mastery.answers) for one in known] == [("3.1", 5)]


def test_given_attempts_newest_first_with_exact_scores(instructor, cohort, given):
    (ana,) = attended_by(cohort, ["Ana"])
    old = finish(given, [ana], [RIGHT] * 4 + [WRONG], at=NOW - 3 * DAY)
    new = finish(given, [ana], [RIGHT] + [None] * 4, at=NOW - 2 * DAY, number=2)
    opened = report_samples.begin(given, ana, number=3)
    finish(given, [ana], [RIGHT] * 5, own=True)
    finish(given, [ana], [RIGHT] * 5, trial=True)
    found = read(instructor, cohort, ana).attempts
    assert [one.id for one in found] == [opened, *new, *old]
    assert [one.score for one in found] == [None, Decimal("1.00"), Decimal("4.00")]
    assert [one.percent for one in found] == [None, Fraction(20), Fraction(80)]
    assert [one.finished for one in found] == [False, True, True]


def test_an_attempt_of_another_cohort_is_not_shown(instructor, administrator, cohort, given):
    elsewhere = report_samples.another_cohort()
    (ana,) = attended_by(cohort, ["Ana"])
    there = report_samples.give_again(administrator, given, elsewhere)
    finish(there, [ana], [RIGHT] * 5)
    report = read(instructor, cohort, ana)
    assert (report.attempts, report.trainee.attempts) == ((), 0)
    assert report.tasks[2].mastery.mean == 1


def test_who_does_not_attend_the_cohort_is_not_known(instructor, trainee, outsider, cohort):
    assert read(instructor, cohort, trainee.id).trainee.name == "trainee"
    for person_id in (outsider.id, instructor.id):
        with pytest.raises(NotFound):
            read(instructor, cohort, person_id)


def test_who_left_is_not_known_any_more(instructor, trainee, cohort):
    report_samples.leave(cohort, trainee.id)
    with pytest.raises(NotFound):
        read(instructor, cohort, trainee.id)


def test_only_those_who_teach_the_cohort_read_it(administrator, trainee, outsider, cohort):
    assert read(administrator, cohort, trainee.id).cohort.code == "2026-A"
    with pytest.raises(NotFound):
        read(bank_samples.another(), cohort, trainee.id)
    for actor in (trainee, outsider):
        with pytest.raises((NotFound, Forbidden)):
            read(actor, cohort, trainee.id)


@pytest.mark.parametrize("many", [10, 1_000])
def test_statements_do_not_grow(instructor, cohort, given, many):
    (ana,) = attended_by(cohort, ["Ana"])
    for number in range(1, min(many, 60)):
        finish(given, [ana], [RIGHT] * 5, number=number, at=NOW - number * DAY / 24)
    finish(given, attended_by(cohort, [f"T{n:04}" for n in range(many)]), [RIGHT] * 5)
    read(instructor, cohort, ana)
    with Statements() as statements:
        read(instructor, cohort, ana)
    assert len(statements.sent) <= 7
