"""Times in words, in the reader's zone and language."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from quizapp.web.answering import reading_language
from quizapp.web.figures import KHMER, say_figures

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "km": "មករា កុម្ភៈ មីនា មេសា ឧសភា មិថុនា កក្កដា សីហា កញ្ញា តុលា វិច្ឆិកា ធ្នូ",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "km": "ចន្ទ អង្គារ ពុធ ព្រហស្បតិ៍ សុក្រ សៅរ៍ អាទិត្យ",
}


def say_moment(moment: datetime) -> str:
    """Day, month, year and time of day, with 24 hours; Khmer figures in Khmer.

    Babel's own Khmer has Latin figures and English halves of the day.
    """
    return f"{_day(local_day(moment))}, {say_clock(moment)}"


def say_date(moment: datetime) -> str:
    """Day, month and year."""
    return _day(local_day(moment))


def say_clock(moment: datetime) -> str:
    """The time of day, with 24 hours."""
    return _figures(f"{_local(moment):%H:%M}")


def say_day(moment: datetime) -> str:
    """The whole date with its weekday, as a page's date line has it."""
    day = local_day(moment)
    if reading_language() == "km":
        month = MONTHS["km"].split()[day.month - 1]
        return _figures(
            f"ថ្ងៃ\u200b{say_weekday(moment)} ទី{day.day} ខែ\u200b{month} ឆ្នាំ\u200b{day.year}"
        )
    return f"{say_weekday(moment)} {_day(day)}"


def say_weekday(moment: datetime) -> str:
    """The day of the week."""
    return WEEKDAYS[reading_language()].split()[local_day(moment).weekday()]


def local_day(moment: datetime) -> date:
    """The day it is then, where times are shown."""
    return _local(moment).date()


def _local(moment: datetime) -> datetime:
    settings = current_app.extensions["quizapp.settings"]
    return moment.astimezone(ZoneInfo(getattr(settings, "time_zone", None) or "Asia/Phnom_Penh"))


def _day(day: date) -> str:
    month = MONTHS[reading_language()].split()[day.month - 1]
    return _figures(f"{day.day} {month} {day.year}")


def _figures(words: str) -> str:
    return words.translate(KHMER) if reading_language() == "km" else words


def init_moments(app: Flask) -> None:
    """Give templates the filters for times and figures, unless they have them."""
    for name, say in {
        "moment": say_moment,
        "clock": say_clock,
        "weekday": say_weekday,
        "day": say_day,
        "figures": say_figures,
    }.items():
        app.jinja_env.filters.setdefault(name, say)
