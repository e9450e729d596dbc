"""What a server writes to stderr: one line for each request, and nothing that people typed."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest
from flask import Blueprint
from people_browser import Browser
from people_samples import PASSWORD, account, reset_token

from quizapp.web import logs
from quizapp.web.guard import public

SECRET_WORDS = "a word that nobody may read"


@pytest.fixture
def database_kind():
    """One kind is enough: what is logged does not depend on it."""
    return "sqlite"


@pytest.fixture
def lines(monkeypatch):
    """The lines that a server at level INFO writes."""
    stream = io.StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    monkeypatch.setattr("sys.stderr", stream)
    logs.to_stderr("INFO")

    def read():
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    logging.captureWarnings(capture=False)
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)


def text(lines):
    return json.dumps(lines(), ensure_ascii=False)


def test_a_request_is_one_line(app, lines):
    answer = app.test_client().get("/sign-in?next=/secret-place")
    (line,) = lines()
    assert line | {"time": "", "ms": 0} == {
        "time": "",
        "level": "INFO",
        "logger": "quizapp.requests",
        "message": "request",
        "request_id": answer.headers["X-Request-Id"],
        "method": "GET",
        "rule": "/sign-in",
        "status": 200,
        "ms": 0,
        "person": None,
    }
    assert 0 < line["ms"] < 60_000
    assert "secret-place" not in text(lines)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("0123456789abcdef", True),
        ("3f2c9a1e-7b1d-4d0e-9b57-0e5c86a7f001", True),
        ("short", False),
        ("x" * 65, False),
        ('{"a": "b", "c": 1}', False),
        ("with space in it", False),
        ("ភ្នំពេញភ្នំពេញ".encode().decode("latin-1"), False),
    ],
)
def test_the_proxys_request_id_is_taken_where_it_is_sane(app, lines, given, taken):
    answer = app.test_client().get("/healthz", headers={"X-Request-Id": given})
    mine = answer.headers["X-Request-Id"]
    assert (mine == given) is taken
    assert lines()[0]["request_id"] == mine


def test_who_asked_is_an_id_and_what_was_typed_is_nowhere(app, administrator, lines):
    desk = app.extensions["quizapp.desk"]
    now = datetime.now(UTC)
    person = account(administrator, "dara@example.org", desk=desk, now=now)
    browser = Browser(app)
    browser.sign_in("dara@example.org", "not the password at all")
    browser.sign_in("dara@example.org", PASSWORD)
    browser.get("/account")
    found = lines()
    assert found[-1]["person"] == str(person.id)
    assert found[-1]["rule"] == "/account"
    assert browser.get("/api/v1/me").status_code == 200
    assert lines()[-1]["person"] == str(person.id)
    for secret in ("dara@example.org", PASSWORD, "not the password at all"):
        assert secret not in text(lines)


def test_links_and_codes_are_not_in_it(app, administrator, lines):
    person_id = account(administrator, "dara@example.org")
    token = reset_token(administrator, person_id, now=datetime.now(UTC))
    assert Browser(app).get(f"/reset?link={token}").status_code == 200
    Browser(app).get(f"/join/{SECRET_WORDS}")
    assert token not in text(lines)
    assert SECRET_WORDS not in text(lines)


def broken():
    @public
    def view(secret):
        raise ValueError(SECRET_WORDS) from KeyError(SECRET_WORDS)

    bp = Blueprint("broken", __name__)
    bp.add_url_rule("/broken/<secret>", view_func=view)
    return bp


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_an_exception_is_its_type_and_places(app, lines, level):
    app.config["TESTING"] = False
    app.register_blueprint(broken())
    logging.getLogger().setLevel(level)
    assert app.test_client().get(f"/broken/{SECRET_WORDS}?a={SECRET_WORDS}").status_code == 500
    (line,) = [one for one in lines() if one["level"] == "ERROR"]
    assert line["message"] == "unhandled exception in GET /broken/<secret>"
    assert line["exception"]["type"] == "builtins.ValueError"
    assert line["exception"]["cause"]["type"] == "builtins.KeyError"
    assert any("test_house_logs.py" in frame for frame in line["exception"]["frames"])
    assert (SECRET_WORDS in text(lines)) is (level == "DEBUG")
    (request,) = [one for one in lines() if one["logger"] == "quizapp.requests"]
    assert (request["status"], request["rule"]) == (500, "/broken/<secret>")
    assert request["request_id"] == line["request_id"]


def test_other_loggers_words_about_an_exception_are_left_out(app, lines):
    try:
        raise ValueError(SECRET_WORDS)
    except ValueError:
        logging.getLogger("waitress").exception("Exception while serving %s", SECRET_WORDS)
    (line,) = lines()
    assert line["message"] == "Exception while serving %s"
    assert SECRET_WORDS not in text(lines)


def test_an_address_that_no_route_knows_is_not_written_down(app, lines):
    app.test_client().get(f"/no/such/{SECRET_WORDS}")
    (line,) = lines()
    assert (line["rule"], line["status"]) == (None, 404)
    assert SECRET_WORDS not in text(lines)
