"""The Khmer catalogue is complete, fits its source, and reaches the pages."""

import contextvars
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.checkers import checkers
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask_babel import gettext, ngettext

ROOT = Path(__file__).parents[2]
PO = ROOT / "quizapp" / "translations" / "km" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%")
KHMER = re.compile(r"[\u1780-\u17ff]")
RUN_OF_LATIN = re.compile(r"(?:[A-Za-z]{2,} ){3,}[A-Za-z]{2,}")
ZERO_WIDTH = "\u200b"
FIELD_VALUES_ONLY = frozenset(("%(ready)s, %(out)s",))
"""Entries that have no word of their own."""


def texts(message: Message) -> list[str]:
    """What an entry was translated to, one text for each plural form."""
    found = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return list(found)


def source_of(message: Message) -> str:
    """The English; of a counted message its plural, as Khmer has no singular."""
    return message.id if isinstance(message.id, str) else message.id[-1]


@pytest.fixture(scope="module")
def source() -> Catalog:
    """Every marked string of the code and the templates, as babel.cfg tells to look for them."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    catalogue = Catalog()
    for _file, line, words, _comments, context in extract_from_dir(
        ROOT, methods, options, keywords=DEFAULT_KEYWORDS | {"N_": None}, directory_filter=_ours
    ):
        catalogue.add(words, None, [("", line)], context=context)
    return catalogue


def _ours(folder: str) -> bool:
    # everything marked is in the package; the environment and the tests are large
    below = Path(folder).relative_to(ROOT)
    return not below.parts or below.parts[0] == "quizapp"


@pytest.fixture(scope="module")
def khmer() -> Catalog:
    """The catalogue as it stands in the repository."""
    with PO.open("rb") as text:
        return read_po(text, locale="km", abort_invalid=True)


@pytest.fixture
def shown(app, khmer, tmp_path):
    """Asks for a page, or says something, with the catalogue compiled anew and Khmer chosen."""
    folder = tmp_path / "translations" / "km" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as compiled:
        write_mo(compiled, khmer)
    app.extensions["babel"].translation_directories = [str(tmp_path / "translations")]
    chosen = {"Accept-Language": "km"}

    def show(what):
        def within():
            if isinstance(what, str):
                return app.test_client().get(what, headers=chosen).text
            with app.test_request_context(headers=chosen):
                return what()

        return contextvars.Context().run(within)

    return show


def test_every_marked_string_is_translated(source, khmer):
    missing = []
    for message in source:
        entry = khmer.get(message.id, message.context) if message.id else None
        if message.id and (entry is None or not all(texts(entry))):
            missing.append(message.id)
    assert not missing, f"without Khmer ({len(missing)}): {missing[:20]}"


def test_no_entry_is_obsolete_or_a_guess(source, khmer):
    assert not khmer.obsolete
    assert not [one.id for one in khmer if one.id and one.fuzzy]
    assert not [one.id for one in khmer if one.id and source.get(one.id, one.context) is None]


def test_khmer_has_one_plural_form(khmer):
    assert khmer.num_plurals == 1
    assert not [one.id for one in khmer if one.id and len(texts(one)) != 1]


def test_what_is_filled_in_stays(khmer):
    changed = {}
    for message in khmer:
        # of a counted message the singular may do without the count
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        if message.id and _filled_in(texts(message)[0]) not in map(_filled_in, english):
            changed[source_of(message)] = texts(message)
    assert not changed


def _filled_in(text: str) -> Counter[str]:
    return Counter(found[0] for found in PLACEHOLDER.finditer(text))


def test_it_compiles_without_an_error(khmer):
    for message in khmer:
        for check in checkers if message.id else ():
            check(khmer, message)


def test_every_text_is_khmer(khmer):
    english = {}
    for message in khmer:
        if not message.id or source_of(message) in FIELD_VALUES_ONLY:
            continue
        for text in texts(message):
            # what has to be typed may be all there is to a hint, such as the values of a column
            typed = "=" in source_of(message) or "_" in source_of(message)
            words = PLACEHOLDER.sub("", text)
            if not KHMER.search(words) or (RUN_OF_LATIN.search(words) and not typed):
                english[source_of(message)] = text
    assert not english


def test_spaces_and_marks_are_clean(khmer):
    unclean = {}
    for message in khmer:
        for text in texts(message) if message.id else ():
            if (
                text != unicodedata.normalize("NFC", text)
                or _edges(text) != _edges(source_of(message))
                or re.search(r"\u200b[\s\u200b]|[ ]\u200b|[ ]{2}", text)
                or text.strip(ZERO_WIDTH) != text
                or ("<" in text) != ("<" in source_of(message))
            ):
                unclean[source_of(message)] = text
    assert not unclean


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_it_says_that_it_is_a_draft(khmer):
    assert "not yet been reviewed by a linguist" in khmer.header_comment


def test_a_page_is_in_khmer(shown, khmer):
    page = shown("/sign-in")
    assert '<html lang="km">' in page
    assert texts(khmer.get("Sign in"))[0] in page
    assert "Forgotten password" not in page


def test_code_speaks_khmer_too(shown, khmer):
    assert shown(lambda: gettext("Sign out")) == texts(khmer.get("Sign out"))[0]
    for count in (1, 7):
        said = shown(
            lambda n=count: ngettext("%(count)s question", "%(count)s questions", n, count=n)
        )
        assert str(count) in said
        assert KHMER.search(said)
