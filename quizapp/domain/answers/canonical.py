"""What may be stored, and its one canonical form."""

import json
import unicodedata
from math import isfinite
from typing import Any

from quizapp.domain.errors import Invalid
from quizapp.domain.words import N_

DEEPEST = 40
WIDEST = 512
"""Bits of the largest whole number: far beyond any answer, far below what is slow to print."""


class UnstorableText(Invalid, ValueError):
    """A value that has no canonical form: NUL, a lone surrogate, NaN, an infinity, a foreign type.

    It is a ValueError too, so that pydantic reports it as the field's error.
    """

    title = N_("This holds something that cannot be stored.")

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail=detail)


def storable(text: str) -> str:
    """The text in NFC (promise 8).

    Raises:
        UnstorableText: it holds NUL or a lone surrogate, which PostgreSQL and UTF-8 cannot hold.
    """
    if "\x00" in text:
        raise UnstorableText(N_("The character NUL cannot be stored."))
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnstorableText(N_("Half a character (a lone surrogate) cannot be stored.")) from error
    return unicodedata.normalize("NFC", text)


def canonical_json(value: Any) -> str:
    """Write `value` in its one JSON form: NFC, keys sorted, no spaces, not escaped to ASCII.

    Equal values give equal text, so that receipts and repeated saves compare it.

    Raises:
        UnstorableText: NaN, an infinity, NUL, a lone surrogate, a key that is no text, two keys
            that are one after NFC, deeper than 40 levels, or no JSON type at all.
    """
    return json.dumps(
        _clean(value, 0),
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def _clean(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise UnstorableText(N_("This is nested too deeply."))
    match value:
        case None | bool():
            return value
        case str():
            return storable(value)
        case int() if value.bit_length() <= WIDEST:
            return value
        case float() if isfinite(value):
            return value
        case int() | float():
            raise UnstorableText(N_("This is not a number that can be stored."))
        case list() | tuple():
            return [_clean(one, depth + 1) for one in value]
        case dict():
            return _clean_dict(value, depth)
        case _:
            raise UnstorableText


def _clean_dict(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for key, one in value.items():
        if not isinstance(key, str):
            raise UnstorableText
        name = storable(key)
        if name in clean:
            raise UnstorableText(N_("Two names in this are the same."))
        clean[name] = _clean(one, depth + 1)
    return clean
