"""A load of bounded length on the loopback: each client sends its requests one after another."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Request = tuple[str, str, bytes | None, dict[str, str]]
"""Method, path, body and headers."""


@dataclass(frozen=True)
class Timed:
    """What a run measured: seconds of each request, in order of arrival, and how long it took."""

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
    port: int, clients: int, seconds: float, requests: Callable[[int], Iterator[Request]]
) -> Timed:
    """Send requests for a while.

    Args:
        port: of the server on 127.0.0.1; nothing else is ever a target.
        clients: how many send at once, each on its own connection.
        seconds: how long.
        requests: gives each client, by its number, what to send; it may end early.
    """
    taken: list[list[float]] = [[] for _ in range(clients)]
    refused = [0] * clients
    ready = threading.Barrier(clients + 1)
    ends = [0.0]

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.connect()
        todo = requests(number)
        ready.wait()
        for method, path, body, headers in todo:
            started = time.perf_counter()
            if started > ends[0]:
                break
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            taken[number].append(time.perf_counter() - started)
            if answer.status >= 400:
                refused[number] += 1
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
    return Timed(tuple(one for part in taken for one in part), wall, sum(refused))
