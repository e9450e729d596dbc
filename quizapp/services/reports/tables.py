"""Tables of reports as CSV and XLSX, in which nothing that anybody wrote becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

Cell = str | int | Decimal | datetime | None
DANGER = ("=", "+", "-", "@", "\t", "\r", "\n")
CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """A head and rows. Times are written in their own zone, with its offset."""

    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def as_csv(table: Table, *, marked: bool = True) -> bytes:
    """UTF-8; `marked` puts the mark in front that lets spreadsheets read Khmer."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_text(name) for name in table.head)
    writer.writerows([plain(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig" if marked else "utf-8")


def as_xlsx(table: Table, sheet_name: str) -> bytes:
    """A workbook of one sheet; numbers are numbers, everything else is text."""
    # loaded here: only an export needs it
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(sheet_name)
    bold = book.add_format({"bold": True})
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int | Decimal):
                sheet.write_number(line, column, cell)
            elif cell is not None:
                sheet.write_string(line, column, plain(cell))
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def plain(cell: Cell) -> str:
    """A cell as the text that stands in a file."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return _text(cell) if isinstance(cell, str) else str(cell)


def _text(words: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run."""
    return f"'{words}" if words.startswith(DANGER) else words
