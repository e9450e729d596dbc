"""Every route declares who may enter."""

from uuid import UUID

import pytest
from people_browser import Browser, signed_in

from quizapp.domain.access import ACTIONS, ROLES
from quizapp.web import guard

NOWHERE = {
    "uuid": str(UUID(int=7)),
    "string": "nothing-here",
    "default": "nothing-here",
    "int": "7",
    "path": "nothing",
    "any": "nothing",
}
PEOPLE = (
    "sign_in.",
    "join.",
    "reset.",
    "account.",
    "people.",
    "people_import.",
    "cohort_admin.",
    "language.",
)


def rules(app, *starts):
    return [
        rule for rule in app.url_map.iter_rules() if not starts or rule.endpoint.startswith(starts)
    ]


def address(rule):
    path = rule.rule
    for name, converter in rule._converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = NOWHERE.get("uuid" if kind == "uuid" else kind, "nothing-here")
        for spelled in (f"<{name}>", f"<{kind}:{name}>", f"<uuid:{name}>"):
            path = path.replace(spelled, value)
    return path


def test_every_page_declares_its_rule(app):
    undeclared = {
        rule.endpoint
        for rule in rules(app)
        if not guard.guards_itself(rule.endpoint, rule.rule)
        and guard.declared(app, rule.endpoint) is None
    }
    assert undeclared == set()


def test_what_is_declared_exists(app):
    for rule in rules(app, *PEOPLE):
        assert guard.declared(app, rule.endpoint) in {*ACTIONS, guard.PUBLIC}


def test_an_undeclared_route_is_refused(app):
    with pytest.raises(KeyError):
        guard.access("no.such.action")


def test_strangers_are_asked_to_sign_in_everywhere(app):
    browser = Browser(app)
    for rule in rules(app, *PEOPLE):
        if guard.declared(app, rule.endpoint) == guard.PUBLIC:
            continue
        if "GET" in rule.methods:
            answer = browser.get(address(rule))
            assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in"), rule
        if "POST" in rule.methods:
            assert browser.post(address(rule)).status_code == 401, rule


@pytest.mark.parametrize("role", ROLES)
def test_each_role_enters_what_is_its_own(app, administrator, role):
    browser = signed_in(app, administrator, "walker@example.org", role)
    for rule in rules(app, *PEOPLE):
        action = guard.declared(app, rule.endpoint)
        if action == guard.PUBLIC:
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = browser.get(address(rule)) if method == "GET" else browser.post(address(rule))
            if role not in ACTIONS[action].roles:
                assert answer.status_code == 403, (method, rule)
            else:
                assert answer.status_code in (200, 303, 404, 422), (method, rule)


def test_anothers_cohort_is_not_there(app, administrator):
    owner = signed_in(app, administrator, "owner@example.org", "instructor")
    owner.post("/cohorts/new", {"code": "MINE", "title": "T"})
    path = owner.last.location
    assert owner.get(path).status_code == 200
    other = signed_in(app, administrator, "other@example.org", "instructor")
    trainee = signed_in(app, administrator, "trainee@example.org")
    for end in ("", "/../code"):
        where = path if not end else path.replace("/settings", "/code")
        assert other.get(where).status_code == 404
        assert trainee.get(where).status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_nul_in_any_field_is_never_a_crash(app, administrator, method):
    browser = signed_in(app, administrator, "root@example.org", "administrator")
    names = (
        "code",
        "title",
        "title_km",
        "name",
        "name_km",
        "email",
        "staff_number",
        "role",
        "lang",
        "password",
        "current",
        "new",
        "label",
        "search",
        "after",
        "names",
        "part",
        "days",
        "link",
        "next",
        "cohort",
        "person",
        "active",
        "kept",
        "send_to",
    )
    for value in ("a\x00b", "\ufffd", "9" * 5000):
        fields = dict.fromkeys(names, value)
        for rule in rules(app, *PEOPLE):
            if method.upper() not in rule.methods or rule.endpoint == "sign_in.out":
                continue
            if method == "get":
                answer = browser.get(address(rule), query_string=fields)
            else:
                answer = browser.post(address(rule), fields)
            assert answer.status_code < 500, (rule, value)
