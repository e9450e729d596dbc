"""Numbers as people type them, exactly."""

import re
from fractions import Fraction
from math import isfinite
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from quizapp.domain.answers.text import KHMER_DIGITS

LONGEST = 62
LARGEST_EXPONENT = 30
LARGEST = 10**30

_TYPED = str.maketrans(
    {
        **KHMER_DIGITS,
        **{ord(dash): "-" for dash in "‐‑‒–—−"},
        **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD)),
    }
)
_FORM = re.compile(r"([+-]?) ?([0-9., ]*[0-9.,])(?:[eE]([+-]?[0-9]{1,4}))?")
_RATIO = re.compile(r"-?[0-9]{1,30}/0*[1-9][0-9]{0,29}")


def parse_number(raw: str) -> Fraction | None:
    """Read a number as typed, or None where it is none or could be two.

    Khmer digits count as digits. Thousands may be set apart by spaces, commas or points in groups
    of three; the decimal sign is a point or a comma. One point is always the decimal sign. One
    comma before exactly three digits (`1,234`) could be either, so it is not read, unless what
    stands before it cannot be thousands (`0,125`, `1 234,567`). Exponents reach 30. A ratio
    of whole numbers (`1/3`) is a number too.
    """
    if len(raw) > LONGEST:
        return None
    text = " ".join(raw.translate(_TYPED).split())
    if _RATIO.fullmatch(text):
        return Fraction(text)
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    sign, mantissa, exponent = form.groups()
    power = int(exponent or 0)
    number = _read_mantissa(mantissa)
    if number is None or abs(power) > LARGEST_EXPONENT:
        return None
    return (-number if sign == "-" else number) * Fraction(10) ** power


def _read_mantissa(text: str) -> Fraction | None:
    whole, part = text, ""
    marks = [character for character in text if character in ".,"]
    if marks and marks.count(marks[-1]) == 1:
        whole, _, part = text.rpartition(marks[-1])
        thousands = re.fullmatch(r"[1-9][0-9]{0,2}", whole) and re.fullmatch(r"[0-9]{3}", part)
        if marks[-1] == "," and thousands:
            return None
    digits = _ungroup(whole)
    if digits is None or not re.fullmatch(r"[0-9]*", part) or not digits + part:
        return None
    return Fraction(int(digits + part), 10 ** len(part))


def _ungroup(whole: str) -> str | None:
    """Digits without the separators of thousands; None where these do not stand in threes."""
    if re.fullmatch(r"[0-9]*", whole):
        return whole
    if re.fullmatch(r"[1-9][0-9]{0,2}(?:(?: [0-9]{3})+|(?:,[0-9]{3})+|(?:\.[0-9]{3})+)", whole):
        return re.sub(r"[ .,]", "", whole)
    return None


def exact(value: float) -> Fraction:
    """The number that the decimal digits of `value` say: 0.1 is a tenth."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def plain(number: Fraction) -> int | float | str:
    """The shortest exact JSON form: a whole number, a decimal number, else text such as `1/3`."""
    if number.denominator == 1:
        return int(number)
    decimal = float(number)
    return decimal if exact(decimal) == number else str(number)


def said_number(number: Fraction) -> str:
    """The number in digits."""
    return str(plain(number))


def _read(value: Any) -> Fraction:
    number: Fraction | None = None
    if isinstance(value, Fraction):
        number = value
    elif isinstance(value, str):
        number = parse_number(value)
        # what cannot be written back in full would change at the next export
        if number is not None and parse_number(said_number(number)) != number:
            number = None
    elif (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and isfinite(value)
    ):
        number = exact(value) if abs(value) < LARGEST else None
    if number is None or abs(number) >= LARGEST:
        raise ValueError("write a number, such as 2030, 2.5 or 1/2")
    return number


Number = Annotated[
    Fraction,
    PlainValidator(_read),
    PlainSerializer(plain),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]}),
]
"""An exact number in a bank file: 2030, 2.5, or as text `1/3` or with Khmer digits."""
