"""A server that is killed in the middle of saves has lost nothing that it acknowledged."""

import http.client
import json
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from delivery_samples import EVERY_TYPE, load_bank, make_quiz
from fault_checks import read, wrong_marks
from fault_run import SENT
from running import serving

from quizapp.domain.access import Actor
from quizapp.services.attempts import starting, submitting, taking
from quizapp.services.people import sessions
from quizapp.storage.database import db, transaction

QUIZAPP = Path(sys.executable).with_name("quizapp")
ENOUGH = 40
"""So many acknowledged saves of each sender before the server is killed."""


@dataclass
class Sender:
    """Saves answers over HTTP until the server is gone; keeps what was acknowledged."""

    person: Actor
    attempt: UUID
    token: str
    order: list[str]
    acknowledged: list[tuple[int, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    revision: int = 0

    def next_body(self) -> tuple[int, dict[str, Any]]:
        self.revision += 1
        slot = self.revision % len(self.order) + 1
        response = SENT[self.order[slot - 1]] if self.revision % 3 else None
        return slot, {"response": response, "revision": self.revision}

    def put(self, address: str, slot: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            path = f"/api/v1/attempts/{self.attempt}/items/{slot}/response"
            connection.request("PUT", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def run(self, address: str, enough: threading.Barrier) -> None:
        done = 0
        while True:
            slot, body = self.next_body()
            try:
                status, said = self.put(address, slot, body)
            except (OSError, http.client.HTTPException):
                return
            assert status == 200, said
            self.acknowledged.append((slot, body, said))
            done += 1
            if done == ENOUGH:
                enough.wait(60)


@pytest.fixture
def senders(app, trainee, outsider):
    """Two people, each with an attempt of their own."""
    load_bank()
    quiz = make_quiz(shared=True)
    now = datetime.now(UTC)
    found = []
    for person in (trainee, outsider):
        attempt = starting.start(person, quiz, now=now).id
        seen = taking.read(person, attempt, "en", now=now)
        with transaction(write=True) as session:
            token = sessions.open_token(session, person.id, "device", now).token
        found.append(Sender(person, attempt, token, [item.question for item in seen.items]))
    return found


def kill_in_the_middle(address, process, senders):
    """Let all save at once, and end the process without a word while they do."""
    enough = threading.Barrier(len(senders) + 1)
    threads = [
        threading.Thread(target=one.run, args=(address, enough), daemon=True) for one in senders
    ]
    for thread in threads:
        thread.start()
    enough.wait(60)
    process.kill()
    process.wait(20)
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_what_was_acknowledged_is_there_after_a_kill(app, settings, tmp_path, senders):
    db.engine.dispose()
    how = {
        "database_url": settings.database_url,
        "secret_key": settings.secret_key.get_secret_value(),
        "argon2_memory_kib": 64,
        "log_level": "ERROR",
    }
    for _round in range(2):
        with serving(QUIZAPP, tmp_path, **how) as server:
            kill_in_the_middle(server.address, server.process, senders)
    assert all(len(one.acknowledged) >= 2 * ENOUGH for one in senders)

    for one in senders:
        found = read(one.attempt)
        log, current = found.log, found.current
        rows = {(row.slot, row.revision): row for row in log}
        for slot, body, said in one.acknowledged:
            row = rows[slot, body["revision"]]
            assert json.loads(row.body) == body["response"]
            assert row.receipt == said["receipt"]
        for slot in range(1, len(one.order) + 1):
            newest = max(row.revision for row in log if row.slot == slot)
            last = max(b["revision"] for s, b, _ in one.acknowledged if s == slot)
            assert newest >= last
            assert current[slot] == (newest, rows[slot, newest].body)

    with serving(QUIZAPP, tmp_path, **how) as server:
        for one in senders:
            slot, body, said = one.acknowledged[-1]
            assert one.put(server.address, slot, body)[1]["receipt"] == said["receipt"]
    for one in senders:
        check_marks(one)


def check_marks(sender):
    """The attempt ends, and its marks are those of what is stored, computed anew."""
    submitting.submit(sender.person, sender.attempt, now=datetime.now(UTC))
    current = read(sender.attempt).current
    assert len(current) == len(EVERY_TYPE)
    assert wrong_marks(sender.attempt, current) == []
