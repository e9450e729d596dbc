"""Importing people from a table: a dry run that says everything, then the decision."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, require
from quizapp.domain.answers.canonical import UnstorableText, storable
from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.domain.people.roster import COLUMNS, EXAMPLE, MOST_ROWS, Remark, Row, read_roster
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.storage import banks as stored_uploads
from quizapp.storage import cohorts as stored_cohorts
from quizapp.storage import people as stored
from quizapp.storage.banks import Upload
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

FORMAT = "people"
LARGEST = 5_000_000
LARGEST_UNPACKED = 40_000_000
KEPT = timedelta(days=1)
BATCH = 100

_NO_WORKBOOK = N_("This workbook cannot be read: save it again as XLSX.")

Table = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Planned:
    """What will become of one line."""

    row: Row
    what: Literal["new", "changed", "unchanged"]


@dataclass(frozen=True)
class RosterReport:
    """What importing the file would do."""

    upload_id: UUID | None
    file_name: str
    lines: tuple[Planned, ...]
    remarks: tuple[Remark, ...]

    def count(self, what: str) -> int:
        """How many lines are `new`, `changed` or `unchanged`."""
        return sum(1 for one in self.lines if one.what == what)

    @property
    def refused(self) -> int:
        """How many lines cannot be taken."""
        return len({remark.line for remark in self.remarks if remark.refused})


@dataclass(frozen=True)
class Imported:
    """What was done; `new` are the people who need a slip."""

    new: tuple[UUID, ...]
    changed: int
    unchanged: int


def template_csv() -> bytes:
    """The table to fill in, with an example row; the mark in front lets Excel read Khmer."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerow(EXAMPLE)
    return out.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """The same as a workbook."""
    # loaded here: only a download needs it
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("people")
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet.set_column(0, len(COLUMNS) - 1, 22, text)
    sheet.write_row(0, 0, COLUMNS, bold)
    sheet.write_row(1, 0, EXAMPLE, text)
    book.close()
    return out.getvalue()


def check_file(
    actor: Actor | None, file_name: str, data: bytes, *, now: datetime, keep: bool = True
) -> RosterReport:
    """Say what importing the file would do, and keep it for the decision.

    Raises:
        Invalid: it is no table that can be read.
    """
    if actor is not None:
        require(actor, "person.manage")
    table = read_table(data, file_name)
    name = _storable_name(file_name)
    upload_id = None
    if keep and actor is not None:
        upload_id = uuid4()
        with transaction(write=True) as session:
            stored_uploads.purge_uploads(session, now - KEPT)
            session.add(
                Upload(
                    id=upload_id,
                    person_id=actor.id,
                    file_name=name,
                    format=FORMAT,
                    data=data,
                    created_at=now,
                )
            )
    return _report(upload_id, name, table)


def read_report(actor: Actor, upload_id: UUID) -> RosterReport:
    """The report of a file that waits, against what is there now.

    Raises:
        NotFound: it is not the person's own, or was forgotten after a day.
    """
    upload = _own(actor, upload_id)
    return _report(upload_id, upload.file_name, read_table(upload.data, upload.file_name))


def confirm(actor: Actor, upload_id: UUID, *, now: datetime) -> Imported:
    """Import the file that waits, and forget it.

    Raises:
        NotFound: it is not the person's own, or was forgotten after a day.
    """
    upload = _own(actor, upload_id)
    done = import_table(actor, read_table(upload.data, upload.file_name), now=now)
    with transaction(write=True) as session:
        waiting = session.get(Upload, upload_id)
        if waiting is not None:
            session.delete(waiting)
    return done


def import_table(actor: Actor | None, table: Table, *, now: datetime) -> Imported:
    """Store what can be taken of a table, in short transactions; a second run changes nothing.

    Raises:
        Conflict: somebody else took an address or number in the meantime.
    """
    if actor is not None:
        require(actor, "person.manage")
    roster = read_roster(table)
    new: list[UUID] = []
    counts = {"changed": 0, "unchanged": 0}
    for start in range(0, len(roster.rows), BATCH):
        try:
            with transaction(write=True) as session:
                made = _store(session, actor, roster.rows[start : start + BATCH], now, counts)
        except IntegrityError as error:
            raise Conflict(
                N_("Somebody else changed people at the same time: check the file again.")
            ) from error
        new += made
    return Imported(tuple(new), counts["changed"], counts["unchanged"])


def read_table(data: bytes, file_name: str) -> Table:
    """The rows of a CSV file or workbook as text, with their line numbers.

    Raises:
        Invalid: too large, not a table, not UTF-8.
    """
    if len(data) > LARGEST:
        raise _unreadable(
            N_("The file is larger than %(most)d MB: split it."), most=LARGEST // 1_000_000
        )
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(data)
    try:
        text = storable(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _unreadable(
            N_("The file is not in UTF-8: save it as “CSV UTF-8”, or as XLSX.")
        ) from error
    except UnstorableText as error:
        raise _unreadable(error.detail or error.title) from error
    try:
        dialect = csv.Sniffer().sniff(text.split("\n", 1)[0], delimiters=",;\t")
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        before = 0
        for cells in reader:
            rows.append((before + 1, cells))
            before = reader.line_num
            if len(rows) > MOST_ROWS + 10:
                break
    except csv.Error as error:
        raise _unreadable(
            N_("Line %(line)d cannot be read as CSV."), line=reader.line_num
        ) from error
    return rows


def _read_workbook(data: bytes) -> Table:
    # loaded here: only an upload needs it
    from python_calamine import CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable(_NO_WORKBOOK) from error
    if size > LARGEST_UNPACKED:
        raise _unreadable(N_("Unpacked, the workbook is too large."))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 10)
    except Exception as error:  # whatever a foreign reader raises, the file is to blame
        raise _unreadable(_NO_WORKBOOK) from error
    return [
        (number, [_cell(cell) for cell in cells[:50]]) for number, cells in enumerate(rows, start=1)
    ]


def _cell(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _report(upload_id: UUID | None, file_name: str, table: Table) -> RosterReport:
    roster = read_roster(table)
    with transaction(write=False) as session:
        planned, remarks = _plan(session, roster.rows)
    everything = sorted((*roster.remarks, *remarks), key=lambda remark: remark.line)
    return RosterReport(upload_id, file_name, tuple(planned), tuple(everything))


def _plan(session: Session, rows: Sequence[Row]) -> tuple[list[Planned], list[Remark]]:
    people, cohorts = _what_is_there(session, rows)
    inside = _inside(session, people.values()) if cohorts else frozenset()
    planned: list[Planned] = []
    remarks: list[Remark] = []
    for row in rows:
        person = people.get(row.email)
        wrong = _refusal(row, person, people, cohorts)
        if wrong is not None:
            remarks.append(wrong)
            continue
        if person is not None and row.role not in ("trainee", person.role):
            remarks.append(
                Remark(
                    row.line,
                    "role",
                    N_("%(name)s is there already; an import does not change roles."),
                    N_("Change the role on the person's page."),
                    {"name": person.name},
                    refused=False,
                )
            )
        if person is None:
            planned.append(Planned(row, "new"))
        else:
            joins = bool(row.cohort) and (person.id, cohorts[row.cohort or ""]) not in inside
            differs = _differs(person, row) or joins
            planned.append(Planned(row, "changed" if differs else "unchanged"))
    return planned, remarks


def _store(
    session: Session,
    actor: Actor | None,
    rows: Sequence[Row],
    now: datetime,
    counts: dict[str, int],
) -> list[UUID]:
    people, cohorts = _what_is_there(session, rows)
    new: list[UUID] = []
    for row in rows:
        person = people.get(row.email)
        if _refusal(row, person, people, cohorts) is not None:
            continue
        if person is None:
            person = Person(
                id=uuid4(),
                email=row.email,
                name=row.name,
                name_km=row.name_km,
                staff_number=row.staff_number,
                role=row.role,
                lang=row.lang or "en",
                active=True,
                created_at=now,
            )
            session.add(person)
            session.flush()
            new.append(person.id)
            details = {"role": row.role, "by": "import"}
            audit.record(session, actor, "person.make", "person", person.id, details, now=now)
            _enter(session, actor, person, row, cohorts, now)
            continue
        changed = _differs(person, row)
        if changed:
            person.name, person.name_km = row.name, row.name_km or person.name_km
            person.staff_number = row.staff_number or person.staff_number
            person.lang = row.lang or person.lang
            details = {"by": "import"}
            audit.record(session, actor, "person.edit", "person", person.id, details, now=now)
        entered = _enter(session, actor, person, row, cohorts, now)
        counts["changed" if changed or entered else "unchanged"] += 1
    return new


def _what_is_there(
    session: Session, rows: Sequence[Row]
) -> tuple[dict[str, Person], dict[str, UUID]]:
    """People by address and by `#number`, and cohorts by short name."""
    people: dict[str, Person] = {}
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        numbers = [row.staff_number for row in part if row.staff_number]
        for person in stored.people_by_keys(session, [row.email for row in part], numbers):
            people[person.email] = person
            if person.staff_number:
                people[f"#{person.staff_number}"] = person
    codes = {row.cohort for row in rows if row.cohort}
    return people, stored_cohorts.cohorts_by_code(session, codes)


def _refusal(
    row: Row, person: Person | None, people: dict[str, Person], cohorts: dict[str, UUID]
) -> Remark | None:
    holder = people.get(f"#{row.staff_number}") if row.staff_number else None
    if holder is not None and (person is None or holder.id != person.id):
        return Remark(
            row.line,
            "staff_number",
            N_("The staff number %(number)s is %(name)s's."),
            N_("Put the number or the address right."),
            {"number": row.staff_number or "", "name": holder.name},
        )
    if row.cohort and row.cohort not in cohorts:
        return Remark(
            row.line,
            "cohort",
            N_("There is no cohort %(code)s."),
            N_("Make the cohort first, or leave the cell empty."),
            {"code": row.cohort},
        )
    return None


def _differs(person: Person, row: Row) -> bool:
    """Empty cells leave alone what is there."""
    return (
        person.name != row.name
        or bool(row.name_km and person.name_km != row.name_km)
        or bool(row.staff_number and person.staff_number != row.staff_number)
        or bool(row.lang and person.lang != row.lang)
    )


def _inside(session: Session, people: Iterable[Person]) -> frozenset[tuple[UUID, UUID]]:
    ids = list({person.id for person in people})
    return frozenset(
        (row.person_id, row.cohort_id)
        for start in range(0, len(ids), 500)
        for row in stored.cohort_codes_of(session, ids[start : start + 500])
    )


def _enter(
    session: Session,
    actor: Actor | None,
    person: Person,
    row: Row,
    cohorts: dict[str, UUID],
    now: datetime,
) -> bool:
    if not row.cohort:
        return False
    part = "trainee" if person.role == "trainee" else "instructor"
    cohort_id = cohorts[row.cohort]
    if not stored_cohorts.add_member(session, cohort_id, person.id, part, now):
        return False
    details = {"person": person.id, "part": part}
    audit.record(session, actor, "cohort.add", "cohort", cohort_id, details, now=now)
    return True


def _own(actor: Actor, upload_id: UUID) -> Upload:
    require(actor, "person.manage")
    with transaction(write=False) as session:
        upload = stored_uploads.own_upload(session, upload_id, actor.id)
    if upload is None or upload.format != FORMAT:
        raise NotFound
    return upload


def _storable_name(file_name: str) -> str:
    try:
        return storable(file_name)[:255] or "people.csv"
    except UnstorableText:
        return "people.csv"


def _unreadable(message: str, **params: object) -> Invalid:
    return Invalid.field("file", message, **params)
