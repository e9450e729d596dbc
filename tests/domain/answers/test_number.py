"""Numbers as typed and as written in bank files."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from quizapp.domain.answers.number import Number, exact, parse_number, plain

NUMBER = TypeAdapter(Number)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2030", 2030),
        (" 2030 ", 2030),
        ("២០៣០", 2030),
        ("២០\u200b៣០", 2030),
        ("២.០៣០,៥", Fraction(20305, 10)),
        ("-5", -5),
        ("−5", -5),
        ("+5", 5),
        ("- 5", -5),
        ("0.5", Fraction(1, 2)),
        ("0,5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("0,125", Fraction(1, 8)),
        ("3.142", Fraction(3142, 1000)),
        ("2 030", 2030),
        ("2\u00a0030\u202f000", 2030000),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1,234.5", Fraction(12345, 10)),
        ("1.234,5", Fraction(12345, 10)),
        ("1 234,567", Fraction(1234567, 1000)),
        ("1234,567", Fraction(1234567, 1000)),
        ("1e3", 1000),
        ("1.5E-2", Fraction(15, 1000)),
        ("1/3", Fraction(1, 3)),
        ("007", 7),
    ],
)
def test_numbers(raw: str, expected: Fraction) -> None:
    assert parse_number(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        *("", " ", "abc", "5 km", "nan", "NaN", "inf", "-Infinity", "1e999999", "1e31", "--5", "."),
        *(",", "-", "1.2.3", "12 34", "1,23,456", "1,234", "១,២៣៤", "1 2345", "1.234 567", "0x10"),
        *("1_000", "½", "²", "٣", "1/0", "1//2", "5\x00", "\ud800", "1" * 100, "1e", "e5", "0 123"),
    ],
)
def test_no_numbers(raw: str) -> None:
    assert parse_number(raw) is None


@given(st.text(max_size=20) | st.text(st.sampled_from("0123 .,-+eE/០១៩"), max_size=20))
def test_anything_is_a_number_or_none(raw: str) -> None:
    number = parse_number(raw)
    assert number is None or isinstance(number, Fraction)


@pytest.mark.parametrize(
    ("written", "number", "back"),
    [
        (2030, Fraction(2030), 2030),
        (0.1, Fraction(1, 10), 0.1),
        (-2.5, Fraction(-5, 2), -2.5),
        ("1/2", Fraction(1, 2), 0.5),
        ("1/3", Fraction(1, 3), "1/3"),
        ("២០៣០", Fraction(2030), 2030),
    ],
)
def test_numbers_in_bank_files(written: object, number: Fraction, back: object) -> None:
    assert NUMBER.validate_python(written) == number
    assert NUMBER.dump_python(number, mode="json") == back
    assert NUMBER.validate_python(back) == number


@pytest.mark.parametrize(
    "written", [True, None, "", "many", "1,234", float("nan"), float("inf"), 10**40, 1e300, [], {}]
)
def test_not_numbers_in_bank_files(written: object) -> None:
    with pytest.raises(ValidationError):
        NUMBER.validate_python(written)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e29, max_value=1e29))
def test_decimals_come_back_exactly(value: float) -> None:
    assert exact(plain(exact(value))) == exact(value)  # type: ignore[arg-type]  # floats have a plain form
