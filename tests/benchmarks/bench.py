"""`make bench`: the product beside a bare Flask view, on SQLite and on PostgreSQL.

Both run on the same server, threads, database and durability, in turns, so that a ratio holds
where the machine's speed drifts. Figures are medians of the rounds.
"""

import argparse
import json
import re
import shutil
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import bare
import databases
import load
import stage as staging
from load import Request, Script, Timed
from sqlalchemy import event

from quizapp.storage.database import db

ORIGIN = "http://127.0.0.1"
SPARE = 16


def saves(stage: staging.Stage) -> Any:
    """Each client answers the questions of its own attempt over and over."""

    def script(number: int) -> Script:
        one = stage.trainees[number]
        while True:
            one.revision += 1
            slot = one.revision % staging.ITEMS + 1
            body = {
                "response": {"choice": one.choices[slot - 1]},
                "revision": one.revision,
                "lang": "en",
                "spent_ms": 1500,
                "age_s": 0.4,
            }
            path = f"/api/v1/attempts/{one.attempt}/items/{slot}/response"
            yield Request("save", "PUT", path, json.dumps(body).encode(), one.headers)

    return script


def bare_saves(ids: list[str], cookie: str) -> Any:
    """The same against the bare view."""
    headers = {"Cookie": cookie, "Content-Type": "application/json"}

    def script(number: int) -> Script:
        revision = 0
        while True:
            revision += 1
            body = {"response": {"choice": "abc"}, "revision": revision}
            path = f"/{ids[number]}/{revision % staging.ITEMS + 1}"
            yield Request("bare", "PUT", path, json.dumps(body).encode(), headers)

    return script


def starts(stage: staging.Stage) -> Any:
    """Each client starts the quiz and submits it, again and again."""

    def script(number: int) -> Script:
        one = stage.trainees[SPARE + number]
        while True:
            path = f"/api/v1/quizzes/{stage.quiz}/attempts"
            answer = yield Request("start", "POST", path, b"{}", one.headers)
            attempt = json.loads(answer)["id"]
            path = f"/api/v1/attempts/{attempt}/submit"
            yield Request("submit", "POST", path, b"{}", one.headers)

    return script


def page(path: str, headers: dict[str, str]) -> Any:
    """One page, many times."""

    def script(_number: int) -> Script:
        while True:
            yield Request(path, "GET", path, None, headers | {"Accept": "text/html"})

    return script


def show(name: str, timed: list[Timed], yard: list[Timed] | None = None) -> None:
    """One row: rate, percentiles, and their ratio to the bare view in the same round."""
    rate = median(one.rate for one in timed)
    shares = [median(one.percentile(p) for one in timed) for p in (0.5, 0.95, 0.99)]
    row = f"  {name:<28}{rate:>9.0f}/s" + "".join(f"{one:>9.2f}" for one in shares)
    if yard:
        ratio = median(one.rate / other.rate for one, other in zip(timed, yard, strict=True))
        p95 = median(
            one.percentile(0.95) / other.percentile(0.95)
            for one, other in zip(timed, yard, strict=True)
        )
        row += f"    {ratio:.2f} of the bare view, p95 {p95:.2f}x"
    refused = sum(one.refused for one in timed)
    print(row + (f"    {refused} REFUSED" if refused else ""), flush=True)


def compare(stage: staging.Stage, folder: Path, rounds: int, seconds: float) -> None:
    """Saves, starts, submits and pages."""
    ids = [uuid4().hex for _ in range(SPARE)]
    bare.database(stage.url).prepare(ids)
    print(f"  {'':<28}{'rate':>11}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    with ExitStack() as stack:
        port, pid = stack.enter_context(staging.product(stage, folder))
        yard_port = stack.enter_context(staging.yardstick(stage, 8))
        cookie = bare.cookie()
        one_bare = 0.0
        for clients in (1, 16):
            ours, yard = [], []
            for _ in range(rounds):
                ours.append(load.run(port, clients, seconds, saves(stage))["save"])
                yard.append(load.run(yard_port, clients, seconds, bare_saves(ids, cookie))["bare"])
            show(f"save, {clients} clients", ours, yard)
            show(f"bare view, {clients} clients", yard)
            one_bare = one_bare or median(one.percentile(0.5) for one in yard)
        timed = [load.run(port, 1, seconds, starts(stage)) for _ in range(rounds)]
        for label in ("start", "submit"):
            rows = [one[label] for one in timed]
            show(label, rows)
            ratio = median(one.percentile(0.5) for one in rows) / one_bare
            print(f"  {'':<28}{ratio:>9.2f} of one bare save (p50)")
        pages(stage, port, pid)
        print(f"  resident memory after all that: {staging.resident_mb(pid):.0f} MB")


def pages(stage: staging.Stage, port: int, pid: int) -> None:
    """Time, processor time and weight of the main pages."""
    trainee, instructor = stage.trainees[0], stage.instructor
    for name, path, who in (
        ("question page", f"/attempts/{trainee.attempt}/1", trainee),
        ("attempt page, 20 items", f"/attempts/{trainee.attempt}/all", trainee),
        ("home", "/", trainee),
        ("cohort page", f"/cohorts/{stage.cohort}", instructor),
    ):
        load.run(port, 1, 0.5, page(path, who.headers))
        before = staging.cpu_seconds(pid)
        timed = load.run(port, 1, 2, page(path, who.headers))[path]
        used = 1000 * (staging.cpu_seconds(pid) - before) / len(timed.seconds)
        show(name, [timed])
        first, later, requests = weight(port, path, who.headers["Cookie"])
        print(
            f"  {'':<28}{used:>9.2f} ms of processor; first visit {first / 1000:.1f} kB in "
            f"{requests} requests, later {later / 1000:.1f} kB"
        )


def weight(port: int, path: str, cookie: str) -> tuple[int, int, int]:
    """Bytes on the wire of a first and a later visit, and how many requests a first one takes."""
    body, size = _fetch(port, path, cookie)
    wanted = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', body))
    for script in [one for one in wanted if one.endswith(".js")]:
        source, _ = _fetch(port, script, cookie)
        base = script.rpartition("/")[0]
        wanted |= {f"{base}/{name}" for name in re.findall(r'from "\./([^"]+)"', source)}
    wanted |= set(re.findall(r'href="(/static/[^"#]+)#', body))
    rest = sum(_fetch(port, one, cookie)[1] for one in wanted)
    return size + rest, size, 1 + len(wanted)


def _fetch(port: int, path: str, cookie: str) -> tuple[str, int]:
    address = f"{ORIGIN}:{port}{path}"
    asked = urllib.request.Request(address, headers={"Cookie": cookie, "Accept-Encoding": "br"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        size = len(answer.read()) + len(str(answer.headers))
    plain = urllib.request.Request(address, headers={"Cookie": cookie})
    with urllib.request.urlopen(plain, timeout=10) as answer:
        return answer.read().decode("utf-8", "replace"), size


def statements(stage: staging.Stage) -> None:
    """How many SQL statements each operation takes."""
    counted: list[str] = []
    trainee, instructor = stage.trainees[0], stage.instructor
    trainee.revision += 1
    save = {"response": {"choice": trainee.choices[0]}, "revision": trainee.revision}
    asked = (
        ("save", "PUT", f"/api/v1/attempts/{trainee.attempt}/items/1/response", trainee, save),
        ("question page", "GET", f"/attempts/{trainee.attempt}/1", trainee, None),
        ("attempt page", "GET", f"/attempts/{trainee.attempt}/all", trainee, None),
        ("home", "GET", "/", trainee, None),
        ("cohort page", "GET", f"/cohorts/{stage.cohort}", instructor, None),
        ("quiz report", "GET", f"/quizzes/{stage.quiz}/report", instructor, None),
        ("submit", "POST", f"/api/v1/attempts/{trainee.attempt}/submit", trainee, {}),
        ("start", "POST", f"/api/v1/quizzes/{stage.quiz}/attempts", trainee, {}),
    )
    with stage.app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def _count(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.split(maxsplit=1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
                counted.append(statement)

    client = stage.app.test_client(use_cookies=False)
    print("  statements:", end="")
    for name, method, path, who, body in asked:
        for _warm in range(2 if method == "GET" else 1):
            counted.clear()
            headers = who.headers | {"Origin": "http://localhost"}
            headers |= {} if body is not None else {"Accept": "text/html"}
            answer = client.open(path, method=method, headers=headers, json=body)
        print(f" {name} {len(counted)} ({answer.status_code}),", end="")
    print()
    with stage.app.app_context():
        db.engine.dispose()


def cold_start(stage: staging.Stage, folder: Path) -> None:
    """From the command to the first answer, and the memory of a server that has just started."""
    started = time.perf_counter()
    with staging.product(stage, folder) as (port, pid):
        urllib.request.urlopen(f"{ORIGIN}:{port}/sign-in", timeout=5).close()
        took = time.perf_counter() - started
        print(
            f"  cold start to first page {took:.2f} s; resident {staging.resident_mb(pid):.0f} MB"
        )


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--only", choices=databases.KINDS)
    chosen = parser.parse_args()
    for kind in databases.KINDS:
        if chosen.only not in (None, kind):
            continue
        folder = Path(tempfile.mkdtemp(prefix="quizapp-bench-"))
        try:
            with ExitStack() as stack:
                if kind == "sqlite":
                    url = f"sqlite:///{folder / 'bench.db'}"
                else:
                    server = stack.enter_context(databases.postgresql(databases.DURABLE))
                    databases.administer(server, "CREATE DATABASE bench")
                    url = f"{server}bench"
                print(f"{kind}, {chosen.rounds} rounds of {chosen.seconds:g} s", flush=True)
                stage = staging.build(url, folder, 2 * SPARE)
                cold_start(stage, folder)
                compare(stage, folder, chosen.rounds, chosen.seconds)
                statements(stage)
        except databases.NoPostgreSQL as reason:
            print(f"{kind}: skipped, {reason}")
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
