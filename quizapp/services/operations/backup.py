"""Backup of everything in the database to one file, and back into a database of either kind."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from quizapp.services.operations.backup_file import (
    BackupUnusable,
    Manifest,
    Reader,
    reading,
    writing,
)
from quizapp.storage import dump, schema
from quizapp.storage.database import db

Told = Callable[[str], None]
"""Is told the name of each table that is done."""


@dataclass(frozen=True)
class BackedUp:
    """What was written."""

    tables: int
    rows: int
    revision: str


@dataclass(frozen=True)
class Restored:
    """What was brought back.

    Attributes:
        rows: in all tables.
        made_at: when the backup was made.
        revision: of the schema that the backup was made with.
        same_key: whether the secret key of this instance is the one that the backup was made under.
        secret_key: the backup's own, where it holds it.
    """

    rows: int
    made_at: datetime
    revision: str
    same_key: bool
    secret_key: str | None


class DatabaseInUse(Exception):
    """There are rows in the database that a restore would replace; `rows` by table."""

    def __init__(self, rows: dict[str, int]) -> None:
        super().__init__(", ".join(f"{count} in {name}" for name, count in rows.items()))
        self.rows = rows


class NotMigrated(Exception):
    """The database has no tables yet, so there is nothing to back up."""


def back_up(
    path: Path,
    *,
    secret_key: str,
    with_secret_key: bool,
    version: str,
    now: datetime,
    told: Told,
) -> BackedUp:
    """Write everything to a file, as it is at one moment, while others go on working.

    Args:
        path: of the file; what stands there is replaced at the end.
        secret_key: of the instance. Only a fingerprint of it is written,
        with_secret_key: unless it shall stand in the file too.
        version: of the product, for whoever cannot read the file.
        now: the time of the backup.
        told: is told of each table.

    Raises:
        NotMigrated: there is no database yet.
        OSError: the file cannot be written.
    """
    rows = 0
    shapes = dump.shapes()
    with dump.snapshot() as connection:
        revision = schema.current(connection)
        if revision != schema.head():
            raise NotMigrated
        with writing(path) as writer:
            for shape in shapes:
                rows += writer.add_table(
                    shape.name, dict(shape.columns), dump.read(connection, shape)
                )
                told(shape.name)
            if with_secret_key:
                writer.add_secret_key(secret_key)
            writer.finish(
                made_at=now,
                version=version,
                revision=revision,
                secret=fingerprint(secret_key),
            )
    return BackedUp(len(shapes), rows, revision)


def restore(path: Path, *, secret_key: str, replace: bool, told: Told) -> Restored:
    """Bring a backup into the database, all of it or nothing.

    A backup of an earlier version goes into that version's tables and is migrated from there.

    Args:
        path: of the backup.
        secret_key: of the instance, to be compared with the backup's.
        replace: whether rows that are there may go.
        told: is told of each table.

    Raises:
        BackupUnusable: the file is not a whole backup, or of a later version.
        DatabaseInUse: there are rows, and they may not go.
        OSError: the file cannot be read.
    """
    with reading(path) as backup:
        manifest = backup.manifest
        if manifest.revision not in schema.revisions():
            raise BackupUnusable(
                f"it was made by quizapp {manifest.version} with the schema {manifest.revision}, "
                "which this version does not know: install that one"
            )
        with schema.migrating(db.engine) as connection:
            _empty(connection, replace=replace)
            schema.upgrade(connection, manifest.revision)
            rows = _load(connection, backup, told)
            schema.upgrade(connection)
        key = backup.secret_key()
    same = manifest.secret == fingerprint(secret_key)
    return Restored(rows, manifest.made_at, manifest.revision, same, key)


def fingerprint(secret_key: str) -> str:
    """What tells one secret key from another without saying anything of either."""
    return hmac.new(secret_key.encode(), b"quizapp backup", hashlib.sha256).hexdigest()[:16]


def _empty(connection: Connection, *, replace: bool) -> None:
    """Go back to before the first migration."""
    current = schema.current(connection)
    if current is None:
        return
    if current != schema.head():
        schema.upgrade(connection)
    rows = dump.filled(connection)
    if rows and not replace:
        raise DatabaseInUse(rows)
    schema.downgrade(connection, schema.BASE)


def _load(connection: Connection, backup: Reader, told: Told) -> int:
    count = 0
    for table in backup.manifest.tables:
        unknown = set(table.columns.values()) - set(dump.KINDS)
        if unknown:
            raise BackupUnusable(f"the table {table.name} has columns of kinds {sorted(unknown)}")
        count += dump.load(connection, dump.Shape(table.name, table.columns), backup.rows(table))
        told(table.name)
    return count


__all__ = [
    "BackedUp",
    "BackupUnusable",
    "DatabaseInUse",
    "Manifest",
    "NotMigrated",
    "Restored",
    "back_up",
    "restore",
]
