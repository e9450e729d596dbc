"""Banks and uploads in the browser: walks of an instructor, and files that mean no good."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
from people_browser import signed_in

from quizapp.resources import questions_folder
from quizapp.services.operations import shipped

SHIPPED = "/banks/task-3-economic-diplomacy"


@pytest.fixture
def teacher(app, administrator):
    return signed_in(app, administrator, "teach@example.org", "instructor", name="Mao Dalin")


@pytest.fixture
def stranger(app, administrator):
    return signed_in(app, administrator, "other@example.org", "instructor", name="Sok Other")


@pytest.fixture
def loaded(app):
    with app.app_context():
        shipped.load(questions_folder(), now=datetime.now(UTC))


def send(browser, data, name="set.yaml", **fields):
    return browser.post(
        "/upload",
        {"file": (io.BytesIO(data), name), **fields},
        content_type="multipart/form-data",
    )


def words(browser):
    return " ".join(re.sub(r"<[^>]+>", " ", browser.last.text).split())


def sample(**changes):
    question = {
        "id": "w-1",
        "type": "single_choice",
        "cites": ["3.1@1"],
        "level": "recall",
        "stem": {"en": "By which year is income to be high?"},
        "options": [
            {"id": "m", "text": {"en": "2030"}, "rationale": {"en": "The first step."}},
            {"id": "f", "text": {"en": "2050"}, "correct": True},
            {"id": "t", "text": {"en": "2045"}, "rationale": {"en": "No such year."}},
        ],
        "explanation": {"en": "High income is the later aim."},
    }
    return question | changes


def file_of(*questions):
    whole = {"format": 1, "bank": "walk", "title": {"en": "Walk"}, "questions": list(questions)}
    return json.dumps(whole | {"source": "foreign-policy-direction"}).encode()


@pytest.mark.usefixtures("loaded")
class TestBanks:
    def test_every_shipped_question_has_a_page(self, teacher):
        teacher.get("/banks")
        files = questions_folder().glob("*.yaml")
        banks = sum("\nbank:" in one.read_text(encoding="utf-8") for one in files)
        assert teacher.heading == f"{banks} banks are ready to ask from"
        teacher.get(SHIPPED)
        assert "questions are approved" in teacher.heading
        links = re.findall(rf'href="({SHIPPED}/questions/[^"]+)"', teacher.last.text)
        assert len(links) >= 10
        for link in links:
            assert teacher.get(link).status_code == 200
            assert "Key and reasons" in teacher.last.text

    def test_filters_keep_the_questions_that_fit(self, teacher):
        teacher.get(f"{SHIPPED}?type=numeric&level=recall")
        assert "t3-high-income-year" in teacher.last.text
        assert "t3-whose-vision" not in teacher.last.text
        teacher.get(f"{SHIPPED}?provision=9.9&page=-1")
        assert "No question fits" in teacher.last.text

    def test_a_try_is_marked_and_kept_nowhere(self, teacher):
        page = f"{SHIPPED}/questions/t3-high-income-year"
        assert "full marks" in teacher.post(f"{page}/try", {"raw": "២០៥០"}).text
        assert "no marks" in teacher.post(f"{page}/try", {"raw": "2030"}).text
        assert "Not answered" in teacher.post(f"{page}/try").text
        assert "full marks" not in teacher.get(page).text

    def test_a_shipped_bank_is_read_and_not_changed(self, teacher):
        page = f"{SHIPPED}/questions/t3-high-income-year"
        assert "Retire the question" not in teacher.get(page).text
        assert teacher.post(f"{page}/retire", {"reason": "x"}).status_code == 403
        assert teacher.get(f"{SHIPPED}/people").status_code == 403

    def test_what_is_not_there(self, teacher):
        for path in ("/banks/no", "/banks/%00", f"{SHIPPED}/questions/no", "/banks/no/export"):
            assert teacher.get(path).status_code == 404

    def test_a_download(self, teacher):
        answer = teacher.get(f"{SHIPPED}/export?format=yaml")
        assert answer.headers["Content-Disposition"].endswith('task-3-economic-diplomacy.yaml"')
        assert b"t3-high-income-year" in answer.data
        assert teacher.get(f"{SHIPPED}/export?format=doc").status_code == 422


@pytest.mark.usefixtures("loaded")
class TestUpload:
    def test_from_a_template_to_a_bank(self, teacher, stranger):
        template = teacher.get("/upload/template/xlsx").data
        send(teacher, template, "mine.xlsx", into="+new", title="Mine & yours")
        report = teacher.last.location
        teacher.follow()
        assert teacher.heading == "8 questions are ready to import"
        assert "Dry run: nothing has been changed yet" in teacher.last.text
        assert stranger.get(report).status_code == 404
        assert stranger.post(report).status_code == 404
        assert stranger.get(f"{report}/findings.csv").status_code == 404
        teacher.post(report)
        teacher.follow()
        assert "8 questions were imported" in words(teacher)
        assert "Make a quiz from this bank" in words(teacher)
        assert stranger.get("/banks/mine-yours").status_code == 404
        teacher.get(report)
        assert teacher.heading == "Everything in this file is here already"

    def test_what_is_wrong_is_said_by_line_with_its_remedy(self, teacher):
        held = sample(id="w-2", explanation=None, stem={"en": "Which step ends in that year?"})
        held.pop("explanation")
        send(teacher, file_of(sample(), held, sample(id="w-3", type="riddle")))
        report = teacher.last.location
        teacher.follow()
        assert teacher.heading == "2 questions are ready to import, 1 is not"
        page = words(teacher)
        assert "There is no question type 'riddle'" in page.replace("&#39;", "'")
        assert "Held as a draft" in page
        table = teacher.get(f"{report}/findings.csv").data.decode("utf-8-sig").splitlines()
        assert table[0] == "severity,line,question,rule,message,remedy"
        assert any(row.startswith("error,") and ",w-3," in row for row in table)
        teacher.post(report, {"cancel": "1"})
        assert teacher.get(report).status_code == 404
        assert teacher.get("/banks/walk").status_code == 404

    def test_a_question_retires_and_comes_back(self, teacher):
        send(teacher, file_of(sample()))
        teacher.post(teacher.last.location)
        page = "/banks/walk/questions/w-1"
        assert teacher.post(f"{page}/retire", {"reason": " "}).status_code == 422
        teacher.post(f"{page}/retire", {"reason": "Too easy"})
        teacher.follow()
        assert teacher.heading == "Retired: it is no longer asked"
        assert "Too easy" in teacher.last.text
        teacher.post(f"{page}/bring-back")
        teacher.follow()
        assert teacher.heading == "Approved for practice and exams"

    def test_markup_in_a_text_stays_text(self, teacher):
        evil = "<script>alert(1)</script>"
        send(teacher, file_of(sample(stem={"en": evil}, explanation={"en": evil})))
        teacher.post(teacher.last.location)
        page = teacher.get("/banks/walk/questions/w-1").text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    def test_without_a_file_or_a_bank(self, teacher):
        assert teacher.post("/upload").status_code == 422
        assert "Choose the file" in teacher.last.text
        table = teacher.get("/upload/template/csv").data
        assert send(teacher, table, "t.csv").status_code == 422
        assert "names no bank" in teacher.last.text
        assert send(teacher, table, "t.csv", into="+new", title=" ").status_code == 422
        assert send(teacher, table, "t.csv", into="no\x00").status_code == 404

    def test_a_file_that_is_too_large(self, teacher):
        assert send(teacher, b"x" * 5_300_000, into="+new", title="Large").status_code == 413
        assert send(teacher, b"x" * 8_000_000, into="+new", title="Large").status_code == 413

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.yaml", b"\xff\xfe\x00x"),
            ("a.yaml", b"format: 1\nbank: x\nquestions:\n  - !!python/object/apply:os.system [id]"),
            ("a.yaml", b"a: &a [x]\nb: &b [*a, *a]\nquestions: [*b, *b]"),
            ("a.yaml", b"questions: " + b"[" * 5000),
            ("a.csv", b"id,type,stem\n=1+1,single_choice,@SUM(A1)\n"),
            ("a.csv", b"\x00\x01\x02"),
            ("a.gift", b"::x:: {=a ~b"),
            ("a.xlsx", b"PK\x03\x04 no workbook"),
            ("a.exe", b"MZ\x90\x00"),
            ("\u202e.yaml", b"{}"),
        ],
    )
    def test_a_bad_file_is_answered_with_a_finding(self, teacher, name, data):
        answer = send(teacher, data, name, into="+new", title="Bad")
        assert answer.status_code == 303
        teacher.follow()
        assert teacher.last.status_code == 200
        assert "cannot be imported" in teacher.heading or "no question" in teacher.heading
        assert "Error" in words(teacher)
        report = answer.location
        assert teacher.get(f"{report}/findings.csv").status_code == 200
        assert teacher.get("/banks/bad").status_code == 404

    def test_a_zip_bomb(self, teacher):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
        send(teacher, packed.getvalue(), "a.xlsx", into="+new", title="Bomb")
        teacher.follow()
        assert teacher.last.status_code == 200
        assert "Error" in words(teacher)
