"""What a process may keep in memory because it never changes: bounded, and apart per database."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key; the ones not asked for longest are forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value, if it is still known."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> Value:
        """Keep the value; gives it back."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def forget(self, key: Key) -> None:
        """Forget the value, if there is one."""
        with self._lock:
            self._values.pop(key, None)


class PerDatabase(Generic[Value]):
    """One value for each database that the process speaks to."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = Lock()
        self._values: WeakKeyDictionary[Engine, Value] = WeakKeyDictionary()

    def of(self, place: Engine | Connection | Session) -> Value:
        """The value of this engine, or of the engine behind a connection or session."""
        engine = _engine(place)
        found = self._values.get(engine)
        if found is None:
            with self._lock:
                found = self._values.setdefault(engine, self._make())
        return found


def _engine(place: Engine | Connection | Session) -> Engine:
    if isinstance(place, Session):
        place = place.connection()
    return place if isinstance(place, Engine) else place.engine
