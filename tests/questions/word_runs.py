"""Runs of eight words of the source document, as hashes: the project holds no copy of the text.

`python tests/questions/word_runs.py FILE` writes the hashes anew from a copy of the document that
somebody has; only whoever adds a name below, or takes up a newer document, needs to.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
HASHES = Path(__file__).with_name("document_runs.txt")
SOURCE = ROOT / "questions" / "sources" / "foreign-policy-direction.yaml"
RUN = 8
SALT = b"quizapp runs"
HASH_BYTES = 5
"""Too few to read a run from its hash, enough that a million runs seldom meet one by chance."""
NAMES = (
    "Cambodia's Foreign Policy Direction",
    "Ministry of Foreign Affairs and International Cooperation",
    "National Institute of Diplomacy and International Relations",
    "Regional Comprehensive Economic Partnership",
    "Eurasian Economic Union",
    "World Trade Organization",
    "Kingdom of Cambodia",
    "Republic of Korea",
    "Indo-Pacific Strategy",
    "Belt and Road",
    "United Nations",
    "ASEAN Community",
    "Eastern and Central Europe",
    "Central Asia",
    "Middle East",
    "Latin America",
    "Southeast Asia",
    "Cambodia",
    "Africa",
    "ASEAN",
    "Mekong",
    "NIDIR",
    "RCEP",
    "WTO",
    "UN",
)
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"['’]")


def words_of(text: str) -> list[str]:
    """The words in lower case, without punctuation and without names."""
    folded = " ".join(_WORD.findall(_APOSTROPHE.sub("", text).lower()))
    return _NAME.sub(" ", folded).split()


def hash_of(run: tuple[str, ...]) -> str:
    """The salted, shortened hash of a run."""
    return hashlib.blake2b(" ".join(run).encode(), digest_size=HASH_BYTES, salt=SALT).hexdigest()


def runs_in(text: str) -> Iterator[tuple[str, ...]]:
    """Each run of eight words; names take no part in the count."""
    words = words_of(text)
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])


def document_hashes() -> frozenset[str]:
    """The hashes of the document's runs, as they are kept."""
    return frozenset(HASHES.read_text(encoding="ascii").split())


def copied_runs(text: str, hashes: frozenset[str]) -> list[str]:
    """The runs of a text that stand in the document."""
    return [" ".join(run) for run in runs_in(text) if hash_of(run) in hashes]


def titles() -> list[str]:
    """The titles of the five tasks, which carry over as they are."""
    tasks = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["tasks"]
    return [task["title"]["en"] for task in tasks]


def _write(document: Path) -> None:
    exempt = {run for title in titles() for run in runs_in(title)}
    found = {
        hash_of(run) for run in runs_in(document.read_text(encoding="utf-8")) if run not in exempt
    }
    HASHES.write_text("\n".join(sorted(map(hash_of, found))) + "\n", encoding="ascii")


def _folded(name: str) -> str:
    return " ".join(_WORD.findall(_APOSTROPHE.sub("", name).lower()))


_NAME = re.compile(r"\b(?:" + "|".join(_folded(name) for name in NAMES) + r")\b")

if __name__ == "__main__":
    _write(Path(sys.argv[1]))
