"""What the API asks of the database: as much for a page of 200 as for one of 2."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from api_caller import Browsing, caller
from api_story import BANK, Story
from sqlalchemy import event

from quizapp.storage.banks import Bank
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import db, transaction

MOST = 8
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Statements:
    """What is sent to the database meanwhile."""

    def __enter__(self):
        self.sent = []
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error):
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            self.sent.append(" ".join(statement.split()))


@pytest.fixture
def story(app, instructor, trainee, cohort):
    return Story(app, instructor, trainee, cohort)


def counted(asking, path):
    asking.get(path)
    with Statements() as meanwhile:
        answer = asking.get(path)
    assert answer.status_code == 200, answer.text
    return len(meanwhile.sent), len(answer.get_json()["items"])


def many(make):
    with transaction(write=True) as session:
        session.add_all(make(number) for number in range(220))


def bank(number):
    return Bank(
        id=uuid4(), slug=f"b-{number:03}", title={"en": "B"}, shipped=True, revision=1,
        created_at=NOW,
    )  # fmt: skip


def cohort_row(number):
    return Cohort(id=uuid4(), code=f"C-{number:03}", title="C", created_at=NOW)


@pytest.mark.parametrize(
    ("path", "make"), [("banks", bank), ("cohorts", cohort_row)], ids=["banks", "cohorts"]
)
def test_long_lists_cost_what_short_ones_do(app, administrator, path, make):
    many(make)
    asking = caller(app, administrator)
    few = counted(asking, f"{path}?limit=2")
    assert counted(asking, f"{path}?limit=200") == (few[0], 200)
    assert few[0] <= MOST


def test_lists_of_quizzes_and_what_is_given(story, trainee, cohort):
    sections = [{"bank": BANK, "draw": 1}]
    paths = ("quizzes", "assignments")
    before = {
        (path, who): counted(who, f"{path}?limit=200")[0]
        for path in paths
        for who in (story.trainee, story.instructor)
    }
    for _ in range(30):
        quiz = story.instructor.post(
            "quizzes", {"title": "T", "mode": "practice", "sections": sections}
        ).get_json()["id"]
        story.instructor.post("assignments", {"quiz": quiz, "cohort": str(cohort.id)})
    for (path, who), statements in before.items():
        assert counted(who, f"{path}?limit=200") == (statements, 31)
        assert statements <= MOST


def test_what_was_taken(story):
    for _ in range(3):
        attempt = story.start()
        story.answer_all(attempt)
        story.trainee.post(f"attempts/{attempt['id']}/submit")
    paths = (
        f"attempts/{attempt['id']}",
        f"attempts/{attempt['id']}/review",
        f"attempts/{attempt['id']}/receipts",
        "me/attempts",
    )
    for path in paths:
        assert counted(story.trainee, path)[0] <= MOST, path
    for path in ("gradebook", "analysis"):
        assert counted(story.instructor, f"quizzes/{story.quiz}/{path}")[0] <= MOST, path
    assert counted(story.instructor, f"banks/{BANK}/questions?limit=200")[0] <= MOST


@pytest.mark.parametrize("kind", ["token", "session"])
def test_a_save_is_three_statements_at_most(app, story, trainee, kind):
    attempt = story.start()
    path = f"attempts/{attempt['id']}/items/1/response"
    asking = story.trainee if kind == "token" else Browsing(app, trainee)
    asking.put(path, {"response": None, "revision": 1})
    with Statements() as meanwhile:
        answer = asking.put(path, {"response": None, "revision": 2, "base": 1, "lang": "en"})
    assert answer.status_code == 200
    # PostgreSQL takes both writes in one statement
    writes = ["WITH"] if db.engine.dialect.name == "postgresql" else ["INSERT", "INSERT"]
    assert [one.split()[0] for one in meanwhile.sent] == ["SELECT", *writes]
