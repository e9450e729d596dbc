"""The schema's revision, and moving it by the migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from quizapp.resources import migrations_folder

HEAD = "head"
BASE = "base"
_MIGRATING = 7_241_955_102
"""Key of the advisory lock under which one process at a time migrates on PostgreSQL."""


class RowsReferToNothing(Exception):
    """After a migration on SQLite there were rows whose foreign key has no target."""


def current(connection: Connection) -> str | None:
    """The revision of the database; None where it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str:
    """The revision that this version of the product needs."""
    return ScriptDirectory(str(migrations_folder())).get_current_head() or BASE


@cache
def revisions() -> tuple[str, ...]:
    """All revisions that this version knows, oldest first."""
    scripts = ScriptDirectory(str(migrations_folder())).walk_revisions()
    return tuple(script.revision for script in scripts)[::-1]


def upgrade(connection: Connection, to: str = HEAD) -> None:
    """Go forward to a revision."""
    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Go back to a revision, or by `-1` a step; what only the newer tables held is lost."""
    command.downgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be rebuilt, by one process at a time.

    SQLite rebuilds a table by dropping it, which would delete the rows that refer to it: there
    foreign keys are off meanwhile, and checked at the end. The pragma is ignored inside a
    transaction, so it goes to the driver before one begins.

    Raises:
        RowsReferToNothing: the check found some; nothing is changed then.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(write=True) as connection:
        if sqlite:
            _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                if not sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
                yield connection
                if sqlite and (
                    broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                ):
                    raise RowsReferToNothing(f"in {', '.join(sorted({row[0] for row in broken}))}")
        finally:
            if sqlite:
                _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a connection from the pool is open
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
