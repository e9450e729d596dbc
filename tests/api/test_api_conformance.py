"""The API is what its description says: schemathesis, as anybody would run it, finds nothing."""

import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from api_caller import ROOT, Caller, caller
from api_story import Story
from werkzeug.serving import make_server

from quizapp.domain.questions import TYPES

CONFIG = """
seed = 20261125

[phases.stateful]
generation.max-examples = 10

# it would end the token that all the others use; test_api_tokens ends one
[[operations]]
include-operation-id = "end_token"
enabled = false

# whether a response fits is known to its question alone, and what does not fit is 422
[[operations]]
include-operation-id = "save_response"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""


@pytest.fixture
def database_kind():
    """One kind is enough here: the databases differ in other tests."""
    return "sqlite"


@contextmanager
def serving(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(20)
        server.server_close()


@pytest.mark.parametrize("role", ["trainee", "administrator"])
def test_schemathesis_finds_nothing(
    app, role, trainee, instructor, administrator, cohort, tmp_path, monkeypatch
):
    story = Story(app, instructor, trainee, cohort)
    attempt = story.start()
    story.answer_all(attempt)
    story.trainee.post(f"attempts/{attempt['id']}/submit")
    story.start()
    asking = caller(app, trainee if role == "trainee" else administrator)
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)
    monkeypatch.setattr("werkzeug.serving.WSGIRequestHandler.log", lambda *_: None)
    with serving(app) as address:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                f"--config-file={config}",
                "run",
                f"{address}{ROOT}/openapi.json",
                f"--header=Authorization: Bearer {asking.token}",
                "--max-examples=4",
                "--no-color",
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=280,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    selected, tested = re.findall(r"(?:Selected|Tested): (\d+)", done.stdout)
    assert tested == selected
    assert asking.get("me").status_code == 200, "the run ended its own token"


# --- the description as a whole


@pytest.fixture
def described(app):
    answer = Caller(app).get("openapi.json")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.get_json()


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_route_is_described(app, described):
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(described)} == routes
    assert described["openapi"].startswith("3.1")


def test_every_operation_declares_who_may_and_what_it_refuses(described):
    open_to_all = {"make_token", "verify_receipt"}
    names = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(set(names)) == len(names)
    for _, _, operation in operations(described):
        secured = [next(iter(one)) for one in operation.get("security", ())]
        if operation["operationId"] in open_to_all:
            assert secured == []
        else:
            assert secured == ["token", "session"]
            assert {"401", "403"} <= operation["responses"].keys()
        assert "422" in operation["responses"]
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]


def test_all_that_is_referred_to_is_there(described):
    schemas = described["components"]["schemas"]
    referred = set(re.findall(r"#/components/schemas/([\w.-]+)", json.dumps(described)))
    assert referred == set(schemas)


def test_each_type_of_response_is_described(described):
    shapes = described["components"]["schemas"]["SentResponse"]["properties"]["response"]["anyOf"]
    assert len(shapes) == len(TYPES) + 1
