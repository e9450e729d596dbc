"""All rows out of a database, from one snapshot, and into another, of either kind.

A table is described by its columns' kinds and not by its model: what was written years ago goes
into tables of that time, and is migrated from there.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.types import TypeEngine

from quizapp.storage import database
from quizapp.storage.database import Base, UtcDateTime

AT_ONCE = 500
"""Rows that are read or written together."""


@dataclass(frozen=True)
class Kind:
    """A kind of column: its type, and its values as JSON can hold them."""

    type: TypeEngine[Any]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


KINDS: Mapping[str, Kind] = {
    "uuid": Kind(sa.Uuid(), str, UUID),
    "time": Kind(UtcDateTime(), datetime.isoformat, datetime.fromisoformat),
    "date": Kind(sa.Date(), date.isoformat, date.fromisoformat),
    "bytes": Kind(sa.LargeBinary(), lambda value: b64encode(value).decode(), b64decode),
    "json": Kind(database.Json, _same, _same),
    "boolean": Kind(sa.Boolean(), _same, _same),
    "integer": Kind(sa.BigInteger(), _same, _same),
    "number": Kind(sa.Double(), _same, _same),
    "text": Kind(sa.Text(), _same, _same),
}
_OF_TYPE: tuple[tuple[type[TypeEngine[Any]] | type[UtcDateTime], str], ...] = (
    (sa.Uuid, "uuid"),
    (UtcDateTime, "time"),
    (sa.Date, "date"),
    (sa.LargeBinary, "bytes"),
    (sa.JSON, "json"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "number"),
    (sa.String, "text"),
)


@dataclass(frozen=True)
class Shape:
    """A table: its name, and the kind of each column."""

    name: str
    columns: Mapping[str, str]

    @property
    def table(self) -> sa.TableClause:
        """For statements."""
        columns = [sa.column(name, KINDS[kind].type) for name, kind in self.columns.items()]
        return sa.table(self.name, *columns)


def shapes() -> tuple[Shape, ...]:
    """All tables of this version, those that others refer to first."""
    return tuple(
        Shape(table.name, {column.name: _kind(column.type) for column in table.columns})
        for table in Base.metadata.sorted_tables
    )


def _kind(type_: TypeEngine[Any]) -> str:
    for known, kind in _OF_TYPE:
        if isinstance(type_, known):
            return kind
    raise TypeError(f"say in KINDS how a column of {type_!r} is backed up")


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A transaction that sees the database as it is now, whatever others write meanwhile."""
    engine = database.db.engine
    options: dict[str, Any] = {"yield_per": AT_ONCE}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    # SQLite's readers see one state from their first SELECT on
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def read(connection: Connection, shape: Shape) -> Iterator[list[Any]]:
    """The rows of a table, as lists of what JSON can hold."""
    writers = [KINDS[kind].write for kind in shape.columns.values()]
    for row in connection.execute(sa.select(shape.table)):
        yield [
            None if value is None else write(value)
            for write, value in zip(writers, row, strict=True)
        ]


def load(connection: Connection, shape: Shape, rows: Iterable[list[Any]]) -> int:
    """Insert rows as `read` gives them; say how many."""
    statement = sa.insert(shape.table)
    readers = [(name, KINDS[kind].read) for name, kind in shape.columns.items()]
    remaining = iter(rows)
    count = 0
    while some := list(islice(remaining, AT_ONCE)):
        values = [
            {
                name: None if value is None else read_value(value)
                for (name, read_value), value in zip(readers, row, strict=True)
            }
            for row in some
        ]
        connection.execute(statement, values)
        count += len(values)
    return count


def filled(connection: Connection) -> dict[str, int]:
    """The tables that have rows, with their number."""
    counts = {
        shape.name: connection.scalar(sa.select(sa.func.count()).select_from(shape.table)) or 0
        for shape in shapes()
    }
    return {name: count for name, count in counts.items() if count}
