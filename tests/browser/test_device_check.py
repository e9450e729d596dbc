"""Checking a device before an exam, in a browser that can all of it and in ones that cannot."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_it_says_what_the_device_can_and_what_to_do(signed_in_device):
    page = signed_in_device().new_page()
    page.goto("/check")
    expect(page.locator("h1")).to_have_text("This device is ready for an exam")
    assert page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))") in (
        [],
        ["quizapp"],
    )
    # a portal answers, the clock is set wrong, and the browser keeps nothing
    page.route(
        re.compile("/check$"),
        lambda route: (
            route.fulfill(body="<h1>Wi-Fi</h1>")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.add_init_script("indexedDB.open = () => { throw new Error('private'); }")
    page.reload()
    expect(page.locator("h1")).to_have_text("Something needs a look before an exam")
    expect(page.locator("[data-check=saving]")).to_contain_text("The server did not answer.")
    expect(page.locator("[data-check=clock]")).to_contain_text("could not be compared")
    expect(page.locator("[data-check=keeping]")).to_contain_text("This browser keeps nothing.")


def test_without_scripts_it_says_what_that_means(signed_in_device):
    page = signed_in_device(java_script_enabled=False, lang="km").new_page()

    page.goto("/check")
    expect(page.locator(".note.warn")).to_contain_text("JavaScript")
    expect(page.locator("[data-check=saving] [role=status]")).to_have_text("មិន\u200bបាន\u200bពិនិត្យ")
