"""What comes with the product: source documents, banks and practice quizzes, loaded at a start.

The digest of everything in the folder is kept in the table `shipped_files`; a start that finds it
unchanged does no more than compare it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from quizapp.domain.bank.findings import Finding
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.formats.source_yaml import read_source
from quizapp.services.banks import sources
from quizapp.services.banks.files import bank_files
from quizapp.services.banks.importing import ImportReport, import_bank
from quizapp.services.banks.reading import read_file
from quizapp.services.quizzes.versions import add_first_version, version
from quizapp.storage import banks, quizzes
from quizapp.storage.database import one_at_a_time, transaction

EVERYTHING = "questions"
QUIZZES = "quizzes.yaml"
LOADING = 0x51410001
"""The number of this work among those that one process does at a time."""


@dataclass(frozen=True)
class Loaded:
    """What a start loaded; nothing where it was all there already."""

    banks: tuple[ImportReport, ...] = ()
    quizzes: int = 0
    findings: tuple[Finding, ...] = ()


def load(folder: Path, *, now: datetime) -> Loaded:
    """Load the folder's sources, banks and practice quizzes, unless they are as loaded before.

    Args:
        folder: with `sources/`, the banks as `*.yaml`, and `quizzes.yaml`.
        now: the time of the start.
    """
    digest = digest_of(folder)
    if _is_loaded(digest):
        return Loaded()
    with one_at_a_time(LOADING):
        # nodes that start together: whoever comes second finds it done
        return Loaded() if _is_loaded(digest) else _load(folder, digest, now)


def _is_loaded(digest: str) -> bool:
    with transaction(write=False) as session:
        return banks.shipped_digests(session).get(EVERYTHING) == digest


def _load(folder: Path, digest: str, now: datetime) -> Loaded:
    findings: list[Finding] = []
    for path in sorted((folder / "sources").glob("*.yaml")):
        document, found = read_source(path.read_bytes())
        findings += found
        if document is not None:
            findings += sources.import_source(document, now=now)
    reports = []
    for path in bank_files(folder):
        result, _ = read_file(path.read_bytes(), path.name)
        reports.append(import_bank(None, result, now=now, shipped=True))
    count = _load_quizzes(folder / QUIZZES, now)
    with transaction(write=True) as session:
        banks.keep_shipped_digest(session, EVERYTHING, digest, now)
    return Loaded(tuple(reports), count, tuple(findings))


def digest_of(folder: Path) -> str:
    """The digest of all files that `load` reads."""
    whole = hashlib.sha256()
    for path in (*sorted((folder / "sources").glob("*.yaml")), *sorted(folder.glob("*.yaml"))):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _load_quizzes(path: Path, now: datetime) -> int:
    if not path.is_file():
        return 0
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries = cast("list[dict[str, Any]]", data["quizzes"])
    return sum(_load_quiz(entry, now) for entry in entries)


def _load_quiz(entry: dict[str, Any], now: datetime) -> bool:
    """Store a practice quiz, as a new version where it changed; say whether anything was stored."""
    slug, title = entry["id"], entry["title"]
    try:
        settings = QuizSettings.model_validate(
            {name: value for name, value in entry.items() if name not in ("id", "title")}
        )
    except ValidationError as error:
        raise ValueError(f"{slug} in {QUIZZES} is not a quiz: {error}") from error
    rules = settings.model_dump(mode="json", exclude={"release"})
    release = settings.release.model_dump(mode="json")
    with transaction(write=True) as session:
        quiz, current = quizzes.shipped_quiz(session, slug)
        if quiz is None:
            quiz = quizzes.Quiz(
                slug=slug,
                title=title,
                mode=settings.mode,
                owner_id=None,
                shared=True,
                release=release,
                created_at=now,
            )
            session.add(quiz)
            session.flush()
            add_first_version(session, quiz.id, settings, None, now)
            return True
        if current == rules and (quiz.title, quiz.release) == (title, release):
            return False
        quiz.title, quiz.release = title, release
        if current != rules:
            quiz.version += 1
            session.add(version(quiz.id, quiz.version, settings, None, now))
    return True
