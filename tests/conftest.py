"""Databases of both kinds, made from migrated templates, and the cast that every test shares."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import databases
import pytest
from cast import START, make_person, settings_for
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.domain.access import Actor
from quizapp.services.operations import schema
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import db, transaction

pytest_plugins = ["nothing_skipped"]

# The same examples each time; a slow machine is no failure. A failing example is made smaller, but
# not explained: that took minutes.
hypothesis_settings.register_profile(
    "quizapp",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
)
hypothesis_settings.load_profile("quizapp")

_numbers = itertools.count()


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """The address of a PostgreSQL server; skips where none can be started, and says why."""
    try:
        with databases.postgresql() as server:
            yield server
    except databases.NoPostgreSQL as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


def _migrate(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        schema.upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    _migrate(f"sqlite:///{folder / 'quiz.db'}", folder)
    return folder / "quiz.db"


@pytest.fixture(scope="session")
def pg_pool(pg_server: str, tmp_path_factory: pytest.TempPathFactory) -> databases.Pool:
    """Migrated databases on the PostgreSQL server, to be lent."""
    databases.administer(pg_server, "CREATE DATABASE template_quiz")
    _migrate(f"{pg_server}template_quiz", tmp_path_factory.mktemp("template-pg"))
    return databases.Pool(pg_server, "template_quiz")


@pytest.fixture(params=databases.KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return str(request.param)


@pytest.fixture
def database_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes migrated, empty databases of the kind that is named; gives the address of each."""
    lent: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"quiz_{next(_numbers)}.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return f"sqlite:///{path}"
        lent.append(request.getfixturevalue("pg_pool").take())
        return f"{request.getfixturevalue('pg_server')}{lent[-1]}"

    yield make
    for name in lent:
        request.getfixturevalue("pg_pool").give_back(name)


@pytest.fixture
def new_database(database_kind: str, database_of: Callable[[str], str]) -> Callable[[], str]:
    """Makes migrated, empty databases; gives the address of each."""
    return lambda: database_of(database_kind)


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """A migrated, empty database."""
    return new_database()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the test's application; a test module may have its own."""
    return settings_for(database_url, tmp_path)


class _Compiled(BytecodeCache):
    """Templates as compiled, for all the applications of a test run: half of a page's time."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Werkzeug compiles every address anew for every application: most of what making one costs."""
    compiled: dict[Any, Any] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture
def with_pages() -> bool:
    """Whether the application answers requests; folders that ask none need not wait for it."""
    return True


@pytest.fixture
def app(settings: Settings, with_pages: bool) -> Iterator[Flask]:
    """The whole application on its own database, with its context pushed."""
    app = create_app(settings, pages=with_pages)
    app.config["TESTING"] = True
    app.jinja_env.bytecode_cache = _compiled
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


# --- the cast


@pytest.fixture
def cohort(app: Flask) -> Cohort:
    """The cohort that the instructor teaches and the trainee attends."""
    cohort = Cohort(id=uuid4(), code="2026-A", title="Third secretaries", created_at=START)
    with transaction(write=True) as session:
        session.add(cohort)
    return cohort


@pytest.fixture
def administrator(app: Flask) -> Actor:
    """Somebody who runs the product."""
    return make_person("administrator", "administrator")


@pytest.fixture
def instructor(app: Flask, cohort: Cohort) -> Actor:
    """The instructor of the trainee's cohort."""
    return make_person("instructor", "instructor", cohort)


@pytest.fixture
def trainee(app: Flask, cohort: Cohort) -> Actor:
    """A trainee of the instructor's cohort."""
    return make_person("trainee", "trainee", cohort)


@pytest.fixture
def outsider(app: Flask) -> Actor:
    """A trainee elsewhere, refused everywhere."""
    other = Cohort(id=uuid4(), code="OTHER", title="Elsewhere", created_at=START)
    with transaction(write=True) as session:
        session.add(other)
    return make_person("trainee", "outsider", other)
