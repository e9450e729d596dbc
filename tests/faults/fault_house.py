"""The house that is to stand: a database, server processes that are killed, people."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from uuid import UUID, uuid4

import databases
from cast import make_person, settings_for
from delivery_samples import RIGHT, load_bank, make_quiz
from flask import Flask
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer
from running import Running, environment, wait_for
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from quizapp.app import create_app
from quizapp.services.operations import schema
from quizapp.services.people import sessions
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import db, transaction
from quizapp.storage.people import LoginSession
from quizapp.storage.responses import LoggedResponse, Response

QUIZAPP = Path(sys.executable).with_name("quizapp")
PATIENCE_S = 120
Made = TypeVar("Made")


@dataclass(frozen=True)
class Plan:
    """What a house is made of."""

    kind: str
    processes: int

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.kind}, {self.processes} process" + ("es" if self.processes > 1 else "")


PLANS = {
    "sqlite": Plan("sqlite", 1),
    "postgresql": Plan("postgresql", 1),
    "three": Plan("postgresql", 3),
}


class Node:
    """A server process on a port of its own, started again after it was killed."""

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        self.port = databases.free_port()
        self._folder = folder
        self._environment = environment(**settings)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        with (self._folder / f"node-{self.port}.log").open("a") as log:
            self._process = subprocess.Popen(
                [QUIZAPP, "serve", "--port", str(self.port)],
                cwd=self._folder, env=self._environment, stdout=log, stderr=log, text=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until it answers."""
        assert self._process is not None
        wait_for(Running(self._process, f"http://127.0.0.1:{self.port}"))

    def end(self, how: signal.Signals) -> None:
        """End it: SIGKILL asks nobody."""
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


class House:
    """A filled database and the nodes that serve it."""

    def __init__(self, plan: Plan, url: str, folder: Path, cluster: Any | None) -> None:
        self.plan = plan
        self.cluster = cluster
        # the product's own durability: what is acknowledged must survive
        self.settings = settings_for(url, folder, sqlite_synchronous="FULL")
        self.app: Flask = create_app(self.settings, pages=False)
        served = {
            "database_url": url,
            "secret_key": self.settings.secret_key.get_secret_value(),
            "argon2_memory_kib": 64,
            "log_level": "ERROR",
            "instance_folder": folder,
        }
        self.nodes = [Node(folder, served) for _ in range(plan.processes)]
        with self.app.app_context():
            schema.upgrade()
            load_bank()
            sections = [{"bank": "sample", "questions": list(RIGHT)}]
            self.practice = make_quiz(shared=True, sections=sections)
            self.exam = make_quiz(
                shared=True, sections=sections, mode="exam", time_limit_s=600, grace_s=60
            )

    def insist(self, use_case: Callable[[], Made]) -> Made:
        """Do something in the database, however often that is restarted meanwhile."""
        until = time.monotonic() + PATIENCE_S
        while True:
            with self.app.app_context():
                try:
                    return use_case()
                except DBAPIError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.1)

    def person(self) -> UUID:
        """Somebody new."""
        return self.insist(lambda: make_person("trainee", "trainee").id)

    def sign_in(self, person: UUID, device: str) -> dict[str, str]:
        """The headers of a browser that has just signed in."""

        def open_one() -> UUID:
            with transaction(write=True) as session:
                return sessions.open_session(session, person, "faults", datetime.now(UTC))

        return self._headers(self.insist(open_one), device)

    def expire(self, person: UUID) -> None:
        """All sessions of somebody end now."""

        def end() -> None:
            past = datetime.now(UTC) - timedelta(seconds=1)
            ended = update(LoginSession).where(LoginSession.person_id == person)
            with transaction(write=True) as session:
                session.execute(ended.values(expires_at=past))

        self.insist(end)

    def pass_time(self, attempt_id: UUID, seconds: float) -> None:
        """Move an attempt's times into the past (or the future): as if the clock had jumped on."""
        by = timedelta(seconds=seconds)

        def move() -> None:
            with transaction(write=True) as session:
                # the lock first: a save on its way is moved with the others, or judged by the new
                attempt = session.scalars(
                    select(Attempt).where(Attempt.id == attempt_id).with_for_update()
                ).one()
                attempt.started_at -= by
                attempt.deadline = attempt.deadline and attempt.deadline - by
                attempt.closes_at = attempt.closes_at and attempt.closes_at - by
                for kind in (LoggedResponse, Response):
                    for row in session.scalars(select(kind).where(kind.attempt_id == attempt_id)):
                        row.saved_at -= by

        self.insist(move)

    def _headers(self, session_id: UUID, device: str) -> dict[str, str]:
        """A signed cookie and its CSRF token, as a browser has them after signing in."""
        secret = self.settings.secret_key.get_secret_value()
        raw = uuid4().hex
        signer = self.app.session_interface.get_signing_serializer(self.app)
        kept = {"_user_id": str(session_id), "_fresh": True, "_permanent": True, "csrf_token": raw}
        known = URLSafeSerializer(secret, salt="device").dumps([device, []])
        return {
            "Cookie": f"quizapp={signer.dumps(kept)}; device={known}",
            "X-CSRFToken": str(URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps(raw)),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }


@contextmanager
def standing(plan: Plan, folder: Path) -> Iterator[House]:
    """Build a house and let it stand until the block ends.

    Raises:
        NoPostgreSQL: none can be started here.
    """
    with ExitStack() as stack:
        cluster = None
        url = f"sqlite:///{folder / 'quiz.db'}"
        if plan.kind == "postgresql":
            cluster = stack.enter_context(databases.cluster(databases.DURABLE))
            databases.administer(cluster.address, "CREATE DATABASE faults")
            url = f"{cluster.address}faults"
        house = House(plan, url, folder, cluster)
        stack.callback(_close, house)
        for node in house.nodes:
            stack.callback(node.end, signal.SIGTERM)
            node.launch()
        for node in house.nodes:
            node.wait()
        yield house


def _close(house: House) -> None:
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()


class Trouble(threading.Thread):
    """Kills nodes and restarts the database while answers are saved, until it is told to stop.

    It strikes after so many saves, not after so long: a slow machine gets as far as a fast one.
    """

    def __init__(self, house: House, rng: Random, every: tuple[int, int]) -> None:
        """Strike after as many saves as a number in the range `every` says, again and again."""
        super().__init__(name="trouble", daemon=True)
        self._house = house
        self._rng = rng
        self._every = every
        self._saves = threading.Semaphore(0)
        self._stopping = False
        self.kills = 0
        self.restarts = 0

    def note_save(self) -> None:
        """Somebody's answer was acknowledged."""
        self._saves.release()

    def run(self) -> None:
        """Go on until stopped; whatever was killed runs again at the end."""
        while True:
            for _ in range(self._rng.randint(*self._every)):
                self._saves.acquire()
                if self._stopping:
                    return
            self._strike()

    def _strike(self) -> None:
        if self._house.cluster is not None and self._rng.random() < 0.4:
            # SIGQUIT is PostgreSQL's crash: it recovers from its log
            self._house.cluster.end(self._rng.choice((signal.SIGINT, signal.SIGQUIT)))
            self._house.cluster.start()
            self.restarts += 1
        else:
            node = self._rng.choice(self._house.nodes)
            node.end(signal.SIGKILL)
            node.start()
            self.kills += 1

    def stop(self) -> None:
        """Let what is being restarted come up."""
        self._stopping = True
        self._saves.release()
        self.join(PATIENCE_S)
        assert not self.is_alive()
