"""Sessions and tokens."""

from datetime import timedelta
from uuid import uuid4

import pytest
from people_samples import DEVICE, NOW, PASSWORD, account, join_as, make_desk, open_cohort
from sqlalchemy import event

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.people import sessions
from quizapp.services.people.sessions import SEEN_EVERY, SESSION_LIFE, TOKEN_LIFE
from quizapp.services.people.sign_in import sign_in
from quizapp.storage.database import db, transaction
from quizapp.storage.people import LoginSession


@pytest.fixture
def desk():
    return make_desk()


@pytest.fixture
def dara(administrator, desk):
    return account(administrator, "dara@example.org", desk=desk)


def test_the_actor_knows_the_cohorts(administrator, desk):
    teacher = account(administrator, "teach@example.org", "instructor", desk=desk)
    first, code = open_cohort(teacher, "A-1")
    second, _ = open_cohort(teacher, "A-2")
    newcomer = join_as(desk, code, "new@example.org")
    assert newcomer.attends == {first}
    assert newcomer.teaches == frozenset()
    assert newcomer.role == "trainee"
    again = sessions.actor_for_session(teacher.session_id, NOW)
    assert again.teaches == {first, second}
    assert again.attends == frozenset()


def test_who_asks_costs_one_statement(dara):
    counted = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert sessions.actor_for_session(dara.session_id, NOW) == dara
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    assert len(counted) == 1


def test_being_seen_is_noted_every_five_minutes_and_moves_the_end(dara):
    def seen():
        with transaction(write=False) as session:
            row = session.get(LoginSession, dara.session_id)
            return row.last_seen_at, row.expires_at

    sessions.actor_for_session(dara.session_id, NOW + SEEN_EVERY - timedelta(seconds=1))
    assert seen() == (NOW, NOW + SESSION_LIFE)
    later = NOW + SEEN_EVERY
    sessions.actor_for_session(dara.session_id, later)
    assert seen() == (later, later + SESSION_LIFE)


def test_a_session_ends(dara):
    assert sessions.actor_for_session(dara.session_id, NOW + SESSION_LIFE) is None
    assert sessions.actor_for_session(uuid4(), NOW) is None


def test_a_token_ends_whether_used_or_not(dara):
    issued = sessions.make_token(dara, "gradebook script", now=NOW)
    late = NOW + TOKEN_LIFE - timedelta(seconds=1)
    assert sessions.actor_for_token(issued.token, late) is not None
    assert sessions.actor_for_token(issued.token, NOW + TOKEN_LIFE) is None
    with transaction(write=False) as session:
        assert issued.token not in str(session.get(LoginSession, issued.id).digest)


@pytest.mark.parametrize("token", ["", "qa_", "qa_x", "x" * 5000, "qa_\x00", "qa_\ud800"])
@pytest.mark.usefixtures("dara")
def test_other_tokens_are_nobodys(token):
    assert sessions.actor_for_token(token, NOW) is None


@pytest.mark.parametrize("label", ["", " ", "x" * 81, "a\x00"])
def test_a_token_needs_a_name(dara, label):
    with pytest.raises(Invalid):
        sessions.make_token(dara, label, now=NOW)


def test_tokens_have_a_bound(dara):
    for number in range(sessions.MOST_TOKENS):
        sessions.make_token(dara, f"t{number}", now=NOW)
    with pytest.raises(Invalid):
        sessions.make_token(dara, "one more", now=NOW)


def test_listed_and_revoked_one_by_one_or_all_others(dara, desk):
    second = sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    third = sign_in(desk, "dara@example.org", PASSWORD, device=DEVICE, now=NOW)
    token = sessions.make_token(dara, "script", now=NOW)
    listed = sessions.list_sessions(dara, now=NOW)
    assert {(one.id, one.kind, one.current) for one in listed} == {
        (dara.session_id, "browser", True),
        (second.session_id, "browser", False),
        (third.session_id, "browser", False),
        (token.id, "token", False),
    }
    assert {one.label for one in listed} == {"Firefox, Linux", "script"}
    sessions.revoke(dara, second.session_id, now=NOW)
    assert sessions.actor_for_session(second.session_id, NOW) is None
    assert sessions.revoke_others(dara, now=NOW) == 1
    assert sessions.actor_for_session(third.session_id, NOW) is None
    assert sessions.actor_for_session(dara.session_id, NOW) is not None
    assert sessions.actor_for_token(token.token, NOW) is not None
    sessions.sign_out(dara, now=NOW)
    assert sessions.actor_for_session(dara.session_id, NOW) is None


def test_anothers_session_is_not_there(administrator, dara, desk):
    other = account(administrator, "other@example.org", desk=desk)
    with pytest.raises(NotFound):
        sessions.revoke(dara, other.session_id, now=NOW)
    with pytest.raises(Forbidden):
        sessions.list_sessions(dara, now=NOW, person_id=other.id)
    with pytest.raises(Forbidden):
        sessions.revoke(dara, other.session_id, now=NOW, person_id=other.id)
    assert sessions.list_sessions(administrator, now=NOW, person_id=other.id)
    sessions.revoke(administrator, other.session_id, now=NOW, person_id=other.id)
    assert sessions.actor_for_session(other.session_id, NOW) is None


def test_what_ended_a_month_ago_is_forgotten(dara):
    def kept():
        with transaction(write=False) as session:
            return session.get(LoginSession, dara.session_id) is not None

    month = sessions.KEPT_ENDED
    sessions.purge(NOW + SESSION_LIFE + month)
    assert kept()
    sessions.purge(NOW + SESSION_LIFE + month + timedelta(seconds=1))
    assert not kept()
