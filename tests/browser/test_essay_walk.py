"""An essay on a phone: written, counted, kept on the way; marked on a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from delivery_samples import load_bank, make_quiz, question
from playwright.sync_api import expect
from sitting_pages import ready, start, state

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

ESSAY = question(
    "note", type="essay", options=None, words_max=800, guide=[{"en": "Thanks come first"}]
)
WRITTEN = "Thank you for the frank talk.\n\nWe agree on peace."


def examine(page):
    """Nothing that axe finds, nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_what_is_written_on_a_phone_is_marked_on_a_desk(app, signed_in_device):
    load_bank(ESSAY)
    sections = [{"bank": "sample", "questions": ["note"], "points": 10}]
    release = {"score": "after_marking", "marks": "after_marking"}
    quiz = make_quiz(shared=True, mode="exam", sections=sections, release=release)
    page = start(signed_in_device(viewport={"width": 320, "height": 740}), quiz)
    attempt = page.url.split("/attempts/")[1].split("/")[0]
    text = page.get_by_role("textbox")
    text.fill(WRITTEN)
    expect(page.get_by_text("About 10 words.")).to_be_visible()
    state(page, "saved")
    examine(page)
    page.reload()
    ready(page)
    expect(text).to_have_value(WRITTEN)
    page.goto(f"/attempts/{attempt}/end")
    page.get_by_role("button", name="Submit").last.click()
    page.wait_for_url("**/results")
    examine(page)

    desk = signed_in_device("head@example.org", "administrator").new_page()
    desk.goto(f"/quizzes/{quiz}/marking")
    examine(desk)
    desk.get_by_role("link", name="Mark the first").click()
    expect(desk.get_by_text("We agree on peace.")).to_be_visible()
    expect(desk.get_by_text("Thanks come first")).to_be_visible()
    examine(desk)
    desk.get_by_label("Points").fill("8.5")
    desk.get_by_label("Comment").fill("Warm, and brief.")
    desk.get_by_role("button", name="Give the mark").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Everything handed in is marked")
    page.reload()
    expect(page.get_by_text("Warm, and brief.")).to_be_visible()
