"""What the papers say is so: settings, commands, formats, types, locks and the recipes."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import click
import pytest

from quizapp import __version__
from quizapp.cli.main import group
from quizapp.config import PREFIX, Settings
from quizapp.domain.questions import TYPES
from quizapp.formats import FORMATS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCKS = ("requirements.lock", "requirements-test.lock")


def commands(command=group, path="quizapp"):
    if not isinstance(command, click.Group):
        yield path
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        if not found.hidden:
            yield from commands(found, f"{path} {name}")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_each_setting_is_in_the_readme(name):
    assert f"| `{PREFIX}{name.upper()}` |" in README


def test_the_readme_names_no_setting_that_is_not_there():
    named = set(re.findall(rf"{PREFIX}([A-Z0-9_]+)", README))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("command", list(commands()))
def test_each_command_is_in_the_readme(command):
    assert f"| `{command}` |" in README


def test_the_readme_names_no_command_that_is_not_there():
    named = set(re.findall(r"^\| `(quizapp [^`]+)` \|", README, re.MULTILINE))
    assert named == set(commands())


def test_each_format_and_type_is_explained_to_authors():
    for name in FORMATS:
        assert name.split("-")[0].upper() in README, name
    authors = (ROOT / "questions" / "README.md").read_text(encoding="utf-8")
    for name in TYPES:
        assert name in authors, name


@pytest.mark.parametrize("name", LOCKS)
def test_the_locks_name_no_registry_and_pin_by_hash(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"://|index-url|find-links|-e |git\+", text)
    for pinned in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9.-]+==\S+", pinned), pinned
        assert "--hash=sha256:" in pinned, pinned


def test_the_test_lock_has_the_same_versions():
    first, second = (
        dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in LOCKS
    )
    assert first.items() <= second.items()


def test_each_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    text = (ROOT / LOCKS[0]).read_text()
    for one in wanted:
        name = re.match(r"[a-z0-9-]+", one)[0]
        assert re.search(rf"^{name}==", text, re.MULTILINE), f"{name}: run `make lock`"


def test_the_changelog_is_dated_and_knows_this_version():
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)", head) for head in heads)
    assert heads[0].startswith(f"{__version__} ")


def test_the_recipes_are_no_longer_than_their_rows():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    recipes = text.partition("## Three recipes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| a .*\|$", recipes, re.MULTILINE)
    assert len(rows) == 3
    assert all(len(row) < 160 for row in rows)


def test_each_decision_is_listed():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_links_between_the_papers_lead_somewhere():
    papers = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "questions" / "README.md"]
    for paper in papers:
        for link in re.findall(r"\]\(([^)#]+)", paper.read_text(encoding="utf-8")):
            assert link.startswith("http") or (paper.parent / link).exists(), (paper.name, link)


def test_test_modules_have_names_of_their_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_nothing_is_called_utils_or_helpers():
    for path in chain(ROOT.glob("quizapp/**/*.py"), ROOT.glob("tests/**/*.py")):
        assert not re.search(r"util|helper", path.stem), path
