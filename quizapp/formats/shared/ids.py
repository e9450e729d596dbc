"""Ids for parts that have none in a file; nothing can be read from them but the content."""

import hashlib
import re
import unicodedata
from random import Random

LETTERS = "abcdefghjkmnpqrstuvwxyz"
"""Without i, l and o, which look like digits."""
LONGEST = 64


def part_ids(count: int, content: object) -> list[str]:
    """Distinct short ids in an order that only `content` decides."""
    chance = _chance(content)
    pool = LETTERS if count <= len(LETTERS) else [a + b for a in LETTERS for b in LETTERS]
    return chance.sample(list(pool), min(count, len(pool)))


def unordered_ids(count: int, content: object) -> list[str]:
    """The same, for parts that are listed in the right order: their ids are in another."""
    for turn in range(100):
        ids = part_ids(count, (content, turn))
        if ids != sorted(ids) or len(ids) <= 1:
            return ids
    return ids[::-1]


def paired_ids(count: int, spare: int, content: object) -> tuple[list[str], list[str]]:
    """Ids for prompts, and for targets listed beside them with `spare` more at the end.

    Sorted by id, prompts and their targets do not stand side by side.
    """
    for turn in range(100):
        prompts = part_ids(count, ("prompts", content, turn))
        targets = part_ids(count + spare, ("targets", content, turn))
        by_prompt = [target for _, target in sorted(zip(prompts, targets, strict=False))]
        apart = all(one != other for one, other in zip(prompts, targets, strict=False))
        if apart and by_prompt != sorted(targets)[:count]:
            break
    return prompts, targets


def question_id(name: str, content: object) -> str:
    """A slug of the name; where nothing is left of it (Khmer say), of what the question says."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")
    return slug or f"q-{fingerprint(name or content)}"


def unique_id(wanted: str, content: object, taken: set[str]) -> str:
    """The id wanted, with a part of the content's digest where another question has it."""
    found = wanted
    if found in taken:
        found = f"{wanted[: LONGEST - 9]}-{fingerprint(content)}"
    number = 2
    while found in taken:
        found = f"{wanted[: LONGEST - 14]}-{fingerprint(content)}-{number}"
        number += 1
    taken.add(found)
    return found


def fingerprint(content: object) -> str:
    """Eight hexadecimal digits of a digest."""
    return hashlib.sha256(repr(content).encode("utf-8", "replace")).hexdigest()[:8]


def _chance(content: object) -> Random:
    return Random(fingerprint(content))  # noqa: S311 - reproducible, not secret
