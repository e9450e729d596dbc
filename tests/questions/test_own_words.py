"""No run of eight words of the source document stands in the project, names and titles apart."""

from pathlib import Path

import pytest
from word_runs import RUN, copied_runs, document_hashes, hash_of, runs_in, titles

ROOT = Path(__file__).parents[2]
TEXTS = frozenset((".yaml", ".md", ".py", ".html", ".po", ".js", ".css", ".txt", ".gift"))
LEFT_OUT = frozenset(("instance", "build", "dist", "__pycache__"))
INVENTED = "A quiet river carries seven wooden boats past the Republic of Korea and its harbours"


@pytest.fixture(scope="module")
def hashes():
    return document_hashes()


def areas():
    """What lies at the top of the project, hidden and made things left out."""
    for path in sorted(ROOT.iterdir()):
        if not path.name.startswith(".") and path.name not in LEFT_OUT:
            yield path.name


def files(area):
    top = ROOT / area
    for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
        made = LEFT_OUT.intersection(path.relative_to(ROOT).parts)
        if path.is_file() and path.suffix in TEXTS and not made:
            yield path


@pytest.mark.parametrize("area", list(areas()))
def test_nothing_is_copied_from_the_document(area, hashes):
    found = {
        str(path.relative_to(ROOT)): copied
        for path in files(area)
        if (copied := copied_runs(path.read_text(encoding="utf-8"), hashes))
    }
    assert not found, found


def test_the_document_is_there_as_hashes_alone(hashes):
    assert len(hashes) > 400
    assert all(len(one) == len(hash_of(("a",))) for one in hashes)


def test_a_copied_sentence_would_be_found_however_it_is_set():
    of_it = frozenset(map(hash_of, runs_in(INVENTED)))
    wrapped = "en: >-\n  A quiet RIVER carries — seven wooden\n  boats past 'the' and its harbours."
    assert len(copied_runs(wrapped, of_it)) == len(of_it)
    assert not copied_runs("A quiet river carries seven wooden boats.", of_it)


def test_names_and_titles_may_stand(hashes):
    for title in titles():
        assert not copied_runs(title, hashes)
    assert not list(runs_in("Republic of Korea, " * RUN))
