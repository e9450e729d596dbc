"""Reading what is granted to somebody as it is typed: minutes, per cent, a reason."""

from collections.abc import Mapping

from quizapp.domain.answers.text import KHMER_DIGITS
from quizapp.domain.delivery.timing import Accommodation
from quizapp.domain.errors import Invalid
from quizapp.domain.people.fields import Problems, clean_line
from quizapp.domain.words import N_

MOST_PERCENT = 400
MOST_BREAK_MIN = 480
MOST_WINDOW_MIN = 7 * 24 * 60
MOST_EXTENSION_MIN = 240
LONGEST_REASON = 300


def read_accommodation(fields: Mapping[str, str]) -> Accommodation:
    """What the fields of the form say; an empty one grants nothing.

    Raises:
        Invalid: a figure is none, or out of range.
    """
    figures: dict[str, int] = {}
    problems = Problems()
    for name, least, most in (
        ("time_percent", 100, MOST_PERCENT),
        ("break_min", 0, MOST_BREAK_MIN),
        ("opens_early_min", 0, MOST_WINDOW_MIN),
        ("closes_late_min", 0, MOST_WINDOW_MIN),
    ):
        with problems:
            text = fields.get(name, "")
            figures[name] = read_figure(name, text, least, most) if text.strip() else least
    problems.raise_if_any()
    return Accommodation(
        time_percent=figures["time_percent"],
        break_s=figures["break_min"] * 60,
        opens_early_s=figures["opens_early_min"] * 60,
        closes_late_s=figures["closes_late_min"] * 60,
        larger_text=fields.get("larger_text", "") == "yes",
    )


def read_figure(field: str, text: str, least: int, most: int) -> int:
    """A whole number within bounds, in Latin or Khmer figures.

    Raises:
        Invalid: it is none, or out of bounds.
    """
    typed = text.strip().translate(KHMER_DIGITS)
    if typed.isascii() and typed.isdigit() and len(typed) < 10 and least <= int(typed) <= most:
        return int(typed)
    raise Invalid.field(
        field,
        N_("Give a whole number from %(least)d to %(most)d."),
        least=least,
        most=most,
    )


def read_reason(text: str) -> str:
    """Why an exception is made: it must be said, and stays on record.

    Raises:
        Invalid: nothing is said, or it is too long.
    """
    reason = clean_line("reason", text, longest=LONGEST_REASON)
    if not reason:
        raise Invalid.field("reason", N_("Say why: the reason stays on record."))
    return reason
