"""Accounts, as administrators manage them."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from people_samples import NOW, PASSWORD, account, make_desk
from sqlalchemy import event, select

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.people import accounts, sessions
from quizapp.services.people.accounts import LastAdministrator, PersonForm
from quizapp.storage.audit import AuditRow
from quizapp.storage.database import db, transaction

DARA = PersonForm(email="Dara@example.org", name=" Sok  Dara ", name_km="ដារ៉ា", staff_number="m-1")


def audited(person_id):
    with transaction(write=False) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject_id == str(person_id)))
        return [(row.action, row.details) for row in rows]


def test_an_account_is_opened_clean(administrator):
    person_id = accounts.create_person(administrator, DARA, now=NOW)
    person = accounts.get_person(administrator, person_id)
    assert (person.email, person.name, person.name_km) == ("dara@example.org", "Sok Dara", "ដារ៉ា")
    assert (person.staff_number, person.role, person.has_password) == ("M-1", "trainee", False)
    assert audited(person_id) == [("person.make", {"role": "trainee"})]


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (PersonForm(), ["email", "name"]),
        (
            PersonForm("x", "\x00", "\ud800", "a@b", "king", "fr"),
            ["email", "name", "name_km", "staff_number", "role", "lang"],
        ),
        (replace(DARA, staff_number=""), ["email"]),
        (replace(DARA, email="other@example.org"), ["staff_number"]),
        (DARA, ["email", "staff_number"]),
    ],
)
def test_every_problem_is_said(administrator, form, fields):
    accounts.create_person(administrator, DARA, now=NOW)
    with pytest.raises(Invalid) as caught:
        accounts.create_person(administrator, form, now=NOW)
    assert sorted(one.field for one in caught.value.problems) == sorted(fields)


def test_roles_change_and_are_audited(administrator):
    person_id = accounts.create_person(administrator, DARA, now=NOW)
    form = replace(DARA, role="instructor", name="Dara")
    accounts.edit_person(administrator, person_id, form, active=True, now=NOW)
    accounts.edit_person(administrator, person_id, form, active=True, now=NOW)
    assert accounts.get_person(administrator, person_id).role == "instructor"
    assert audited(person_id)[1:] == [
        ("person.role", {"changed": ["name"], "role": ["trainee", "instructor"]})
    ]


def test_closing_an_account_signs_it_out(administrator):
    dara = account(administrator, "dara@example.org", desk=make_desk())
    form = PersonForm(email="dara@example.org", name="Dara")
    accounts.edit_person(administrator, dara.id, form, active=False, now=NOW)
    assert sessions.actor_for_session(dara.session_id, NOW) is None
    accounts.edit_person(administrator, dara.id, form, active=True, now=NOW)
    assert sessions.actor_for_session(dara.session_id, NOW) is None
    assert accounts.get_person(administrator, dara.id).active


@pytest.mark.parametrize(("role", "active"), [("instructor", True), ("administrator", False)])
def test_the_last_administrator_stays(administrator, role, active):
    form = PersonForm(email="only@example.org", name="Only", role=role)
    with pytest.raises(LastAdministrator):
        accounts.edit_person(administrator, administrator.id, form, active=active, now=NOW)
    account(administrator, "second@example.org", "administrator")
    accounts.edit_person(administrator, administrator.id, form, active=active, now=NOW)


def test_two_administrators_cannot_remove_each_other_at_once(app, administrator):
    second_id = account(administrator, "second@example.org", "administrator")
    second = replace(administrator, id=second_id)
    together, refused = Barrier(2), []

    def demote(by, whom, email):
        with app.app_context():
            together.wait()
            try:
                form = PersonForm(email=email, name="Was One", role="instructor")
                accounts.edit_person(by, whom, form, active=True, now=NOW)
            except (LastAdministrator, Forbidden):
                refused.append(whom)

    threads = [
        Thread(target=demote, args=(administrator, second_id, "b@example.org")),
        Thread(target=demote, args=(second, administrator.id, "a@example.org")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


@pytest.mark.parametrize("who", ["trainee", "instructor", "outsider"])
def test_nobody_else_manages_people(who, request, administrator):
    asking = request.getfixturevalue(who)
    for use in (
        lambda: accounts.list_people(asking),
        lambda: accounts.create_person(asking, DARA, now=NOW),
        lambda: accounts.get_person(asking, administrator.id),
        lambda: accounts.edit_person(
            asking, asking.id, replace(DARA, role="administrator"), active=True, now=NOW
        ),
        lambda: accounts.list_without_password(asking),
    ):
        with pytest.raises(Forbidden):
            use()
    assert accounts.get_person(asking, asking.id).role == asking.role


def test_ones_own_names(trainee):
    accounts.edit_self(trainee, name=" New  Name ", name_km="ថ្មី", now=NOW)
    person = accounts.get_person(trainee, trainee.id)
    assert (person.name, person.name_km) == ("New Name", "ថ្មី")
    with pytest.raises(Invalid):
        accounts.edit_self(trainee, name="", name_km="\x00", now=NOW)
    accounts.set_language(trainee, "km")
    assert accounts.get_person(trainee, trainee.id).lang == "km"
    with pytest.raises(Invalid):
        accounts.set_language(trainee, "fr")


class TestList:
    @pytest.fixture
    def crowd(self, administrator):
        for number in range(7):
            account(administrator, f"p{number}@example.org", name=f"P {number % 3}")
        account(
            administrator,
            "d_%@example.org",
            "instructor",
            name="Sok Dara",
            name_km="ដារ៉ា",
            staff_number="M-9",
        )
        return administrator

    def test_pages_follow_each_other_without_gap_or_twice(self, crowd):
        whole = accounts.list_people(crowd).people
        found, after = [], None
        while True:
            page = accounts.list_people(crowd, after=after, limit=3)
            found += page.people
            after = page.next
            if after is None:
                break
        assert found == list(whole)

    @pytest.mark.parametrize("search", ["sok d", "ដារ៉ា", "d_%", "m-9", "M-9"])
    def test_search_finds_by_any_name(self, crowd, search):
        assert [one.name for one in accounts.list_people(crowd, search=search).people] == [
            "Sok Dara"
        ]

    def test_signs_of_the_query_language_are_plain(self, crowd):
        assert accounts.list_people(crowd, search="\\").people == ()
        assert [one.name for one in accounts.list_people(crowd, search="%").people] == ["Sok Dara"]

    def test_roles_and_odd_input(self, crowd):
        assert len(accounts.list_people(crowd, role="instructor").people) == 1
        assert accounts.list_people(crowd, role="king", after="no id").people
        with pytest.raises(Invalid):
            accounts.list_people(crowd, search="\x00")

    def test_statements_do_not_grow_with_people(self, crowd):
        def count(limit):
            counted = []

            def note(*arguments):
                counted.append(arguments[2])

            event.listen(db.engine, "before_cursor_execute", note)
            try:
                accounts.list_people(crowd, limit=limit)
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
            return len(counted)

        assert count(8) == count(2) <= 4

    def test_who_has_no_password_yet(self, crowd):
        with_password = account(crowd, "in@example.org", desk=make_desk())
        waiting = accounts.list_without_password(crowd)
        assert with_password.id not in {one.id for one in waiting}
        assert all(not one.has_password for one in waiting)
        assert accounts.list_without_password(crowd, cohort="none") == ()


def test_a_person_who_is_not_there(administrator):
    with pytest.raises(NotFound):
        accounts.get_person(administrator, type(administrator.id)(int=1))
    with pytest.raises(NotFound):
        accounts.edit_person(
            administrator, type(administrator.id)(int=1), DARA, active=True, now=NOW
        )


def test_passwords_from_the_command_line_follow_the_policy(administrator):
    desk = make_desk()
    person_id = accounts.create_person(None, DARA, now=NOW)
    with pytest.raises(Invalid):
        accounts.set_password_from_outside(desk, person_id, "short", now=NOW)
    accounts.set_password_from_outside(desk, person_id, PASSWORD, now=NOW)
    assert accounts.get_person(administrator, person_id).has_password
