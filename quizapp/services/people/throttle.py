"""Slowing down guesses: failures count, per account and per device; nobody is ever locked out."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage

from quizapp.domain.errors import TooManyTries

FREE = 2
"""So many failures in a row cost nothing: everybody mistypes."""
LONGEST_S = 60
FORGET_S = 30 * 60

T = TypeVar("T")


@dataclass(frozen=True)
class Try:
    """Who is trying: keys of an account and a device, each of which is counted on its own."""

    keys: tuple[str, ...]


class Throttle:
    """Counts failures in `limits`' storage: Redis where several nodes share it, memory else."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._memory = MemoryStorage()
        self._shared: Storage | None = (
            RedisStorage(redis_url, wrap_exceptions=True, key_prefix="quizapp", socket_timeout=1)
            if redis_url
            else None
        )

    def begin(self, kind: str, now: datetime, *, account: str | None, device: str | None) -> Try:
        """Take a try, counted as a failure until `succeed` says otherwise.

        Counting before checking leaves no gap for tries sent at the same moment.

        Args:
            kind: what is tried, such as "sign-in".
            now: the time.
            account: what is guessed at; where the device is one that this account knows, the
                caller names both here, so that strangers' failures do not slow its owner.
            device: a browser, never an address: a class of 60 has one address.

        Raises:
            TooManyTries: a failure came too shortly before; this try is not counted.
        """
        keys = tuple(
            f"{kind}:{scope}:{_digest(value)}"
            for scope, value in (("account", account), ("device", device))
            if value
        )
        waits = [self._wait(key, now) for key in keys]
        if any(wait > 0 for wait in waits):
            raise TooManyTries(max(waits))
        for key in keys:
            self._count(key, now)
        return Try(keys)

    def succeed(self, tried: Try) -> None:
        """Forget the failures before a success."""
        for key in tried.keys:
            self._clear(f"n:{key}")
            self._clear(f"until:{key}")

    def _wait(self, key: str, now: datetime) -> int:
        until = self._ask(lambda storage: storage.get(f"until:{key}"))
        left = until - now.timestamp()
        # never more than the longest delay, whatever a clock that was set back makes of it
        return min(LONGEST_S, int(left) + 1) if left > 0 else 0

    def _count(self, key: str, now: datetime) -> None:
        failures = self._ask(lambda storage: storage.incr(f"n:{key}", FORGET_S))
        if failures <= FREE:
            return
        delay = min(LONGEST_S, 1 << min(failures - FREE, 10))
        until = int(now.timestamp()) + delay
        self._clear(f"until:{key}")
        self._ask(lambda storage: storage.incr(f"until:{key}", delay + 1, amount=until))

    def _clear(self, name: str) -> None:
        self._ask(lambda storage: storage.clear(name))

    def _ask(self, question: Callable[[Storage], T]) -> T:
        if self._shared is not None:
            try:
                return question(self._shared)
            except StorageError:
                # without Redis each node counts for itself: weaker, but people can sign in
                pass
        return question(self._memory)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:32]
