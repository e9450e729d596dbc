"""Signing in and out, in pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from people_browser import PASSWORD, Browser, signed_in
from sqlalchemy import update

from quizapp.storage.database import transaction
from quizapp.storage.people import LoginSession
from quizapp.web.paths import own_next


@pytest.fixture
def dara(app, administrator):
    return signed_in(app, administrator, "dara@example.org", staff_number="m-1")


@pytest.fixture
def stranger(app):
    return Browser(app)


def expire(app):
    with app.app_context(), transaction(write=True) as session:
        session.execute(
            update(LoginSession).values(expires_at=datetime.now(UTC) - timedelta(days=1))
        )


@pytest.mark.usefixtures("dara")
def test_sign_in_goes_on_to_where_one_was_going(stranger):
    assert stranger.get("/account?x=1").status_code == 303
    stranger.follow()
    assert stranger.field("next") == "/account?x=1"
    answer = stranger.sign_in("M-1", next="/account?x=1")
    assert (answer.status_code, answer.location) == (303, "/account?x=1")
    assert stranger.get("/account").status_code == 200
    assert stranger.get("/sign-in?next=/account").location == "/account"


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "/\t/example.org",
        "\n/x",
        "javascript:alert(1)",
        "example.org",
        "",
        "/sign-out",
        "/x\x00",
        "/\ud800",
    ],
)
def test_other_sites_are_never_next(path):
    assert own_next(path) == "/"


@pytest.mark.parametrize("path", ["/", "/account", "/people?search=%2F%2Fx", "/banks/a#b"])
def test_own_paths_are(path):
    assert own_next(path) == path


@pytest.mark.usefixtures("dara")
def test_a_wrong_password_and_a_wrong_name_get_the_same_page(app):
    def page(name):
        browser = Browser(app)
        answer = browser.sign_in(name, "wrong")
        assert answer.status_code == 401
        text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        return re.sub(r'nonce="[^"]+"', "", text).replace(name, "NAME")

    assert page("dara@example.org") == page("nobody@example.org")


@pytest.mark.usefixtures("dara")
def test_after_wrong_tries_the_page_says_how_long(stranger):
    for _ in range(3):
        assert stranger.sign_in("dara@example.org", "wrong").status_code == 401
    answer = stranger.sign_in("dara@example.org")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Retry-After"] in answer.text
    assert stranger.field("name") == "dara@example.org"
    assert PASSWORD not in answer.text


def test_the_cookie_is_kept_from_scripts(dara):
    cookies = [
        line
        for line in dara.last.headers.getlist("Set-Cookie")
        if line.startswith(("quizapp=", "session=", "device="))
    ]
    assert len(cookies) == 2
    for line in cookies:
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line


def test_signing_in_takes_a_fresh_session(dara):
    def session_id():
        with dara.client.session_transaction() as session:
            return session.get("_user_id")

    before = session_id()
    dara.sign_in("dara@example.org")
    assert session_id() != before


def test_out_at_one_click(dara):
    assert dara.get("/sign-out").status_code == 405
    assert dara.post("/sign-out").status_code == 303
    assert dara.get("/account").status_code == 303
    assert dara.post("/sign-out").status_code == 303


def test_a_stolen_cookie_ends_with_the_session(app, dara):
    thief = Browser(app)
    for cookie in dara.client._cookies.values():
        thief.client.set_cookie(cookie.key, cookie.value)
    assert thief.get("/account").status_code == 200
    dara.post("/sign-out")
    assert thief.get("/account").status_code == 303


def test_what_was_typed_survives_the_end_of_the_session(app, dara):
    expire(app)
    answer = dara.post(
        "/account",
        {"name": "Typed “before”", "name_km": "វាយ"},
        headers={"Referer": "http://localhost/account"},
    )
    assert answer.status_code == 401
    assert dara.field("next") == "/account"
    kept, send_to = dara.field("kept"), dara.field("send_to")
    wrong = dara.sign_in("dara@example.org", "wrong", kept=kept, send_to=send_to)
    assert wrong.status_code == 401
    assert (dara.field("kept"), dara.field("send_to")) == (kept, send_to)
    again = dara.sign_in("dara@example.org", kept=kept, send_to=send_to)
    assert again.status_code == 200
    assert "Typed “before”" in again.text
    assert 'action="/account"' in again.text
    dara.post("/account", {"name": dara.field("name"), "name_km": dara.field("name_km")})
    assert dara.last.status_code == 303
    assert 'value="Typed “before”"' in dara.get("/account").text


@pytest.mark.parametrize("kept", ["", "x", "[1]", "{}", "null", '[["a"]]', '[["a","b","c"]]'])
@pytest.mark.usefixtures("dara")
def test_odd_keepsakes_are_let_go(stranger, kept):
    answer = stranger.sign_in("dara@example.org", kept=kept, send_to="/account")
    assert answer.status_code == 303


@pytest.mark.usefixtures("dara")
def test_nothing_kept_is_sent_elsewhere(stranger):
    answer = stranger.sign_in("dara@example.org", kept='[["a","b"]]', send_to="//example.org/x")
    assert answer.status_code == 303


def test_scripts_get_a_problem_document(stranger, dara):
    del dara
    answer = stranger.get("/account", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["type"].endswith("sign-in-required")


class TestCsrf:
    def test_a_form_without_its_token_is_shown_and_can_be_sent_again(self, dara):
        answer = dara.post(
            "/account",
            {"name": "Kept name", "name_km": "", "password": "secret thing"},
            token=False,
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code == 400
        assert "Kept name" in answer.text
        assert 'action="/account"' in answer.text
        assert "secret thing" not in answer.text

    def test_a_form_from_elsewhere_is_only_shown(self, dara):
        answer = dara.post(
            "/account",
            {"name": "Evil"},
            token=False,
            headers={"Origin": "https://evil.example.org"},
        )
        assert answer.status_code == 400
        assert 'action="/account"' not in answer.text
        assert "Some Body" in dara.get("/account").text

    def test_scripts_get_a_problem_document(self, dara):
        answer = dara.post("/account", token=False, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


class TestLanguage:
    def test_kept_for_a_stranger_in_a_cookie(self, stranger):
        answer = stranger.post("/language", {"lang": "km", "back": "/join"})
        assert answer.location == "/join"
        assert stranger.client.get_cookie("lang").value == "km"

    def test_kept_for_a_person(self, app, dara):
        dara.post("/language", {"lang": "km", "back": "//evil.example.org"})
        assert dara.last.location == "/"
        other = Browser(app)
        other.sign_in("dara@example.org")
        assert '<option value="km" lang="km" selected>' in other.get("/account").text

    def test_no_other_language(self, stranger):
        stranger.post("/language", {"lang": "xx\x00"})
        assert stranger.last.status_code == 303
        assert stranger.client.get_cookie("lang") is None
