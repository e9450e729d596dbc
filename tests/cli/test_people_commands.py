"""`quizapp user` and `quizapp cohort`."""

import pytest
from click.testing import CliRunner

from quizapp.cli.cohorts import cohort
from quizapp.cli.users import user
from quizapp.services.people import accounts


@pytest.fixture
def run(app):
    def call(command, *arguments, stdin=None):
        with app.app_context():
            return app.test_cli_runner().invoke(command, arguments, input=stdin)

    return call


def found(administrator, search):
    return accounts.list_people(administrator, search=search).people


def test_the_runner_is_clicks(app):
    assert isinstance(app.test_cli_runner(), CliRunner)


def test_add_with_everything(app, administrator, run):
    assert run(cohort, "add", "2026-B", "--title", "Third").exit_code == 0
    done = run(
        user, "add", "Dara@example.org", "--role", "trainee", "--name", "Sok Dara",
        "--password-stdin", "--cohort", "2026-B", stdin="four plain words here\n",
    )  # fmt: skip
    assert (done.exit_code, done.stdout) == (0, "Dara@example.org: trainee in 2026-B\n")
    with app.app_context():
        (person,) = found(administrator, "Sok Dara")
    assert person.has_password
    assert [one.code for one in person.cohorts] == ["2026-B"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (["x", "--role", "trainee"], None, "address"),
        (
            ["nobody.yet@example.org", "--role", "trainee", "--cohort", "none"],
            None,
            "no cohort none",
        ),
        (
            ["nobody.yet@example.org", "--role", "trainee", "--password-stdin"],
            "short\n",
            "at least 10",
        ),
        (["nobody.yet@example.org", "--role", "trainee", "--password-stdin"], "", "at least 10"),
        (["nobody.yet@example.org", "--role", "trainee", "--name", "a\x07"], None, "control"),
    ],
)
def test_what_is_wrong_is_one_line_and_opens_nothing(
    app, administrator, run, arguments, stdin, says
):
    done = run(user, "add", *arguments, stdin=stdin)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("quizapp user add")
    assert says in done.stderr
    with app.app_context():
        assert found(administrator, "nobody.yet@example.org") == ()


@pytest.mark.parametrize("arguments", [[], ["a@example.org"], ["a@example.org", "--role", "king"]])
def test_wrong_usage_is_status_two(run, arguments):
    assert run(user, "add", *arguments).exit_code == 2


def test_a_name_twice_is_refused(run):
    assert run(cohort, "add", "C", "--title", "T").exit_code == 0
    done = run(cohort, "add", "C", "--title", "T")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)


def test_a_cohort_with_its_instructor(app, administrator, run):
    run(user, "add", "i@example.org", "--role", "instructor")
    assert run(cohort, "add", "C", "--title", "T", "--instructor", "i@example.org").exit_code == 0
    with app.app_context():
        (person,) = found(administrator, "i@example.org")
    assert [(one.code, one.part) for one in person.cohorts] == [("C", "instructor")]
    assert run(cohort, "add", "D", "--title", "T", "--instructor", "x@example.org").exit_code == 1


def test_import_names_the_lines_left_out(run, tmp_path):
    table = tmp_path / "people.csv"
    table.write_text("email,name\na@example.org,A\nbroken,B\n", encoding="utf-8")
    done = run(user, "import", str(table))
    assert done.exit_code == 1
    assert done.stdout == "1 new, 0 changed, 0 unchanged, 1 left out\n"
    assert f"{table}:3: email:" in done.stderr
    table.write_text("email,name\na@example.org,A\n", encoding="utf-8")
    again = run(user, "import", str(table))
    assert (again.exit_code, again.stdout) == (0, "0 new, 0 changed, 1 unchanged, 0 left out\n")
    missing = run(user, "import", str(tmp_path / "none.csv"))
    assert (missing.exit_code, missing.stderr.count("\n")) == (1, 1)
