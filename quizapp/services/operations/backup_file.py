"""The file of a backup: a zip with a manifest and a file of JSON lines for each table.

It can be read without the product: a line is a row, a list in the order of the manifest's columns.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
KEY_FILE = "secret_key"
_LONGEST_MANIFEST = 10_000_000


class BackupUnusable(Exception):
    """The file is not a backup, or not the whole of one; says why."""


class TableEntry(BaseModel):
    """A table of the backup. `sha256` is of its file, unpacked."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    columns: dict[str, str]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What the file says of itself. `secret` tells secret keys apart, and nothing else of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    quizapp: Literal["backup"] = "backup"
    format: Literal[1] = 1
    made_at: datetime
    version: str
    revision: str
    secret: str
    tables: tuple[TableEntry, ...]


class Writer:
    """A backup that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._tables: list[TableEntry] = []

    def add_table(self, name: str, columns: dict[str, str], rows: Iterable[list[Any]]) -> int:
        """Write a table's rows; say how many."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(_member(name), "w", force_zip64=True) as member:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
                member.write(line)
                digest.update(line)
                count += 1
        entry = TableEntry(name=name, columns=columns, rows=count, sha256=digest.hexdigest())
        self._tables.append(entry)
        return count

    def add_secret_key(self, key: str) -> None:
        """Put the secret key beside the data that it seals."""
        self._archive.writestr(KEY_FILE, key)

    def finish(self, *, made_at: datetime, version: str, revision: str, secret: str) -> None:
        """Write the manifest, without which the file is nothing."""
        manifest = Manifest(
            made_at=made_at,
            version=version,
            revision=revision,
            secret=secret,
            tables=tuple(self._tables),
        )
        self._archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write beside the path, readable by the owner alone; at the end it takes the path's place.

    Raises:
        OSError: it cannot be written; what stood at the path stays.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


class Reader:
    """A backup whose every byte was checked against its manifest."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def rows(self, table: TableEntry) -> Iterator[list[Any]]:
        """The rows of a table."""
        with self._archive.open(_member(table.name)) as member:
            for line in member:
                yield json.loads(line)

    def secret_key(self) -> str | None:
        """The secret key, where the backup holds it."""
        try:
            return self._archive.read(KEY_FILE).decode("ascii")
        except KeyError:
            return None


@contextmanager
def reading(
    path: Path, *, checked: Callable[[str], None] = lambda _table: None
) -> Iterator[Reader]:
    """Open a backup and check it whole.

    Args:
        path: of the file.
        checked: is told of each table that was found in order.

    Raises:
        BackupUnusable: it is none, or it is damaged.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            for table in manifest.tables:
                _check(archive, table)
                checked(table.name)
            yield Reader(archive, manifest)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise BackupUnusable(f"it is not a backup, or it is damaged ({error})") from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
        raise BackupUnusable("its manifest is too long to be one")
    data = archive.read(MANIFEST)
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        places = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
        raise BackupUnusable(
            f"its manifest cannot be taken ({', '.join(places)}); "
            "a later version of quizapp may have made it"
        ) from error


def _check(archive: zipfile.ZipFile, table: TableEntry) -> None:
    digest, rows = hashlib.sha256(), 0
    with archive.open(_member(table.name)) as member:
        while piece := member.read(1 << 20):
            digest.update(piece)
            rows += piece.count(b"\n")
    if (digest.hexdigest(), rows) != (table.sha256, table.rows):
        raise BackupUnusable(f"the table {table.name} is not as it was written")


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"
