"""The start of an exam in the browser: what is read, typed and accepted before it begins."""

import html
import re
from datetime import UTC, datetime

import pytest
from people_browser import signed_in
from services.bank_samples import load_source, question, read

from quizapp.services.banks.importing import import_bank

BANK = "shipped-sample"
PLEDGE = "I answer alone and use no other help."


@pytest.fixture
def rooms(app, administrator, cohort):
    """An instructor and a trainee of one cohort, and a bank."""
    load_source()
    questions = [question(f"q-{n}") for n in range(3)]
    report = import_bank(None, read(*questions, bank=BANK), now=datetime.now(UTC), shipped=True)
    assert report.rejected == 0
    teacher = signed_in(app, administrator, "teach@example.org", "instructor")
    learner = signed_in(app, administrator, "learn@example.org")
    teacher.post("/cohorts/new", {"code": "ROOM", "title": "Exam room"})
    cohort_id = teacher.last.location.split("/")[2]
    head = signed_in(app, administrator, "head@example.org", "administrator")
    head.post(f"/cohorts/{cohort_id}/members", {"names": "learn@example.org"})
    return teacher, learner, cohort_id


def exam(teacher, cohort_id, **changes):
    fields = {
        "count": "1",
        "title.en": "Entry exam",
        "mode": "exam",
        "window_cuts": "0",
        "counts": "best",
        "time_limit_s": "30",
        "instructions.en": "Read each question twice.\n\nThen answer.",
        "honour.en": PLEDGE,
        "navigation": "free",
        "feedback": "at_end",
        "sections[0].bank": BANK,
        "sections[0].how": "draw",
        "sections[0].draw": "2",
        "sections[0].points": "1",
        "do": "make",
    } | changes
    answer = teacher.post("/quizzes/new", fields)
    assert answer.status_code == 303, answer.text
    quiz = answer.location
    given = teacher.post(
        f"{quiz}/assignments", {"cohort": cohort_id, "access_code": "Mekong 24", "closes_at": ""}
    )
    assert given.status_code == 303, given.text
    return quiz


def words(browser):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.last.text)).split())


def test_from_the_invitation_to_the_first_question(rooms):
    teacher, learner, cohort_id = rooms
    quiz = exam(teacher, cohort_id)
    teacher.get(quiz)
    assert "Access code: Mekong 24" in words(teacher)
    for page in ("/", "/quizzes"):
        learner.get(page)
        assert f'href="{quiz}">Begin the exam' in learner.last.text  # something to read first
        assert f'action="{quiz}/start"' not in learner.last.text
    learner.get(quiz)
    page = words(learner)
    assert "Read each question twice. Then answer." in page
    assert PLEDGE in page
    assert "Whoever begins before the window closes has the whole time." in page
    assert "Mekong" not in page
    entry = dict(re.findall(r'name="(assignment)" value="([^"]+)"', learner.last.text))

    refused = learner.post(f"{quiz}/start", entry)
    assert refused.status_code == 422
    assert "Type the code that the invigilator gives you." in words(learner)
    assert "Accept the statement to begin." in words(learner)
    refused = learner.post(f"{quiz}/start", entry | {"access_code": "Tonle", "honour": "1"})
    assert refused.status_code == 422
    assert "This is not the code" in words(learner)
    assert learner.field("access_code") == "Tonle"  # nothing is typed twice
    assert 'name="honour" value="1" checked' in learner.last.text

    begun = learner.post(f"{quiz}/start", entry | {"access_code": "mekong24", "honour": "1"})
    assert begun.status_code == 303
    learner.follow()
    learner.follow()
    assert "Question 1 of 2" in words(learner)
    assert "Read each question twice." in words(learner)  # still within reach
    learner.get("/quizzes")
    assert "Go on" in words(learner)


def test_a_page_says_until_when_one_can_begin(rooms):
    teacher, learner, cohort_id = rooms
    quiz = exam(teacher, cohort_id)
    teacher.get(quiz)
    window = re.search(r'href="(/assignments/[^"/]+)"', teacher.last.text)[1]
    terms = {"last_entry_at": "2101-01-01T09:00", "closes_at": "2101-01-01T12:00"}
    assert teacher.post(window, terms).status_code == 303
    learner.get(quiz)
    assert learner.heading == "You can begin until 1 January 2101, 09:00"


def test_guesses_wait_and_say_so(rooms):
    teacher, learner, cohort_id = rooms
    quiz = exam(teacher, cohort_id)
    learner.get(quiz)
    entry = dict(re.findall(r'name="(assignment)" value="([^"]+)"', learner.last.text))
    answers = [
        learner.post(f"{quiz}/start", entry | {"access_code": f"guess {n}", "honour": "1"})
        for n in range(4)
    ]
    assert [one.status_code for one in answers] == [422, 422, 422, 429]
    assert "nothing is locked" in words(learner)


def test_the_code_is_changed_and_taken_away_with_the_window(rooms):
    teacher, learner, cohort_id = rooms
    quiz = exam(teacher, cohort_id, **{"honour.en": "", "instructions.en": ""})
    teacher.get(quiz)
    window = re.search(r'href="(/assignments/[^"/]+)"', teacher.last.text)[1]
    teacher.get(window)
    assert teacher.field("access_code") == "Mekong 24"
    short = teacher.post(window, {"access_code": "ab"})
    assert short.status_code == 422
    assert "Give at least 4 letters or figures." in words(teacher)
    assert teacher.post(window, {"access_code": ""}).status_code == 303
    learner.get(quiz)
    assert 'name="access_code"' not in learner.last.text
    assert learner.post(f"{quiz}/start").status_code == 303


def test_words_longer_than_a_page_are_refused_beside_their_field(rooms):
    teacher, _learner, _cohort_id = rooms
    answer = teacher.post(
        "/quizzes/new",
        {
            "count": "1",
            "title.en": "Long",
            "mode": "exam",
            "instructions.en": "x" * 4001,
            "sections[0].bank": BANK,
            "sections[0].draw": "1",
            "do": "make",
        },
    )
    assert answer.status_code == 422
    assert 'id="instructions.en-e"' in answer.text
