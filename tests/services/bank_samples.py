"""Small bank files for tests, the shipped source document, and one more instructor."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from quizapp.domain.access import Actor
from quizapp.formats import ReadResult
from quizapp.formats.source_yaml import read_source
from quizapp.resources import questions_folder
from quizapp.services.banks import sources
from quizapp.services.banks.reading import read_file
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def load_source() -> None:
    """Bring the shipped source document in."""
    path = questions_folder() / "sources" / "foreign-policy-direction.yaml"
    document, findings = read_source(path.read_bytes())
    assert document is not None, findings
    assert sources.import_source(document, now=NOW) == []


def another(role: str = "instructor", name: str = "another") -> Actor:
    """Somebody beside the cast."""
    actor = Actor(uuid4(), role, name=name)  # type: ignore[arg-type]
    row = Person(id=actor.id, email=f"{name}@example.org", name=name, role=role, created_at=NOW)
    with transaction(write=True) as session:
        session.add(row)
    return actor


def question(key: str, **changes: Any) -> dict[str, Any]:
    """A single choice question that lints clean against the shipped source, with changes."""
    data = {
        "id": key,
        "type": "single_choice",
        "use": "both",
        "cites": ["3.1@1"],
        "level": "recall",
        "stem": {"en": f"By which year is income to be high, as text {key} has it?"},
        "options": [
            {"id": "m", "text": {"en": "2030"}, "rationale": {"en": "That is the first step."}},
            {"id": "f", "text": {"en": "2050"}, "correct": True},
            {"id": "t", "text": {"en": "2045"}, "rationale": {"en": "No such year is named."}},
        ],
        "explanation": {"en": "High income is the aim for the later of the two years."},
    }
    data.update(changes)
    return {name: value for name, value in data.items() if value is not None}


def bank_file(*questions: dict[str, Any], bank: str | None = "sample", **header: Any) -> bytes:
    """A bank file; JSON is YAML too."""
    data = {
        "format": 1,
        "title": {"en": "A sample"},
        "source": "foreign-policy-direction",
        **({"bank": bank} if bank else {}),
        **header,
        "questions": list(questions),
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def read(*questions: dict[str, Any], **header: Any) -> ReadResult:
    """The same, read."""
    return read_file(bank_file(*questions, **header), "sample.yaml")[0]
