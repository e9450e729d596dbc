"""`quizapp outage`: what waits for a decision, and deciding."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from quizapp.cli.main import group
from quizapp.services.attempts import outages


def run(app, *arguments):
    return app.test_cli_runner().invoke(group, ["outage", *arguments])


def test_outages_are_listed_and_settled(app):
    now = datetime.now(UTC)
    assert "No outage waits" in run(app, "list").output
    for minutes in (60, 40, 20):
        outages.beat(now - timedelta(minutes=minutes))
    first, second = outages.list_unsettled(None)
    listed = run(app, "list").output.splitlines()
    assert [line.split(":")[0] for line in listed] == [str(first.id), str(second.id)]
    assert "0 open exams" in listed[0]
    assert "0 open exams" in run(app, "give-back", str(first.id)).output
    assert run(app, "close", str(second.id)).exit_code == 0
    assert "No outage waits" in run(app, "list").output


def test_what_is_not_there_is_said(app):
    failed = run(app, "close", str(uuid4()))
    assert failed.exit_code == 1
    assert "nothing here" in failed.output
    assert run(app, "give-back", "no-id").exit_code == 2
