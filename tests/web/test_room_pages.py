"""The room's pages, and the accommodation's: what stands there, what can be done, who may."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from delivery_samples import Browser as Device
from delivery_samples import give, load_bank, make_quiz
from people_browser import signed_in
from quiz_samples import Statements
from sqlalchemy import select

from quizapp.domain.access import Actor
from quizapp.services.attempts import outages, starting
from quizapp.storage.accommodations import LateEntry
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import add_member
from quizapp.storage.database import transaction
from quizapp.storage.outages import Outage
from quizapp.storage.people import Person

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
PAGES = ("room", "room/state", "room/wall", "room/attendance", "room/end", "room/{person}")


def person_id(email) -> UUID:
    with transaction(write=False) as session:
        return session.scalars(select(Person.id).where(Person.email == email)).one()


@pytest.fixture
def enter(app, administrator, cohort):
    """Signs somebody new in, in the cohort where they have a part."""

    def make(email, role="trainee", part=None, **more):
        browser = signed_in(app, administrator, email, role, **more)
        if part:
            with transaction(write=True) as session:
                add_member(session, cohort.id, person_id(email), part, NOW)
        return browser

    return make


@pytest.fixture
def teacher(enter):
    return enter("teacher@example.org", "instructor", "instructor")


@pytest.fixture
def exam(app, cohort):
    load_bank()
    quiz = make_quiz(mode="exam", shuffle=False, time_limit_s=3600, grace_s=60)
    return quiz, give(quiz, cohort, closes_at=NOW + 3 * HOUR)


@pytest.fixture
def sitting(enter, exam, cohort):
    """Dara sits the exam; the attempt's browser is that of the device."""
    dara = enter("dara@example.org", part="trainee", name="Dara Sok")
    actor = Actor(person_id("dara@example.org"), "trainee", attends=frozenset({cohort.id}))
    return dara, Device.of(actor, starting.start(actor, exam[0], now=datetime.now(UTC)).id)


def attempt_of(device) -> Attempt:
    with transaction(write=False) as session:
        return session.get(Attempt, device.attempt_id)


def test_who_may_enter(app, enter, teacher, administrator, exam, sitting):
    boss = enter("boss@example.org", "administrator")
    stranger = enter("else@example.org", "instructor")
    dara, device = sitting
    for page in PAGES:
        path = f"/assignments/{exam[1]}/{page.format(person=device.actor.id)}"
        assert [one.get(path).status_code for one in (boss, teacher)] == [200, 200], path
        assert stranger.get(path).status_code == 404
        assert dara.get(path).status_code == 403
    for page in ("pause", "resume", "say", "end", str(device.actor.id)):
        path = f"/assignments/{exam[1]}/room/{page}"
        assert stranger.post(path, {"body": "x", "do": "say"}).status_code == 404
        assert dara.post(path, {"body": "x", "do": "say"}).status_code == 403
    assert teacher.get(f"/assignments/{exam[1]}/room/{UUID(int=7)}").status_code == 404


def test_the_list_says_how_everybody_stands_and_is_asked_for_cheaply(teacher, enter, exam, sitting):
    enter("absent@example.org", part="trainee", name="Chan Mom")
    room = f"/assignments/{exam[1]}/room"
    teacher.get(room)
    with Statements() as counted:
        text = teacher.get(room).text
    assert len(counted.sent) <= 8
    assert teacher.heading == "1 trainee is at work"
    assert "Dara Sok" in text
    assert "0 of 7 answered" in text
    shown = teacher.get(f"{room}?show=not-started").text
    assert shown.count('data-standing="working" hidden') == 1
    assert 'data-standing="here" hidden' not in shown
    state = teacher.get(f"{room}/state")
    assert [line[0] for line in state.json["lines"]] == ["here", "working"]
    assert state.json["shown"] == "11"
    with Statements() as counted:
        again = teacher.get(f"{room}/state", headers={"If-None-Match": state.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert len(counted.sent) <= 5
    sitting[1].save(1, {"choice": "f"}, now=NOW)
    changed = teacher.get(f"{room}/state", headers={"If-None-Match": state.headers["ETag"]})
    assert changed.json["lines"][1][2] == "1 of 7 answered"
    assert "Dara" not in teacher.get(f"{room}/wall").text
    assert "Signature" in teacher.get(f"{room}/attendance").text


def test_what_an_invigilator_can_do_for_one(teacher, enter, exam, sitting):
    _, device = sitting
    place = f"/assignments/{exam[1]}/room/{device.actor.id}"
    before = attempt_of(device).deadline
    extend = {"do": "extend", "attempt": device.attempt_id, "minutes": "10", "reason": "A lamp"}
    for wrong in ({"minutes": "no"}, {"reason": ""}):
        answer = teacher.post(place, extend | wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    for nothing in ({"attempt": "no"}, {"do": "no"}):
        assert teacher.post(place, extend | nothing).status_code == 404
    assert attempt_of(device).deadline == before
    assert teacher.post(place, extend).status_code == 303
    assert attempt_of(device).deadline == before + timedelta(minutes=10)
    assert "10 minutes more: A lamp" in teacher.get(place).text
    assert teacher.post(place, {"do": "end"}).status_code == 303
    assert attempt_of(device).state == "open"
    assert teacher.post(place, {"do": "end", "sure": "yes"}).status_code == 303
    assert attempt_of(device).state == "closed"
    assert teacher.post(place, extend).status_code == 409

    enter("late@example.org", part="trainee")
    late = f"/assignments/{exam[1]}/room/{person_id('late@example.org')}"
    entry = {"do": "let_in", "until": "2040-01-01T10:00", "reason": "The flood"}
    assert teacher.post(late, entry | {"until": "2020-01-01T10:00"}).status_code == 422
    assert teacher.post(late, entry).status_code == 303
    with transaction(write=False) as session:
        assert session.scalars(select(LateEntry.reason)).one() == "The flood"


def test_a_page_without_scripts_shows_the_pause_and_what_was_said(teacher, exam, sitting):
    dara, device = sitting
    page = f"/attempts/{device.attempt_id}/1"
    room = f"/assignments/{exam[1]}/room"
    assert " inert" not in dara.get(page).text
    assert teacher.post(f"{room}/say", {"body": " "}).status_code == 422
    teacher.post(f"{room}/say", {"body": "Lunch is <late>"})
    teacher.post(f"{room}/pause")
    text = dara.get(page).text
    assert "Lunch is &lt;late&gt;" in text
    assert " inert" in text
    assert '<p class="hold warn" id="paused" role="status">' in text
    told = dara.post(f"/attempts/{device.attempt_id}/presence", {"known": "x"}).json
    assert (told["open"], told["paused"], told["left"]) == (True, True, None)
    assert [one["body"] for one in told["messages"]] == ["Lunch is <late>"]
    # the page's clock cannot end what stands still
    dara.post(f"/attempts/{device.attempt_id}/submit", {"by_clock": "yes"})
    assert attempt_of(device).state == "open"
    teacher.post(f"{room}/resume")
    text = dara.get(page).text
    assert " inert" not in text
    assert 'data-left="' in text
    assert teacher.post(f"{room}/end").status_code == 303
    assert not dara.post(f"/attempts/{device.attempt_id}/presence").json["open"]


def test_an_accommodation_is_set_by_an_administrator_and_seen_by_whom_it_concerns(
    teacher, enter, cohort, exam, sitting
):
    boss = enter("boss@example.org", "administrator")
    dara, device = sitting
    other = enter("other@example.org", part="trainee")
    path = f"/people/{device.actor.id}/accommodation"
    assert boss.get(path).status_code == 200
    wrong = boss.post(path, {"time_percent": "50"})
    assert (wrong.status_code, 'value="50"' in wrong.text) == (422, True)
    assert boss.post(path, {"time_percent": "150", "larger_text": "yes"}).status_code == 303
    assert teacher.get(path).status_code == 403
    words = "150 per cent of the time"
    for browser, where in (
        (boss, f"/people/{device.actor.id}"),
        (teacher, f"/cohorts/{cohort.id}/trainees/{device.actor.id}"),
        (dara, "/account"),
    ):
        assert words in browser.get(where).text
    assert words not in other.get("/account").text
    own = "You have 90 minutes, as you are granted."
    assert own in dara.get(f"/quizzes/{exam[0]}").text
    assert "as you are granted" not in other.get(f"/quizzes/{exam[0]}").text
    assert 'class="larger"' in dara.get(f"/attempts/{device.attempt_id}/1").text


def test_an_outage_is_decided_by_an_administrator_and_seen_by_staff(teacher, enter, exam, sitting):
    boss = enter("boss@example.org", "administrator")
    dara, device = sitting
    began = attempt_of(device).deadline - timedelta(minutes=5)
    outages.beat(began)
    outages.beat(began + timedelta(minutes=30))
    assert teacher.get("/outages").status_code == 200
    assert teacher.heading == "1 attempt waits for a decision"
    assert "Give the minutes back" not in teacher.last.text
    assert "waits for a decision" in boss.get("/").text
    assert "1 attempt waits: the server was away" in boss.get(f"/assignments/{exam[1]}/room").text
    assert dara.get("/outages").status_code == 403
    with transaction(write=False) as session:
        outage = session.scalars(select(Outage.id)).one()
    assert teacher.post(f"/outages/{outage}/give-back").status_code == 403
    for said in ("The minutes are given back to 1 attempt.", "Somebody has decided already."):
        assert boss.post(f"/outages/{outage}/give-back").status_code == 303
        assert said in boss.follow().text
    assert boss.heading == "No outage waits for a decision"
