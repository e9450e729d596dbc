"""`quizapp bank`: output, exit status, and what is in the database afterwards."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from quizapp.cli.banks import bank
from quizapp.resources import questions_folder
from quizapp.services.banks import catalogue
from quizapp.services.banks.views import Filters

SLUG = "task-3-economic-diplomacy"

SHIPPED = sum("\nbank:" in one.read_text("utf-8") for one in questions_folder().glob("*.yaml"))


@pytest.fixture
def run(app):
    def call(*arguments):
        with app.app_context():
            return app.test_cli_runner().invoke(bank, [str(one) for one in arguments])

    return call


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(questions_folder(), tmp_path / "questions")
    return tmp_path / "questions"


def as_json(done):
    return json.loads(done.stdout)


def test_the_shipped_banks_lint_without_an_error_or_a_hold(run):
    done = run("lint", questions_folder(), "--json")
    assert done.exit_code == 0, done.output
    data = as_json(done)
    assert (data["files"], data["errors"]) == (SHIPPED, 0)
    assert [f for f in data["findings"] if f["severity"] == "hold"] == []
    assert all({"severity", "where", "message", "remedy"} <= f.keys() for f in data["findings"])


def test_an_error_ends_lint_with_status_1_and_says_where(run, folder):
    path = folder / f"{SLUG}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("type: numeric", "type: riddle", 1), encoding="utf-8")
    done = run("lint", path)
    assert done.exit_code == 1
    assert f"{path}:" in done.stdout
    assert "There is no question type 'riddle'" in done.stdout
    assert as_json(run("lint", folder, "--json"))["errors"] == 1


def test_import_is_idempotent(run):
    first = run("import", questions_folder(), "--json")
    assert first.exit_code == 0, first.output
    created = as_json(first)["created"]
    assert created >= 50
    again = as_json(run("import", questions_folder(), "--json"))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, created)
    assert len(again["banks"]) == SHIPPED


def test_a_dry_run_stores_nothing(run, app, administrator):
    done = run("import", questions_folder() / f"{SLUG}.yaml", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "would be" in done.stdout
    with app.app_context():
        assert catalogue.list_banks(administrator) == ()


def test_out_and_in_again_under_another_name(run, app, administrator, tmp_path):
    run("import", questions_folder() / f"{SLUG}.yaml")
    for name in ("yaml", "gift", "csv", "xlsx"):
        path = tmp_path / f"out.{name}"
        done = run("export", SLUG, "--format", name, "-o", path)
        assert done.exit_code == 0, done.output
        report = as_json(run("import", path, "--bank", f"copy-{name}", "--json"))
        assert report["created"] >= 10, report
        assert report["rejected"] == 0
        with app.app_context():
            copy = catalogue.read_bank(
                administrator, f"copy-{name}", Filters(), page=1, now=datetime.now(UTC)
            )
        assert copy.found == report["created"]
    assert b"t3-high-income-year" in run("export", SLUG, "--format", "yaml").stdout_bytes


def test_retire_missing(run, app, administrator, folder):
    path = folder / f"{SLUG}.yaml"
    run("import", path)
    head, first, rest = path.read_text(encoding="utf-8").split("\n  - id: ", 2)
    path.write_text(f"{head}\n  - id: {rest}", encoding="utf-8")
    assert as_json(run("import", path, "--json"))["retired"] == 0
    report = as_json(run("import", path, "--retire-missing", "--json"))
    assert report["retired"] == 1
    with app.app_context():
        page = catalogue.read_question(administrator, SLUG, first.split("\n")[0])
    assert page.entry.state == "retired"


def test_coverage(run):
    run("import", questions_folder())
    (found,) = as_json(run("coverage", SLUG, "--json"))["banks"]
    assert {p["provision"]: p["total"] for p in found["provisions"]}["3.7"] >= 1
    assert "3.7" in run("coverage").stdout


def test_the_schema_knows_every_type(run):
    schema = as_json(run("schema"))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "ordering" in json.dumps(schema)


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "nowhere.yaml"),
        ("import", "nowhere.yaml"),
        ("export", "nothing", "--format", "yaml"),
        ("coverage", "nothing"),
    ],
)
def test_what_is_not_there_is_one_line_and_status_1(run, arguments):
    done = run(*arguments)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("quizapp bank ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [(), ("lint",), ("export", "x"), ("export", "x", "--format", "doc"), ("import", ".", "--no")],
)
def test_wrong_usage_is_status_2(run, arguments):
    assert run(*arguments).exit_code == 2
