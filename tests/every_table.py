"""Rows for every table there is, whatever its columns: for what must treat all of them alike."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

NAMES = UUID("6f0c7f52-3c0e-4a9e-9a5c-0d1f1f6b7a10")
START = datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC)
WORDS = "ភ្នំពេញ 'quoted' \u2028 \\ \"x\"\nline {"
# "role IN ('trainee', ...", or as PostgreSQL says it: "role::text = ANY (ARRAY['trainee'::..."
_ONE_OF = re.compile(r"\W*(\w+).*? (?:IN|= ANY) \(.*?'([\w-]+)'", re.S)


def rows(table: sa.Table, checks: list[str], count: int = 2) -> list[dict[str, Any]]:
    """Rows that fit the table; the second leaves out what may be left out.

    The n-th row refers to the n-th row of each other table.
    """
    allowed = {found[1]: found[2] for check in checks if (found := _ONE_OF.match(check))}
    return [_row(table, number, allowed) for number in range(1, count + 1)]


def _row(table: sa.Table, number: int, allowed: dict[str, str]) -> dict[str, Any]:
    row = {}
    for column in table.columns:
        if column.nullable and not column.primary_key and number == 2:
            row[column.name] = None
        elif column.name in allowed:
            row[column.name] = allowed[column.name]
        elif column.foreign_keys:
            (key,) = column.foreign_keys
            parent = key.column
            row[column.name] = _value(parent.table.name, parent, number)
        else:
            row[column.name] = _value(table.name, column, number)
    return row


def _value(table: str, column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    length = getattr(kind, "length", None)
    unique = uuid5(NAMES, f"{table}.{column.name}.{number}")
    if isinstance(kind, sa.Uuid):
        return unique
    if isinstance(kind, sa.CHAR) and length == 32:
        return unique.hex  # a UUID, as SQLite's schema is read back
    if isinstance(kind, sa.DateTime) or "UtcDateTime" in type(kind).__name__:
        return START + timedelta(seconds=number)
    if isinstance(kind, sa.Date):
        return date(2026, 11, number)
    if isinstance(kind, sa.JSON):
        return {"en": WORDS, "parts": [1, 2.5, True, None, {"number": number}]}
    if isinstance(kind, sa.Boolean):
        return number % 2 == 1
    if isinstance(kind, sa.LargeBinary):
        return bytes(range(256)) * number
    if isinstance(kind, sa.Integer):
        return number
    if isinstance(kind, sa.String):
        return f"{number} {unique.hex[:6]} {WORDS}"[:length]
    raise TypeError(f"say here what a column of {kind!r} may hold")


def fill(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, int]:
    """Put two rows into every table of the database; gives the number of each table's rows."""
    inspector = sa.inspect(connection)
    counts = {}
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        checks = [one["sqltext"] for one in inspector.get_check_constraints(table.name)]
        connection.execute(table.insert(), rows(table, checks))
        counts[table.name] = 2
    return counts


def reflected(connection: sa.Connection) -> sa.MetaData:
    """The tables as they are in the database."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata
