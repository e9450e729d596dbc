"""The schema's revision, and moving it by the migrations.

Alembic is loaded by what moves it alone: a server only compares revisions, and starts the sooner.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from quizapp.resources import migrations_folder

if TYPE_CHECKING:
    from alembic.config import Config

BASE = "base"
"""Before the first migration."""
LOCK_WAIT_S = 30
"""How long a table may be in others' use before a migration gives up."""
_MIGRATING = 7_241_955_102
"""Key of the advisory lock under which one process at a time migrates on PostgreSQL."""


class RowsReferToNothing(Exception):
    """After a migration on SQLite there were rows whose foreign key has no target."""


def current(connection: Connection) -> str | None:
    """The revision of the database; None where it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found is not None else None


@cache
def revisions() -> tuple[str, ...]:
    """All revisions that this version knows, oldest first.

    Raises:
        ValueError: they are not one chain.
    """
    files = migrations_folder().joinpath("versions").glob("*.py")
    following = {after: revision for revision, after in map(_names, files)}
    chain: list[str] = []
    while (found := following.pop(chain[-1] if chain else None, None)) is not None:
        chain.append(found)
    if following:
        raise ValueError(f"migrations that follow from nothing: {sorted(following.values())}")
    return tuple(chain)


def head() -> str:
    """The revision that this version of the product needs."""
    return revisions()[-1]


def _names(path: Path) -> tuple[str, str | None]:
    """A migration's revision, and the one that it follows."""
    said = {
        node.targets[0].id: node.value
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return ast.literal_eval(said["revision"]), ast.literal_eval(said["down_revision"])


def upgrade(connection: Connection, to: str = "head") -> None:
    """Go forward to a revision."""
    from alembic import command

    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Go back to a revision, or by `-1` a step; what only the newer tables held is lost.

    Raises:
        ValueError: there is no such revision before the current one.
    """
    from alembic import command
    from alembic.util import CommandError

    try:
        command.downgrade(_config(connection), to)
    except CommandError as error:
        raise ValueError(str(error)) from error


def write_migration(connection: Connection, name: str, message: str) -> None:
    """Write the migration that brings the database to the models, to be read and mended."""
    from alembic import command

    command.revision(_config(connection), message, autogenerate=True, rev_id=name)


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
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
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
                yield connection
                if sqlite:
                    _check_references(connection)
        finally:
            if sqlite:
                _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a connection that is open has one
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RowsReferToNothing(f"in {', '.join(sorted({row[0] for row in broken}))}")
