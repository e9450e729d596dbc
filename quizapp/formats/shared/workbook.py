"""Looking into a zipped workbook before anything unpacks it whole: bombs are refused here."""

import io
import re
import zipfile
import zlib

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.shared.limits import MEGABYTE, Limits

_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]{0,400}?\br="([A-Z]{1,4})([0-9]{1,8})"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^<>]{0,400}?\br="([0-9]{1,8})"')
_SHARED = re.compile(rb't="s"[^<>]{0,400}>\s*<(?:\w+:)?v>([0-9]{1,9})<')
_SHARED_END = re.compile(rb"</(?:\w+:)?si>")
_STRINGS = "xl/sharedstrings.xml"
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
SMALL = 100_000
"""Bytes that an entry may unpack to whatever its ratio."""


def inspect(data: bytes, limits: Limits) -> tuple[Finding | None, list[Finding]]:
    """Refuse what would unpack to too much; warn of formulas."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > limits.entries or sum(e.file_size for e in entries) > limits.unpacked:
                return _bomb(limits), []
            for entry in entries:
                packed = max(1, entry.compress_size)
                if entry.file_size > SMALL and entry.file_size / packed > limits.ratio:
                    return _bomb(limits), []
            return _look(archive, entries, limits)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError):
        return _broken(), []
    except (OSError, EOFError, ValueError, KeyError, MemoryError, zlib.error):
        return _broken(), []


def _look(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits
) -> tuple[Finding | None, list[Finding]]:
    """Count cells: a sheet is unpacked as a rectangle, up to its farthest cell."""
    if not any(entry.filename.startswith("xl/workbook") for entry in entries):
        return _broken(), []
    formulas = False
    # texts are stored once and referred to: short references may unpack to gigabytes
    shared: list[int] = []
    total = 0
    for entry in sorted(entries, key=lambda one: one.filename.lower() != _STRINGS):
        if not entry.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as file:
            # the declared size may lie: one byte more than it is the proof
            content = file.read(entry.file_size + 1)
        if len(content) > entry.file_size:
            return _bomb(limits), []
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            return _broken(), []
        if entry.filename.lower() == _STRINGS:
            shared = [len(one) for one in _SHARED_END.split(content)]
        elif entry.filename.startswith("xl/worksheets/"):
            rows, columns = _extent(content)
            if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
                return _too_many_cells(limits), []
            numbers = (int(found[1]) for found in _SHARED.finditer(content))
            total += sum(shared[number] for number in numbers if number < len(shared))
            formulas = formulas or _FORMULA.search(content) is not None
    if total > limits.unpacked:
        return _bomb(limits), []
    warning = _formulas()
    return None, [warning] if formulas else []


def _extent(content: bytes) -> tuple[int, int]:
    rows = columns = 0
    for found in _CELL.finditer(content):
        number = 0
        for letter in found[1]:
            number = number * 26 + letter - 64
        columns = max(columns, number)
        rows = max(rows, int(found[2]))
    for found in _ROW.finditer(content):
        rows = max(rows, int(found[1]))
    return rows, columns


def _bomb(limits: Limits) -> Finding:
    return refused(
        "unpacks-too-large",
        N_("The file would unpack to more than is read, at most %(most)s MB."),
        N_("Copy the questions into a new workbook and save that."),
        where="file",
        most=limits.unpacked // MEGABYTE,
    )


def _too_many_cells(limits: Limits) -> Finding:
    return refused(
        "too-many-cells",
        N_("The sheet reaches beyond %(rows)s rows or %(columns)s columns."),
        N_("Delete what stands far below or to the right of the table, empty cells too."),
        where="file",
        rows=limits.rows,
        columns=limits.columns,
    )


def _broken() -> Finding:
    return refused(
        "not-xlsx",
        N_("The file cannot be read as a workbook."),
        N_("Open it in a spreadsheet program and save it as 'Excel workbook (.xlsx)'."),
        where="file",
    )


def _formulas() -> Finding:
    return Finding(
        severity="warning",
        rule="formulas",
        message=N_("The workbook has formulas; their last values are read."),
        remedy=N_("Copy these cells and paste them as values, to be sure of what is read."),
        where="file",
    )
