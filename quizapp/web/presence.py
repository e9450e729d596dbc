"""What an open attempt's page asks for twice a minute."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, jsonify
from flask_babel import gettext

from quizapp.services.attempts import presence
from quizapp.web.forms import typed
from quizapp.web.guard import access, cookie_session_id, now
from quizapp.web.moments import say_clock

bp = Blueprint("presence", __name__)


@bp.post("/attempts/<uuid:attempt_id>/presence")
@access("attempt.take", checked_inside=True)
def hear(attempt_id: UUID) -> Response:
    """Note that the page is there; the time left, whether it stands still, what was said."""
    told = presence.hear(cookie_session_id(), attempt_id, known=_known(typed("known")), now=now())
    said = gettext("Message, %(time)s") if told.messages else ""
    return jsonify(
        open=told.is_open,
        left=told.seconds_left,
        paused=told.paused,
        messages=[
            {
                "id": str(one.id),
                "at": one.sent_at.timestamp(),
                "head": said % {"time": say_clock(one.sent_at)},
                "body": one.body,
            }
            for one in told.messages
        ],
    )


def _known(text: str) -> datetime | None:
    """When the last message that the page has was sent, to the microsecond."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
