"""What tests make an application and its people of; the fixtures in conftest.py give most of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from quizapp.config import Settings
from quizapp.domain.access import Actor
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

SECRET = "only for tests, and long enough for a key"
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def settings_for(url: str, folder: Path, **changes: Any) -> Settings:
    """Settings of a test's application: cheap hashing, no waiting for the disk."""
    values: dict[str, Any] = {
        "instance_folder": folder,
        "database_url": url,
        "secret_key": SECRET,
        "argon2_memory_kib": 64,
        "argon2_time_cost": 1,
        "sqlite_synchronous": "OFF",
        "log_level": "WARNING",
    }
    return Settings(**(values | changes))


def make_person(role: str, name: str, cohort: Cohort | None = None) -> Actor:
    """A person with an account, in a cohort where one is given; without a session."""
    person_id = uuid4()
    part = "trainee" if role == "trainee" else "instructor"
    with transaction(write=True) as session:
        session.add(
            Person(
                id=person_id,
                email=f"{name}-{person_id.hex[:6]}@example.org",
                name=name,
                role=role,
                lang="en",
                created_at=START,
            )
        )
        if cohort is not None:
            session.flush()
            session.add(
                Membership(cohort_id=cohort.id, person_id=person_id, part=part, joined_at=START)
            )
    ids = frozenset({cohort.id} if cohort is not None else ())
    teaches, attends = (ids, frozenset()) if part == "instructor" else (frozenset(), ids)
    return Actor(person_id, role, teaches=teaches, attends=attends, name=name)  # type: ignore[arg-type]
