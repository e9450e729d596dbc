"""`/healthz` and `/readyz`."""

from datetime import UTC, datetime, timedelta

import pytest
from cast import settings_for
from sqlalchemy import event

from quizapp.app import create_app
from quizapp.services.operations import schema
from quizapp.storage.database import db


@pytest.fixture
def statements(app):
    found = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: found.append(args[2]))
    return found


def test_alive_asks_nothing_of_the_database(app, statements):
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert statements == []


def test_ready(app, database_kind):
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    checks = answer.json["checks"]
    skew = checks.pop("clock_skew_s")
    assert checks == {"database": "ok", "migrations": "ok", "clock": "ok"}
    assert (skew is None) if database_kind == "sqlite" else abs(skew) < 1


def test_not_ready_where_a_migration_is_missing(app):
    schema.downgrade("base")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "failed")
    assert answer.json["checks"]["migrations"] == "failed"
    assert app.test_client().get("/healthz").status_code == 200


@pytest.mark.parametrize(("off_s", "status"), [(0.5, 200), (-0.5, 200), (1.5, 503), (-1.5, 503)])
def test_not_ready_where_the_clocks_differ(database_of, tmp_path, off_s, status):
    app = create_app(settings_for(database_of("postgresql"), tmp_path))
    app.extensions["quizapp.clock"] = lambda: datetime.now(UTC) + timedelta(seconds=off_s)
    with app.app_context():
        answer = app.test_client().get("/readyz")
        assert answer.status_code == status
        assert answer.json["checks"]["clock_skew_s"] == pytest.approx(-off_s, abs=0.4)
        db.engine.dispose()


def test_not_ready_where_the_database_is_away(tmp_path):
    app = create_app(settings_for("postgresql://nobody@127.0.0.1:1/none", tmp_path))
    with app.app_context():
        answer = app.test_client().get("/readyz")
        assert answer.status_code == 503
        assert answer.json["checks"] == {
            "database": "failed",
            "migrations": "unknown",
            "clock": "unknown",
            "clock_skew_s": None,
        }
        assert "127.0.0.1" not in answer.text
        assert app.test_client().get("/healthz").status_code == 200
        db.engine.dispose()


def test_only_trusted_proxies_are_believed(database_of, tmp_path):
    url = database_of("sqlite")
    said = {}
    for trusted in (0, 1):
        app = create_app(settings_for(url, tmp_path, trusted_proxies=trusted))

        @app.before_request
        def note(trusted=trusted):
            from flask import request

            said[trusted] = (request.remote_addr, request.scheme, request.host)

        app.test_client().get(
            "/healthz",
            headers={
                "X-Forwarded-For": "10.9.8.7",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": "quiz.example.org",
            },
        )
        with app.app_context():
            db.engine.dispose()
    assert said[0] == ("127.0.0.1", "http", "localhost")
    assert said[1] == ("10.9.8.7", "https", "quiz.example.org")
