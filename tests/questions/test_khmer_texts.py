"""The Khmer of the banks and of the source document: its script, its breaks, its words."""

import io
import re
import unicodedata
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from quizapp.resources import questions_folder

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "quizapp/translations/km/LC_MESSAGES/messages.po"
FOLDER = questions_folder()
FILES = [
    path
    for path in sorted(chain(FOLDER.glob("*.yaml"), FOLDER.glob("sources/*.yaml")))
    if path.stem != "glossary"
]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ZERO_WIDTH = "\u200b"
KHMER = re.compile("[\u1780-\u17ff]")
LONGEST = 24
"""Letters without a break: a line of a narrow telephone."""
_RUN = re.compile("[\u1780-\u17d3\u17d7]+")
_BLANK = re.compile(r"\[\[\w+\]\]")
LATIN = frozenset(["RCEP", "NIDIR", "CPTPP", "AFTA"])


def texts_of(value, place=""):
    """Each text in two languages, with its place: (place, English, Khmer)."""
    if isinstance(value, dict):
        if isinstance(value.get("en"), str):
            yield place, value["en"], value.get("km", "")
            return
        for name, one in value.items():
            yield from texts_of(one, f"{place}/{name}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            name = one.get("id", index) if isinstance(one, dict) else index
            yield from texts_of(one, f"{place}/{name}")


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def texts(request):
    read = yaml.load(request.param.read_bytes(), LOADER)  # noqa: S506 - a safe one, and the fast one
    return list(texts_of(read))


def bare(text):
    return re.sub(r"[\u200b\u2060\s]", "", text)


def test_it_is_written_in_khmer_and_in_one_form(texts):
    for place, _, khmer in texts:
        assert khmer == unicodedata.normalize("NFC", khmer), place
        said = _BLANK.sub("", khmer)
        assert KHMER.search(said) or said in LATIN, place
        assert not re.search("[0-9]", said), place


def test_it_can_be_broken_into_lines(texts):
    for place, _, khmer in texts:
        runs = _RUN.findall(khmer)
        assert all(len(run) <= LONGEST for run in runs), (place, max(runs, key=len))
        assert ZERO_WIDTH * 2 not in khmer, place
        assert khmer.strip(ZERO_WIDTH + " ") == khmer, place


@cache
def glossary():
    """The terms, longest first: a pattern of the English in either number, and the Khmer forms."""
    found = []
    terms = yaml.safe_load((FOLDER / "glossary.yaml").read_text(encoding="utf-8"))["terms"]
    for term in sorted(terms, key=lambda term: -len(term["en"])):
        english = re.escape(term["en"].removesuffix("y"))
        many = "(?:y|ies)" if term["en"].endswith("y") else "(?:s|es)?"
        pattern = re.compile(rf"(?<![\w-]){english}{many}(?![\w-])", re.IGNORECASE)
        found.append((pattern, [bare(form) for form in (term["km"], *term.get("also", ()))]))
    return found


def missed_terms(english, khmer):
    """The Khmer of each term of the English that is said in other words, or left out."""
    rest, said = english, bare(khmer)
    for term, forms in glossary():
        rest, found = term.subn(" ", rest)
        if found and not any(form in said for form in forms):
            yield forms[0]


def test_each_term_is_said_with_its_one_word(texts):
    for place, english, khmer in texts:
        assert not list(missed_terms(english, khmer)), place


def test_the_interface_uses_the_same_words():
    for message in read_po(io.BytesIO(CATALOGUE.read_bytes())):
        if message.id and isinstance(message.id, str):
            assert not list(missed_terms(message.id, message.string)), message.id
