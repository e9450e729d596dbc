"""What the invigilator does, as it reaches the page on which somebody is answering."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from delivery_samples import give, make_quiz
from playwright.sync_api import expect
from sitting_pages import back_online, go, ready, state
from sqlalchemy import select

from quizapp.domain.access import Actor
from quizapp.services.attempts import extending, pausing, room
from quizapp.services.people import accommodations
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import add_member
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def now():
    return datetime.now(UTC)


def person(email) -> UUID:
    with transaction(write=False) as session:
        return session.scalars(select(Person.id).where(Person.email == email)).one()


@pytest.fixture
def exam(quiz, cohort):
    """An exam of an hour that is given to the cohort."""
    found = make_quiz(mode="exam", shuffle=False, time_limit_s=3600, grace_s=60)
    return found, give(found, cohort)


@pytest.fixture
def sit(signed_in_device, cohort, exam):
    """Begins the exam as somebody new of the cohort."""

    def begin(email, before=lambda _: None):
        context = signed_in_device(email)
        with transaction(write=True) as session:
            add_member(session, cohort.id, person(email), "trainee", now())
        before(person(email))
        page = context.new_page()
        page.goto("/quizzes")
        page.locator(f'form[action="/quizzes/{exam[0]}/start"] button').first.click()
        page.wait_for_url("**/attempts/*/1")
        ready(page)
        return page

    return begin


def attempt_of(page) -> UUID:
    return UUID(page.url.split("/attempts/")[1].split("/")[0])


def minutes(page) -> int:
    """The whole minutes that the clock shows."""
    parts = page.locator("[data-left]").inner_text().split(":")
    return int(parts[-3]) * 60 + int(parts[-2]) if len(parts) == 3 else int(parts[0])


def test_longer_time_is_theirs_alone(sit, administrator):
    granted = {"time_percent": "150", "larger_text": "yes"}
    longer = sit(
        "dara@example.org",
        lambda one: accommodations.grant(administrator, one, granted, now=now()),
    )
    other = sit("bopha@example.org")
    assert (minutes(longer), minutes(other)) == (89, 59)
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert longer.evaluate(size) > other.evaluate(size)


def test_minutes_a_message_and_a_pause_reach_the_open_page(sit, instructor: Actor, exam):
    page = sit("dara@example.org")
    attempt = attempt_of(page)
    page.get_by_label("2050").check()
    state(page, "saved")
    extending.extend(instructor, exam[1], attempt, minutes="30", reason="The projector", now=now())
    room.say(instructor, exam[1], "Thirty minutes more for you", now=now())
    back_online(page)
    expect(page.locator("#messages")).to_contain_text("Thirty minutes more for you")
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^1:2\d:"))
    expect(page.locator("#messages .note")).to_have_count(1)

    pausing.pause(instructor, exam[1], now=now())
    back_online(page)
    expect(page.locator("#paused")).to_be_visible()
    expect(page.locator("form.sit")).to_have_attribute("inert", "")
    stands = page.locator("[data-left]").inner_text()
    pausing.resume(instructor, exam[1], now=now())
    assert page.locator("[data-left]").inner_text() == stands
    back_online(page)
    expect(page.locator("#paused")).to_be_hidden()
    page.get_by_label("2045").check()
    state(page, "saved")
    # a page that is opened during the pause has no clock; it gets one when time goes on
    pausing.pause(instructor, exam[1], now=now())
    go(page, "2")
    expect(page.locator("[data-left]")).to_have_count(0)
    pausing.resume(instructor, exam[1], now=now())
    back_online(page)
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^1:2\d:"))

    room.end(instructor, exam[1], now=now())
    back_online(page)
    page.wait_for_url("**/results")


def test_time_given_at_the_last_moment_keeps_the_page_open(sit, instructor: Actor, exam):
    page = sit("dara@example.org")
    attempt = attempt_of(page)
    with transaction(write=True) as session:  # two seconds are left
        row = session.get(Attempt, attempt)
        row.closes_at, row.deadline = now() + (row.closes_at - row.deadline), now()
    page.reload()
    ready(page)
    expect(page.locator("form.sit")).to_have_attribute("inert", "")
    extending.extend(instructor, exam[1], attempt, minutes="5", reason="A lamp", now=now())
    expect(page.locator("form.sit[inert]")).to_have_count(0, timeout=15_000)
    assert minutes(page) == 4
    assert page.url.endswith("/1")


def test_the_room_follows_without_being_loaded_again(
    sit, signed_in_device, cohort, instructor: Actor, exam
):
    page = sit("dara@example.org")
    context = signed_in_device("teacher@example.org", role="instructor")
    with transaction(write=True) as session:
        add_member(session, cohort.id, person("teacher@example.org"), "instructor", now())
    watching = context.new_page()
    watching.goto(f"/assignments/{exam[1]}/room")
    line = watching.locator(".sitters > li").filter(has_text="at work")
    expect(line).to_contain_text("0 of 7 answered")
    watching.evaluate("window.before = true")
    page.get_by_label("2050").check()
    state(page, "saved")
    expect(line).to_contain_text("1 of 7 answered")
    assert watching.evaluate("window.before")
    watching.get_by_label("Message to everybody").fill("Quiet, please")
    pausing.pause(instructor, exam[1], now=now())  # what is being typed is not thrown away
    watching.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert watching.get_by_label("Message to everybody").input_value() == "Quiet, please"
    watching.get_by_role("button", name="Send the message").click()
    expect(watching.locator("h1")).to_contain_text("Paused")
    back_online(page)
    expect(page.locator("#messages")).to_contain_text("Quiet, please")
