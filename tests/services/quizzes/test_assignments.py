"""Giving quizzes to cohorts, and what that makes due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from bank_samples import another
from quiz_samples import NOW, Statements, begin, fields, load_bank
from sqlalchemy import select

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.quizzes import assignments, making
from quizapp.storage.audit import AuditRow
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import transaction

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def quiz_id(instructor):
    load_bank(instructor)
    return making.make(instructor, fields(), now=NOW)


@pytest.fixture
def exam_id(instructor, quiz_id):
    return making.make(instructor, fields(mode="exam", title="Exam", time_limit_s=600), now=NOW)


def audited(action):
    with transaction(write=False) as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


class TestGiving:
    def test_in_a_window(self, instructor, quiz_id, cohort):
        made = assignments.give(
            instructor, quiz_id, cohort.id, opens_at=NOW, closes_at=NOW + DAY, now=NOW
        )
        row = assignments.list_assignments(instructor, now=NOW).assignments[0]
        assert (row.id, row.quiz_id, row.quiz_title.en) == (made, quiz_id, "Weekly quiz")
        assert (row.cohort.code, row.opens_at, row.closes_at) == ("2026-A", NOW, NOW + DAY)
        assert (row.count, row.state, row.own) == (5, "open", None)
        details = audited("assignment.give")[0].details
        assert details["cohort"] == str(cohort.id)
        assert details["window"] == [NOW.isoformat(), (NOW + DAY).isoformat()]

    def test_a_quiz_closes_its_assignments(self, instructor, quiz_id, cohort):
        assignments.give(instructor, quiz_id, cohort.id, closes_at=NOW + DAY, now=NOW)
        making.edit(instructor, quiz_id, {"closes_at": NOW + HOUR}, now=NOW)
        row = assignments.list_assignments(instructor, now=NOW + HOUR).assignments[0]
        assert (row.closes_at, row.state) == (NOW + HOUR, "closed")

    @pytest.mark.parametrize(
        ("window", "where"),
        [
            ({"opens_at": NOW + DAY, "closes_at": NOW + HOUR}, "closes_at"),
            ({"opens_at": NOW + HOUR, "closes_at": NOW + HOUR}, "closes_at"),
            ({"closes_at": NOW}, "closes_at"),
            ({"opens_at": datetime(2026, 12, 1)}, "opens_at"),  # noqa: DTZ001 - naive on purpose
            ({"opens_at": datetime.min.replace(tzinfo=UTC)}, "opens_at"),
            ({"closes_at": datetime.max.replace(tzinfo=UTC)}, "closes_at"),
            ({"opens_at": "now"}, "opens_at"),
        ],
    )
    def test_a_window_that_will_not_do(self, instructor, quiz_id, cohort, window, where):
        with pytest.raises(Invalid) as error:
            assignments.give(instructor, quiz_id, cohort.id, **window, now=NOW)
        assert [one.field for one in error.value.problems] == [where]

    def test_to_whom(self, instructor, quiz_id, cohort, trainee, administrator):
        assignments.give(instructor, quiz_id, cohort.id, now=NOW)
        with pytest.raises(Forbidden):
            assignments.give(trainee, quiz_id, cohort.id, now=NOW)
        other = Cohort(id=uuid4(), code="X", title="Not taught by them", created_at=NOW)
        with transaction(write=True) as session:
            session.add(other)
        for nowhere in (other.id, uuid4()):
            with pytest.raises(NotFound):
                assignments.give(instructor, quiz_id, nowhere, now=NOW)
        with pytest.raises(NotFound):
            assignments.give(administrator, quiz_id, uuid4(), now=NOW)
        with pytest.raises(NotFound):
            assignments.give(instructor, uuid4(), cohort.id, now=NOW)
        with pytest.raises(NotFound):
            assignments.give(another(name="stranger"), quiz_id, cohort.id, now=NOW)
        assert assignments.give(administrator, quiz_id, other.id, now=NOW)


class TestChanging:
    def test_the_window_is_audited(self, instructor, quiz_id, cohort):
        made = assignments.give(instructor, quiz_id, cohort.id, closes_at=NOW + HOUR, now=NOW)
        end = NOW + DAY
        for _ in range(2):
            assignments.change_window(instructor, made, opens_at=None, closes_at=end, now=NOW)
        row = assignments.list_assignments(instructor, now=NOW).assignments[0]
        assert (row.opens_at, row.closes_at) == (None, end)
        (entry,) = audited("assignment.window")
        assert entry.details["before"]["window"] == [None, (NOW + HOUR).isoformat()]
        assert entry.details["window"] == [None, end.isoformat()]
        with pytest.raises(Invalid):
            assignments.change_window(instructor, made, opens_at=end, closes_at=end, now=NOW)

    def test_withdrawn_it_is_gone(self, instructor, quiz_id, cohort, trainee):
        made = assignments.give(instructor, quiz_id, cohort.id, now=NOW)
        assert making.read(trainee, quiz_id, now=NOW)
        assignments.withdraw(instructor, made, now=NOW)
        assert assignments.list_assignments(instructor, now=NOW).assignments == ()
        assert assignments.due(trainee, now=NOW) == ()
        with pytest.raises(NotFound):
            making.read(trainee, quiz_id, now=NOW)
        with pytest.raises(NotFound):
            assignments.withdraw(instructor, made, now=NOW)
        assert len(audited("assignment.withdraw")) == 1

    def test_only_by_those_who_teach_the_cohort(self, instructor, quiz_id, cohort, trainee):
        made = assignments.give(instructor, quiz_id, cohort.id, now=NOW)
        stranger = another(name="stranger")
        colleague = replace(another(name="colleague"), teaches=frozenset({cohort.id}))
        for nobody in (stranger, trainee):
            with pytest.raises(NotFound):
                assignments.withdraw(nobody, made, now=NOW)
        with pytest.raises(NotFound):
            assignments.change_window(stranger, made, opens_at=None, closes_at=None, now=NOW)
        assignments.withdraw(colleague, made, now=NOW)


class TestListing:
    def test_pages_and_filters(self, instructor, quiz_id, exam_id, cohort, trainee):
        made = [
            assignments.give(instructor, quiz, cohort.id, now=NOW + timedelta(minutes=n))
            for n, quiz in enumerate((quiz_id, exam_id, quiz_id))
        ]
        made.reverse()
        page = assignments.list_assignments(instructor, now=NOW, limit=2)
        assert [row.id for row in page.assignments] == made[:2]
        rest = assignments.list_assignments(instructor, now=NOW, after=page.next)
        assert ([row.id for row in rest.assignments], rest.next) == (made[2:], None)
        of_exam = assignments.list_assignments(trainee, now=NOW, quiz_id=exam_id)
        assert [row.id for row in of_exam.assignments] == [made[1]]
        assert assignments.list_assignments(instructor, now=NOW, after=uuid4()).assignments == ()

    def test_a_trainee_sees_what_they_have_done(self, instructor, exam_id, cohort, trainee):
        made = assignments.give(instructor, exam_id, cohort.id, now=NOW)
        row = assignments.list_assignments(trainee, now=NOW).assignments[0]
        assert (row.own.used, row.own.open_id, row.attempts_left) == (0, None, 1)
        assert row.may_start
        attempt_id = begin(exam_id, trainee, assignment_id=made)
        row = assignments.list_assignments(trainee, now=NOW).assignments[0]
        assert (row.own.used, row.own.open_id, row.attempts_left) == (1, attempt_id, 0)
        assert row.may_start
        begin(exam_id, instructor, assignment_id=made, trial=True)
        assert assignments.list_assignments(instructor, now=NOW).assignments[0].own is None


class TestDue:
    def give(self, instructor, quiz_id, cohort, opens=None, closes=None):
        return assignments.give(
            instructor,
            quiz_id,
            cohort.id,
            opens_at=NOW + opens if opens is not None else None,
            closes_at=NOW + closes if closes is not None else None,
            now=NOW - DAY,
        )

    def test_sorted_by_what_closes_first(self, instructor, quiz_id, exam_id, cohort, trainee):
        without_end = self.give(instructor, quiz_id, cohort)
        later = self.give(instructor, quiz_id, cohort, closes=2 * DAY)
        sooner = self.give(instructor, exam_id, cohort, closes=HOUR)
        self.give(instructor, exam_id, cohort, closes=-HOUR)
        next_week = self.give(instructor, exam_id, cohort, opens=7 * DAY, closes=8 * DAY)
        tomorrow = self.give(instructor, quiz_id, cohort, opens=DAY)
        found = assignments.due(trainee, now=NOW)
        assert [one.id for one in found] == [sooner, later, without_end, tomorrow, next_week]
        assert [one.state for one in found] == ["open"] * 3 + ["upcoming"] * 2
        assert (found[0].mode, found[0].time_limit_s, found[0].count) == ("exam", 600, 5)

    def test_what_is_used_up_is_not_due(self, instructor, quiz_id, exam_id, cohort, trainee):
        exam = self.give(instructor, exam_id, cohort, closes=HOUR)
        attempt_id = begin(exam_id, trainee, assignment_id=exam)
        assert [one.own.open_id for one in assignments.due(trainee, now=NOW)] == [attempt_id]
        other = self.give(instructor, exam_id, cohort, closes=HOUR)
        begin(exam_id, trainee, assignment_id=other, state="submitted")
        assert [one.id for one in assignments.due(trainee, now=NOW)] == [exam]

    def test_a_quiz_that_closed_is_not_due(self, instructor, quiz_id, cohort, trainee):
        self.give(instructor, quiz_id, cohort)
        making.edit(instructor, quiz_id, {"closes_at": NOW}, now=NOW)
        assert assignments.due(trainee, now=NOW) == ()

    def test_nothing_is_due_to_others(self, instructor, quiz_id, cohort, outsider):
        self.give(instructor, quiz_id, cohort)
        assert assignments.due(outsider, now=NOW) == ()
        assert assignments.due(instructor, now=NOW) == ()

    def test_few_statements(self, instructor, quiz_id, cohort, trainee):
        for _ in range(30):
            self.give(instructor, quiz_id, cohort)
        with Statements() as counted:
            assert len(assignments.due(trainee, now=NOW)) == 30
        assert len(counted.sent) == 3
