"""Times as people type them: in the product's zone, by the browser's field for date and time."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext

from quizapp.domain.answers.text import KHMER_DIGITS

PHNOM_PENH = "Asia/Phnom_Penh"
LONGEST = 32


def zone() -> ZoneInfo:
    """The zone in which times are shown and typed."""
    return ZoneInfo(current_app.extensions["quizapp.settings"].time_zone)


def zone_words() -> str:
    """The zone as it is said beside a field."""
    name = zone().key
    words: str = gettext("Phnom Penh time") if name == PHNOM_PENH else name
    return words


def typed_time(text: str) -> datetime | str | None:
    """The instant that was typed; the text itself where it is none, and None where nothing is.

    A service refuses the text at its field, so that the form can show it again.
    """
    text = text.strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text[:LONGEST].translate(KHMER_DIGITS))
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=zone())


def field_time(moment: datetime | None) -> str:
    """The value that the browser's field takes for an instant."""
    return moment.astimezone(zone()).strftime("%Y-%m-%dT%H:%M") if moment else ""
