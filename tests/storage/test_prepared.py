"""Prepared statements give what SQLAlchemy's own execute gives, and fail as it fails."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from quizapp.storage import database
from quizapp.storage.database import core_transaction, db, table
from quizapp.storage.people import Mail, Person
from quizapp.storage.prepared import Prepared

NOW = datetime(2026, 11, 24, 8, 0, 0, 250_000, tzinfo=UTC)
_people, _mails = table(Person), table(Mail)
COLUMNS = ("id", "email", "name", "role", "lang", "active", "created_at")
ADD = Prepared(insert(_people), COLUMNS)
ONE = select(
    _people.c.id, _people.c.name_km, _people.c.active, _people.c.created_at.label("since")
).where(_people.c.email == bindparam("email"), _people.c.role == "trainee")


def person(**changes):
    return {
        "id": uuid4(),
        "email": "dara@example.org",
        "name": "Dara",
        "role": "trainee",
        "lang": "km",
        "active": True,
        "created_at": NOW,
    } | changes


def test_rows_come_as_from_sqlalchemy(app):
    added = person()
    with core_transaction(write=True) as connection:
        assert ADD.run(connection, added) == 1
        row = Prepared(ONE).one(connection, {"email": added["email"]})
        same = connection.execute(ONE, {"email": added["email"]}).one()
        assert tuple(row) == tuple(same)
        assert (row.id, row.name_km, row.active, row.since) == (added["id"], None, True, NOW)
        assert Prepared(ONE).one(connection, {"email": "nobody@example.org"}) is None


def test_json_goes_in_and_comes_out(app):
    columns = ("id", "to", "subject", "details", "created_at")
    added = {"id": uuid4(), "to": "", "subject": "x", "created_at": NOW}
    read = Prepared(select(_mails.c.details).where(_mails.c.id == bindparam("mail")))
    with core_transaction(write=True) as connection:
        for details in ({"ខ្មែរ": [1, 2.5, None, "'"]}, None):
            added["id"] = uuid4()
            Prepared(insert(_mails), columns).run(connection, added | {"details": details})
            assert read.one(connection, {"mail": added["id"]}).details == details


def test_counts_tell_how_many_rows_changed(app):
    rename = Prepared(
        update(_people).where(_people.c.lang == bindparam("of")).values(name=bindparam("to"))
    )
    with core_transaction(write=True) as connection:
        for number in range(3):
            ADD.run(connection, person(id=uuid4(), email=f"p{number}@example.org"))
        assert rename.run(connection, {"of": "km", "to": "New"}) == 3
        assert rename.run(connection, {"of": "fr", "to": "New"}) == 0


def test_errors_are_sqlalchemys_and_tell_no_values(app):
    with core_transaction(write=True) as connection:
        ADD.run(connection, person())
    with pytest.raises(IntegrityError) as failed, core_transaction(write=True) as connection:
        ADD.run(connection, person(id=uuid4(), name="a secret"))
    assert "a secret" not in str(failed.value)
    with core_transaction(write=False) as connection:  # the pool gives working connections still
        assert Prepared(ONE).one(connection, {"email": "dara@example.org"}).active


def terminate(*pids):
    """End server processes, as a restart of the server does."""
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as outside:
        for pid in pids:
            outside.execute("SELECT pg_terminate_backend(%s)", (pid,))


def test_a_connection_that_broke_is_not_used_again(app):
    if db.engine.dialect.name != "postgresql":
        return  # a file's connections do not break
    with core_transaction(write=True) as connection:
        ADD.run(connection, person())
    with pytest.raises(DBAPIError), core_transaction(write=False) as connection:
        victim = connection.connection.dbapi_connection.info.backend_pid
        terminate(victim)
        Prepared(ONE).one(connection, {"email": "dara@example.org"})
    with core_transaction(write=False) as connection:
        assert Prepared(ONE).one(connection, {"email": "dara@example.org"}).active


def test_connections_that_were_idle_are_tried_before_they_are_used(app, monkeypatch):
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        victim = connection.connection.dbapi_connection.info.backend_pid
    with db.engine.connect() as connection, db.engine.connect() as other:
        assert connection.connection.dbapi_connection.info.backend_pid == victim
        other_pid = other.connection.dbapi_connection.info.backend_pid
    monkeypatch.setattr(database, "IDLE_S", -1.0)
    terminate(victim, other_pid)
    for _ in range(2):
        with core_transaction(write=True) as connection:
            ADD.run(connection, person(id=uuid4(), email=f"{uuid4().hex}@example.org"))
