"""Cohorts, trainees, quiz reports and gradebooks in the browser, as instructors see them."""

import csv
import io
import re
from html import unescape
from uuid import UUID, uuid4

import pytest
import report_samples
from people_browser import signed_in
from python_calamine import CalamineWorkbook
from quiz_samples import Statements
from report_samples import DAY, NOW, RIGHT, WRONG, attended_by, finish, give

from quizapp.storage.cohorts import add_member
from quizapp.storage.database import transaction
from quizapp.storage.people import find_person

RIGHTS, WRONGS = [RIGHT] * 5, [WRONG] * 5


@pytest.fixture
def teacher(app, administrator, cohort):
    """A browser in which somebody who teaches the cohort is signed in."""
    browser = signed_in(app, administrator, "mao@example.org", "instructor", name="Mao Dalin")
    with app.app_context(), transaction(write=True) as session:
        person = find_person(session, "email", "mao@example.org")
        add_member(session, cohort.id, person.id, "instructor", NOW)
    app.extensions["quizapp.clock"] = lambda: NOW
    return browser


@pytest.fixture
def given(instructor, cohort):
    """A quiz of five questions on task 3 with a pass mark of 60 per cent."""
    return give(instructor, cohort, items=5, pass_mark="60")


def words(browser):
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", browser.last.text).split()))


def cohort_page(browser, cohort, tail=""):
    browser.get(f"/cohorts/{cohort.id}{tail}")
    assert browser.last.status_code == 200
    return words(browser)


class TestCohort:
    def test_who_needs_attention_and_why(self, teacher, cohort, given):
        names = [f"Trainee {n}" for n in range(9)] + ["Long Theary", "Ouk Pisey", "Tep Rithy"]
        people = attended_by(cohort, names)
        finish(given, people[:9], RIGHTS)
        finish(given, people[9:], WRONGS)
        page = cohort_page(teacher, cohort)
        assert teacher.heading == "Three of twelve trainees need attention"
        assert page.count("Below the pass line in task 3.") == 3
        assert teacher.last.text.count('class="h h1 below"') == 3
        assert teacher.last.text.count('class="h h5"') == 9
        assert "too few answers" in page
        assert "Weakest task 3 mean mastery 75" in page
        assert "Taken by 12 of 12 trainees." in page

    def test_an_empty_cohort_leads_to_its_code(self, teacher, cohort):
        cohort_page(teacher, cohort)
        assert teacher.heading == "Nobody is in this cohort yet"
        assert f'class="btn" href="/cohorts/{cohort.id}/settings"' in teacher.last.text

    def test_a_cohort_without_a_quiz_leads_to_the_quizzes(self, teacher, cohort):
        attended_by(cohort, ["Ana"])
        cohort_page(teacher, cohort)
        assert teacher.heading == "Nothing is given to this cohort yet"
        assert 'class="btn" href="/quizzes"' in teacher.last.text

    def test_nobody_has_answered(self, teacher, cohort, given):
        attended_by(cohort, ["Ana"])
        page = cohort_page(teacher, cohort)
        assert teacher.heading == "Nobody has answered anything yet"
        assert "No attempt yet." in page

    def test_all_is_well(self, teacher, cohort, given):
        finish(given, attended_by(cohort, ["Ana"]), RIGHTS)
        cohort_page(teacher, cohort)
        assert teacher.heading == "No trainee needs attention now"

    def test_only_who_needs_attention(self, teacher, cohort, given):
        ana, ben = attended_by(cohort, ["Ana", "Ben"])
        finish(given, [ana], RIGHTS)
        finish(given, [ben], WRONGS)
        assert "Show only who needs attention" in cohort_page(teacher, cohort)
        page = cohort_page(teacher, cohort, "?show=attention")
        assert "Ben" in page
        assert "Ana" not in page

    @pytest.mark.parametrize("number", ["0", "-1", "99", "x", "1e3", "٣", "9" * 40])
    def test_any_page_number_is_a_page(self, teacher, cohort, number):
        attended_by(cohort, [f"T{n:03}" for n in range(60)])
        cohort_page(teacher, cohort, f"?page={number}")

    def test_the_table_as_a_file(self, teacher, cohort, given):
        people = attended_by(cohort, ['=HYPERLINK("x")', *(f"T{n:02}" for n in range(60))])
        finish(given, people, WRONGS)
        answer = teacher.get(f"/cohorts/{cohort.id}/mastery.csv")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="mastery-2026-A.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
        assert len(rows) == 61
        assert rows[0]["Name"] == '\'=HYPERLINK("x")'
        assert (rows[0]["Task 3"], rows[0]["Task 1"], rows[0]["Attempts"]) == ("0", "", "1")
        assert rows[0]["Why attention is needed"] == "Below the pass line in task 3."
        assert rows[0]["Last seen"] == "2026-11-23T15:00:00+07:00"

    def test_in_khmer(self, teacher, cohort, given):
        finish(given, attended_by(cohort, ["Ana"]), WRONGS)
        teacher.post("/language", {"lang": "km", "next": "/"})
        page = cohort_page(teacher, cohort)
        assert 'lang="km"' in teacher.last.text
        assert "attention" not in page


class TestTrainee:
    def page(self, browser, cohort, person_id, tail=""):
        browser.get(f"/cohorts/{cohort.id}/trainees/{person_id}{tail}")
        return words(browser)

    def test_mastery_and_attempts(self, teacher, cohort, given):
        (ana,) = attended_by(cohort, ["Chea Sophea"])
        (attempt,) = finish(given, [ana], [*RIGHTS[:4], WRONG])
        page = self.page(teacher, cohort, ana)
        assert teacher.heading == "Chea Sophea is on the way, and secure in no task yet"
        assert "80 of 100, likely" in page
        assert "4 of 5 80" in page
        assert f'href="/attempts/{attempt}/results"' in teacher.last.text
        assert 'class="cell m2" href="/provisions/3.1"' in teacher.last.text

    def test_why_attention_is_needed(self, teacher, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"], last_seen_at=NOW - 16 * DAY)
        finish(given, [ana], WRONGS)
        page = self.page(teacher, cohort, ana)
        assert teacher.heading == "Ana needs attention"
        assert "Not seen for 16 days. Below the pass line in task 3." in page

    def test_self_chosen_practice_is_mastery_only(self, teacher, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        (attempt,) = finish(given, [ana], RIGHTS, own=True)
        page = self.page(teacher, cohort, ana)
        assert "100 of 100, likely" in page
        assert str(attempt) not in teacher.last.text
        assert "None yet. Give the cohort a quiz" in page

    def test_one_under_way_tells_no_score(self, teacher, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        report_samples.begin(given, ana)
        assert "under way since" in self.page(teacher, cohort, ana)

    def test_fifty_attempts_a_page(self, teacher, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        for number in range(1, 53):
            finish(given, [ana], RIGHTS, number=number, at=NOW - number * DAY / 24)
        assert self.page(teacher, cohort, ana).count("5 of 5") == 50
        assert self.page(teacher, cohort, ana, "?page=2").count("5 of 5") == 2

    def test_somebody_elsewhere_is_not_known(self, teacher, cohort, outsider):
        self.page(teacher, cohort, outsider.id)
        assert teacher.last.status_code == 404
        self.page(teacher, cohort, uuid4())
        assert teacher.last.status_code == 404


class TestQuiz:
    def test_scores_and_items(self, teacher, cohort, given):
        finish(given, attended_by(cohort, [f"T{n:02}" for n in range(12)]), [*RIGHTS[:4], WRONG])
        teacher.get(f"/quizzes/{given.quiz_id}/report")
        page = words(teacher)
        assert teacher.heading == "Taken by 12 of 12 trainees, half scored 80 % or more"
        assert "80 to 89 per cent: 12. The pass mark is 60 per cent." in page
        assert "1.00 facility, likely .8" in page
        assert "Fewer than one in five points are earned" in page
        assert "/banks/sample/questions/q-0" not in teacher.last.text  # not granted to this one
        assert "style=" not in teacher.last.text

    def test_too_few_answers_need_more_data(self, teacher, cohort, given):
        finish(given, attended_by(cohort, ["Ana"]), RIGHTS)
        teacher.get(f"/quizzes/{given.quiz_id}/report")
        assert words(teacher).count("Needs more data") == 5
        assert teacher.heading == "Taken by 1 of 1 trainee"

    def test_nobody_has_taken_it(self, teacher, cohort, given):
        attended_by(cohort, ["Ana"])
        teacher.get(f"/quizzes/{given.quiz_id}/report")
        assert teacher.heading == "Nobody has taken this quiz yet"

    def test_one_cohort_is_kept_in_every_link(self, teacher, cohort, given):
        finish(given, attended_by(cohort, ["Ana"]), RIGHTS)
        teacher.get(f"/quizzes/{given.quiz_id}/report?cohort={cohort.id}")
        assert f"/report/gradebook?cohort={cohort.id}" in teacher.last.text
        assert f"/report/items.csv?cohort={cohort.id}" in teacher.last.text

    def test_items_as_a_file(self, teacher, cohort, given):
        finish(given, attended_by(cohort, ["Ana"]), RIGHTS)
        answer = teacher.get(f"/quizzes/{given.quiz_id}/report/items.csv")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row["Question"] for row in rows] == [f"q-{n}" for n in range(5)]

    @pytest.mark.parametrize("cohort_id", ["x", "1", str(UUID(int=1)), "%00"])
    @pytest.mark.parametrize("tail", ["", "/gradebook", "/gradebook.csv", "/items.csv"])
    def test_a_cohort_that_is_none_is_not_found(self, teacher, given, cohort_id, tail):
        answer = teacher.get(f"/quizzes/{given.quiz_id}/report{tail}?cohort={cohort_id}")
        assert answer.status_code == 404


class TestGradebook:
    def test_scores_lead_to_attempts(self, teacher, cohort, given):
        ana, _ = attended_by(cohort, ["Ana", "Ben"])
        (attempt,) = finish(given, [ana], [*RIGHTS[:3], WRONG, WRONG])
        teacher.get(f"/quizzes/{given.quiz_id}/report/gradebook")
        page = words(teacher)
        assert teacher.heading == "Taken by 1 of 2 trainees"
        assert f'href="/attempts/{attempt}/results"' in teacher.last.text
        assert f'href="/cohorts/{cohort.id}/trainees/{ana}"' in teacher.last.text
        assert "3 of 5 passed" in page
        assert "not yet" in page
        assert teacher.get(f"/attempts/{attempt}/results").status_code == 200

    def test_pages_of_fifty(self, teacher, cohort, given):
        attended_by(cohort, [f"T{n:02}" for n in range(60)])
        teacher.get(f"/quizzes/{given.quiz_id}/report/gradebook")
        onward = unescape(re.search(r'rel="next" href="([^"]+)"', teacher.last.text)[1])
        teacher.get(onward)
        page = words(teacher)
        assert "T50" in page
        assert "T49" not in page
        assert "First page" in page

    def test_files(self, teacher, cohort, given):
        finish(given, attended_by(cohort, ["+Ana"]), RIGHTS)
        path = f"/quizzes/{given.quiz_id}/report/gradebook"
        table = teacher.get(f"{path}.csv?cohort={cohort.id}")
        assert table.headers["Content-Disposition"].endswith('-2026-A.csv"')
        (row,) = csv.DictReader(io.StringIO(table.data.decode("utf-8-sig")))
        assert (row["Name"], row["Best score"], row["Passed"]) == ("'+Ana", "5.00", "1")
        book = CalamineWorkbook.from_filelike(io.BytesIO(teacher.get(f"{path}.xlsx").data))
        assert book.get_sheet_by_index(0).to_python()[1][5] == 5.0


PAGES = (
    "/cohorts/{cohort}",
    "/cohorts/{cohort}/mastery.csv",
    "/cohorts/{cohort}/trainees/{person}",
    "/quizzes/{quiz}/report",
    "/quizzes/{quiz}/report/items.csv",
    "/quizzes/{quiz}/report/gradebook",
    "/quizzes/{quiz}/report/gradebook.csv",
    "/quizzes/{quiz}/report/gradebook.xlsx",
)


class TestAccess:
    @pytest.fixture
    def places(self, cohort, given):
        (ana,) = attended_by(cohort, ["Ana"])
        finish(given, [ana], RIGHTS)
        return {"cohort": cohort.id, "person": ana, "quiz": given.quiz_id}

    @pytest.mark.parametrize("pattern", PAGES)
    def test_who_may_see_it(self, app, administrator, teacher, places, pattern):
        path = pattern.format(**places)
        stranger = signed_in(app, administrator, "else@example.org", "instructor")
        trainee = signed_in(app, administrator, "tra@example.org")
        runs = signed_in(app, administrator, "adm@example.org", "administrator")
        assert teacher.get(path).status_code == 200
        assert runs.get(path).status_code == 200
        assert stranger.get(path).status_code == 404
        assert trainee.get(path).status_code == 403


@pytest.mark.parametrize("many", [10, 1_000])
def test_no_page_needs_more_than_eight_statements(teacher, cohort, given, many):
    found = attended_by(cohort, [f"T{n:04}" for n in range(many)])
    finish(given, found, [*RIGHTS[:4], WRONG])
    places = {"cohort": cohort.id, "quiz": given.quiz_id, "person": found[0]}
    for page in PAGES:
        path = page.format(**places)
        assert teacher.get(path).status_code == 200
        with Statements() as statements:
            teacher.get(path)
        assert len(statements.sent) <= 8, (page, statements.sent)
