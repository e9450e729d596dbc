"""Essays in the browser: written without scripts, marked by their instructor."""

import html
import re
from datetime import UTC, datetime

import pytest
from people_browser import signed_in
from services.bank_samples import load_source, question, read

from quizapp.services.banks.importing import import_bank

BANK = "shipped-sample"
NOTE = "Your Excellency,\n\nthank you for the frank talk."


@pytest.fixture
def rooms(app, administrator):
    """An instructor, two trainees of their cohort, and an exam of one essay given to it."""
    load_source()
    essay = question(
        "note", type="essay", options=None, words_max=800, guide=[{"en": "Thanks first"}]
    )
    report = import_bank(None, read(essay, bank=BANK), now=datetime.now(UTC), shipped=True)
    assert report.rejected == 0
    teacher = signed_in(app, administrator, "teach@example.org", "instructor")
    learners = [signed_in(app, administrator, f"{name}@example.org") for name in ("sok", "sao")]
    teacher.post("/cohorts/new", {"code": "ROOM", "title": "Exam room"})
    cohort_id = teacher.last.location.split("/")[2]
    head = signed_in(app, administrator, "head@example.org", "administrator")
    names = "sok@example.org\nsao@example.org"
    head.post(f"/cohorts/{cohort_id}/members", {"names": names})
    fields = {
        "count": "1",
        "title.en": "Note",
        "mode": "exam",
        "release.score": "after_marking",
        "release.marks": "after_marking",
        "sections[0].bank": BANK,
        "sections[0].draw": "1",
        "sections[0].points": "10",
        "do": "make",
    }
    quiz = teacher.post("/quizzes/new", fields).location
    assert teacher.post(f"{quiz}/assignments", {"cohort": cohort_id}).status_code == 303
    return teacher, learners, quiz


def words(browser):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.last.text)).split())


def hand_in(learner, quiz):
    learner.post(f"{quiz}/start")
    base = learner.last.location
    learner.get(f"{base}/1")
    assert "At most 800 words." in words(learner)
    assert "Thanks first" not in learner.last.text
    shown = {name: learner.field(name) for name in ("shown", "base")}
    sent = NOTE.replace("\n", "\r\n")  # as a form sends lines
    learner.post(f"{base}/1", shown | {"text": sent, "go": "end"})
    learner.get(f"{base}/1")
    kept = re.search(r"<textarea[^>]*>(.*?)</textarea>", learner.last.text, re.S)[1]
    assert html.unescape(kept).lstrip("\n") == NOTE
    learner.post(f"{base}/submit")
    learner.get(f"{base}/results")
    return base


def test_from_the_empty_page_to_the_mark(rooms):
    teacher, (first, second), quiz = rooms
    for learner in (first, second):
        base = hand_in(learner, quiz)
    assert "released later" in words(second)
    teacher.get(quiz)
    assert "2 attempts wait for your marks" in words(teacher)
    teacher.get(f"{quiz}/marking")
    assert teacher.heading == "2 answers wait for a mark"
    assert "sok@example.org" not in teacher.last.text
    path = re.search(r'href="(/attempts/[^"]+/marking)">Mark the first', teacher.last.text)[1]
    teacher.get(path)
    page = words(teacher)
    assert "Your Excellency, thank you for the frank talk." in page
    assert "Thanks first" in page
    wrong = teacher.post(path, {"points": "11", "comment": "Good.", "seen": "0"})
    assert wrong.status_code == 422
    assert "Give between 0 and 10.00 points." in words(teacher)
    assert teacher.field("comment") == "Good."
    given = teacher.post(path, {"points": "7,5", "comment": "Warm, and brief.", "seen": "0"})
    assert given.status_code == 303
    assert given.location != path  # on to the next
    late = teacher.post(path, {"points": "3", "comment": "", "seen": "0"})
    assert late.status_code == 409
    assert "Marked with 7.5 of 10 points" in words(teacher)
    first.get(f"{base.rsplit('/', 1)[0]}/{path.split('/')[2]}/results")
    shown = words(first)
    assert "7.5 of 10 points" in shown
    assert "Warm, and brief." in shown
    teacher.get(f"{quiz}/report/gradebook")
    assert "to be marked" in words(teacher)


def test_it_is_not_for_trainees_nor_for_others(rooms, app, administrator):
    teacher, (first, _), quiz = rooms
    base = hand_in(first, quiz)
    other = signed_in(app, administrator, "other@example.org", "instructor")
    for stranger in (first, other):
        assert stranger.get(f"{base}/1/marking").status_code in (403, 404)
        answer = stranger.post(f"{base}/1/marking", {"points": "10", "seen": "0"})
        assert answer.status_code in (403, 404)
    assert other.get(f"{quiz}/marking").status_code == 404
    assert teacher.get(f"{base}/1/marking").status_code == 200
