"""Hashing and checking passwords: argon2id, a few at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from quizapp.domain.errors import TooManyTries
from quizapp.domain.people.passwords import LONGEST, normalised

PATIENCE_S = 10
"""How long a verification waits for its turn before the person is asked to try again."""


@dataclass(frozen=True)
class Passwords:
    """Argon2id with OWASP's parameters; verifications queue: they cannot eat the machine."""

    memory_kib: int = 19 * 1024
    time_cost: int = 2
    parallelism: int = 1
    at_once: int = 2
    _turn: BoundedSemaphore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_turn", BoundedSemaphore(self.at_once))

    def hash(self, password: str) -> str:
        """The encoded hash of a password that `check_password` let pass."""
        with self._queue():
            return self._hasher.hash(_bytes(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Say whether the password is the hashed one; takes the same time where there is none."""
        refused = encoded is None or len(password) > 4 * LONGEST
        with self._queue():
            try:
                self._hasher.verify(
                    self._nobody if refused or encoded is None else encoded,
                    b"" if refused else _bytes(password),
                )
            except (VerificationError, InvalidHashError):
                return False
        return not refused

    def needs_rehash(self, encoded: str) -> bool:
        """Say whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(
            time_cost=self.time_cost,
            memory_cost=self.memory_kib,
            parallelism=self.parallelism,
            type=Type.ID,
        )

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(b"the password of nobody")

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=PATIENCE_S):
            raise TooManyTries(5)
        try:
            yield
        finally:
            self._turn.release()


def _bytes(password: str) -> bytes:
    # whatever was typed has some bytes; lone surrogates are nobody's password, not a crash
    return normalised(password).encode("utf-8", "surrogatepass")
