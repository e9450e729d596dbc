"""`/healthz` and `/readyz`, for whatever watches the server; no sign-in, nothing private."""

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from quizapp.services.operations import health
from quizapp.web.guard import clock, public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers; it asks nothing of the database."""
    return _plain({"status": "ok"}, 200)


@bp.get("/readyz")
@public
def ready() -> Response:
    """Say whether requests can be served now; 503 where they cannot."""
    found = health.readiness(clock)
    checks = {
        "database": found.database,
        "migrations": found.migrations,
        "clock": found.clock,
        "clock_skew_s": found.skew_s,
    }
    status = "ok" if found.ready else "failed"
    return _plain({"status": status, "checks": checks}, 200 if found.ready else 503)


def _plain(data: dict[str, object], status: int) -> Response:
    answer = jsonify(data)
    answer.status_code = status
    return answer
