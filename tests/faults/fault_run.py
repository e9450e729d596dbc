"""One run: somebody sits a quiz on one or two devices over a network that loses, doubles, delays.

What is tried follows from the seed. What comes of it depends also on when servers are killed and on
which of two requests at once comes first, and a device goes on from there: whatever comes, the
promises are kept.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from delivery_samples import RIGHT
from fault_house import PATIENCE_S, House, Node
from fault_model import Entry, Fault, Ledger

SENT = RIGHT | {"several": {"choices": ["f", "q"]}}
"""Responses in the form in which they are stored: choices sorted."""
WRONG: dict[str, Sequence[Any]] = {
    "one": ({"choice": "m"}, {"choice": "t"}),
    "several": ({"choices": ["q"]}, {"choices": ["w", "z"]}),
    "verdict": ({"value": False},),
    "pairs": ({"pairs": {"p1": "t3"}}, {"pairs": {"p1": "t7", "p2": "t5"}}),
    "order": ({"order": ["x", "d", "k"]},),
    "year": ({"value": 2030}, {"value": 2054}),
    "word": ({"text": "ឯកសារ"}, {"text": "x" * 300}),
}
REFUSALS = ("stale-revision", "conflict", "attempt-closed")
LIMIT_S = 600
Answer = tuple[int, dict[str, Any]]


@dataclass
class Device:
    """A browser: what it believes to be current, and what it has not sent or heard of yet."""

    name: str
    headers: dict[str, str]
    known: dict[int, int] = field(default_factory=dict)
    outbox: list[Entry] = field(default_factory=list)

    def next_revision(self, slot: int) -> int:
        """One above what it knows of and has written itself."""
        own = [one.revision for one in self.outbox if one.slot == slot]
        return max([self.known.get(slot, 0), *own]) + 1


class Run:
    """A run of one seed; `problem` says what went wrong while it went."""

    def __init__(self, house: House, seed: int, saved: Callable[[], None]) -> None:
        self.seed = seed
        self.rng = Random(seed)
        # apart, since how often is sent again does not follow from the seed
        self.ways = Random(seed)
        self.house = house
        self.saved = saved
        self.ledger = Ledger()
        self.exam = self.rng.random() < 0.7
        self.problem = ""
        self._lock = threading.Lock()
        self._until = time.monotonic() + PATIENCE_S
        self.attempt: UUID | None = None

    def __call__(self) -> None:
        """Go through it; what is wrong is kept, not raised."""
        try:
            self._sit()
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"

    def _sit(self) -> None:
        self.person = self.house.person()
        names = [f"{self.seed}-{number}" for number in range(self.rng.choice((1, 2, 2)))]
        self.devices = [Device(name, self.house.sign_in(self.person, name)) for name in names]
        self._start()
        steps = [
            (60, self._edit),
            (14, self._send_some),
            (6, self._look),
            (4, lambda: self.house.expire(self.person)),
            (8, self._all_at_once),
            (8, self._repeat),
            (8 if self.exam else 0, self._time_passes),
        ]
        weights, doings = zip(*steps, strict=True)
        for _ in range(self.rng.randint(8, 25)):
            self.rng.choices(doings, weights)[0]()
        if self.exam and self.rng.random() < 0.7:
            self._go_past_the_deadline()
        if self.rng.random() < 0.8:
            self._empty_outboxes()
        self._end()
        self._try_when_over()

    # --- what the person does

    def _edit(self) -> None:
        device = self.rng.choice(self.devices)
        entry = self._written(device)
        device.outbox.append(entry)
        fate = self.rng.choices(
            ("delivered", "dropped", "answer lost", "doubled", "delayed"), (50, 10, 15, 10, 15)
        )[0]
        if fate == "delivered":
            self._send(device, entry)
        elif fate == "answer lost":
            self._put(device, entry, self._node(), heard=False)
        elif fate == "doubled":
            twice = [(device, entry, self._node()) for _ in range(2)]
            self._at_once([lambda one=one: self._send(*one) for one in twice])

    def _written(self, device: Device) -> Entry:
        slot = self.rng.randint(1, len(self.order))
        kind = self.order[slot - 1]
        response = self.rng.choice([SENT[kind], None, *WRONG[kind]])
        gap = self.rng.choice((0, 0, 0, 1, 5))
        return Entry(
            UUID(int=self.devices.index(device)),
            slot,
            response,
            device.next_revision(slot) + gap,
            base=self.rng.choice((None, device.known.get(slot, 0))),
            age_s=self.rng.choice((None, 0.0, 5.0, 30.0, 300.0, 1e6)),
        )

    def _send_some(self) -> None:
        """What waits goes out, in any order."""
        device = self.rng.choice(self.devices)
        waiting = self.rng.sample(device.outbox, self.rng.randint(0, len(device.outbox)))
        for entry in waiting:
            self._send(device, entry)

    def _all_at_once(self) -> None:
        """Both devices save at the same moment, on whatever server comes first."""
        sends = []
        for _ in range(self.rng.randint(2, 4)):
            device = self.rng.choice(self.devices)
            entry = self._written(device)
            device.outbox.append(entry)
            sends.append((device, entry, self._node()))
        self._at_once([lambda one=one: self._send(*one) for one in sends])

    def _repeat(self) -> None:
        """Something that was acknowledged comes again."""
        if self.ledger.acknowledged:
            slot, revision, body = self.rng.choice(sorted(self.ledger.acknowledged))
            device = self.rng.choice(self.devices)
            self._send(device, Entry(UUID(int=0), slot, json.loads(body), revision))

    def _look(self) -> None:
        device = self.rng.choice(self.devices)
        before = dict(self.ledger.highest)
        answer = self._ask(device, "GET", f"/api/v1/attempts/{self.attempt}", None, self._node())
        if answer is not None and answer[0] == 200:
            for item in answer[1]["items"]:
                self.ledger.look(item["slot"], item["revision"], before.get(item["slot"], 0))
                device.known[item["slot"]] = item["revision"]

    # --- time

    def _time_passes(self) -> None:
        """The clock jumps: mostly on, at times back."""
        assert self.attempt is not None
        self.house.pass_time(self.attempt, self.rng.choice((1, 20, 60, -5, -60)))

    def _go_past_the_deadline(self) -> None:
        """Into the grace, where the age decides; now and then beyond it."""
        assert self.attempt is not None
        self.house.pass_time(self.attempt, LIMIT_S + self.rng.choice((-1, 1, 10, 25, 40, 200)))
        for _ in range(self.rng.randint(2, 8)):
            self._edit()

    # --- the end

    def _empty_outboxes(self) -> None:
        """Everything is sent until it is acknowledged or refused, whatever is down meanwhile."""
        for device in self.devices:
            for entry in self.rng.sample(device.outbox, len(device.outbox)):
                self._until_settled(lambda d=device, e=entry: self._send(d, e))

    def _end(self) -> None:
        """Hand in, perhaps while the last answers are still on their way."""
        device = self.devices[0]
        if device.outbox and self.rng.random() < 0.5:
            entry = device.outbox[-1]
            node = self._node()
            self._at_once([lambda: self._send(device, entry, node), lambda: self._submit(device)])
        if self.rng.random() < 0.3:
            self.ledger.submits_sent += 1
            path = f"/api/v1/attempts/{self.attempt}/submit"
            self._ask(device, "POST", path, {}, self._node(), heard=False)
        self._until_settled(lambda: self._submit(device))
        self.ledger.end()

    def _submit(self, device: Device) -> bool:
        self.ledger.submits_sent += 1
        path = f"/api/v1/attempts/{self.attempt}/submit"
        answer = self._ask(device, "POST", path, {}, self._node())
        if answer is None:
            return False
        if answer[0] != 200 or answer[1]["state"] == "open":
            raise Fault(f"submit: {answer}")
        return True

    def _try_when_over(self) -> None:
        """Nothing new counts any more; what was acknowledged is acknowledged as before."""
        device = self.devices[-1]
        entry = self._written(device)
        self._until_settled(lambda: self._send(device, entry))
        if self.ledger.acknowledged:
            slot, revision, body = self.rng.choice(sorted(self.ledger.acknowledged))
            again = Entry(UUID(int=0), slot, json.loads(body), revision)
            self._until_settled(lambda: self._send(device, again))

    # --- the network

    def _start(self) -> None:
        quiz = self.house.exam if self.exam else self.house.practice
        path = f"/api/v1/quizzes/{quiz}/attempts"
        if self.rng.random() < 0.2:  # begun, and the answer lost: the same attempt is given again
            self._ask(self.devices[0], "POST", path, {}, self._node(), heard=False)
        found: list[dict[str, Any]] = []

        def begin() -> bool:
            answer = self._ask(self.devices[0], "POST", path, {}, self._node())
            if answer is None:
                return False
            if answer[0] not in (200, 201):
                raise Fault(f"start: {answer}")
            found.append(answer[1])
            return True

        self._until_settled(begin)
        self.attempt = UUID(found[0]["id"])
        self.order = [item["question"] for item in found[0]["items"]]

    def _node(self) -> Node:
        return self.ways.choice(self.house.nodes)

    def _send(self, device: Device, entry: Entry, node: Node | None = None) -> bool:
        """Send an entry and keep the books; whether it is settled."""
        sent, answer = self._put(device, entry, node or self._node())
        if answer is None:
            return False
        status, said = answer
        with self._lock:
            if status == 200:
                self.ledger.accept(entry, said)
                self.saved()
                stands = said["current_revision"]
            elif status == 409 and said["type"].rpartition("/")[2] in REFUSALS:
                stands = said["current"]["revision"]
                self.ledger.refuse(entry, said["type"].rpartition("/")[2], stands, sent)
            else:
                raise Fault(f"{entry}: {status} {said}")
            device.known[entry.slot] = max(device.known.get(entry.slot, 0), stands)
            if entry in device.outbox:
                device.outbox.remove(entry)
        return True

    def _put(self, device: Device, entry: Entry, node: Node, *, heard: bool = True) -> Any:
        with self._lock:
            sent = self.ledger.send(entry)
        body = {"response": entry.response, "revision": entry.revision}
        more = {"base": entry.base, "age_s": entry.age_s}
        body |= {name: value for name, value in more.items() if value is not None}
        path = f"/api/v1/attempts/{self.attempt}/items/{entry.slot}/response"
        return sent, self._ask(device, "PUT", path, body, node, heard=heard)

    def _ask(
        self, device: Device, method: str, path: str, body: Any, node: Node, *, heard: bool = True
    ) -> Answer | None:
        """The answer; None where none came, or one that says to try again later."""
        headers = device.headers | {"Origin": f"http://127.0.0.1:{node.port}"}
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            if not heard:
                return None
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        if answer.status == 401:
            device.headers = self.house.sign_in(self.person, device.name)
            return None
        if answer.status >= 500 or answer.status == 429:
            return None
        return answer.status, json.loads(data)

    def _until_settled(self, step: Callable[[], bool]) -> None:
        while not step():
            if time.monotonic() > self._until:
                raise Fault("no answer came for two minutes")
            time.sleep(0.05)

    def _at_once(self, steps: Sequence[Callable[[], object]]) -> None:
        """Do all at the same time; what one of them raises is raised."""
        raised: list[BaseException] = []

        def guarded(step: Callable[[], object]) -> None:
            try:
                step()
            except Exception as error:
                raised.append(error)

        threads = [threading.Thread(target=guarded, args=(one,), daemon=True) for one in steps]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        if raised:
            raise raised[0]
