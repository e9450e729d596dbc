"""What comes with the product is loaded once, and again only where it changed."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import yaml
from cast import settings_for
from sqlalchemy import event, func, select

from quizapp.app import create_app
from quizapp.resources import questions_folder
from quizapp.services.operations import shipped
from quizapp.storage.banks import Bank
from quizapp.storage.database import db, transaction
from quizapp.storage.questions import Question, QuestionVersion
from quizapp.storage.quizzes import Quiz, QuizVersion

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BANKS = [
    path for path in questions_folder().glob("*.yaml") if "\nbank: " in path.read_text("utf-8")
]
QUIZZES = len(yaml.safe_load((questions_folder() / "quizzes.yaml").read_text("utf-8"))["quizzes"])


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped folder that may be changed."""
    shutil.copytree(questions_folder(), tmp_path / "questions")
    return tmp_path / "questions"


@pytest.mark.usefixtures("app")
class TestShipped:
    def test_it_is_all_there_after_the_first_start(self):
        loaded = shipped.load(questions_folder(), now=NOW)
        assert len(loaded.banks) == len(BANKS) >= 6
        assert not any(r.rejected for r in loaded.banks)
        assert loaded.findings == ()
        with transaction(write=False) as session:
            assert session.scalar(select(func.count()).where(Bank.shipped)) == len(BANKS)
            approved = session.execute(select(Question.state, Question.approved_as).distinct())
            assert set(approved) == {("approved", "shipped")}
            quizzes = session.scalars(select(Quiz)).all()
        assert {q.slug for q in quizzes} >= {"practice-task-1", "mixed-drill"}
        assert all(q.shared and q.owner_id is None and q.mode == "practice" for q in quizzes)

    def test_the_second_start_only_compares_a_digest(self):
        shipped.load(questions_folder(), now=NOW)
        statements = []
        listen = lambda *args: statements.append(args[2])  # noqa: E731 - removed again below
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            assert shipped.load(questions_folder(), now=NOW) == shipped.Loaded()
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        assert len([s for s in statements if not s.startswith("BEGIN")]) == 1

    def test_a_changed_question_becomes_a_version(self, folder):
        shipped.load(folder, now=NOW)
        with transaction(write=False) as session:
            before = session.scalar(select(func.count()).select_from(QuestionVersion))
        path = folder / "task-1-independence-peace.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("use: both", "use: practice", 1), encoding="utf-8")
        loaded = shipped.load(folder, now=NOW)
        assert sum(r.updated for r in loaded.banks) == 1
        with transaction(write=False) as session:
            assert session.scalar(select(func.count()).select_from(QuestionVersion)) == before + 1
            assert session.scalar(select(func.count()).select_from(QuizVersion)) == QUIZZES

    def test_a_changed_quiz_becomes_a_version(self, folder):
        shipped.load(folder, now=NOW)
        path = folder / "quizzes.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("draw: 10", "draw: 8", 1), encoding="utf-8")
        assert shipped.load(folder, now=NOW).quizzes == 1
        with transaction(write=False) as session:
            quiz = session.scalar(select(Quiz).where(Quiz.slug == "practice-task-1"))
            assert quiz.version == 2


def test_nodes_that_start_together_load_it_once(database_of, tmp_path):
    """Each is an application of its own, as it is in a process of its own."""
    url = database_of("postgresql")
    together = threading.Barrier(3)

    def start(_node):
        app = create_app(settings_for(url, tmp_path), pages=False)
        with app.app_context():
            together.wait(30)
            loaded = shipped.load(questions_folder(), now=NOW)
            db.engine.dispose()
        return loaded

    with ThreadPoolExecutor(3) as pool:
        loaded = list(pool.map(start, range(3)))
    assert sorted(len(one.banks) for one in loaded) == [0, 0, len(BANKS)]
