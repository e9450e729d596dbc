"""Whole ways through the product in a real browser, on both databases."""

from datetime import UTC, datetime

import pytest
from delivery_samples import give, load_bank, make_quiz
from people_browser import PASSWORD
from playwright.sync_api import expect
from sitting_pages import LAST, SLOTS, go, outbox, ready, sign_in, state

from quizapp.services.people import cohorts


@pytest.fixture
def given(app, cohort, instructor):
    """The join code of a cohort that a quiz is given to."""
    load_bank()
    give(make_quiz(shuffle=False), cohort)
    return cohorts.open_code(instructor, cohort.id, days=7, now=datetime.now(UTC)).code


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


class TestTheWalk:
    def test_from_the_join_code_to_ones_progress(self, given, device):
        desk, phone = device(), device(viewport={"width": 360, "height": 740})
        page = desk.new_page()
        # sign up with the code that the instructor shows
        page.goto(f"/join?code={given}")
        page.get_by_label("Name in Latin letters").fill("Sok Dara")
        page.get_by_label("Email address").fill("dara@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign up").click()
        page.wait_for_url("**/")
        # the quiz is due: begin it from the home page
        page.get_by_role("main").get_by_role("button", name="Begin").first.click()
        page.wait_for_url("**/attempts/*/1")
        ready(page)
        page.get_by_label("2050").check()
        state(page, "saved")
        page.get_by_role("button", name="Save and next").click()
        page.wait_for_url("**/2")
        ready(page)
        # the session is lost in the middle: what is answered is kept, and sent after signing in
        desk.clear_cookies(name="quizapp")
        page.get_by_label("Tariffs").check()
        page.get_by_label("Ports").check()
        state(page, "signed-out")
        page.get_by_role("link", name="Sign in again, and it is sent.").click()
        sign_in(page, "dara@example.org")
        expect(page.get_by_label("Ports")).to_be_checked()
        state(page, "saved")
        assert outbox(page) == []
        go(page, "word")
        # on a second device the attempt goes on where it is open
        other = phone.new_page()
        other.goto("/sign-in?next=/attempts")
        sign_in(other, "dara@example.org")
        other.get_by_role("link", name="Continue").click()
        other.wait_for_url(f"**/{SLOTS['verdict']}")
        ready(other)
        other.get_by_label("True").check()
        state(other, "saved")
        go(other, "word")
        other.get_by_role("textbox").fill("from the phone")
        state(other, "saved")
        # the first device still shows the old page: both texts are shown, and one is chosen
        page.get_by_role("textbox").fill("ASEAN, from the desk")
        state(page, "refused")
        page.get_by_role("link", name="See both and choose").click()
        heading(page, "This question has two answers: choose one")
        expect(page.get_by_text("from the phone")).to_be_visible()
        expect(page.get_by_text("from the desk")).to_be_visible()
        page.get_by_role("button", name="Use this answer instead").click()
        page.wait_for_url(f"**/{SLOTS['word']}")
        ready(page)
        expect(page.get_by_role("textbox")).to_have_value("ASEAN, from the desk")
        assert outbox(page) == []
        page.get_by_role("textbox").fill("asean")
        state(page, "saved")
        # hand in: what is open is said before
        page.get_by_role("button", name="Save and check").click()
        heading(page, f"{LAST - 4} questions are still open")
        page.get_by_role("button", name="Submit").click()
        heading(page, f"4 of {LAST} points")
        expect(page.get_by_text(f"4 right, {LAST - 4} not answered.")).to_be_visible()
        expect(page.get_by_role("button", name="Again with what you missed")).to_be_visible()
        # and the answers count towards the policy map
        page.get_by_role("link", name="Back to today").click()
        page.wait_for_url("**/")
        page.goto("/provisions/3.1")
        expect(page.get_by_role("main")).to_contain_text(f"from {LAST} answers")


class TestWithoutScripts:
    def test_every_step_by_forms(self, quiz, signed_in_device):
        page = signed_in_device(java_script_enabled=False).new_page()
        quiz_id = quiz()
        page.goto("/quizzes")
        page.locator(f'form[action="/quizzes/{quiz_id}/start"] button').first.click()
        page.get_by_label("2050").check()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_label("Tariffs").check()
        page.get_by_label("Ports").check()
        page.get_by_label("Flag for review").check()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_label("True").check()
        page.get_by_role("button", name="All on one page").click()
        expect(page.get_by_label("2050")).to_be_checked()
        page.get_by_label("Hanoi").select_option(label="Viet Nam")
        page.get_by_label("Vientiane").select_option(label="Laos")
        page.get_by_role("textbox").first.fill("២០៥០")
        page.get_by_role("textbox").last.fill("asean")
        page.get_by_role("textbox").last.press("Enter")
        for step in ("Second aim", "First aim"):
            while page.get_by_role("button", name=f"Move up: {step}").is_enabled():
                page.get_by_role("button", name=f"Move up: {step}").click()
        page.get_by_role("button", name="Save and check").click()
        heading(page, "Every question is answered")
        expect(page.get_by_text("You meant to come back to these.")).to_be_visible()
        page.get_by_role("button", name="Submit").click()
        heading(page, f"{LAST} of {LAST} points")


class TestByKeyboard:
    def test_from_the_first_question_to_the_result(self, quiz, sitting):
        page = sitting()
        press = page.keyboard.press

        def reach(role, name):
            wanted = page.get_by_role(role, name=name)
            for _ in range(60):
                if wanted.count() and wanted.first.evaluate(
                    "(one) => one === document.activeElement"
                ):
                    return
                press("Tab")
            raise AssertionError(f"the keyboard does not reach {name}")

        reach("radio", page.locator(".opt label").first.inner_text())
        press("Space")
        state(page, "saved")
        press("ArrowDown")
        expect(page.get_by_role("radio").nth(1)).to_be_checked()
        reach("button", "Save and next")
        press("Enter")
        page.wait_for_url("**/2")
        go(page, "order")
        first = page.locator(".order li span").first.inner_text()
        reach("button", f"Move down: {first}")
        press("Enter")
        expect(page.locator(".order li").nth(1)).to_contain_text(first)
        expect(page.locator(".moved")).to_have_text("Now place 2 of 3")
        press("Enter")
        expect(page.locator(".order li").nth(2)).to_contain_text(first)
        state(page, "saved")
        go(page, "word")
        page.get_by_role("textbox").focus()
        page.keyboard.type("asean")
        press("Enter")
        page.wait_for_url("**/end")
        reach("button", "Submit")
        press("Enter")
        page.wait_for_url("**/results")
        heading(page, f"of {LAST} points")
