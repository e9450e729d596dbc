"""Importing people from files."""

import io
import zipfile

import pytest
import xlsxwriter
from people_samples import NOW, account

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.people import accounts, cohorts, roster

HEAD = "email,name,name_km,staff_number,role,cohort,lang\n"


def check(actor, text, name="people.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return roster.check_file(actor, name, data, now=NOW)


def workbook(*rows):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def everybody(actor):
    return {one.email: one for one in accounts.list_people(actor, limit=500).people}


@pytest.mark.parametrize(
    ("data", "name"), [(roster.template_csv(), "p.csv"), (roster.template_xlsx(), "p.xlsx")]
)
def test_the_template_imports(administrator, data, name):
    cohorts.make_cohort(administrator, code="2026-B", title="T", now=NOW)
    report = check(administrator, data, name)
    assert (report.count("new"), report.refused, report.remarks) == (1, 0, ())
    done = roster.confirm(administrator, report.upload_id, now=NOW)
    person = everybody(administrator)["sok.dara@example.org"]
    assert done.new == (person.id,)
    assert (person.name_km, person.staff_number, person.lang) == ("សុខ ដារ៉ា", "MFA-0042", "km")
    assert [one.code for one in person.cohorts] == ["2026-B"]
    again = check(administrator, data, name)
    assert [one.what for one in again.lines] == ["unchanged"]
    assert roster.confirm(administrator, again.upload_id, now=NOW).unchanged == 1


def test_a_dry_run_changes_nothing(administrator):
    before = everybody(administrator)
    report = check(administrator, f"{HEAD}a@example.org,A\nb,B\n")
    assert everybody(administrator) == before
    assert report.count("new") == 1
    assert [(one.line, one.field) for one in report.remarks] == [(3, "email")]
    assert all(one.remedy for one in report.remarks)
    assert roster.read_report(administrator, report.upload_id) == report


def test_what_is_there_is_completed_not_emptied(administrator):
    account(administrator, "a@example.org", name="Old", name_km="ចាស់", staff_number="7")
    report = check(administrator, f"{HEAD}a@example.org,New,,,administrator\n")
    assert [one.what for one in report.lines] == ["changed"]
    assert [(one.field, one.refused) for one in report.remarks] == [("role", False)]
    roster.confirm(administrator, report.upload_id, now=NOW)
    person = everybody(administrator)["a@example.org"]
    assert (person.name, person.name_km, person.staff_number) == ("New", "ចាស់", "7")
    assert person.role == "trainee"


def test_lines_that_cannot_be_taken_are_left_out(administrator):
    account(administrator, "a@example.org", staff_number="7")
    text = f"{HEAD}b@example.org,B,,7\nc@example.org,C,,,,nowhere\nd@example.org,D\n"
    report = check(administrator, text)
    assert [(one.line, one.field) for one in report.remarks] == [(2, "staff_number"), (3, "cohort")]
    done = roster.confirm(administrator, report.upload_id, now=NOW)
    assert len(done.new) == 1
    assert "b@example.org" not in everybody(administrator)


def test_instructors_teach_the_cohort_of_their_line(administrator):
    cohort_id = cohorts.make_cohort(administrator, code="C", title="T", now=NOW)
    report = check(administrator, f"{HEAD}i@example.org,I,,,instructor,C\nt@example.org,T,,,,C\n")
    roster.confirm(administrator, report.upload_id, now=NOW)
    settings = cohorts.read_settings(administrator, cohort_id, now=NOW)
    assert [one.person.email for one in settings.instructors] == ["i@example.org"]
    assert [one.person.email for one in settings.trainees] == ["t@example.org"]


def test_semicolons_quotes_and_lines_within_cells(administrator):
    report = check(
        administrator, 'email;name\n"a@example.org";"Two\nlines"\nb@example.org;"B; b"\n'
    )
    assert [(one.row.line, one.row.name) for one in report.lines] == [(2, "Two lines"), (4, "B; b")]


def test_figures_in_a_workbook_are_text(administrator):
    data = workbook(["email", "name", "staff_number"], ["a@example.org", "A", 42])
    assert check(administrator, data, "p.xlsx").lines[0].row.staff_number == "42"


def test_formulas_are_only_text(administrator):
    text = f'{HEAD}a@example.org,"=HYPERLINK(""http://x"")"\n'
    assert check(administrator, text).lines[0].row.name == '=HYPERLINK("http://x")'


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        "ឈ្មោះ".encode("utf-16"),
        b"\xff\xfe\xfa",
        b"email,name\nnul@example.org,a\x00b\n",
        b"PK\x03\x04 no workbook",
        b"x" * (roster.LARGEST + 1),
        pytest.param(bomb(), id="bomb"),
        b'email,name\n"' + b"x" * 200_000,
    ],
)
def test_files_that_cannot_be_read_are_refused_whole(administrator, data):
    with pytest.raises(Invalid) as caught:
        check(administrator, data)
    assert [one.field for one in caught.value.problems] == ["file"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"one,two\n1,2\n", b"\xef\xbb\xbf"])
def test_files_without_people_say_so(administrator, data):
    report = check(administrator, data)
    assert report.lines == ()
    assert report.remarks


def test_an_upload_is_its_senders_own(administrator, instructor):
    report = check(administrator, f"{HEAD}a@example.org,A\n")
    other = type(administrator)(instructor.id, "administrator")
    for use in (roster.read_report, lambda who, what: roster.confirm(who, what, now=NOW)):
        with pytest.raises(NotFound):
            use(other, report.upload_id)
        with pytest.raises(Forbidden):
            use(instructor, report.upload_id)
    roster.confirm(administrator, report.upload_id, now=NOW)
    with pytest.raises(NotFound):
        roster.confirm(administrator, report.upload_id, now=NOW)


def test_two_thousand_lines(administrator):
    rows = "".join(f"p{number}@example.org,P {number}\n" for number in range(2000))
    report = check(administrator, "email,name\n" + rows)
    assert report.count("new") == 2000
    assert len(roster.confirm(administrator, report.upload_id, now=NOW).new) == 2000
