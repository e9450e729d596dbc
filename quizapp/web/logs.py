"""One line of JSON on stderr for each request, and for what goes wrong.

Nothing that people type is in it: no query strings or paths (links and codes stand there; the
route's rule says enough), no bodies, and no words of exceptions, which quote what they choke on.
"""

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from quizapp.domain.access import Actor

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_requests = logging.getLogger("quizapp.requests")
_QUIET = ("alembic", "waitress.queue", "gunicorn.access")
"""Loggers that only say that nothing is wrong."""


def init_logs(app: Flask) -> None:
    """Note each request; call it first, so that its time includes everything else's."""
    app.before_request(_begin)
    app.after_request(_end)
    # by name: asking the app for its logger would give it a handler of its own
    logging.getLogger(app.name).addFilter(_without_path)


def to_stderr(level: str) -> None:
    """Send what this process logs to stderr, as JSON; for servers, not for short commands."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def request_id() -> str:
    """The id under which this request is logged: the proxy's, where it is a sane one."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _SANE.fullmatch(given) else secrets.token_hex(16)
    return str(g.request_id)


def _begin() -> None:
    g.began = time.perf_counter()
    request_id()


def _end(answer: Response) -> Response:
    answer.headers[HEADER] = request_id()
    began = g.get("began")
    _requests.info(
        "request",
        extra={
            "fields": {
                "method": request.method,
                "rule": request.url_rule.rule if request.url_rule else None,
                "status": answer.status_code,
                "ms": round(1000 * (time.perf_counter() - began), 1) if began else None,
                "person": _person(),
            }
        },
    )
    return answer


def _person() -> str | None:
    """Who asked, where the request came to know it; nobody is looked up for the log's sake."""
    by_page = getattr(g.get("_login_user"), "actor", None)
    actor: Actor | None = by_page or g.get("api_actor")
    return str(actor.id) if actor else None


def _without_path(record: logging.LogRecord) -> bool:
    """Flask's own line about an unhandled exception names the path."""
    if record.exc_info and has_request_context():
        rule = request.url_rule.rule if request.url_rule else None
        record.msg, record.args = "unhandled exception in %s %s", (request.method, rule)
    return True


class JsonLines(logging.Formatter):
    """A record as one line of JSON.

    An exception is its type and where it was raised. Its words are added at level DEBUG alone.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # with an exception, arguments may be a path
            "message": str(record.msg) if _foreign(record) else record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = request_id()
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = _raised(*record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _foreign(record: logging.LogRecord) -> bool:
    return bool(record.exc_info) and not record.name.startswith("quizapp")


def _raised(
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": f"{kind.__module__}.{kind.__qualname__}" if kind else None,
        "frames": [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
        ],
    }
    if error is not None and error.__cause__ is not None:
        cause = error.__cause__
        found["cause"] = _raised(type(cause), cause, cause.__traceback__)
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        found["words"] = str(error)
    return found
