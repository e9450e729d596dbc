"""One cell: what may stand in it so that no spreadsheet takes it for a formula."""

import re
from datetime import date, datetime
from fractions import Fraction
from typing import Any

_DANGER = "=+-@\t\r"
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?")
EXACT = 2**53
"""Up to here a spreadsheet's numbers are whole numbers exactly."""
_TRUE = frozenset(("true", "yes", "x", "ត្រូវ"))
_FALSE = frozenset(("false", "no", "ខុស"))


def guard(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; `unguard` takes it away again."""
    if text.startswith(("'", *_DANGER)) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def unguard(text: str) -> str:
    """Give back what was guarded; an apostrophe before anything else is the text's own."""
    if len(text) > 1 and text[0] == "'" and text[1] in "'" + _DANGER:
        return text[1:]
    return text


def written(value: Any) -> str:
    """A value of a question's document as the text of a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guard(str(value))


def as_text(value: Any) -> str:
    """A spreadsheet's cell as text: 2030.0 is 2030, a date is year-month-day."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if not value.time().isoformat().strip("0:") else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    return value if isinstance(value, str) else str(value)


def as_value(text: str) -> Any:
    """The text of a cell that is no text field: true and false are themselves."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    return text.strip()


def as_percent(text: str) -> Fraction | None:
    """A share written as `50%`."""
    found = re.fullmatch(r"\s*([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%\s*", text)
    return Fraction(found[1]) / 100 if found else None
