"""One-time links."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from people_samples import DEVICE, NOW, PASSWORD, account, make_desk, reset_token
from sqlalchemy import delete, select

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.people import accounts, links, sessions
from quizapp.services.people.accounts import PersonForm
from quizapp.services.people.links import RESET_LIFE, SLIP_LIFE, LinkSpent
from quizapp.services.people.sign_in import sign_in
from quizapp.storage.database import transaction
from quizapp.storage.people import OneTimeLink, Person

BASE = "https://quiz.example.org/"


@pytest.fixture
def desk():
    return make_desk()


@pytest.fixture
def nobody(app):
    with app.app_context(), transaction(write=True) as session:
        session.execute(delete(Person))
    return app


def first(desk, token, **more):
    fields = {"email": "first@example.org", "name": "First", "name_km": "", "password": PASSWORD}
    return links.create_first_administrator(
        desk, token, **(fields | more), lang="en", device=DEVICE, now=NOW
    )


@pytest.mark.usefixtures("nobody")
class TestFirstAdministrator:
    def test_the_link_makes_one_and_only_one(self, desk):
        url = links.first_administrator_link(NOW, BASE)
        assert url.startswith("https://quiz.example.org/reset?link=")
        token = url.split("link=")[1]
        assert links.read_link(token, now=NOW).purpose == "first"
        actor = sessions.actor_for_session(first(desk, token).session_id, NOW)
        assert actor.role == "administrator"
        assert links.first_administrator_link(NOW, BASE) is None
        with pytest.raises(LinkSpent):
            first(desk, token, email="second@example.org")

    def test_a_later_start_replaces_it(self, desk):
        old = links.first_administrator_link(NOW, BASE).split("link=")[1]
        new = links.first_administrator_link(NOW, BASE).split("link=")[1]
        with pytest.raises(LinkSpent):
            first(desk, old)
        assert first(desk, new)

    def test_what_is_wrong_leaves_the_link(self, desk):
        token = links.first_administrator_link(NOW, BASE).split("link=")[1]
        with pytest.raises(Invalid) as caught:
            first(desk, token, email="x", name="\x00", password="short")
        assert [one.field for one in caught.value.problems] == ["email", "name", "password"]
        assert first(desk, token)

    def test_it_cannot_set_anybodys_password(self, desk):
        token = links.first_administrator_link(NOW, BASE).split("link=")[1]
        with pytest.raises(LinkSpent):
            links.set_password(desk, token, PASSWORD, device=DEVICE, now=NOW)


def test_a_link_works_once_and_signs_out_elsewhere(administrator, desk):
    dara = account(administrator, "dara@example.org", desk=desk)
    token = reset_token(administrator, dara.id)
    assert links.read_link(token, now=NOW).sign_in_name == "dara@example.org"
    signed_in = links.set_password(desk, token, "quite another phrase", device=DEVICE, now=NOW)
    assert signed_in.person_id == dara.id
    assert sessions.actor_for_session(dara.session_id, NOW) is None
    assert sign_in(desk, "dara@example.org", "quite another phrase", device=DEVICE, now=NOW)
    with pytest.raises(LinkSpent):
        links.set_password(desk, token, PASSWORD, device=DEVICE, now=NOW)


def test_only_a_hash_is_kept(administrator):
    token = reset_token(administrator, account(administrator, "dara@example.org"))
    with transaction(write=False) as session:
        (kept,) = session.scalars(select(OneTimeLink.digest))
    assert token not in kept
    assert kept == sessions.digest(token)


def test_a_newer_link_replaces_an_older_one(administrator):
    person_id = account(administrator, "dara@example.org")
    old = reset_token(administrator, person_id)
    new = reset_token(administrator, person_id)
    with pytest.raises(LinkSpent):
        links.read_link(old, now=NOW)
    assert links.read_link(new, now=NOW).name == "Some Body"


def test_links_end_after_a_day_and_slips_after_a_week(administrator, desk):
    second = timedelta(seconds=1)
    dara = account(administrator, "dara@example.org", desk=desk)
    link = reset_token(administrator, dara.id)
    slip = reset_token(administrator, account(administrator, "fresh@example.org"))
    assert links.read_link(link, now=NOW + RESET_LIFE - second)
    assert links.read_link(slip, now=NOW + SLIP_LIFE - second)
    assert timedelta(hours=24) == RESET_LIFE
    for token, life in ((link, RESET_LIFE), (slip, SLIP_LIFE)):
        with pytest.raises(LinkSpent):
            links.read_link(token, now=NOW + life)


def test_two_at_once_one_wins(app, administrator, desk):
    token = reset_token(administrator, account(administrator, "dara@example.org"))
    together, done = Barrier(2), []

    def use(password):
        with app.app_context():
            together.wait()
            try:
                links.set_password(desk, token, password, device=DEVICE, now=NOW)
                done.append(password)
            except LinkSpent:
                done.append(None)

    threads = [
        Thread(target=use, args=(word,)) for word in ("phrase number one", "phrase number two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done.count(None) == 1
    (password,) = [one for one in done if one]
    assert sign_in(desk, "dara@example.org", password, device=DEVICE, now=NOW)


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "x" * 10_000])
@pytest.mark.usefixtures("app")
def test_other_links_do_not_work(token):
    with pytest.raises(LinkSpent):
        links.read_link(token, now=NOW)


def test_a_closed_account_cannot_use_its_link(administrator, desk):
    person_id = account(administrator, "dara@example.org")
    token = reset_token(administrator, person_id)
    form = PersonForm(email="dara@example.org", name="Dara")
    accounts.edit_person(administrator, person_id, form, active=False, now=NOW)
    with pytest.raises(LinkSpent):
        links.set_password(desk, token, PASSWORD, device=DEVICE, now=NOW)
    with pytest.raises(NotFound):
        reset_token(administrator, person_id)


def test_slips_say_who_and_where(administrator):
    ids = [account(administrator, f"p{n}@example.org", staff_number=f"n{n}") for n in range(3)]
    slips = links.issue_slips(administrator, ids, base_url=BASE, now=NOW)
    assert {slip.sign_in_name for slip in slips} == {"N0", "N1", "N2"}
    assert len({slip.link.url for slip in slips}) == 3
    with pytest.raises(Invalid):
        too_many = [administrator.id, *(type(ids[0])(int=n) for n in range(links.MOST_SLIPS))]
        links.issue_slips(administrator, too_many, base_url=BASE, now=NOW)


@pytest.mark.parametrize("who", ["trainee", "instructor", "outsider"])
def test_nobody_else_makes_links(who, administrator, request):
    person_id = account(administrator, "dara@example.org")
    with pytest.raises(Forbidden):
        links.issue_reset(request.getfixturevalue(who), person_id, base_url=BASE, now=NOW)
