"""What the browser tests of an attempt share: finding one's way, what the browser still holds."""

import re

from delivery_samples import EVERY_TYPE
from people_browser import PASSWORD
from playwright.sync_api import BrowserContext, Page, expect

SLOTS = {one["id"]: slot for slot, one in enumerate(EVERY_TYPE, 1)}
LAST = len(SLOTS)
SAVES = re.compile(r"/api/v1/attempts/[^/]+/items/\d+/response$")


def start(context: BrowserContext, quiz_id) -> Page:
    """Begin a quiz from the list of quizzes."""
    page = context.new_page()
    page.goto("/quizzes")
    page.locator(f'form[action="/quizzes/{quiz_id}/start"] button').first.click()
    page.wait_for_url("**/attempts/*/1")
    ready(page)
    return page


def ready(page: Page) -> None:
    """The scripts have run: until then buttons post the form."""
    page.locator("form[data-live]").wait_for(state="attached")


def go(page: Page, place: str) -> None:
    """Open another page of the attempt: a question by its id, or `all`, `end`."""
    base = page.url.split("/attempts/")[1].split("/")[0]
    page.goto(f"/attempts/{base}/{SLOTS.get(place, place)}")
    ready(page)


def state(page: Page, word: str) -> None:
    """What the page says of saving."""
    expect(page.locator(".save")).to_have_attribute("data-state", word)


def outbox(page: Page) -> list[dict]:
    """What the browser still holds."""
    return page.evaluate(
        """() => new Promise((yes) => {
            const open = indexedDB.open('quizapp', 1);
            open.onsuccess = () => {
                const all = open.result.transaction('outbox').objectStore('outbox').getAll();
                all.onsuccess = () => { open.result.close(); yes(all.result); };
            };
        })"""
    )


def back_online(page: Page) -> None:
    """The browser says that the network is there again."""
    page.evaluate("dispatchEvent(new Event('online'))")


def sign_in(page: Page, email: str) -> None:
    """Sign in through the form that is open."""
    page.get_by_label("Email address or staff number").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("^(?!.*sign-in)"))
