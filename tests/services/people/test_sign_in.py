"""Signing in, tokens by password, changing a password."""

from datetime import timedelta

import pytest
from people_samples import DEVICE, NOW, PASSWORD, account, make_desk, reset_token

from quizapp.domain.errors import Invalid, SignInRefused, TooManyTries
from quizapp.services.people import accounts, links, sessions
from quizapp.services.people.accounts import PersonForm
from quizapp.services.people.passwords import Passwords
from quizapp.services.people.sign_in import Desk, Device, change_password, issue_token, sign_in
from quizapp.storage.database import transaction
from quizapp.storage.people import Person


@pytest.fixture
def desk():
    return make_desk()


@pytest.fixture
def dara(administrator, desk):
    return account(administrator, "dara@example.org", staff_number="mfa-1", desk=desk)


@pytest.mark.parametrize("name", ["dara@example.org", " Dara@Example.org", "MFA-1", "mfa-១"])
def test_by_address_or_staff_number(dara, desk, name):
    signed_in = sign_in(desk, name, PASSWORD, device=DEVICE, now=NOW)
    actor = sessions.actor_for_session(signed_in.session_id, NOW)
    assert actor is not None
    assert actor.id == dara.id
    assert signed_in.session_id != dara.session_id


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("dara@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("dara@example.org\x00", PASSWORD),
        ("\ud800", "\ud800"),
        ("x" * 100_000, "x" * 100_000),
    ],
)
@pytest.mark.usefixtures("dara")
def test_anything_else_gets_one_answer(desk, name, password):
    with pytest.raises(SignInRefused) as caught:
        sign_in(desk, name, password, device=DEVICE, now=NOW)
    assert caught.value.params == {}


@pytest.mark.usefixtures("dara")
def test_known_and_unknown_names_are_slowed_alike(desk):
    def answers(name):
        said = []
        for number in range(6):
            try:
                sign_in(desk, name, "wrong", device=Device(f"{name}{number}"), now=NOW)
            except (SignInRefused, TooManyTries) as error:
                said.append((error.slug, error.params))
        return said

    assert answers("dara@example.org") == answers("nobody@example.org")
    # its number is the same account
    with pytest.raises(TooManyTries):
        sign_in(desk, "MFA-1", PASSWORD, device=Device("fresh"), now=NOW)


@pytest.mark.usefixtures("dara")
def test_strangers_do_not_slow_the_owner_on_a_known_device(desk):
    signed_in = sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    own = Device("own", knows=frozenset({signed_in.mark}))
    for number in range(6):
        with pytest.raises((SignInRefused, TooManyTries)):
            sign_in(desk, "dara@example.org", "x", device=Device(str(number)), now=NOW)
    assert sign_in(desk, "dara@example.org", PASSWORD, device=own, now=NOW)
    with pytest.raises(TooManyTries) as caught:
        sign_in(desk, "dara@example.org", PASSWORD, device=Device("stranger"), now=NOW)
    later = NOW + timedelta(seconds=caught.value.seconds)
    assert sign_in(desk, "dara@example.org", PASSWORD, device=Device("stranger"), now=later)


def test_sixty_people_sign_in_at_once(administrator, desk):
    for number in range(60):
        form = PersonForm(email=f"t{number}@example.org", name=f"Trainee {number}")
        accounts.create_person(administrator, form, now=NOW)
    one = account(administrator, "one@example.org", desk=desk)
    with transaction(write=True) as session:
        encoded = session.get(Person, one.id).password_hash
        for person in session.query(Person).filter(Person.password_hash.is_(None)):
            person.password_hash = encoded
    for number in range(60):
        name = f"t{number}@example.org"
        with pytest.raises(SignInRefused):
            sign_in(desk, name, "mistyped", device=Device(name), now=NOW)
        assert sign_in(desk, name, PASSWORD, device=Device(name), now=NOW)


def test_a_closed_account_is_refused_like_a_wrong_password(administrator, dara, desk):
    form = PersonForm(email="dara@example.org", name="Dara")
    accounts.edit_person(administrator, dara.id, form, active=False, now=NOW)
    with pytest.raises(SignInRefused):
        sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    assert sessions.actor_for_session(dara.session_id, NOW) is None


def test_an_account_without_a_password_lets_nobody_in(administrator, desk):
    account(administrator, "fresh@example.org")
    with pytest.raises(SignInRefused):
        sign_in(desk, "fresh@example.org", "", device=DEVICE, now=NOW)


def test_other_parameters_renew_the_hash(dara):
    dearer = Desk(Passwords(memory_kib=128, time_cost=1))
    sign_in(dearer, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    with transaction(write=False) as session:
        assert "m=128," in session.get(Person, dara.id).password_hash
    assert sign_in(dearer, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)


@pytest.mark.usefixtures("dara")
def test_a_token_by_password(desk):
    issued = issue_token(desk, "dara@example.org", PASSWORD, now=NOW)
    actor = sessions.actor_for_token(issued.token, NOW)
    assert actor is not None
    assert actor.session_id == issued.id
    with pytest.raises(SignInRefused):
        issue_token(desk, "dara@example.org", "wrong", now=NOW)
    assert sessions.actor_for_session(issued.id, NOW) is None  # no cookie may name a token


def test_a_new_password_ends_everything_else(administrator, dara, desk):
    other = sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    token = issue_token(desk, "dara@example.org", PASSWORD, now=NOW)
    link = reset_token(administrator, dara.id)
    change_password(desk, dara, current=PASSWORD, new="quite another phrase", now=NOW)
    assert sessions.actor_for_session(dara.session_id, NOW) is not None
    assert sessions.actor_for_session(other.session_id, NOW) is None
    assert sessions.actor_for_token(token.token, NOW) is None
    with pytest.raises(links.LinkSpent):
        links.read_link(link, now=NOW)
    with pytest.raises(SignInRefused):
        sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    assert sign_in(desk, "dara@example.org", "quite another phrase", device=DEVICE, now=NOW)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", "quite another phrase", "current"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "dara@example.org", "new"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(dara, desk, current, new, field):
    with pytest.raises(Invalid) as caught:
        change_password(desk, dara, current=current, new=new, now=NOW)
    assert [one.field for one in caught.value.problems] == [field]
    assert sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
