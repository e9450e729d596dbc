"""Tables as files: nothing that anybody wrote runs in a spreadsheet, and figures stay figures."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from quizapp.services.reports.tables import Table, as_csv, as_xlsx

WHEN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def csv_rows(data):
    text = data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def sheet(data):
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start):
    words = f"{start}cmd|' /C calc'!A0"
    table = Table(("Name",), [(words,)])
    assert csv_rows(as_csv(table))[1] == [f"'{words}"]
    # a line end may be read back in another form; what matters is how the cell begins
    assert sheet(as_xlsx(table, "report"))[1][0].startswith("'")


@pytest.mark.parametrize("name", ["Sok, Dara", 'the "first"', "សុខ ដារ៉ា", "a-b", "x=1", ""])
def test_other_words_stay_as_they_are(name):
    assert csv_rows(as_csv(Table(("Name", "n"), [(name, 1)])))[1] == [name, "1"]


def test_figures_are_figures_and_times_say_their_zone():
    table = Table(("n", "score", "none", "when"), [(3, Decimal("2.50"), None, WHEN)])
    assert csv_rows(as_csv(table))[1] == ["3", "2.50", "", "2026-11-24T08:00:00+00:00"]
    assert sheet(as_xlsx(table, "report"))[1] == [3.0, 2.5, "", "2026-11-24T08:00:00+00:00"]


def test_a_table_without_rows_has_its_head():
    table = Table(("Name", "Score"), [])
    assert csv_rows(as_csv(table)) == [["Name", "Score"]]
    assert sheet(as_xlsx(table, "report")) == [["Name", "Score"]]
