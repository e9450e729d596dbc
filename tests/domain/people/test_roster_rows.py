"""People in a table."""

from quizapp.domain.people.roster import MOST_ROWS, read_roster

HEAD = ["email", "name", "name_km", "staff_number", "role", "cohort", "lang"]


def read(*rows, head=HEAD):
    return read_roster([(number, row) for number, row in enumerate([head, *rows], start=1)])


def said(roster):
    return [(one.line, one.field, one.refused) for one in roster.remarks]


def test_a_full_row():
    roster = read(["A@example.org", "A", "ក", "x-1", "Instructor", "2026-B", "KM"])
    (row,) = roster.rows
    assert (row.line, row.email, row.name, row.name_km) == (2, "a@example.org", "A", "ក")
    assert (row.staff_number, row.role, row.cohort, row.lang) == (
        "X-1",
        "instructor",
        "2026-B",
        "km",
    )
    assert roster.remarks == ()


def test_short_rows_and_empty_lines_are_no_trouble():
    roster = read([], ["", " "], ["a@example.org", "A"])
    assert [row.line for row in roster.rows] == [4]
    assert roster.rows[0].role == "trainee"


def test_columns_come_in_any_order_and_case():
    roster = read(["A", "a@example.org"], head=["Name", " EMAIL "])
    assert roster.rows[0].name == "A"


def test_each_wrong_cell_is_said_with_its_line():
    roster = read(
        ["x", "", "", "a@b", "king", "a b", "fr"],
        ["good@example.org", "Good"],
    )
    assert said(roster) == [
        (2, field, True) for field in ("email", "name", "staff_number", "role", "code", "lang")
    ]
    assert [row.email for row in roster.rows] == ["good@example.org"]


def test_somebody_twice_is_taken_once():
    roster = read(
        ["a@example.org", "A", "", "1"], ["A@EXAMPLE.org", "B"], ["c@example.org", "C", "", "1"]
    )
    assert [row.line for row in roster.rows] == [2]
    assert [(one.line, one.params["other"]) for one in roster.remarks] == [(3, 2), (4, 2)]


def test_missing_and_unknown_columns():
    assert said(read(["x"], head=["mail"])) == [(1, "email", True), (1, "name", True)]
    roster = read(["a@example.org", "A", "?"], head=["email", "name", "shoe size"])
    assert said(roster) == [(1, "file", False)]
    assert len(roster.rows) == 1


def test_nothing_and_too_much():
    assert said(read_roster([])) == [(1, "file", True)]
    roster = read(*(["a@example.org", "A"] for _ in range(MOST_ROWS + 1)))
    assert roster.rows == ()
    assert said(roster) == [(1, "file", True)]


def test_nul_and_half_characters_are_remarks():
    assert said(read(["a@example.org", "A\x00"], ["b@example.org", "\ud800"])) == [
        (2, "name", True),
        (3, "name", True),
    ]
