"""The gradebook of a quiz: who is in it, what they reached, and who may read it."""

from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import bank_samples
import pytest
import report_samples
from cast import make_person
from quiz_samples import Statements
from report_samples import DAY, NOW, RIGHT, WRONG, attended_by, finish, give

from quizapp.domain.errors import Forbidden, NotFound
from quizapp.services.reports import gradebook


@pytest.fixture
def given(instructor, cohort):
    """A quiz of three questions with a pass mark of 60 per cent."""
    return give(instructor, cohort, items=3, pass_mark="60")


@pytest.fixture
def elsewhere(app):
    """Another cohort, which the instructor does not teach."""
    return report_samples.another_cohort()


def choices(right, of=3):
    return [RIGHT] * right + [WRONG] * (of - right)


def names(page):
    return [entry.name for entry in page.entries]


class TestEntries:
    def test_best_and_last_are_told_apart(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        first = finish(given, [ana], choices(1), at=NOW - 3 * DAY)
        best = finish(given, [ana], choices(2), at=NOW - 2 * DAY, number=2)
        last = finish(given, [ana], choices(0), at=NOW - DAY, number=3)
        (entry,) = gradebook.read(instructor, given.quiz_id).entries
        assert entry.attempts == 3
        assert (entry.best.attempt_id, entry.last.attempt_id) == (best[0], last[0])
        assert first[0] not in (entry.best.attempt_id, entry.last.attempt_id)
        assert (entry.best.score, entry.best.max_score) == (Decimal("2.00"), Decimal("3.00"))
        assert entry.best.percent == Fraction(200, 3)
        assert entry.last.submitted_at == NOW - DAY

    def test_of_equal_scores_the_earliest_is_the_best(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        early = finish(given, [ana], choices(2), at=NOW - 3 * DAY)
        finish(given, [ana], choices(2), at=NOW - 2 * DAY, number=2)
        (entry,) = gradebook.read(instructor, given.quiz_id).entries
        assert entry.best.attempt_id == early[0]

    def test_the_pass_mark_is_compared_unrounded(self, instructor, cohort, given):
        ana, ben = attended_by(cohort, ["Ana", "Ben"])
        finish(given, [ana], choices(2))
        finish(given, [ben], choices(1))
        page = gradebook.read(instructor, given.quiz_id)
        assert [entry.best.passed for entry in page.entries] == [True, False]

    def test_who_has_not_taken_it_is_there_and_who_is_at_it(self, instructor, cohort, given):
        ana, ben = attended_by(cohort, ["Ana", "Ben"])
        opened = report_samples.begin(given, ben)
        page = gradebook.read(instructor, given.quiz_id)
        assert [(entry.attempts, entry.best, entry.open_id) for entry in page.entries] == [
            (0, None, None),
            (0, None, opened),
        ]
        assert ana == page.entries[0].person_id

    def test_one_under_way_does_not_hide_those_that_are_finished(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], choices(3), at=NOW - 3 * DAY)
        opened = report_samples.begin(given, ana, number=2)
        (entry,) = gradebook.read(instructor, given.quiz_id).entries
        assert (entry.attempts, entry.open_id) == (1, opened)
        assert entry.best.score == 3

    def test_who_left_stays_with_their_attempts(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], choices(3))
        report_samples.leave(cohort, ana)
        assert names(gradebook.read(instructor, given.quiz_id)) == ["Ana"]

    def test_trials_and_attempts_still_to_be_marked(self, instructor, cohort, given):
        ana, ben = attended_by(cohort, ["Ana", "Ben"])
        finish(given, [ana], choices(3), trial=True)
        (waiting,) = finish(given, [ben], choices(0))
        report_samples.unmark(waiting)
        page = gradebook.read(instructor, given.quiz_id)
        assert [entry.attempts for entry in page.entries] == [0, 1]
        best = page.entries[1].best
        assert (best.score, best.percent, best.passed) == (None, None, None)

    def test_figures_are_rounded_half_up_only_when_shown(self, instructor, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        (attempt,) = finish(given, [ana], choices(0))
        report_samples.unmark(attempt, score=1_235_000)
        (entry,) = gradebook.read(instructor, given.quiz_id).entries
        assert (entry.best.millionths, entry.best.score) == (1_235_000, Decimal("1.24"))


class TestPages:
    def test_fifty_a_page_by_name(self, instructor, cohort, given):
        attended_by(cohort, [f"T{n:03}" for n in range(60)])
        first = gradebook.read(instructor, given.quiz_id)
        assert (len(first.entries), first.entries[-1].name) == (50, "T049")
        second = gradebook.read(instructor, given.quiz_id, after=first.next)
        assert (names(second)[0], len(second.entries), second.next) == ("T050", 10, None)

    def test_people_of_one_name_come_once_each(self, instructor, cohort, given):
        attended_by(cohort, ["Sok Dara"] * 5)
        seen, after = [], None
        while True:
            page = gradebook.read(instructor, given.quiz_id, after=after, limit=2)
            seen += [entry.person_id for entry in page.entries]
            after = page.next
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 5

    def test_all_of_it_for_a_file(self, instructor, cohort, given):
        people = attended_by(cohort, [f"T{n:03}" for n in range(60)])
        finish(given, people, choices(2))
        page = gradebook.read(instructor, given.quiz_id, limit=None)
        assert {entry.best.score for entry in page.entries} == {2}
        assert (len(page.entries), page.next) == (60, None)


class TestReach:
    def test_instructors_see_what_was_given_to_their_cohorts(
        self, instructor, administrator, cohort, elsewhere, given
    ):
        (ana,) = attended_by(cohort, ["Ana"])
        (far,) = attended_by(elsewhere, ["Far"])
        (own,) = attended_by(cohort, ["Own"])
        there = report_samples.give_again(administrator, given, elsewhere)
        finish(given, [ana], choices(1))
        finish(there, [far], choices(2))
        finish(given, [own], choices(3), own=True)
        page = gradebook.read(instructor, given.quiz_id)
        assert [(entry.name, entry.attempts) for entry in page.entries] == [("Ana", 1), ("Own", 0)]
        every = gradebook.read(administrator, given.quiz_id)
        assert [(entry.name, entry.attempts) for entry in every.entries] == [
            ("Ana", 1),
            ("Far", 1),
            ("Own", 1),
        ]

    def test_one_cohort_alone(self, administrator, instructor, cohort, elsewhere, given):
        attended_by(cohort, ["Ana"])
        attended_by(elsewhere, ["Far"])
        report_samples.give_again(administrator, given, elsewhere)
        page = gradebook.read(administrator, given.quiz_id, cohort_id=elsewhere.id)
        assert (names(page), page.quiz.cohort.code) == (["Far"], "2026-B")
        assert [one.code for one in page.quiz.cohorts] == ["2026-A", "2026-B"]

    def test_a_cohort_of_others_is_not_known(self, instructor, elsewhere, given):
        with pytest.raises(NotFound):
            gradebook.read(instructor, given.quiz_id, cohort_id=elsewhere.id)

    def test_nor_one_that_is_none(self, administrator, given):
        with pytest.raises(NotFound):
            gradebook.read(administrator, given.quiz_id, cohort_id=uuid4())

    def test_a_quiz_of_others_is_not_known(self, given, app):
        with pytest.raises(NotFound):
            gradebook.read(bank_samples.another(), given.quiz_id)

    def test_nor_one_that_is_none_at_all(self, administrator):
        with pytest.raises(NotFound):
            gradebook.read(administrator, uuid4())

    def test_trainees_take_it_and_read_no_reports(self, trainee, outsider, given):
        with pytest.raises(Forbidden):
            gradebook.read(trainee, given.quiz_id)
        with pytest.raises(NotFound):
            gradebook.read(outsider, given.quiz_id)

    def test_another_instructor_of_the_cohort_reads_it(self, cohort, given):
        attended_by(cohort, ["Ana"])
        colleague = make_person("instructor", "colleague", cohort)
        assert names(gradebook.read(colleague, given.quiz_id)) == ["Ana"]

    def test_the_command_line_sees_everything(self, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], choices(3), own=True)
        assert gradebook.read(None, given.quiz_id).entries[0].attempts == 1


@pytest.mark.parametrize("many", [10, 1_000])
def test_statements_do_not_grow(instructor, cohort, given, many):
    finish(given, attended_by(cohort, [f"T{n:04}" for n in range(many)]), choices(2))
    with Statements() as statements:
        page = gradebook.read(instructor, given.quiz_id)
    assert len(page.entries) == min(many, 50)
    assert (page.given, page.taken) == (many, many)
    assert len(statements.sent) == 4
