"""A cohort as its instructor sees it: figures, who needs attention and why, what is given."""

import bank_samples
import pytest
import report_samples
from quiz_samples import Statements
from report_samples import DAY, NOW, RIGHT, WRONG, attended_by, finish, give

from quizapp.domain.analysis.attention import Reason
from quizapp.domain.errors import NotFound
from quizapp.services.quizzes import assignments
from quizapp.services.reports import cohorts as cohort_report

FIVE_RIGHT = [RIGHT] * 5
FIVE_WRONG = [WRONG] * 5


@pytest.fixture
def given(instructor, cohort):
    """A practice quiz of five questions on task 3, without an end."""
    return give(instructor, cohort, items=5)


def read(actor, cohort, **more):
    return cohort_report.read(actor, cohort.id, now=NOW, **more)


def row(report, name):
    (found,) = [one for one in report.rows if one.name == name]
    return found


class TestFigures:
    def test_mastery_stands_under_its_task(self, instructor, cohort, given):
        ana, ben = attended_by(cohort, ["Ana", "Ben"])
        finish(given, [ana], FIVE_RIGHT)
        finish(given, [ben], FIVE_WRONG)
        report = read(instructor, cohort)
        assert [task.number for task in report.tasks] == ["1", "2", "3", "4", "5"]
        assert [one.mean for one in row(report, "Ana").mastery] == [None, None, 1.0, None, None]
        assert row(report, "Ben").mastery[2].state == "below"
        assert report.means == (None, None, 0.5, None, None)
        assert report.weakest[0].number == "3"

    def test_what_is_not_folded_yet_is_folded_first(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        assert not row(read(instructor, cohort), "Ana").mastery[2].known
        finish(given, [ana], FIVE_RIGHT)
        assert row(read(instructor, cohort), "Ana").mastery[2].known

    def test_practice_of_their_own_choice_shows_as_mastery_and_not_as_attempts(
        self, instructor, cohort, given
    ):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], FIVE_RIGHT, own=True)
        report = read(instructor, cohort)
        assert row(report, "Ana").mastery[2].mean == 1
        assert (row(report, "Ana").attempts, report.attempts, report.answered) == (0, 0, 1)

    def test_trials_count_nowhere(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], FIVE_RIGHT, trial=True)
        report = read(instructor, cohort)
        assert (report.attempts, report.answered, report.given[0].taken) == (0, 0, 0)

    def test_trainees_are_listed_by_name_and_nobody_else(self, instructor, trainee, cohort, given):
        attended_by(cohort, ["Zoe", "Ana"])
        attended_by(cohort, ["Gone"], active=False)
        assert [one.name for one in read(instructor, cohort).rows] == ["Ana", "Zoe", "trainee"]

    def test_seen_counts_the_last_seven_days(self, instructor, cohort):
        attended_by(cohort, ["Ana"], last_seen_at=NOW - 6 * DAY)
        attended_by(cohort, ["Ben"], last_seen_at=NOW - 8 * DAY)
        attended_by(cohort, ["Cy"], last_seen_at=None)
        assert read(instructor, cohort).seen == 1


class TestAttention:
    def test_who_does_all_that_is_asked_is_left_in_peace(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], FIVE_RIGHT)
        report = read(instructor, cohort)
        assert (row(report, "Ana").reasons, report.attention) == ((), 0)

    def test_below_the_line_and_not_seen(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"], last_seen_at=NOW - 16 * DAY)
        finish(given, [ana], FIVE_WRONG)
        assert row(read(instructor, cohort), "Ana").reasons == (
            Reason("not_seen", 16),
            Reason("below", 1, ("3",)),
        )

    def test_nothing_answered(self, instructor, cohort, given):
        attended_by(cohort, ["Ana"])
        attended_by(cohort, ["New"], joined_at=NOW - DAY)
        report = read(instructor, cohort)
        assert row(report, "Ana").reasons == (Reason("no_attempt"),)
        assert row(report, "New").reasons == ()

    def test_scores_that_fall_three_times(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        for number, right in enumerate((5, 4, 3, 2)):
            choices = [RIGHT] * right + [WRONG] * (5 - right)
            # on one day: later answers of a day do not measure, so mastery stays where it was
            at = NOW - 5 * DAY + number * DAY / 24
            finish(given, [ana], choices, at=at, number=number + 1)
        assert row(read(instructor, cohort), "Ana").reasons == (Reason("falling", 3),)

    def test_an_assignment_that_closed_without_them(self, instructor, cohort, given):
        exam = give(instructor, cohort, items=5, title="Exam", closes_at=NOW - 2 * DAY)
        ana, ben, late = (
            *attended_by(cohort, ["Ana", "Ben"]),
            *attended_by(cohort, ["Late"], joined_at=NOW - DAY),
        )
        finish(given, [ana, ben, late], FIVE_RIGHT)
        finish(exam, [ana], FIVE_RIGHT, at=NOW - 3 * DAY)
        report = read(instructor, cohort)
        assert row(report, "Ana").reasons == ()
        assert row(report, "Ben").reasons == (Reason("missed", 1),)
        assert row(report, "Late").reasons == ()

    def test_an_attempt_that_is_begun_is_not_missed(self, instructor, cohort, given):
        exam = give(instructor, cohort, items=5, title="Exam", closes_at=NOW - 2 * DAY)
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], FIVE_RIGHT)
        report_samples.begin(exam, ana)
        assert row(read(instructor, cohort), "Ana").reasons == ()

    def test_a_quiz_that_closes_closes_its_assignments(self, instructor, cohort, given):
        report_samples.close_quiz(
            give(instructor, cohort, items=5, title="Exam", closes_at=NOW + DAY), NOW - 2 * DAY
        )
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], FIVE_RIGHT)
        assert row(read(instructor, cohort), "Ana").reasons == (Reason("missed", 1),)

    def test_what_was_withdrawn_is_not_missed(self, instructor, cohort, given):
        exam = give(instructor, cohort, items=5, title="Exam", closes_at=NOW - 2 * DAY)
        assignments.withdraw(instructor, exam.assignment_id, now=NOW - 3 * DAY)
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], FIVE_RIGHT)
        report = read(instructor, cohort)
        assert row(report, "Ana").reasons == ()
        assert [str(one.title.en) for one in report.given] == ["Mid-course exam"]


class TestGiven:
    def test_it_says_how_many_of_those_here_now_have_finished_it(
        self, instructor, administrator, cohort, given
    ):
        ana, _, gone = attended_by(cohort, ["Ana", "Ben", "Gone"])
        finish(given, [ana, gone], FIVE_RIGHT)
        finish(given, [ana], FIVE_RIGHT, number=2)
        report_samples.leave(cohort, gone)
        (found,) = read(instructor, cohort).given
        assert (found.taken, found.state, found.mode) == (1, "open", "practice")

    @pytest.mark.parametrize(("ends", "state"), [(-1, "closed"), (1, "open")])
    def test_its_state_follows_the_clock(self, instructor, cohort, ends, state):
        give(instructor, cohort, closes_at=NOW + ends * DAY)
        assert read(instructor, cohort).given[0].state == state


class TestPages:
    def test_fifty_a_page_and_figures_of_all(self, instructor, cohort):
        attended_by(cohort, [f"T{n:03}" for n in range(120)])
        first, last = read(instructor, cohort), read(instructor, cohort, page=9)
        assert (len(first.rows), first.pages, first.trainees) == (50, 3, 120)
        assert [one.name for one in last.rows] == [f"T{n}" for n in range(100, 120)]
        assert (last.page, last.attention) == (3, 120)

    def test_only_who_needs_attention(self, instructor, cohort, given):
        ana, ben = attended_by(cohort, ["Ana", "Ben"])
        finish(given, [ana], FIVE_RIGHT)
        finish(given, [ben], FIVE_WRONG)
        report = read(instructor, cohort, only_attention=True)
        assert [one.name for one in report.rows] == ["Ben"]
        assert report.trainees == 2

    def test_an_empty_cohort_is_a_page_too(self, instructor, cohort):
        report = read(instructor, cohort)
        assert (report.trainees, report.rows, report.pages) == (0, (), 1)

    def test_all_at_once_for_a_file(self, instructor, cohort):
        attended_by(cohort, [f"T{n:03}" for n in range(60)])
        assert len(cohort_report.read_all(instructor, cohort.id, now=NOW).rows) == 60


class TestAccess:
    def test_its_instructors_and_administrators_read_it(self, instructor, administrator, cohort):
        assert read(instructor, cohort).cohort.code == "2026-A"
        assert read(administrator, cohort).cohort.code == "2026-A"

    def test_nobody_else_knows_of_it(self, cohort, app):
        stranger = bank_samples.another()
        with pytest.raises(NotFound):
            read(stranger, cohort)

    def test_there_is_none(self, administrator, app):
        with pytest.raises(NotFound):
            cohort_report.read(administrator, administrator.id, now=NOW)


@pytest.mark.parametrize("many", [10, 1_000])
def test_statements_do_not_grow(instructor, cohort, given, many):
    people = attended_by(cohort, [f"T{n:04}" for n in range(many)])
    finish(given, people, FIVE_RIGHT)
    read(instructor, cohort)
    with Statements() as statements:
        read(instructor, cohort)
    assert len(statements.sent) <= 6
