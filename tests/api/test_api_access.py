"""Every route of the API, asked by everybody, about what is theirs and what is another's."""

import io

import pytest
from api_caller import Caller, add_person, caller
from api_story import BANK, Story

from quizapp.domain.access import ACTIONS, Actor
from quizapp.services.banks import exporting as bank_export

PEOPLE = ("stranger", "trainee", "outsider", "instructor", "colleague", "administrator")
"""The trainee is the instructor's; outsider and colleague are their like elsewhere."""

GIVEN = {"quiz": "{quiz}", "cohort": "{cohort}"}
CHOSEN = {"assignment": "{assignment}"}
TABLE = [
    # method, path, body, and what each of PEOPLE is answered
    ("GET", "me", None, (401, 200, 200, 200, 200, 200)),
    ("GET", "me/progress", None, (401, 200, 200, 200, 200, 200)),
    ("GET", "me/attempts", None, (401, 200, 200, 200, 200, 200)),
    ("GET", "me/reviews", None, (401, 200, 200, 200, 200, 200)),
    ("GET", "banks", None, (401, 403, 403, 200, 200, 200)),
    ("POST", "banks", {"title": "{unique}"}, (401, 403, 403, 201, 201, 201)),
    ("GET", "banks/{slug}", None, (401, 403, 403, 200, 404, 200)),
    ("GET", "banks/{slug}/questions", None, (401, 403, 403, 200, 404, 200)),
    ("GET", "banks/{slug}/export", None, (401, 403, 403, 200, 404, 200)),
    ("POST", "banks/import", "file", (401, 403, 403, 200, 404, 200)),
    ("GET", "cohorts", None, (401, 403, 403, 200, 200, 200)),
    ("POST", "cohorts", {"code": "{unique}", "title": "T"}, (401, 403, 403, 201, 201, 201)),
    ("POST", "cohorts/{id}/members", {"emails": ["x"]}, (401, 403, 403, 403, 403, 200)),
    ("GET", "quizzes", None, (401, 200, 200, 200, 200, 200)),
    (
        "POST",
        "quizzes",
        {"title": "T", "mode": "practice", "sections": [{"bank": BANK, "draw": 1}]},
        (401, 403, 403, 201, 404, 201),
    ),
    ("GET", "quizzes/{id}", None, (401, 200, 404, 200, 404, 200)),
    ("PATCH", "quizzes/{id}", {"title": "New"}, (401, 403, 403, 200, 404, 200)),
    ("GET", "quizzes/{id}/gradebook", None, (401, 403, 403, 200, 404, 200)),
    ("GET", "quizzes/{id}/analysis", None, (401, 403, 403, 200, 404, 200)),
    ("GET", "assignments", None, (401, 200, 200, 200, 200, 200)),
    ("POST", "assignments", GIVEN, (401, 403, 403, 201, 404, 201)),
    ("POST", "quizzes/{id}/attempts", CHOSEN, (401, 200, 404, 403, 404, 404)),
    ("GET", "attempts/{id}", None, (401, 200, 404, 200, 404, 200)),
    ("GET", "attempts/{id}/review", None, (401, 200, 404, 200, 404, 200)),
    ("GET", "attempts/{id}/receipts", None, (401, 200, 404, 200, 404, 200)),
    (
        "PUT",
        "attempts/{id}/items/{slot}/response",
        {"response": None, "revision": 1},
        (401, 200, 404, 403, 404, 403),
    ),
    ("POST", "attempts/{id}/reached", {"slot": 1}, (401, 200, 404, 403, 404, 403)),
    ("POST", "attempts/{id}/submit", None, (401, 200, 404, 403, 404, 403)),
    ("POST", "receipts/verify", {"receipt": "q1.a.b.c"}, (200,) * 6),
    ("POST", "tokens", {"email": "{unique}", "password": "wrong"}, (401,) * 6),
    ("DELETE", "tokens/current", None, (401, 204, 204, 204, 204, 204)),
]


@pytest.fixture
def story(app, instructor, trainee, cohort):
    return Story(app, instructor, trainee, cohort)


@pytest.fixture
def callers(app, story, outsider, administrator):
    colleague = Actor(add_person("instructor", "colleague"), "instructor")
    return {
        "stranger": Caller(app),
        "trainee": story.trainee,
        "outsider": caller(app, outsider),
        "instructor": story.instructor,
        "colleague": caller(app, colleague),
        "administrator": caller(app, administrator),
    }


@pytest.fixture
def places(story, cohort):
    """What stands for the names in paths and bodies."""
    attempt = story.start()["id"]
    ids = {"attempts": attempt, "quizzes": story.quiz, "cohorts": str(cohort.id)}
    words = {"quiz": story.quiz, "cohort": str(cohort.id), "assignment": story.assignment}
    return ids, words | {"slug": BANK, "slot": "1"}


def ask(asking, method, path, body, places, unique):
    ids, words = places
    known = {**words, "id": ids.get(path.split("/")[0], ""), "unique": unique}
    where = path.format(**known)
    if body == "file":
        data = {"file": (io.BytesIO(bank_export.template("yaml").data), "b.yaml"), "dry_run": "1"}
        return asking.post(where, data=data, content_type="multipart/form-data")
    return asking.ask(method, where, json=_filled(body, known))


def _filled(value, known):
    if isinstance(value, str):
        return value.format(**known)
    if isinstance(value, dict):
        return {name: _filled(one, known) for name, one in value.items()}
    return value


def test_each_is_answered_as_the_table_says(callers, places):
    wrong = []
    for method, path, body, expected in TABLE:
        for number, (name, status) in enumerate(zip(PEOPLE, expected, strict=True)):
            unique = f"{path}-{number}".replace("/", "-").replace("{", "").replace("}", "")
            answer = ask(callers[name], method, path, body, places, unique)
            if answer.status_code != status:
                wrong.append((method, path, name, answer.status_code, "not", status))
            elif status >= 400:
                assert answer.mimetype == "application/problem+json"
    assert wrong == []


def test_the_table_has_every_route_and_each_declares_its_rule(app):
    listed = {(method, path) for method, path, _, _ in TABLE}
    found = set()
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("api."):
            continue
        declared = app.view_functions[rule.endpoint].access
        assert declared in {*ACTIONS, "public"}, rule
        path = rule.rule.removeprefix("/api/v1/").replace("<bank_slug:", "<")
        path = path.replace("<", "{").replace(">", "}")
        found |= {(method, path) for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert found == listed


def test_what_is_nobodys_is_not_there(callers):
    nothing = "00000000-0000-0000-0000-000000000007"
    words = {"quiz": nothing, "cohort": nothing, "assignment": nothing, "slug": "x", "slot": "1"}
    ids = dict.fromkeys(("attempts", "quizzes", "cohorts"), nothing)
    asked = 0
    for method, path, body, _ in TABLE:
        if "{" not in path and "{quiz}" not in str(body):
            continue
        asked += 1
        for name in ("trainee", "instructor", "administrator"):
            answer = ask(callers[name], method, path, body, (ids, words), "x")
            # a role that may never do it is told so, and learns nothing of what there is
            expected = {404} if name == "administrator" else {404, 403}
            assert answer.status_code in expected, (method, path, name)
    assert asked > 10
