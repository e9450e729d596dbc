"""Cohorts, their members and their join codes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from people_samples import DEVICE, NOW, PASSWORD, account, join_as, make_desk, open_cohort
from sqlalchemy import select

from quizapp.domain.errors import AlreadyExists, Forbidden, Invalid, NotFound, TooManyTries
from quizapp.domain.people.join_codes import show_join_code
from quizapp.services.people import accounts, cohorts, joining, sessions
from quizapp.services.people.joining import SignUp
from quizapp.services.people.sign_in import Device, sign_in
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import transaction


@pytest.fixture
def desk():
    return make_desk()


@pytest.fixture
def teacher(administrator, desk):
    return account(administrator, "teach@example.org", "instructor", desk=desk)


def fresh(actor):
    return sessions.actor_for_session(actor.session_id, NOW)


class TestMaking:
    def test_an_instructor_teaches_what_they_make(self, teacher):
        cohort_id = cohorts.make_cohort(teacher, code=" M-26 ", title="T", title_km="ក", now=NOW)
        (view,) = cohorts.list_cohorts(fresh(teacher), now=NOW).cohorts
        assert (view.id, view.code, view.title_km, view.trainees, view.instructors) == (
            cohort_id,
            "M-26",
            "ក",
            0,
            1,
        )
        assert view.open_until is None

    def test_a_short_name_is_taken_once(self, teacher, administrator):
        cohorts.make_cohort(teacher, code="M-26", title="T", now=NOW)
        with pytest.raises(AlreadyExists):
            cohorts.make_cohort(administrator, code="M-26", title="T", now=NOW)
        other = cohorts.make_cohort(administrator, code="M-27", title="T", now=NOW)
        with pytest.raises(AlreadyExists):
            cohorts.edit_cohort(administrator, other, code="M-26", title="T", title_km="", now=NOW)

    @pytest.mark.parametrize(("code", "title"), [("", ""), ("a b", "\x00"), ("\ud800", " ")])
    def test_problems_are_said(self, teacher, code, title):
        with pytest.raises(Invalid) as caught:
            cohorts.make_cohort(teacher, code=code, title=title, now=NOW)
        assert [one.field for one in caught.value.problems] == ["code", "title"]

    def test_trainees_make_none(self, trainee):
        with pytest.raises(Forbidden):
            cohorts.make_cohort(trainee, code="M", title="T", now=NOW)

    def test_pages(self, administrator):
        for number in range(5):
            cohorts.make_cohort(administrator, code=f"pg-{number}", title="T", now=NOW)
        whole = [one.code for one in cohorts.list_cohorts(administrator, now=NOW).cohorts]
        first = cohorts.list_cohorts(administrator, now=NOW, limit=3)
        second = cohorts.list_cohorts(administrator, now=NOW, after=first.next, limit=100)
        assert [one.code for one in (*first.cohorts, *second.cohorts)] == whole
        assert second.next is None


class TestReach:
    def test_anothers_cohort_is_not_there(self, administrator, teacher, desk):
        other = account(administrator, "other@example.org", "instructor", desk=desk)
        cohort_id, _ = open_cohort(teacher)
        for use in (
            lambda: cohorts.read_settings(other, cohort_id, now=NOW),
            lambda: cohorts.open_code(other, cohort_id, days=7, now=NOW),
            lambda: cohorts.close_code(other, cohort_id, now=NOW),
            lambda: cohorts.edit_cohort(
                other, cohort_id, code="x", title="x", title_km="", now=NOW
            ),
        ):
            with pytest.raises(NotFound):
                use()
        assert cohorts.list_cohorts(other, now=NOW).cohorts == ()
        assert cohorts.read_settings(administrator, cohort_id, now=NOW).code == "P-1"

    def test_only_administrators_add_people(self, administrator, teacher, trainee):
        cohort_id, _ = open_cohort(teacher)
        with pytest.raises(Forbidden):
            cohorts.add_members(fresh(teacher), cohort_id, ["a@example.org"], now=NOW)
        with pytest.raises((Forbidden, NotFound)):
            cohorts.read_settings(trainee, cohort_id, now=NOW)
        with pytest.raises(NotFound):
            cohorts.add_members(administrator, type(cohort_id)(int=1), ["x"], now=NOW)


class TestMembers:
    def test_added_by_address_or_number(self, administrator, teacher):
        cohort_id, _ = open_cohort(teacher)
        first = account(administrator, "a@example.org")
        second = account(administrator, "b@example.org", staff_number="n-1")
        names = ["A@example.org", " n-1 ", "", "nobody@example.org", "\x00", "\ud800"]
        done = cohorts.add_members(administrator, cohort_id, names, now=NOW)
        assert set(done.added) == {first, second}
        assert done.unknown == ("nobody@example.org", "\x00", "\ud800")
        again = cohorts.add_members(administrator, cohort_id, names[:2], now=NOW)
        assert (again.added, set(again.there_already)) == ((), {first, second})
        settings = cohorts.read_settings(administrator, cohort_id, now=NOW)
        assert {one.person.id for one in settings.trainees} == {first, second}
        assert [one.person.id for one in settings.instructors] == [teacher.id]

    def test_instructors_are_assigned_and_trainees_cannot_teach(self, administrator, teacher):
        cohort_id, _ = open_cohort(administrator)
        account(administrator, "a@example.org")
        with pytest.raises(Invalid):
            cohorts.add_members(
                administrator, cohort_id, ["a@example.org"], part="instructor", now=NOW
            )
        cohorts.add_members(
            administrator, cohort_id, ["teach@example.org"], part="instructor", now=NOW
        )
        assert fresh(teacher).teaches == {cohort_id}

    def test_taken_out(self, administrator, teacher):
        cohort_id, _ = open_cohort(teacher)
        cohorts.remove_member(administrator, cohort_id, teacher.id, now=NOW)
        assert fresh(teacher).teaches == frozenset()
        with pytest.raises(NotFound):
            cohorts.remove_member(administrator, cohort_id, teacher.id, now=NOW)


class TestCodes:
    def test_off_until_opened_and_renewed(self, teacher, desk):
        cohort_id = cohorts.make_cohort(teacher, code="M-26", title="T", now=NOW)
        teacher = fresh(teacher)
        assert cohorts.read_settings(teacher, cohort_id, now=NOW).join is None
        first = cohorts.open_code(teacher, cohort_id, days=1, now=NOW)
        second = cohorts.open_code(teacher, cohort_id, days=7, now=NOW)
        assert first.code != second.code
        assert cohorts.read_settings(teacher, cohort_id, now=NOW).join == second
        with pytest.raises(Invalid):
            join_as(desk, first.code, "a@example.org")
        assert join_as(desk, second.code, "a@example.org").attends == {cohort_id}
        cohorts.close_code(teacher, cohort_id, now=NOW)
        with pytest.raises(Invalid):
            join_as(desk, second.code, "b@example.org")
        with transaction(write=False) as session:
            actions = session.scalars(
                select(AuditRow.action).where(AuditRow.subject_id == str(cohort_id))
            ).all()
        assert sorted(actions).count("cohort.open") == 2
        assert "cohort.close" in actions

    def test_it_expires(self, teacher, desk):
        _, code = open_cohort(teacher, days=1)
        late = NOW + timedelta(days=1)
        with pytest.raises(Invalid):
            join_as(desk, code, "a@example.org", now=late)
        assert join_as(desk, code, "a@example.org", now=late - timedelta(seconds=1))

    @pytest.mark.parametrize("days", [0, -1, 365])
    def test_only_offered_spans(self, teacher, days):
        cohort_id, _ = open_cohort(teacher)
        with pytest.raises(Invalid):
            cohorts.open_code(fresh(teacher), cohort_id, days=days, now=NOW)


class TestJoining:
    def test_as_somebody_new(self, teacher, desk):
        cohort_id, code = open_cohort(teacher)
        actor = join_as(desk, show_join_code(code).lower(), "New@example.org", lang="km")
        assert (actor.role, actor.lang, actor.attends) == ("trainee", "km", {cohort_id})
        assert sign_in(desk, "new@example.org", PASSWORD, device=DEVICE, now=NOW)

    def test_with_an_account(self, administrator, teacher, desk):
        cohort_id, code = open_cohort(teacher)
        dara = account(administrator, "dara@example.org", desk=desk)
        assert not joining.join(desk, dara, code, device=DEVICE, now=NOW).already
        assert joining.join(desk, dara, code, device=DEVICE, now=NOW).already
        assert fresh(dara).attends == {cohort_id}

    def test_a_teacher_who_enters_the_code_keeps_teaching(self, teacher, desk):
        cohort_id, code = open_cohort(teacher)
        assert joining.join(desk, teacher, code, device=DEVICE, now=NOW).already
        assert fresh(teacher).teaches == {cohort_id}

    def test_every_problem_is_said_and_nothing_is_kept(self, administrator, teacher, desk):
        _, code = open_cohort(teacher)
        form = SignUp(code, "\x00", "\ud800", "x", "a@b", "short")
        with pytest.raises(Invalid) as caught:
            joining.sign_up(desk, form, device=DEVICE, now=NOW)
        fields = {one.field for one in caught.value.problems}
        assert fields == {"name", "name_km", "email", "staff_number", "password"}
        assert accounts.list_people(administrator, search="New Comer").people == ()

    def test_a_taken_address_asks_to_sign_in(self, teacher, desk):
        _, code = open_cohort(teacher)
        with pytest.raises(Invalid) as caught:
            join_as(desk, code, "teach@example.org")
        assert [one.field for one in caught.value.problems] == ["email"]

    @pytest.mark.parametrize("code", ["", "AAAAA-AAAAA", "\x00", "\ud800", "x" * 10_000])
    @pytest.mark.usefixtures("administrator")
    def test_wrong_codes_are_all_alike(self, desk, code):
        with pytest.raises(Invalid) as caught:
            join_as(desk, code, "a@example.org")
        assert [one.field for one in caught.value.problems] == ["code"]

    def test_guessing_is_slowed(self, teacher, desk):
        _, code = open_cohort(teacher)
        form = SignUp(code="AAAAA-AAAAA", name="A", email="a@example.org", password=PASSWORD)
        for _ in range(3):
            with pytest.raises(Invalid):
                joining.sign_up(desk, form, device=Device("one"), now=NOW)
        with pytest.raises(TooManyTries):
            joining.sign_up(desk, replace(form, code=code), device=Device("one"), now=NOW)
        joining.sign_up(desk, replace(form, code=code), device=Device("two"), now=NOW)

    def test_a_class_of_sixty_joins(self, teacher, desk):
        cohort_id, code = open_cohort(teacher)
        for number in range(60):
            join_as(desk, code, f"t{number}@example.org")
        settings = cohorts.read_settings(fresh(teacher), cohort_id, now=NOW)
        assert len(settings.trainees) == 60
