"""Personal tokens: made with a password, used, ended."""

from datetime import UTC, datetime, timedelta

import pytest
from api_caller import Browsing, Caller, caller, problem

from quizapp.services.people import links
from quizapp.services.people.sign_in import Device

PASSWORD = "four plain words here"


@pytest.fixture
def known(app, administrator, trainee):
    """The trainee's address, with a password."""
    now = datetime.now(UTC)
    link = links.issue_reset(administrator, trainee.id, base_url="http://localhost", now=now)
    desk = app.extensions["quizapp.desk"]
    token = link.url.split("link=")[1]
    links.set_password(desk, token, PASSWORD, device=Device(), now=now)
    return caller(app, trainee).get("me").get_json()["email"]


def test_a_token_is_made_used_and_ended(app, known, trainee):
    made = Caller(app).post("tokens", {"email": known, "password": PASSWORD})
    assert made.status_code == 201
    token = made.get_json()
    assert token.keys() == {"token", "expires_at"}
    ends = datetime.fromisoformat(token["expires_at"])
    assert timedelta(days=80) < ends - datetime.now(UTC) < timedelta(days=100)
    asking = Caller(app, token["token"])
    assert asking.get("me").get_json()["id"] == str(trainee.id)
    assert asking.delete("tokens/current").status_code == 204
    problem(asking.get("me"), 401, "sign-in-required")
    problem(asking.delete("tokens/current"), 401, "sign-in-required")


def test_the_second_factor_may_be_sent(app, known):
    body = {"email": known, "password": PASSWORD, "otp": "123456"}
    assert Caller(app).post("tokens", body).status_code == 201


def test_a_wrong_name_and_a_wrong_password_are_alike(app, known):
    wrong = Caller(app).post("tokens", {"email": known, "password": "wrong"})
    nobody = Caller(app).post("tokens", {"email": "no@example.org", "password": PASSWORD})
    assert problem(wrong, 401, "sign-in-refused") == problem(nobody, 401, "sign-in-refused")


def test_guesses_wait(app, known):
    for _ in range(6):
        answer = Caller(app).post("tokens", {"email": known, "password": "wrong"})
    problem(answer, 429, "too-many-tries")
    assert int(answer.headers["Retry-After"]) > 0
    other = Caller(app).post("tokens", {"email": "other@example.org", "password": PASSWORD})
    problem(other, 401, "sign-in-refused")


def test_making_one_needs_no_page(app, known, instructor):
    browser = Browsing(app, instructor)
    body = {"email": known, "password": PASSWORD}
    headers = {"Origin": None, "X-CSRFToken": None}
    assert browser.post("tokens", body, headers=headers).status_code == 201


def test_a_browser_has_no_token_to_end(app, instructor):
    browser = Browsing(app, instructor)
    problem(browser.delete("tokens/current"), 401, "sign-in-required")
    assert browser.get("me").status_code == 200
