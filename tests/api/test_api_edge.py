"""Who may enter the API, what it refuses to read, and how it says so."""

import json

import pytest
from api_caller import Browsing, Caller, caller, fields, problem

CREDENTIALS = {"email": "nobody@example.org", "password": "four plain words here"}
pytestmark = pytest.mark.usefixtures("app")


# --- who asks


def test_strangers_are_asked_to_sign_in(app):
    answer = Caller(app).get("me")
    problem(answer, 401, "sign-in-required")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["", "qa_wrong", "x", "qa_" + "a" * 500, "qa_é"])
def test_a_token_that_is_none_signs_nobody_in(app, token):
    answer = Caller(app).get("me", headers={"Authorization": f"Bearer {token}"})
    problem(answer, 401, "sign-in-required")


def test_a_token_says_who_asks(app, trainee):
    answer = caller(app, trainee).get("me")
    me = answer.get_json()
    assert (answer.status_code, me["id"], me["role"]) == (200, str(trainee.id), "trainee")
    assert [one["code"] for one in me["cohorts"]] == ["2026-A"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_browser_is_known_by_its_cookie(app, instructor):
    assert Browsing(app, instructor).get("me").get_json()["id"] == str(instructor.id)


def test_with_a_token_the_cookie_is_ignored(app, instructor, trainee):
    browser = Browsing(app, instructor)
    browser.token = caller(app, trainee).token
    assert browser.get("me").get_json()["id"] == str(trainee.id)
    browser.token = "qa_wrong"
    problem(browser.get("me"), 401, "sign-in-required")


# --- what another site makes a browser send


def test_a_browser_sends_its_token_and_comes_from_here(app, instructor):
    browser = Browsing(app, instructor)
    assert browser.post("cohorts", {"code": "A", "title": "T"}).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRFToken": None},
        {"X-CSRFToken": "wrong"},
        {"Origin": None},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {"Origin": None, "Referer": "https://evil.example/page"},
    ],
)
def test_a_forged_request_is_refused(app, instructor, headers):
    browser = Browsing(app, instructor)
    problem(browser.post("cohorts", {"code": "A", "title": "T"}, headers=headers), 403, "csrf")
    assert browser.get("cohorts").get_json()["items"][0]["code"] == "2026-A"


def test_the_token_of_another_session_is_no_token_of_this_one(app, instructor):
    other = Browsing(app, instructor, csrf="another session's")
    browser = Browsing(app, instructor)
    answer = browser.post("cohorts", {"code": "A", "title": "T"}, headers=other.headers)
    problem(answer, 403, "csrf")


def test_a_referer_does_where_no_origin_is_sent(app, instructor):
    browser = Browsing(app, instructor)
    headers = {"Origin": None, "Referer": "http://localhost/attempts/1"}
    answer = browser.post("cohorts", {"code": "A", "title": "T"}, headers=headers)
    assert answer.status_code == 201


def test_a_token_needs_neither(app, instructor):
    answer = caller(app, instructor).post("cohorts", {"code": "A", "title": "T"})
    assert answer.status_code == 201


# --- what is not read


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"{'email': 1}", 400, "malformed"),
        (b"\xff\xfe{}", 400, "malformed"),
        (b'{"email": "\xff"}', 400, "malformed"),
        (b'{"email": "a\x00b"}', 400, "malformed"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'"{}"', 422, "invalid"),
        (b'{"email": "a", "password": "b", "otp": NaN}', 422, "invalid"),
        (b'{"email": "a", "password": "b", "otp": "\\ud800"}', 422, "invalid"),
        (b'{"email": "a", "password": "b", "otp": "\\u0000"}', 422, "invalid"),
        (b'{"email": "a", "password": "b", "\\u0000": 1}', 422, "invalid"),
        (b'{"email": "a", "password": "b", "\\udfff": 1}', 422, "invalid"),
        (b'{"email": ' + b"[" * 100_000, 422, "invalid"),
        (b'{"email": ' + b"[" * 5000 + b"]" * 5000 + b"}", 422, "invalid"),
        (b'{"email": ' + b"9" * 10_000 + b"}", 422, "invalid"),
        (b'{"email": 1e999, "password": "b"}', 422, "invalid"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(app, body, status, slug):
    answer = Caller(app).ask("POST", "tokens", data=body, content_type="application/json")
    problem(answer, status, slug)


def test_a_body_of_another_kind_is_refused(app):
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        answer = Caller(app).ask("POST", "tokens", data=b"{}", content_type=kind)
        problem(answer, 415, "unsupported-media-type")


def test_a_body_that_is_too_large_is_refused(app):
    body = json.dumps({**CREDENTIALS, "otp": "x" * 1_100_000}).encode()
    answer = Caller(app).ask("POST", "tokens", data=body, content_type="application/json")
    problem(answer, 413, "too-large")


def test_fields_are_strict_and_each_is_named(app, administrator):
    asking = caller(app, administrator)
    assert fields(Caller(app).post("tokens", {**CREDENTIALS, "more": 1})) == {"more"}
    assert fields(Caller(app).post("tokens", {"email": 5})) == {"email", "password"}
    assert fields(asking.post("cohorts", {"code": "a b", "title": " "})) == {"code", "title"}
    assert fields(asking.post("banks", {"title": {}})) == {"title"}
    answer = asking.post("banks", {"title": "A\u200b\ud800"})
    assert fields(answer) == {"title"}


def test_queries_are_strict(app, administrator):
    asking = caller(app, administrator)
    assert fields(asking.get("me?more=1")) == {"more"}
    assert fields(asking.get("banks?limit=0")) == {"limit"}
    assert fields(asking.get("banks?limit=201")) == {"limit"}
    assert fields(asking.get("banks?limit=ten")) == {"limit"}
    assert fields(asking.get("banks?limit=1&limit=2")) == {"limit"}
    assert fields(asking.get("banks?offset=1")) == {"offset"}
    assert fields(asking.get("banks?a%00b=1")) == {"a?b"}
    assert fields(asking.get("banks?cursor=%00")) == {"cursor"}
    assert fields(asking.get("banks?cursor=")) == {"cursor"}
    problem(asking.get("banks?cursor=_____w"), 404, "unknown-cursor")


# --- addresses and methods


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/me", "/api/", "/api/v1/me/"])
def test_what_is_not_there_is_a_problem_document(app, path):
    problem(Caller(app).get(path), 404, "not-found")


def test_another_method_is_a_problem_document(app):
    answer = Caller(app).ask("PUT", "me")
    problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


def test_ids_that_are_none_are_not_there(app, administrator):
    asking = caller(app, administrator)
    for path in ("cohorts/nothing/members", "cohorts/%00/members", "cohorts/9/members"):
        problem(asking.post(path, {"emails": ["a@example.org"]}), 404, "not-found")
    for slug in ("nothing", "%00", "a" * 500, "Ünicode", "..", "%ED%A0%80"):
        problem(asking.get(f"banks/{slug}"), 404, "not-found")


def test_pages_keep_their_own_refusals(app):
    answer = Caller(app).get("/nothing-here")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


def test_a_crash_is_a_problem_document(app, administrator, monkeypatch):
    def crash(*_args, **_more):
        raise RuntimeError("broken")

    monkeypatch.setattr("quizapp.services.banks.catalogue.list_banks", crash)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    asking = caller(app, administrator)
    document = problem(asking.get("banks"), 500, "internal")
    assert "broken" not in json.dumps(document)


# --- the list of types


def test_every_type_of_problem_is_listed(app):
    listed = Caller(app).get("/problems").get_json()["items"]
    types = {one["type"]: one for one in listed}
    for slug in ("stale-revision", "conflict", "attempt-closed", "choose-assignment", "invalid"):
        one = Caller(app).get(f"/problems/{slug}").get_json()
        assert one == types[f"/problems/{slug}"]
        assert one["title"]
    assert types["/problems/conflict"]["status"] == 409
    assert Caller(app).get("/problems/nothing").status_code == 404


# --- in which language


def test_refusals_speak_the_language_of_who_asks(app, trainee):
    asking = caller(app, trainee)
    khmer = {"Accept-Language": "km"}
    english = asking.get("banks/x", headers=khmer).get_json()["title"]
    assert english == "You may not do this."
    assert Caller(app).get("me", headers=khmer).get_json()["title"] != "Sign in first."
    assert asking.get("banks/x?lang=km").get_json()["title"] != english
