"""`quizapp report`: what it prints, for people and for scripts, and what it refuses."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook
from report_samples import RIGHT, WRONG, attended_by, finish, give

from quizapp.cli.reports import report


@pytest.fixture
def run(app):
    def call(*arguments):
        with app.app_context():
            return app.test_cli_runner().invoke(report, [str(one) for one in arguments])

    return call


@pytest.fixture
def given(instructor, cohort):
    """A quiz of two questions; twelve took it and got the first one right, one has yet to."""
    given = give(instructor, cohort, items=2, pass_mark="60")
    people = attended_by(cohort, ["=Ana", *(f"T{n:02}" for n in range(12))])
    finish(given, people[:12], [RIGHT, WRONG])
    return given


def rows(done):
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout)))


class TestGradebook:
    def test_as_csv(self, run, given):
        found = rows(run("gradebook", given.quiz_id, "--cohort", "2026-A", "--csv"))
        assert len(found) == 13
        assert found[0] | {"Email address": "", "Submitted": ""} == {
            "Name": "'=Ana",
            "Name in Khmer": "",
            "Staff number": "",
            "Email address": "",
            "Attempts": "1",
            "Best score": "1.00",
            "Last score": "1.00",
            "Out of": "2.00",
            "Score that counts": "1.00",
            "Passed": "0",
            "Submitted": "",
        }
        assert found[0]["Submitted"] == "2026-11-23T15:00:00+07:00"
        assert (found[-1]["Attempts"], found[-1]["Best score"]) == ("0", "")

    def test_as_a_workbook(self, run, given):
        done = run("gradebook", given.quiz_id, "--xlsx")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(done.stdout_bytes))
        (_, first, *_) = sheet.get_sheet_by_index(0).to_python()
        assert (first[0], first[5]) == ("'=Ana", 1.0)

    def test_for_people_there_are_tabs_between_the_cells(self, run, given):
        done = run("gradebook", given.quiz_id)
        assert done.stdout.splitlines()[1].split("\t")[0] == "'=Ana"

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["no-such-quiz"], "there is no quiz no-such-quiz"),
            (["00000000-0000-0000-0000-000000000001"], "there is no quiz 00000000"),
            (["QUIZ", "--cohort", "NO"], "there is no cohort no"),
        ],
    )
    def test_what_is_not_there_is_said_in_one_line(self, run, given, arguments, said):
        arguments = [str(given.quiz_id) if one == "QUIZ" else one for one in arguments]
        done = run("gradebook", *arguments)
        assert done.exit_code == 1
        assert (done.stdout, len(done.stderr.splitlines())) == ("", 1)
        assert said in done.stderr.lower()


class TestItems:
    def test_as_json(self, run, given):
        done = run("items", given.quiz_id, "--json")
        data = json.loads(done.stdout)
        assert (data["attempts"], data["half_reached"]) == (12, 50)
        first, second = data["items"]
        assert (first["question"], first["n"], first["facility"]) == ("q-0", 12, 1.0)
        assert (first["high"], first["verdict"]) == (1.0, "easy")
        assert 0.7 < first["low"] < 0.9
        assert second["responses"] == {"m": 12, "f": 0, "t": 0}
        assert {"from": 50, "to": 59, "attempts": 12} in data["scores"]

    def test_as_csv(self, run, given):
        first, second = rows(run("items", given.quiz_id, "--csv"))
        assert (first["Question"], first["Dealt"], first["Facility"]) == ("q-0", "12", "1.0000")
        assert second["Responses"] == "m: 12; f: 0; t: 0"

    def test_it_is_silent_where_there_are_too_few(self, run, instructor, cohort):
        given = give(instructor, cohort, items=1)
        finish(given, attended_by(cohort, ["Ana"]), [RIGHT])
        (item,) = json.loads(run("items", given.quiz_id, "--json").stdout)["items"]
        assert (item["n"], item["facility"], item["verdict"]) == (1, None, "unknown")

    def test_a_quiz_that_nobody_took(self, run, instructor, cohort):
        given = give(instructor, cohort, items=1)
        assert json.loads(run("items", given.quiz_id, "--json").stdout)["items"] == []
        assert rows(run("items", given.quiz_id, "--csv")) == []
