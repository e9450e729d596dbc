"""`make load`: a cohort sits an exam on this machine, on PostgreSQL; and what closing one costs.

All sign in and begin within a minute, each saves an answer every 30 seconds, all submit at the
deadline, spread over some seconds as the page does it. Client, server and database share the cores.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import databases
import stage as staging
from herd import Herd, Times
from sqlalchemy import func, insert, select, text

from quizapp.services.people.passwords import Passwords
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import core_transaction, db, table
from quizapp.storage.people import Person

PASSWORD = "four plain words here"
ITEMS = 30
BEGIN_S = 60
EVERY_S = 30
HERD_S = 8
LIMIT_MS = 500
LABELS = ("sign in", "start", "read", "save", "submit")


@dataclass(frozen=True)
class Sitting:
    """How a cohort went."""

    people: int
    times: Times
    cpu: dict[str, float]

    @property
    def gave(self) -> str | None:
        """What was too slow or failed first, in the order of an exam; None where nothing did."""
        for label in LABELS:
            if self.times.errors[label]:
                return f"{label}: {self.times.errors[label]} errors"
            if self.times.percentile(label, 0.95) > LIMIT_MS:
                return f"{label}: p95 {self.times.percentile(label, 0.95):.0f} ms"
        return None


def add_people(stage: staging.Stage, count: int) -> list[str]:
    """Trainees of the cohort with a password, hashed as the product does; gives their addresses."""
    now, encoded = datetime.now(UTC), Passwords().hash(PASSWORD)
    ids = [uuid4() for _ in range(count)]
    with stage.app.app_context(), core_transaction(write=True) as connection:
        people = [
            {
                "id": one,
                "email": f"{one.hex}@example.org",
                "name": "Trainee",
                "role": "trainee",
                "lang": "en",
                "password_hash": encoded,
                "created_at": now,
            }
            for one in ids
        ]
        connection.execute(insert(table(Person)), people)
        members = [
            {"cohort_id": stage.cohort, "person_id": one, "part": "trainee", "joined_at": now}
            for one in ids
        ]
        connection.execute(insert(table(Membership)), members)
    return [f"{one.hex}@example.org" for one in ids]


async def sit(herd: Herd, quiz: UUID, email: str, rng: Random, ends: float) -> None:
    """One trainee: sign in, start, save until the deadline, submit."""
    await asyncio.sleep(rng.uniform(0, BEGIN_S))
    sent = json.dumps({"email": email, "password": PASSWORD}).encode()
    said = await herd.ask("sign in", "POST", "/api/v1/tokens", sent)
    if not said:
        return
    me = f"Authorization: Bearer {json.loads(said)['token']}"
    said = await herd.ask("start", "POST", f"/api/v1/quizzes/{quiz}/attempts", b"{}", me)
    if not said:
        return
    base = f"/api/v1/attempts/{json.loads(said)['id']}"
    items = json.loads(await herd.ask("read", "GET", base, b"", me) or said)["items"]
    revision = 0
    await asyncio.sleep(rng.uniform(0, EVERY_S))
    while time.monotonic() < ends:
        revision += 1
        await save(herd, base, items[revision % len(items)], revision, me)
        await asyncio.sleep(EVERY_S)
    await asyncio.sleep(max(0.0, ends - time.monotonic()) + rng.uniform(0, HERD_S))
    await herd.ask("submit", "POST", f"{base}/submit", b"{}", me)


async def save(herd: Herd, base: str, item: dict[str, Any], revision: int, *me: str) -> None:
    """Save an answer to a single choice question."""
    body = {
        "response": {"choice": item["options"][0]["id"]},
        "revision": revision,
        "lang": "en",
        "spent_ms": 1500,
        "age_s": 0.4,
    }
    path = f"{base}/items/{item['slot']}/response"
    await herd.ask("save", "PUT", path, json.dumps(body).encode(), *me)


async def hold(port: int, quiz: UUID, emails: Sequence[str], seconds: float) -> Times:
    """The whole exam."""
    herd = Herd(port)
    ends = time.monotonic() + BEGIN_S + seconds
    paces = [Random(number) for number in range(len(emails))]  # noqa: S311 - the same each time
    await asyncio.gather(
        *(sit(herd, quiz, one, pace, ends) for one, pace in zip(emails, paces, strict=True))
    )
    return herd.times


def try_cohort(stage: staging.Stage, folder: Path, people: int, chosen: Any) -> Sitting:
    """Let so many sit it, on a server of its own."""
    emails = add_people(stage, people)
    with staging.product(stage, folder, "--workers", str(chosen.workers)) as (port, pid):
        cpu, began, own = staging.family_cpu(pid), time.monotonic(), time.process_time()
        times = asyncio.run(hold(port, stage.quiz, emails, chosen.seconds))
        wall = time.monotonic() - began
        shares = {
            "server": (staging.family_cpu(pid) - cpu) / wall,
            "client": (time.process_time() - own) / wall,
        }
    return Sitting(people, times, shares)


def show(sitting: Sitting) -> None:
    """A table of one cohort."""
    shares = ", ".join(f"{name} {share:.2f} cores" for name, share in sitting.cpu.items())
    print(f"{sitting.people} trainees; {shares}")
    print(f"  {'':<10}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'errors':>8}")
    show_times(sitting.times, LABELS)
    print(f"  gave first: {sitting.gave or 'nothing'}", flush=True)


def show_times(times: Times, labels: Sequence[str]) -> None:
    """A row for each label."""
    for label in labels:
        figures = "".join(f"{times.percentile(label, share):>9.0f}" for share in (0.5, 0.95, 0.99))
        print(f"  {label:<10}{len(times.taken[label]):>9}{figures}{times.errors[label]:>8}")


# --- closing


def fill_overdue(stage: staging.Stage, count: int) -> None:
    """Attempts of others, all answered, whose time is over: copies of one that is real."""
    template = stage.trainees[0].attempt
    add_people(stage, count)
    past = datetime.now(UTC) - timedelta(minutes=1)
    attempts = table(Attempt)
    with stage.app.app_context(), core_transaction(write=True) as connection:
        real = connection.execute(select(attempts).where(attempts.c.id == template)).one()
        taken = select(attempts.c.person_id)
        people = select(Person.id).where(Person.password_hash.is_not(None), Person.id.not_in(taken))
        common = dict(real._mapping) | {"deadline": past, "closes_at": past}
        rows = [
            common | {"id": uuid4(), "person_id": one, "open_key": uuid4().hex}
            for one in connection.scalars(people.limit(count)).all()
        ]
        connection.execute(insert(attempts), rows)
        for slot, item in enumerate(real.items, 1):
            body = json.dumps({"choice": item["dealt"]["options"][0]}, separators=(",", ":"))
            connection.execute(
                text(
                    "INSERT INTO responses (attempt_id, slot, revision, body, late, saved_at) "
                    "SELECT id, :slot, 1, :body, false, :past FROM attempts WHERE closes_at = :past"
                ),
                {"slot": slot, "body": body, "past": past},
            )


def count_open(stage: staging.Stage) -> int:
    """Attempts that are over by their time, and not closed yet."""
    attempts = table(Attempt)
    with stage.app.app_context(), core_transaction(write=False) as connection:
        return connection.execute(
            select(func.count()).where(
                attempts.c.state == "open", attempts.c.closes_at <= datetime.now(UTC)
            )
        ).scalar_one()


async def save_meanwhile(port: int, stage: staging.Stage, rate: float) -> tuple[Times, float]:
    """Others save so many answers a second until all is closed; gives how long that took."""
    herd = Herd(port)
    began = time.monotonic()
    loop = asyncio.get_running_loop()
    closing = loop.run_in_executor(None, _wait_until_closed, stage)
    saves: set[asyncio.Task[None]] = set()
    while not closing.done():
        one = stage.trainees[1 + len(herd.times.taken["save"]) % (len(stage.trainees) - 1)]
        one.revision += 1
        slot = one.revision % ITEMS
        item = {"slot": slot + 1, "options": [{"id": one.choices[slot]}]}
        me = [f"{name}: {value}" for name, value in one.headers.items() if name != "Accept"]
        me = [
            *(x for x in me if not x.startswith("Content-Type")),
            f"Origin: http://127.0.0.1:{port}",
        ]
        base = f"/api/v1/attempts/{one.attempt}"
        saves.add(asyncio.create_task(save(herd, base, item, one.revision, *me)))
        await asyncio.sleep(1 / rate)
    took = time.monotonic() - began
    await asyncio.gather(*saves)
    return herd.times, took


def _wait_until_closed(stage: staging.Stage) -> None:
    until = time.monotonic() + 300
    while count_open(stage) and time.monotonic() < until:
        time.sleep(0.2)


def close_many(stage: staging.Stage, folder: Path, count: int, workers: int) -> None:
    """How long the finaliser takes, and what others notice of it."""
    fill_overdue(stage, count)
    began = time.monotonic()
    with staging.product(stage, folder, "--workers", str(workers)) as (port, pid):
        up, cpu = time.monotonic() - began, staging.family_cpu(pid)
        times, took = asyncio.run(save_meanwhile(port, stage, 50))
        used = staging.family_cpu(pid) - cpu
    print(
        f"closing {count} attempts of {ITEMS} items: {took:.1f} s, {used:.1f} s of processor, "
        f"{count_open(stage)} left; the server was up after {up:.1f} s"
    )
    show_times(times, ("save",))


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="500,1000", help="cohorts, the smallest first")
    parser.add_argument("--seconds", type=float, default=40, help="after all have begun")
    parser.add_argument("--close", type=int, default=5000, help="attempts to be closed; 0: none")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="quizapp-load-") as name,
        databases.postgresql(databases.DURABLE) as server,
    ):
        folder = Path(name)
        databases.administer(server, "CREATE DATABASE load")
        stage = staging.build(f"{server}load", folder, 101, items=ITEMS)
        largest = 0
        for size in [int(one) for one in chosen.sizes.split(",") if one]:
            sitting = try_cohort(stage, folder, size, chosen)
            show(sitting)
            if sitting.gave:
                break
            largest = size
        print(f"largest cohort tried with p95 under {LIMIT_MS} ms and no error: {largest}")
        if chosen.close:
            close_many(stage, folder, chosen.close, chosen.workers)
        with stage.app.app_context():
            db.engine.dispose()


if __name__ == "__main__":
    main()
