"""One order for the signs of a Khmer syllable.

The same picture can be typed in several orders. The order here is that of the Unicode Standard's
section on Khmer (16.4) and of Unicode Technical Note 61, "Khmer Encoding Structure":

    base  robat?  (coeng consonant)*  shifter?  vowel*  sign*  final sign?

Subscripts keep the order they are typed in, but coeng ro, which is drawn to the left of the
others, comes last. Vowels go by where they are drawn: left, below, above, right. Two typing habits
that give the same picture are mended: a vowel typed in two halves (U+17C1 with U+17B8 or U+17B6),
and the vowel u (U+17BB) under another vowel, which is a shifter drawn low. Coeng da and coeng ta
are one. For comparison only: what is stored stays as typed.
"""

import re

_COENG = "\u17d2"
_CONSONANT = "[\u1780-\u17a2\u17a5-\u17b3]"
_PART = re.compile(f"\u17d2{_CONSONANT}|[\u17b6-\u17d3\u17dd]")
_SYLLABLE = re.compile(f"({_CONSONANT}?)((?:{_PART.pattern})+)")

_U, _E, _OE, _OO = "\u17bb", "\u17c1", "\u17be", "\u17c4"
_ABOVE = frozenset("\u17b7\u17b8\u17b9\u17ba\u17be")
_MUUSIKATOAN, _TRIISAP = "\u17c9", "\u17ca"
_FIRST_SERIES = frozenset("កខចឆដឋណតថផសហឡអ")
"""Consonants that triisap shifts; others take muusikatoan. Ba, which takes both, is left out."""

_ORDER = {
    **dict.fromkeys("\u17cc", 1),  # robat
    **dict.fromkeys("\u17c9\u17ca", 4),  # shifters
    **dict.fromkeys("\u17be\u17bf\u17c0\u17c1\u17c2\u17c3\u17c4\u17c5", 5),  # vowels, left
    **dict.fromkeys("\u17bb\u17bc\u17bd", 6),  # below
    **dict.fromkeys("\u17b7\u17b8\u17b9\u17ba", 7),  # above
    **dict.fromkeys("\u17b6", 8),  # right
    **dict.fromkeys("\u17c7\u17c8", 10),  # reahmuk, yuukaleapintu
}
_OTHER_SIGN = 9


def order_signs(text: str) -> str:
    """Put the signs of every Khmer syllable in one order; other text stays as it is."""
    return _SYLLABLE.sub(_ordered, text)


def _rank(part: str) -> int:
    if part[0] == _COENG:
        return 3 if part[1:] == "\u179a" else 2
    return _ORDER.get(part, _OTHER_SIGN)


def _ordered(match: re.Match[str]) -> str:
    base, tail = match.groups()
    parts = sorted(_PART.findall(tail.replace("\u17d2\u178a", "\u17d2\u178f")), key=_rank)
    signs = "".join(parts).replace(_E + "\u17b8", _OE).replace(_E + "\u17b6", _OO)
    if _U in signs and _ABOVE.intersection(signs):
        first = _FIRST_SERIES.intersection(base + signs)
        shifter = _TRIISAP if first else _MUUSIKATOAN
        signs = signs.replace(_U, "")
        if shifter not in signs:
            at = next(i for i, sign in enumerate(signs) if _ORDER.get(sign, 0) > 4)
            signs = signs[:at] + shifter + signs[at:]
    return base + signs
