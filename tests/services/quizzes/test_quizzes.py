"""Making, reading, listing and editing quizzes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from bank_samples import another, question
from quiz_samples import NOW, Statements, begin, fields, load_bank
from sqlalchemy import func, select

from quizapp.domain.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.resources import questions_folder
from quizapp.services.attempts import own_practice
from quizapp.services.operations import shipped
from quizapp.services.quizzes import assignments, making
from quizapp.services.quizzes import samples as quiz_samples
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction
from quizapp.storage.marks import MarkingScheme
from quizapp.storage.quizzes import Quiz, QuizVersion

NEXT_YEAR = datetime(2027, 1, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def bank(instructor):
    return load_bank(instructor)


@pytest.fixture
def quiz_id(instructor, bank):
    return making.make(instructor, fields(), now=NOW)


def wrong(error):
    """What an Invalid says, by field."""
    return {one.field: one.message % dict(one.params or {}) for one in error.value.problems}


def refused(actor, **changes):
    with pytest.raises(Invalid) as error:
        making.make(actor, fields(**changes), now=NOW)
    return wrong(error)


def audited(action):
    with transaction(write=False) as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


class TestMaking:
    def test_defaults_follow_the_mode(self, instructor, quiz_id):
        practice = making.read(instructor, quiz_id, now=NOW)
        assert (practice.mode, practice.attempts_allowed) == ("practice", None)
        assert set(practice.release.model_dump().values()) == {"at_once"}
        exam_id = making.make(instructor, fields(mode="exam", time_limit_s=600), now=NOW)
        exam = making.read(instructor, exam_id, now=NOW)
        assert (exam.mode, exam.attempts_allowed, exam.time_limit_s) == ("exam", 1, 600)
        assert set(exam.release.model_dump().values()) == {"by_hand"}
        assert exam.waits_for_hand
        assert not practice.waits_for_hand

    def test_everything_is_there_from_the_start(self, instructor, quiz_id):
        view = making.read(instructor, quiz_id, now=NOW)
        assert view.title.en == "Weekly quiz"
        assert (view.version, view.count, view.points) == (1, 5, Decimal(5))
        section = view.sections[0]
        assert (section.bank_title.en, section.draw, section.available) == ("A sample", 5, 10)
        assert (view.owner_id, view.owner) == (instructor.id, "instructor")
        assert view.may_edit
        assert view.may_give
        assert not view.taken
        assert not view.public
        with transaction(write=False) as session:
            scheme = session.scalars(select(MarkingScheme)).one()
        assert (scheme.quiz_id, scheme.number) == (quiz_id, 1)
        assert [row.subject_id for row in audited("quiz.make")] == [str(quiz_id)]

    def test_a_title_of_one_text_is_in_the_language_of_its_script(self, instructor, bank):
        made = making.make(instructor, fields(title="ការប្រឡង"), now=NOW)
        assert making.read(instructor, made, now=NOW).title.km == "ការប្រឡង"

    @pytest.mark.parametrize(
        ("title", "where"),
        [
            (None, "title"),
            ("", "title"),
            ("  ", "title"),
            ({}, "title"),
            ({"en": " "}, "title"),
            ({"fr": "Essai"}, "title"),
            ({"en": 3}, "title.en"),
            ({"en": "x\x00"}, "title.en"),
            ({"en": "\ud800", "km": "x" * 201}, "title.en"),
            (["x"], "title"),
        ],
    )
    def test_a_title_that_will_not_do(self, instructor, bank, title, where):
        assert where in refused(instructor, title=title)

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"sections": []}, "sections"),
            ({"sections": "x"}, "sections"),
            ({"sections": [{"bank": "sample"}]}, "sections[0]"),
            ({"sections": [{"bank": "sample", "draw": 1, "questions": ["q-1"]}]}, "sections[0]"),
            ({"sections": [{"questions": ["q-1"]}]}, "sections[0]"),
            ({"sections": [{"bank": "sample", "draw": 0}]}, "sections[0].draw"),
            ({"sections": [{"bank": "sample", "draw": 10**30}]}, "sections[0].draw"),
            ({"sections": [{"bank": "sample", "draw": "x"}]}, "sections[0].draw"),
            ({"sections": [{"bank": "sam\x00ple", "draw": 1}]}, "sections[0].bank"),
            ({"sections": [{"bank": "\ud800", "draw": 1}]}, "sections[0].bank"),
            ({"sections": [{"bank": "sample", "draw": 1, "points": "NaN"}]}, "sections[0].points"),
            ({"sections": [{"bank": "sample", "draw": 1, "points": -1}]}, "sections[0].points"),
            ({"sections": [{"bank": "sample", "draw": 1, "points": 1e400}]}, "sections[0].points"),
            (
                {"sections": [{"bank": "sample", "draw": 1, "points": "1.234"}]},
                "sections[0].points",
            ),
            ({"sections": [{"bank": "sample", "draw": 1, "level": "x"}]}, "sections[0].level"),
            ({"sections": [{"bank": "sample", "draw": 1, "weight": 2}]}, "sections[0].weight"),
            ({"mode": "exam", "feedback": "after_each"}, ""),
            ({"time_limit_s": 10**12}, "time_limit_s"),
            ({"pass_mark": 101}, "pass_mark"),
            ({"release": {"score": "soon"}}, "release.score"),
            ({"closes_at": "tomorrow"}, "closes_at"),
            ({"closes_at": datetime(2026, 12, 1)}, "closes_at"),  # noqa: DTZ001 - naive on purpose
            ({"closes_at": datetime.max.replace(tzinfo=UTC)}, "closes_at"),
            ({"colour": "blue"}, "colour"),
        ],
    )
    def test_every_problem_is_at_its_field(self, instructor, bank, changes, where):
        assert where in refused(instructor, **changes)

    def test_all_problems_are_said_at_once(self, instructor, bank):
        sections = [{"bank": "sample", "draw": 0}]
        found = refused(instructor, title="", sections=sections, closes_at=3)
        assert set(found) == {"title", "closes_at", "sections[0].draw"}

    def test_a_trainee_makes_none(self, trainee):
        with pytest.raises(Forbidden):
            making.make(trainee, fields(), now=NOW)


class TestSections:
    def test_a_draw_says_how_many_fit(self, instructor, bank):
        sections = [
            {"bank": "sample", "draw": 11},
            {"bank": "sample", "draw": 1, "level": "apply"},
            {"bank": "sample", "draw": 5, "provisions": ["3.1"], "task": "3"},
        ]
        assert refused(instructor, sections=sections) == {
            "sections[0].draw": "This section wants 11 questions and only 10 fit.",
            "sections[1].draw": "This section wants 1 questions and only 0 fit.",
        }

    def test_sections_that_share_questions_are_dealt_together(self, instructor, bank):
        sections = [{"bank": "sample", "draw": 6}, {"bank": "sample", "draw": 6}]
        found = refused(instructor, sections=sections)
        assert found == {"sections[1].draw": "This section wants 6 questions and only 4 fit."}

    def test_a_bank_of_somebody_else_stays_unknown(self, bank):
        stranger = another(name="stranger")
        message = "There is no such bank, or it is not open to you."
        assert refused(stranger) == {"sections[0].bank": message}
        named = [{"bank": "nowhere", "questions": ["q-1"]}]
        assert refused(stranger, sections=named) == {"sections[0].bank": message}
        # nor by leaving the bank out: only shipped banks are open to them, and there are none
        assert "sections[0].draw" in refused(stranger, sections=[{"draw": 1}])

    def test_without_a_bank_the_own_ones_are_asked(self, instructor, bank):
        made = making.make(instructor, fields(sections=[{"draw": 3, "task": "3"}]), now=NOW)
        assert making.read(instructor, made, now=NOW).sections[0].available == 10

    def test_a_shipped_bank_is_for_every_instructor(self, instructor):
        shipped.load(questions_folder(), now=NOW)
        sections = [{"bank": "task-3-economic-diplomacy", "draw": 3}]
        made = making.make(instructor, fields(sections=sections, mode="practice"), now=NOW)
        assert making.read(instructor, made, now=NOW).public

    def test_named_questions_exist_and_suit_the_mode(self, instructor):
        load_bank(
            instructor,
            question("both"),
            question("exam", use="exam"),
            question("practice", use="practice"),
            question("old", valid_until="2026-12-31"),
            question("draft", explanation=None),
        )
        keys = ["both", "exam", "practice", "old", "draft", "gone"]
        named = [{"bank": "sample", "questions": keys}]
        with pytest.raises(Invalid) as error:
            making.make(instructor, fields(sections=named), now=NOW)
        said = [one.message % one.params for one in error.value.problems]
        assert "For exams only: exam." in said
        assert "The bank has no such question: gone." in said
        with pytest.raises(Invalid) as error:
            making.make(instructor, fields(sections=named, mode="exam"), now=NEXT_YEAR)
        said = {one.message % one.params for one in error.value.problems}
        assert "For practice only: practice." in said
        assert "Past its date, so not for exams: old." in said
        assert "Not approved yet, so not for exams: draft." in said
        ok = [{"bank": "sample", "questions": ["both", "draft"]}]
        assert making.make(instructor, fields(sections=ok), now=NOW)

    def test_exam_questions_are_not_drawn_for_practice(self, instructor):
        load_bank(instructor, question("a"), question("b", use="exam"))
        found = refused(instructor, sections=[{"bank": "sample", "draw": 2}])
        assert found == {"sections[0].draw": "This section wants 2 questions and only 1 fit."}

    def test_a_question_is_named_once(self, instructor, bank):
        section = {"bank": "sample", "questions": ["q-1", "q-2"]}
        found = refused(instructor, sections=[section, section])
        assert found == {"sections[1].questions": "Named in an earlier section already: q-1, q-2."}

    def test_a_sample_is_what_somebody_might_get(self, instructor, quiz_id):
        one = quiz_samples.sample(instructor, quiz_id, seed=1, lang="en", now=NOW)
        assert len(one) == 5
        assert one == quiz_samples.sample(instructor, quiz_id, seed=1, lang="en", now=NOW)
        assert one != quiz_samples.sample(instructor, quiz_id, seed=2, lang="en", now=NOW)
        assert one[0].stem.text.startswith("By which year")
        draft = quiz_samples.sample_of_draft(instructor, fields(), seed=1, lang="en", now=NOW)
        assert draft == one


class TestReading:
    def test_who_may_know_of_it(self, quiz_id, instructor, trainee, outsider, administrator):
        assert making.read(administrator, quiz_id, now=NOW).may_edit
        for nobody in (trainee, outsider, another(name="stranger")):
            with pytest.raises(NotFound):
                making.read(nobody, quiz_id, now=NOW)
        with pytest.raises(NotFound):
            making.read(instructor, uuid4(), now=NOW)

    def test_a_trainee_sees_what_is_given_and_not_what_is_asked(
        self, instructor, bank, trainee, cohort
    ):
        named = fields(mode="exam", sections=[{"bank": "sample", "questions": ["q-1", "q-2"]}])
        quiz_id = making.make(instructor, named, now=NOW)
        assignments.give(instructor, quiz_id, cohort.id, now=NOW)
        view = making.read(trainee, quiz_id, now=NOW)
        assert (view.count, view.settings) == (2, None)
        assert (view.sections[0].questions, view.sections[0].available) == (None, None)
        assert not view.may_edit
        assert not view.may_give

    def test_a_colleague_of_the_cohort_leads_it_and_does_not_own_it(
        self, quiz_id, instructor, cohort
    ):
        colleague = replace(another(name="colleague"), teaches=frozenset({cohort.id}))
        assignments.give(instructor, quiz_id, cohort.id, now=NOW)
        view = making.read(colleague, quiz_id, now=NOW)
        assert (view.may_edit, view.may_give) == (False, True)
        with pytest.raises(Forbidden):
            making.edit(colleague, quiz_id, {"title": "Mine"}, now=NOW)

    @pytest.mark.usefixtures("bank")
    def test_lists(self, instructor, trainee, outsider, administrator, cohort):
        shipped.load(questions_folder(), now=NOW - timedelta(days=1))
        made = [
            making.make(instructor, fields(title=f"Quiz {n}"), now=NOW + timedelta(minutes=n))
            for n in range(3)
        ]
        assignments.give(instructor, made[1], cohort.id, now=NOW)

        def titles(actor):
            return [row.title.en for row in making.list_quizzes(actor).quizzes]

        with transaction(write=False) as session:
            schemes = session.scalars(select(MarkingScheme.number)).all()
        practice = titles(outsider)
        assert schemes == [1] * (len(practice) + 3)  # the shipped ones, and three made here
        assert len(practice) > 5
        assert practice[0].startswith("Mixed")  # by slug: mixed-drill, practice-task-1, ...
        assert titles(trainee) == ["Quiz 1", *practice]
        assert titles(instructor) == ["Quiz 2", "Quiz 1", "Quiz 0", *practice]
        assert titles(another(name="stranger")) == practice
        assert titles(administrator) == titles(instructor)

        paged, after = [], None
        while True:
            page = making.list_quizzes(instructor, after=after, limit=2)
            paged += [row.title.en for row in page.quizzes]
            after = page.next
            if after is None:
                break
        assert paged == titles(instructor)
        assert making.list_quizzes(instructor, after=uuid4()).quizzes == ()

    def test_what_is_dealt_on_demand_is_in_no_list(self, administrator, trainee):
        load_bank(None, shipped=True)
        own_practice.start_on(trainee, ("3.1",), now=NOW)
        assert making.list_quizzes(administrator).quizzes == ()
        assert making.list_quizzes(trainee).quizzes == ()

    def test_few_statements(self, instructor, quiz_id):
        making.read(instructor, quiz_id, now=NOW)
        with Statements() as counted:
            making.read(instructor, quiz_id, now=NOW)
        assert len(counted.sent) <= 4
        with Statements() as counted:
            making.list_quizzes(instructor)
        assert len(counted.sent) == 1


class TestEditing:
    def test_other_rules_are_another_version(self, instructor, quiz_id):
        sections = [{"bank": "sample", "draw": 3, "points": 2}]
        making.edit(instructor, quiz_id, {"sections": sections, "shuffle": False}, now=NOW)
        view = making.read(instructor, quiz_id, now=NOW)
        assert (view.version, view.count, view.points) == (2, 3, Decimal(6))
        assert (view.shuffle, view.title.en) == (False, "Weekly quiz")
        with transaction(write=False) as session:
            first = session.scalar(select(QuizVersion).where(QuizVersion.version == 1))
        assert first.settings["sections"][0]["draw"] == 5

    def test_title_release_and_end_are_no_version(self, instructor, quiz_id):
        end = NOW + timedelta(days=3)
        changes = {"title": {"en": "New"}, "release": {"key": "by_hand"}, "closes_at": end}
        making.edit(instructor, quiz_id, changes, now=NOW)
        view = making.read(instructor, quiz_id, now=NOW)
        assert (view.version, view.title.en, view.closes_at) == (1, "New", end)
        assert (view.release.key, view.release.score) == ("by_hand", "at_once")
        details = audited("quiz.edit")[0].details
        assert details["release"]["key"] == "by_hand"
        assert details["closes_at"] == [None, end.isoformat()]

    def test_another_mode_brings_its_defaults(self, instructor, quiz_id):
        making.edit(instructor, quiz_id, {"mode": "exam"}, now=NOW)
        view = making.read(instructor, quiz_id, now=NOW)
        assert (view.mode, view.attempts_allowed, view.release.score) == ("exam", 1, "by_hand")
        with transaction(write=False) as session:
            assert session.scalar(select(Quiz.mode)) == "exam"

    def test_once_taken_little_may_change(self, instructor, quiz_id, trainee):
        begin(quiz_id, instructor, trial=True)
        making.edit(instructor, quiz_id, {"sections": [{"draw": 4}]}, now=NOW)
        begin(quiz_id, trainee)
        assert making.read(instructor, quiz_id, now=NOW).taken
        for change in ({"sections": [{"draw": 3}]}, {"shuffle": False}, {"mode": "exam"}):
            with pytest.raises(Conflict):
                making.edit(instructor, quiz_id, change, now=NOW)
        making.edit(instructor, quiz_id, {"title": "Still", "closes_at": None}, now=NOW)
        assert making.read(instructor, quiz_id, now=NOW).title.en == "Still"

    def test_what_will_not_do_changes_nothing(self, instructor, quiz_id):
        for change in ({"title": None}, {"sections": [{"draw": 99}]}, {"x": 1}, {"release": 3}):
            with pytest.raises(Invalid):
                making.edit(instructor, quiz_id, change, now=NOW)
        with transaction(write=False) as session:
            assert session.scalar(select(func.count()).select_from(QuizVersion)) == 1

    def test_somebody_elses_is_not_there(self, quiz_id, trainee):
        with pytest.raises(NotFound):
            making.edit(another(name="stranger"), quiz_id, {"title": "Mine"}, now=NOW)
        with pytest.raises(Forbidden):
            making.edit(trainee, uuid4(), {"title": "Mine"}, now=NOW)


class TestReleasing:
    def test_by_hand_and_back(self, instructor, bank):
        quiz_id = making.make(instructor, fields(mode="exam"), now=NOW)
        assert making.read(instructor, quiz_id, now=NOW).waits_for_hand
        making.release(instructor, quiz_id, now=NOW)
        making.release(instructor, quiz_id, now=NOW + timedelta(hours=1))
        view = making.read(instructor, quiz_id, now=NOW)
        assert (view.released_at, view.waits_for_hand) == (NOW, False)
        making.withhold(instructor, quiz_id, now=NOW)
        assert making.read(instructor, quiz_id, now=NOW).released_at is None
        assert len(audited("quiz.release")) == len(audited("quiz.withhold")) == 1
        with pytest.raises(NotFound):
            making.release(another(name="stranger"), quiz_id, now=NOW)
