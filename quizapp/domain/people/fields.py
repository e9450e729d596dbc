"""Cleaning what is typed about a person or a cohort; every refusal names its field."""

import re
import unicodedata

from quizapp.domain.answers.canonical import UnstorableText, storable
from quizapp.domain.answers.text import KHMER_DIGITS
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.words import N_

EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]+\.[^\s@.<>()\[\],;:\"\\]+")
STAFF_NUMBER = re.compile(r"[\w./ -]{1,40}")
CODE = re.compile(r"[\w.-]{1,40}")
LONGEST = {"email": 254, "name": 200, "name_km": 200, "title": 200, "title_km": 200}
_UNSEEN = dict.fromkeys((0xFEFF, 0x200E, 0x200F))


def clean_line(field: str, text: str, *, longest: int = 200) -> str:
    """One line of text as it is stored: NFC, no control characters, white space run together.

    Raises:
        Invalid: NUL, a lone surrogate, another control character, or too long.
    """
    try:
        stored = storable(text).translate(_UNSEEN)
    except UnstorableText as error:
        raise Invalid.field(field, error.detail or error.title) from error
    line = " ".join(stored.split())
    if any(unicodedata.category(character) == "Cc" for character in line):
        raise Invalid.field(field, N_("This holds a control character: type it again."))
    if len(line) > longest:
        raise Invalid.field(
            field, N_("This is longer than %(longest)d characters."), longest=longest
        )
    return line


def clean_name(field: str, text: str) -> str:
    """A name or title that must be there."""
    line = clean_line(field, text)
    if not line:
        raise Invalid.field(field, N_("This cannot be empty."))
    return line


def clean_optional(field: str, text: str | None) -> str | None:
    """A line that may be left out: None where nothing is in it."""
    return clean_line(field, text or "") or None


def clean_email(text: str) -> str:
    """An address in the form in which addresses are compared: NFC, lower case.

    Raises:
        Invalid: it does not look like an address.
    """
    email = clean_line("email", text, longest=254).lower()
    if not EMAIL.fullmatch(email):
        raise Invalid.field("email", N_("Give an address like name@example.org."))
    return email


def clean_staff_number(text: str | None) -> str | None:
    """A staff number in the form in which they are compared: upper case, digits 0 to 9.

    Raises:
        Invalid: it could not be told from an address, or has signs that no number has.
    """
    number = clean_line("staff_number", text or "", longest=40).translate(KHMER_DIGITS).upper()
    if not number:
        return None
    if not STAFF_NUMBER.fullmatch(number):
        raise Invalid.field(
            "staff_number",
            N_("A staff number has letters, figures, dots, dashes and slashes only."),
        )
    return number


def clean_code(text: str) -> str:
    """A cohort's short name: letters, figures, dots, dashes.

    Raises:
        Invalid: it is empty or holds anything else.
    """
    code = clean_line("code", text, longest=40)
    if not CODE.fullmatch(code):
        raise Invalid.field(
            "code", N_("Give a short name of letters, figures, dots and dashes, such as 2026-B.")
        )
    return code


def sign_in_name(text: str) -> tuple[str, str] | None:
    """Which column a typed sign-in name speaks of, and its value there; None if nobody's can be."""
    try:
        if "@" in text:
            return "email", clean_email(text)
        number = clean_staff_number(text)
    except Invalid:
        return None
    return ("staff_number", number) if number else None


class Problems:
    """Collects the problems of several fields, so that a form says them all at once."""

    def __init__(self) -> None:
        self.found: list[FieldProblem] = []

    def __enter__(self) -> "Problems":
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if isinstance(error, Invalid) and error.problems:
            self.found.extend(error.problems)
            return True
        return False

    def raise_if_any(self) -> None:
        """Raise one Invalid with all that was collected.

        Raises:
            Invalid: something was collected.
        """
        if self.found:
            raise Invalid(self.found)
