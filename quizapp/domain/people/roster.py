"""People in a table: which columns there are, and what a row says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quizapp.domain.access import ROLES, Role
from quizapp.domain.errors import Invalid
from quizapp.domain.people.fields import (
    Problems,
    clean_code,
    clean_email,
    clean_name,
    clean_optional,
    clean_staff_number,
)
from quizapp.domain.words import N_

COLUMNS = ("email", "name", "name_km", "staff_number", "role", "cohort", "lang")
REQUIRED = ("email", "name")
EXAMPLE = (
    "sok.dara@example.org",
    "Sok Dara",
    "សុខ ដារ៉ា",
    "MFA-0042",
    "trainee",
    "2026-B",
    "km",
)
MOST_ROWS = 2000


@dataclass(frozen=True)
class Remark:
    """What is to be said about a line: `message` and `remedy` are catalogue ids."""

    line: int
    field: str
    message: str
    remedy: str
    params: Mapping[str, object]
    refused: bool = True


@dataclass(frozen=True)
class Row:
    """A person as a line of the table gives them."""

    line: int
    email: str
    name: str
    name_km: str | None = None
    staff_number: str | None = None
    role: Role = "trainee"
    cohort: str | None = None
    lang: str | None = None


@dataclass(frozen=True)
class Roster:
    """What was read: the rows that can be used, and what is wrong with the others."""

    rows: tuple[Row, ...]
    remarks: tuple[Remark, ...]


def read_roster(table: Sequence[tuple[int, Sequence[str]]]) -> Roster:
    """Read a table, its first row naming the columns; each row comes with its line number."""
    table = [(line, cells) for line, cells in table if any(cell.strip() for cell in cells)]
    if not table:
        return Roster((), (_remark(1, "file", _EMPTY, _TEMPLATE),))
    head_line, head = table[0]
    names = [cell.strip().lower().replace(" ", "_") for cell in head]
    remarks = [
        _remark(head_line, name, N_("There is no column “%(column)s”."), _TEMPLATE, column=name)
        for name in REQUIRED
        if name not in names
    ]
    if remarks:
        return Roster((), tuple(remarks))
    remarks += [
        _remark(
            head_line,
            "file",
            N_("The column “%(column)s” is not known and was left out."),
            N_("Nothing to do if you do not need it."),
            refused=False,
            column=name[:40],
        )
        for name in names
        if name and name not in COLUMNS
    ]
    if len(table) - 1 > MOST_ROWS:
        remarks.append(
            _remark(
                head_line,
                "file",
                N_("There are more than %(most)d rows."),
                N_("Split the table into several files."),
                most=MOST_ROWS,
            )
        )
        return Roster((), tuple(remarks))
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for line, cells in table[1:]:
        row, wrong = _read_row(line, dict(zip(names, cells, strict=False)))
        remarks += wrong
        if row is None:
            continue
        again = [seen[key] for key in _keys(row) if key in seen]
        if again:
            remarks.append(
                _remark(
                    line,
                    "email",
                    N_("This person is in line %(other)d already."),
                    N_("Keep one of the two lines."),
                    other=again[0],
                )
            )
            continue
        seen.update(dict.fromkeys(_keys(row), line))
        rows.append(row)
    return Roster(tuple(rows), tuple(remarks))


_EMPTY = N_("The file is empty.")
_TEMPLATE = N_("Download the template, and keep its first row.")
_RIGHT = N_("Put it right in the file and upload it again; nothing of this line was taken.")


def _keys(row: Row) -> list[str]:
    return [row.email] + ([f"#{row.staff_number}"] if row.staff_number else [])


def _remark(
    line: int, field: str, message: str, remedy: str, *, refused: bool = True, **params: object
) -> Remark:
    return Remark(line, field, message, remedy, params, refused)


def _read_row(line: int, cells: Mapping[str, str]) -> tuple[Row | None, list[Remark]]:
    problems = Problems()
    email = name = ""
    name_km = staff_number = cohort = lang = None
    role: Role = "trainee"
    with problems:
        email = clean_email(cells.get("email", ""))
    with problems:
        name = clean_name("name", cells.get("name", ""))
    with problems:
        name_km = clean_optional("name_km", cells.get("name_km"))
    with problems:
        staff_number = clean_staff_number(cells.get("staff_number"))
    with problems:
        role = read_role(cells.get("role", ""))
    with problems:
        cohort = clean_code(cells["cohort"]) if cells.get("cohort", "").strip() else None
    with problems:
        lang = read_lang(cells.get("lang"))
    if problems.found:
        return None, [
            Remark(line, p.field, p.message, _RIGHT, p.params or {}) for p in problems.found
        ]
    return Row(line, email, name, name_km, staff_number, role, cohort, lang), []


def read_role(text: str) -> Role:
    """A role by its name; nothing means trainee.

    Raises:
        Invalid: there is no such role.
    """
    for role in ROLES:
        if text.strip().lower() == role:
            return role
    if text.strip():
        raise Invalid.field("role", N_("A role is trainee, instructor or administrator."))
    return "trainee"


def read_lang(text: str | None) -> str | None:
    """A language by its code; None where nothing is said.

    Raises:
        Invalid: it is neither English nor Khmer.
    """
    lang = (text or "").strip().lower()
    if lang and lang not in ("en", "km"):
        raise Invalid.field("lang", N_("A language is en or km."))
    return lang or None
