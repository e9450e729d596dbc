"""Numbers as the reader's language writes them: Khmer figures in Khmer pages."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from quizapp.web.answering import reading_language

KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def say_figures(value: int | float | Decimal | Fraction | str | None, places: int = 2) -> str:
    """A number, or a text with figures in it such as "3.7", in the reader's figures.

    Args:
        value: nothing is said of None.
        places: decimals at most, half up; noughts at the end are dropped.
    """
    if value is None:
        return ""
    words = value if isinstance(value, str) else _plain(value, places)
    return words.translate(KHMER) if reading_language() == "km" else words


def _plain(value: int | float | Decimal | Fraction, places: int) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    words = f"{rounded:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
