"""What the benchmark runs on: a filled database, people with sessions, servers of their own."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import databases
from flask import Flask
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from quizapp.app import create_app
from quizapp.config import load_settings
from quizapp.domain.access import Actor
from quizapp.resources import questions_folder
from quizapp.services.attempts import starting, taking
from quizapp.services.banks import index as bank_index
from quizapp.services.operations import schema, shipped
from quizapp.services.people import sessions
from quizapp.services.quizzes import assignments, making
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import db, transaction
from quizapp.storage.people import Person

SECRET = "only for the benchmark, and long enough"
HERE = Path(__file__).parent
ITEMS = 20


@dataclass
class Someone:
    """A person with a browser session, and the attempt that is open for them."""

    actor: Actor
    headers: dict[str, str]
    attempt: UUID | None = None
    choices: list[str] = field(default_factory=list)
    revision: int = 0


@dataclass
class Stage:
    """A database with a cohort, a quiz of 20 single choice questions, and trainees who sit it."""

    url: str
    app: Flask
    instructor: Someone
    trainees: list[Someone]
    cohort: UUID
    quiz: UUID


def build(url: str, folder: Path, people: int, *, items: int = ITEMS) -> Stage:
    """Fill a database.

    Args:
        url: of an empty database.
        folder: for the instance.
        people: how many trainees, each with a session and an open attempt.
        items: of each attempt.
    """
    settings = load_settings(database_url=url, secret_key=SECRET, instance_folder=folder)
    app = create_app(settings)
    now = datetime.now(UTC)
    with app.app_context():
        schema.upgrade()
        shipped.load(questions_folder(), now=now)
        cohort = uuid4()
        with transaction(write=True) as session:
            session.add(Cohort(id=cohort, code="BENCH", title="Bench", created_at=now))
        instructor = _somebody(app, "instructor", 0, cohort, now)
        trainees = [_somebody(app, "trainee", n, cohort, now) for n in range(people)]
        quiz = making.make(instructor.actor, _quiz(items), now=now)
        assignments.give(instructor.actor, quiz, cohort, now=now)
        for one in trainees:
            _start(one, quiz, now)
        db.session.remove()
        db.engine.dispose()
    return Stage(url, app, instructor, trainees, cohort, quiz)


def _somebody(app: Flask, role: str, number: int, cohort: UUID, now: datetime) -> Someone:
    person_id = uuid4()
    with transaction(write=True) as session:
        session.add(
            Person(
                id=person_id,
                email=f"{role}-{number}@example.org",
                name=f"{role} {number}",
                role=role,
                lang="en",
                created_at=now,
            )
        )
        session.flush()
        session.add(Membership(cohort_id=cohort, person_id=person_id, part=role, joined_at=now))
        session_id = sessions.open_session(session, person_id, "bench", now)
    actor = sessions.actor_for_session(session_id, now)
    assert actor is not None
    return Someone(actor, _headers(app, session_id))


def _headers(app: Flask, session_id: UUID) -> dict[str, str]:
    """A signed cookie and its CSRF token, as a browser has them after signing in."""
    raw = uuid4().hex
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    kept = {"_user_id": str(session_id), "_fresh": True, "_permanent": True, "csrf_token": raw}
    token = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(raw)
    device = URLSafeSerializer(SECRET, salt="device").dumps([uuid4().hex, []])
    return {
        "Cookie": f"quizapp={signer.dumps(kept)}; device={device}",
        "X-CSRFToken": str(token),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


def _quiz(items: int) -> dict[str, Any]:
    """So many single choice questions of the shipped banks, in one order."""
    with transaction(write=False) as session:
        indexes = bank_index.indexes(session)
    sections, left = [], items
    for slug, index in sorted(indexes.items()):
        keys = [e.key for e in index.entries if e.type == "single_choice" and e.use != "exam"]
        if keys[:left]:
            sections.append({"bank": slug, "questions": keys[:left]})
        left -= len(keys[:left])
    assert left == 0, f"{left} questions too few"
    return {"title": {"en": "Bench"}, "mode": "practice", "sections": sections}


def _start(one: Someone, quiz: UUID, now: datetime) -> None:
    one.attempt = starting.start(one.actor, quiz, now=now).id
    seen = taking.read(one.actor, one.attempt, "en", now=now)
    one.choices = [item.present["options"][0]["id"] for item in seen.items]


def free(stage: Stage) -> Stage:
    """The same with nobody's attempt open: each client starts its own."""
    return replace(stage, trainees=[replace(one, attempt=None) for one in stage.trainees])


@contextmanager
def serving(command: list[str], port: int, path: str, env: dict[str, str]) -> Iterator[int]:
    """Run a server until the block ends; gives its process id once it answers."""
    log = Path(env.get("BENCH_LOG", os.devnull))
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=os.environ | env, stdout=out, stderr=out)
        try:
            _wait(process, f"http://127.0.0.1:{port}{path}")
            yield process.pid
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("the server did not answer within 12 s")


@contextmanager
def product(stage: Stage, folder: Path, *arguments: str) -> Iterator[tuple[int, int]]:
    """`quizapp serve` with these arguments: its port and process id."""
    port = databases.free_port()
    env = {
        "QUIZAPP_DATABASE_URL": stage.url,
        "QUIZAPP_SECRET_KEY": SECRET,
        "QUIZAPP_INSTANCE_FOLDER": str(folder),
        "QUIZAPP_BASE_URL": f"http://127.0.0.1:{port}",
        "QUIZAPP_LOG_LEVEL": "WARNING",
    }
    quizapp = str(Path(sys.executable).with_name("quizapp"))
    with serving([quizapp, "serve", "--port", str(port), *arguments], port, "/healthz", env) as pid:
        yield port, pid


@contextmanager
def yardstick(stage: Stage, threads: int) -> Iterator[int]:
    """The bare view on the same database: its port."""
    port = databases.free_port()
    command = [sys.executable, str(HERE / "bare.py"), stage.url, str(port), str(threads)]
    with serving(command, port, "/none", {}):
        yield port


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family_cpu(pid: int) -> float:
    """The same of a process and of those that it started and that are still there."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_seconds(pid) + sum(family_cpu(int(one)) for one in children)


def resident_mb(pid: int) -> float:
    """Megabytes of memory that a process holds now (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
