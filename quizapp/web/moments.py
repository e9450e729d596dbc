"""Times in words, in the reader's zone and language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import get_locale

KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "km": "មករា កុម្ភៈ មីនា មេសា ឧសភា មិថុនា កក្កដា សីហា កញ្ញា តុលា វិច្ឆិកា ធ្នូ",
}


def say_moment(moment: datetime) -> str:
    """Day, month, year and time of day, with 24 hours; Khmer figures in Khmer.

    Babel's own Khmer has Latin figures and English halves of the day.
    """
    settings = current_app.extensions["quizapp.settings"]
    local = moment.astimezone(ZoneInfo(getattr(settings, "time_zone", None) or "Asia/Phnom_Penh"))
    locale = get_locale()
    lang = locale.language if locale and locale.language in MONTHS else "en"
    month = MONTHS[lang].split()[local.month - 1]
    words = f"{local.day} {month} {local.year}, {local:%H:%M}"
    return words.translate(KHMER) if lang == "km" else words


def init_moments(app: Flask) -> None:
    """Give templates the filter `moment`, unless they have one."""
    app.jinja_env.filters.setdefault("moment", say_moment)
