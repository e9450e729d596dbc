"""Comparing written answers: folding (promise 8) and wildcards."""

import unicodedata
from functools import lru_cache

from quizapp.domain.answers.canonical import UnstorableText, canonical_json, storable
from quizapp.domain.answers.khmer import order_signs

__all__ = [
    "UnstorableText",
    "canonical_json",
    "fold",
    "is_blank",
    "is_khmer",
    "matches",
    "matches_folded",
    "sample",
    "storable",
]

_UNSEEN = {
    code: None
    for first, last in (
        (0x00AD, 0x00AD),  # soft hyphen
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x061C, 0x061C),  # Arabic letter mark
        (0x17B4, 0x17B5),  # Khmer inherent vowels, drawn as nothing
        (0x180B, 0x180E),  # Mongolian selectors
        (0x200B, 0x200F),  # zero-width space, joiners, direction marks
        (0x202A, 0x202E),  # directions
        (0x2060, 0x206F),  # word joiner, invisible operators, directions
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFEFF, 0xFEFF),  # byte order mark
    )
    for code in range(first, last + 1)
}
KHMER_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)}
_ALIKE = {
    **dict.fromkeys(map(ord, "‘’‚‛′`´ʼʹ"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣-"), "-"),
    ord("…"): "...",
    0x17A3: "\u17a2",  # deprecated letters, with the standard's replacements
    0x17A4: "\u17a2\u17b6",
    **KHMER_DIGITS,
}


def fold(text: str, *, case_sensitive: bool = False) -> str:
    """Bring text into the form in which answers are compared.

    In this order: characters that are not seen go; canonical composition (NFC) and, unless
    `case_sensitive`, full case folding; quotes and dashes of all kinds become one; Khmer digits
    become 0 to 9; the signs of Khmer syllables get one order, coeng da becoming coeng ta;
    runs of white space become one space, none at the ends. Folding twice changes nothing.
    """
    return _fold_inside(text, case_sensitive).strip(" ")


def _fold_inside(text: str, case_sensitive: bool) -> str:
    """Fold, but keep one space at an end where there was white space."""
    if not text.isascii():
        text = unicodedata.normalize("NFD", text.translate(_UNSEEN))
    if not case_sensitive:
        text = text.casefold()
    if not text.isascii():
        text = order_signs(unicodedata.normalize("NFC", text).translate(_ALIKE))
    else:
        text = text.replace("`", "'")
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return " " * text[0].isspace() + words + " " * text[-1].isspace()


def is_blank(text: str) -> bool:
    """Say whether nothing is left of the text after folding."""
    return not fold(text)


def is_khmer(text: str) -> bool:
    """Say whether there is a Khmer letter in the text."""
    return any("\u1780" <= character <= "\u17b3" for character in text)


def matches(pattern: str, text: str, *, case_sensitive: bool = False) -> bool:
    r"""Say whether folded `text` is what `pattern` accepts.

    `*` stands for any run of characters, also none; `\*` for a star, `\\` for a backslash.
    The pieces between stars are searched from left to right, once each: no backtracking.
    """
    folded = fold(text, case_sensitive=case_sensitive)
    return matches_folded(pattern, folded, case_sensitive=case_sensitive)


def matches_folded(pattern: str, folded: str, *, case_sensitive: bool = False) -> bool:
    """The same for text that is folded already, where many patterns are tried."""
    pieces = _pieces(pattern, case_sensitive)
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return folded == first
    if len(folded) < len(first) + len(last):
        return False
    if not (folded.startswith(first) and folded.endswith(last)):
        return False
    at, end = len(first), len(folded) - len(last)
    for piece in pieces[1:-1]:
        found = folded.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def sample(pattern: str, *, case_sensitive: bool = False) -> str:
    """A text that `pattern` accepts, to show as the key: a star stands for nothing if it can."""
    pieces = _split(pattern)
    for filler in ("", " ", "…"):
        text = " ".join(filler.join(pieces).split())
        if matches(pattern, text, case_sensitive=case_sensitive):
            return text
    return filler.join(pieces)


def _split(pattern: str) -> list[str]:
    pieces = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            pieces.append("")
        elif character == "\\":
            following = next(characters, "\\")
            pieces[-1] += following if following in "*\\" else "\\" + following
        else:
            pieces[-1] += character
    return pieces


@lru_cache(maxsize=4096)
def _pieces(pattern: str, case_sensitive: bool) -> tuple[str, ...]:
    # folded piece by piece, so that an escaped star is not taken for a wildcard
    pieces = [_fold_inside(piece, case_sensitive) for piece in _split(pattern)]
    pieces[0] = pieces[0].removeprefix(" ")
    pieces[-1] = pieces[-1].removesuffix(" ")
    return tuple(pieces)
