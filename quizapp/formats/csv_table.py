"""CSV: a table with one row a question."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from quizapp.domain.bank.bank import BankHeader
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.shared.limits import LIMITS, Limits, decode
from quizapp.formats.shared.result import ReadResult, Written, refuse
from quizapp.formats.shared.table import GUIDE, Row, read_rows, rows_of

NAME = "csv"
EXTENSIONS = (".csv", ".tsv")
MEDIA_TYPE = "text/csv"
_DELIMITERS = ",;\t"
_BOM = "\ufeff"
"""Spreadsheets take a file without it for another encoding."""


def sniff(data: bytes) -> bool:
    """Say whether the first row that is no comment names columns of questions."""
    for line in data[:20_000].decode("utf-8-sig", "replace").splitlines():
        if line.strip() and not line.lstrip(' "').startswith("#"):
            names = set(re.split(r'[",;\t\s]+', line.lower()))
            return bool(names & {"type", "id"}) and any(one.startswith("stem") for one in names)
    return False


def read(data: bytes, limits: Limits = LIMITS) -> ReadResult:
    """Read a table; comma, semicolon and tab divide cells, whichever the first row has most."""
    text, refusal = decode(data, limits)
    if refusal:
        return refuse(refusal)
    trouble: list[Finding] = []
    result = read_rows(_rows(text, trouble), limits)
    return ReadResult(result.questions, (*result.findings, *trouble), result.bank)


def _rows(text: str, trouble: list[Finding]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        trouble.append(
            refused(
                "csv-syntax",
                N_("From here on the rows cannot be told apart."),
                N_('Look for a quotation mark that is not closed, or that should be doubled: "".'),
                where="file",
            ).at(line)
        )


def _delimiter(text: str) -> str:
    names = next(
        (line for line in text.splitlines() if line.strip() and not line.startswith("#")), ""
    )
    return max(_DELIMITERS, key=names.count)


def write(questions: Sequence[Question], bank: BankHeader) -> Written:
    """Write a table; the bank's name and title have no place in it."""
    return Written(_table(questions, ()), [])


def template(examples: Sequence[Question]) -> Written:
    """Write a table to start from, with lines of comment that say what the columns are."""
    guide = [f"# {name}: {meaning}" for name, meaning in GUIDE]
    return Written(_table(examples, guide), [])


def _table(questions: Sequence[Question], comments: Sequence[str]) -> bytes:
    names, rows = rows_of(questions)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([comment] for comment in comments)
    writer.writerow(names)
    writer.writerows(rows)
    return (_BOM + out.getvalue()).encode()
