"""XLSX: a table with one row a question, on the first sheet."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

from quizapp.domain.bank.bank import BankHeader
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.shared.cells import as_text
from quizapp.formats.shared.limits import LIMITS, Limits, too_large
from quizapp.formats.shared.result import ReadResult, Written, refuse
from quizapp.formats.shared.table import GUIDE, Row, read_rows, rows_of
from quizapp.formats.shared.workbook import inspect

NAME = "xlsx"
EXTENSIONS = (".xlsx",)
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = "Questions"


def sniff(data: bytes) -> bool:
    """Say whether it is a zipped file with a workbook in it."""
    return data.startswith(b"PK\x03\x04") and b"xl/" in data


def read(data: bytes, limits: Limits = LIMITS) -> ReadResult:
    """Read the sheet 'Questions', else the first one. Formulas count by their last value."""
    if refusal := too_large(data, limits):
        return refuse(refusal)
    refusal, warnings = inspect(data, limits)
    if refusal:
        return refuse(refusal)
    try:
        rows = _sheet(data)
    except BaseException as error:
        # the reader is in Rust: what it did not foresee comes as a panic, which is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return refuse(
            refused(
                "not-xlsx",
                N_("The file cannot be read as a workbook."),
                N_("Open it in a spreadsheet program and save it as 'Excel workbook (.xlsx)'."),
                where="file",
            )
        )
    return read_rows(_texts(rows), limits, warnings)


def _sheet(data: bytes) -> list[list[Any]]:
    # loaded here: a start of the server does not wait for it
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    names = book.sheet_names
    name = SHEET if SHEET in names else names[0]
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _texts(rows: list[list[Any]]) -> Iterator[Row]:
    for line, cells in enumerate(rows, start=1):
        texts = [as_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        yield line, texts


def write(questions: Sequence[Question], bank: BankHeader) -> Written:
    """Write a workbook: the questions, and a sheet that says what the columns are."""
    return Written(_workbook(questions), [])


def template(examples: Sequence[Question]) -> Written:
    """Write a workbook to start from."""
    return Written(_workbook(examples), [])


def _workbook(questions: Sequence[Question]) -> bytes:
    # loaded here: only an export needs it
    from xlsxwriter import Workbook

    names, rows = rows_of(questions)
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(SHEET)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell:
                # as text always: nothing that an author wrote becomes a formula or a link
                sheet.write_string(line, column, cell)
    sheet.freeze_panes(1, 2)
    guide = book.add_worksheet("Columns")
    guide.set_column(0, 0, 26)
    guide.set_column(1, 1, 90)
    for line, (name, meaning) in enumerate(GUIDE):
        guide.write_string(line, 0, name, bold)
        guide.write_string(line, 1, meaning)
    book.close()
    return out.getvalue()
