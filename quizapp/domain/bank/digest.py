"""Digests: which document a version is, and which English text a translation was made of."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from quizapp.domain.answers.canonical import canonical_json

LANGUAGES = frozenset(("en", "km"))


def document_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of a question's document in canonical form, as 64 hexadecimal digits.

    It covers everything that the file says of the question, `use` and citations too: each of them
    changes what is asked where, so each makes a version.
    """
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def english_digest(document: Mapping[str, Any]) -> str:
    """The first 8 hexadecimal digits of SHA-256 over the English texts of a question's document.

    Hashed is the canonical JSON of a list of [place, text], sorted by place. A place names list
    entries by their id where they have one, so that moving an option keeps its translation current.
    """
    texts = sorted([place, text] for place, text in _english(document, ""))
    return hashlib.sha256(canonical_json(texts).encode()).hexdigest()[:8]


def is_localised(value: object) -> bool:
    """Say whether it is a text by language, as it stands in a document."""
    return isinstance(value, dict) and bool(value) and value.keys() <= LANGUAGES


def _english(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if is_localised(value):
            if value.get("en"):
                yield place, value["en"]
            return
        for name, one in value.items():
            if name != "translation":
                yield from _english(one, f"{place}/{name}")
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            name = one.get("id", index) if isinstance(one, dict) else index
            yield from _english(one, f"{place}/{name}")
