"""The yardstick: a bare Flask view that does no more than a save must.

A signed cookie, one SELECT, one UPSERT with the raw driver, COMMIT: on the same server, threads,
database and durability as the product. Run as `python bare.py URL PORT THREADS`.
"""

import json
import sqlite3
import sys
import threading
from typing import Any

import psycopg
from flask import Flask, request, session
from waitress import serve

TABLES = (
    "CREATE TABLE IF NOT EXISTS bare_attempts (id TEXT PRIMARY KEY, person TEXT, deadline TEXT)",
    "CREATE TABLE IF NOT EXISTS bare_responses (attempt TEXT, slot INTEGER, revision INTEGER, "
    "body TEXT, PRIMARY KEY (attempt, slot))",
)
SELECT = "SELECT person, deadline FROM bare_attempts WHERE id = ?"
UPSERT = (
    "INSERT INTO bare_responses VALUES (?, ?, ?, ?) ON CONFLICT (attempt, slot) "
    "DO UPDATE SET revision = excluded.revision, body = excluded.body"
)


class Sqlite:
    """One connection a thread, WAL, `synchronous=FULL`, one writer at a time."""

    def __init__(self, url: str) -> None:
        self.path = url.removeprefix("sqlite:///")
        self.local = threading.local()
        self.writer = threading.Lock()

    def connection(self) -> sqlite3.Connection:
        """The thread's own."""
        if not hasattr(self.local, "connection"):
            made = sqlite3.connect(self.path, isolation_level=None, timeout=10)
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("PRAGMA synchronous=FULL")
            self.local.connection = made
        return self.local.connection

    def save(self, attempt: str, values: tuple[Any, ...]) -> bool:
        """Check the attempt and store the response."""
        connection = self.connection()
        with self.writer:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(SELECT, (attempt,)).fetchone()
            connection.execute(UPSERT, values)
            connection.execute("COMMIT")
        return found is not None

    def prepare(self, ids: list[str]) -> None:
        """Make the tables and the attempts."""
        for statement in TABLES:
            self.connection().execute(statement)
        self.connection().executemany(
            "INSERT INTO bare_attempts VALUES (?, 'p', NULL)", [(one,) for one in ids]
        )


class Postgresql:
    """One connection a thread."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.local = threading.local()

    def connection(self) -> psycopg.Connection[Any]:
        """The thread's own."""
        if not hasattr(self.local, "connection"):
            self.local.connection = psycopg.connect(self.url)
        return self.local.connection

    def save(self, attempt: str, values: tuple[Any, ...]) -> bool:
        """Check the attempt and store the response."""
        connection = self.connection()
        found = connection.execute(SELECT.replace("?", "%s"), (attempt,)).fetchone()
        connection.execute(UPSERT.replace("?", "%s"), values)
        connection.commit()
        return found is not None

    def prepare(self, ids: list[str]) -> None:
        """Make the tables and the attempts."""
        for statement in TABLES:
            self.connection().execute(statement)
        with self.connection().cursor() as cursor:
            cursor.executemany(
                "INSERT INTO bare_attempts VALUES (%s, 'p', NULL)", [(one,) for one in ids]
            )
        self.connection().commit()


def database(url: str) -> Sqlite | Postgresql:
    """The raw driver of the address."""
    return Sqlite(url) if url.startswith("sqlite") else Postgresql(url)


def app(url: str) -> Flask:
    """The application with its one view."""
    made = Flask("bare")
    made.secret_key = "only for the benchmark"
    store = database(url)

    @made.put("/<attempt>/<int:slot>")
    def save(attempt: str, slot: int) -> Any:
        if session.get("person") != "p":
            return "", 401
        sent = request.get_json()
        body = json.dumps(sent["response"])
        if not store.save(attempt, (attempt, slot, sent["revision"], body)):
            return "", 404
        return {"revision": sent["revision"]}

    return made


def cookie() -> str:
    """A signed cookie that the view takes."""
    made = app("sqlite:///:memory:")
    signer = made.session_interface.get_signing_serializer(made)  # type: ignore[attr-defined]
    return f"session={signer.dumps({'person': 'p'})}"


if __name__ == "__main__":
    serve(app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=int(sys.argv[3]))
