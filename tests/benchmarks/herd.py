"""Many people's requests from one light process, over few connections, as a proxy has them.

What a person waits for counts from when they act, the wait for a free connection included.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CONNECTIONS = 64
RESTS_S = 2
"""A connection that rested for longer is not used again: servers close them after 5 seconds."""


@dataclass
class Connection:
    """One to the server, and when it brought its last answer."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_at: float = field(default_factory=time.monotonic)


@dataclass
class Times:
    """Seconds by what was asked for, and what was not answered with success."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def percentile(self, label: str, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.taken[label]) or [0.0]
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @contextmanager
    def timing(self, label: str) -> Iterator[None]:
        """Time one request; what it raises is an error of its label."""
        began = time.perf_counter()
        try:
            yield
        except (OSError, EOFError, ValueError):
            self.errors[label] += 1
        finally:
            self.taken[label].append(time.perf_counter() - began)


class Herd:
    """Connections to a server on the loopback, shared by everybody."""

    def __init__(self, port: int, connections: int = CONNECTIONS) -> None:
        self._port = port
        self._free: asyncio.LifoQueue[Connection | None] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(None)
        self.times = Times()

    async def ask(
        self, label: str, method: str, path: str, body: bytes = b"", *headers: str
    ) -> bytes:
        """Send a request; gives the body, empty where it was refused or never came."""
        said = b""
        with self.times.timing(label):
            connection = await self._free.get()
            try:
                if connection is None or time.monotonic() - connection.used_at > RESTS_S:
                    connection = await self._open(connection)
                head = (
                    f"{method} {path} HTTP/1.1",
                    f"Host: 127.0.0.1:{self._port}",
                    "Content-Type: application/json",
                    "Accept: application/json",
                    f"Content-Length: {len(body)}",
                    *headers,
                )
                connection.writer.write("\r\n".join((*head, "", "")).encode() + body)
                status, keeps, said = await _answer(connection.reader)
                connection.used_at = time.monotonic()
                if not keeps:
                    connection.writer.close()
                    connection = None
                if status >= 400:
                    raise ValueError(f"{status}: {said[:200]!r}")
            except (OSError, EOFError):
                connection = None
                raise
            finally:
                self._free.put_nowait(connection)
        return said

    async def _open(self, old: Connection | None) -> Connection:
        """A new one in the place of one that the server perhaps has closed meanwhile."""
        if old is not None:
            old.writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        return Connection(reader, writer)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool, bytes]:
    """Status, whether the connection stays open, and the body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(fields.get("content-length", "0")))
    return int(first.split()[1]), fields.get("connection", "").lower() != "close", body
