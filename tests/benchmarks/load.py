"""A load of bounded length on the loopback: each client sends its requests one after another."""

import http.client
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NamedTuple


class Request(NamedTuple):
    """One request; what is timed is told apart by its label."""

    label: str
    method: str
    path: str
    body: bytes | None
    headers: dict[str, str]


Script = Generator[Request, bytes, None]
"""What a client sends; it is given the body of each answer."""


@dataclass(frozen=True)
class Timed:
    """The requests of one label: seconds each, and how long the whole run took."""

    seconds: tuple[float, ...]
    wall: float
    refused: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(
    port: int, clients: int, seconds: float, script: Callable[[int], Script]
) -> dict[str, Timed]:
    """Send requests for a while; gives what was timed, by label.

    Args:
        port: of the server on 127.0.0.1; nothing else is ever a target.
        clients: how many send at once, each on its own connection.
        seconds: how long.
        script: gives each client, by its number, what to send; it may end early.
    """
    taken: list[list[tuple[str, float, bool]]] = [[] for _ in range(clients)]
    ready = threading.Barrier(clients + 1)
    ends = [0.0]
    origin = {"Origin": f"http://127.0.0.1:{port}"}

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.connect()
        todo = script(number)
        ready.wait()
        try:
            request = next(todo)
            while True:
                started = time.perf_counter()
                if started > ends[0]:
                    break
                connection.request(
                    request.method, request.path, request.body, request.headers | origin
                )
                answer = connection.getresponse()
                body = answer.read()
                took = time.perf_counter() - started
                taken[number].append((request.label, took, answer.status >= 400))
                request = todo.send(body)
        except StopIteration:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    started = time.perf_counter()
    ends[0] = started + seconds
    ready.wait()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - started
    by_label: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for part in taken:
        for label, took, refused in part:
            by_label[label].append((took, refused))
    return {
        label: Timed(tuple(t for t, _ in rows), wall, sum(r for _, r in rows))
        for label, rows in by_label.items()
    }
