"""Forward only, and one device at a time, in a real browser with its scripts."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect
from sitting_pages import LAST, SAVES, ready, sign_in, state

# what the browser does is the same on either database; the pages' own tests run on both
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def busy(route):
    """The server is busy; a page that has gone meanwhile does not hear of it."""
    with suppress(Error):
        route.fulfill(status=503, body="")


def test_an_answer_on_its_way_counts_when_the_page_goes_on(sitting):
    page = sitting(navigation="forward")
    page.get_by_role("button", name="Save and next").click()
    heading(page, "Question 1 is not answered")
    page.get_by_role("link", name="Back to the question").click()
    ready(page)
    page.context.route(SAVES, busy)
    page.get_by_label("2050").check()
    state(page, "kept")
    page.get_by_role("button", name="Save and next").click()
    page.get_by_role("button", name="Go on without an answer").click()
    page.wait_for_url("**/2")
    ready(page)
    expect(page.locator(".cells .past")).to_contain_text("left for good")
    page.context.unroute(SAVES)
    with page.expect_response(lambda answer: SAVES.search(answer.url) and answer.ok):
        page.reload()
    expect(page.locator("#left")).to_be_hidden()
    page.get_by_role("button", name="Check and submit").click()
    heading(page, f"{LAST - 1} questions are still open")


def test_another_device_takes_over_and_it_is_taken_back(sitting, device):
    page = sitting(mode="exam")
    phone = device(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(page.url)
    sign_in(phone, "dara@example.org")
    heading(phone, "being taken on another device")
    phone.get_by_role("button", name="Go on here").click()
    phone.wait_for_url("**/1")
    page.get_by_label("2050").check()
    state(page, "saved")
    expect(page.locator("#moved")).to_be_visible()
    page.get_by_role("link", name="Take it back to this device").click()
    heading(page, "being taken on another device")
    page.get_by_role("button", name="Go on here").click()
    ready(page)
    expect(page.locator("[data-count=answered]")).to_have_text("1")
