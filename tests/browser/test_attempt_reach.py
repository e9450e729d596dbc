"""The pages of an attempt for everybody: axe, narrow screens, both languages, what is read out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from blanks_sample import CLOZE
from delivery_samples import EVERY_TYPE, load_bank, make_quiz
from playwright.sync_api import expect
from sitting_pages import ready, start, state

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

QUESTIONS = (*EVERY_TYPE, CLOZE)


@pytest.fixture
def quiz_id(app):
    load_bank(*QUESTIONS)
    sections = [{"bank": "sample", "questions": [one["id"] for one in QUESTIONS]}]
    return make_quiz(
        shared=True, shuffle=False, sections=sections, feedback="after_each", time_limit_s=3600
    )


def examine(page):
    """Nothing that axe finds, nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize(("lang", "scheme", "width"), [("en", "light", 320), ("km", "dark", 1280)])
def test_every_page_of_an_attempt(quiz_id, signed_in_device, device, lang, scheme, width):
    screen = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    context = signed_in_device(lang=lang, **screen)
    page = start(context, quiz_id)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    base = page.url.rsplit("/", 1)[0]
    for slot in range(1, len(QUESTIONS) + 1):
        page.goto(f"{base}/{slot}")
        examine(page)
    page.goto(f"{base}/kept")  # what is shown without a connection
    examine(page)
    page.goto(f"{base}/1")
    ready(page)
    page.get_by_role("radio").first.check()
    state(page, "saved")
    page.locator("button[name=check]").click()
    page.locator(".outcome").wait_for()
    examine(page)
    # two devices answer the same question: the second is told, and both answers are shown
    phone = device(**screen)
    phone.add_cookies(context.cookies())
    stale = phone.new_page()
    stale.goto(f"{base}/7")
    ready(stale)
    page.goto(f"{base}/7")
    ready(page)
    page.get_by_role("textbox").fill("typed here")
    state(page, "saved")
    stale.get_by_role("textbox").fill("typed there")
    state(stale, "refused")
    examine(stale)
    stale.goto(f"{base}/7/both")
    examine(stale)
    for place in ("all", "end"):
        page.goto(f"{base}/{place}")
        examine(page)
    page.locator("main .part form .btn").first.click()
    page.wait_for_url("**/results")
    examine(page)
    for place in (f"{base}/receipts", "/attempts"):
        page.goto(place)
        examine(page)


def test_what_a_question_page_says_aloud(quiz_id, signed_in_device):
    page = start(signed_in_device(), quiz_id)
    expect(page.locator("body")).to_match_aria_snapshot(
        """
        - link "Skip to the content"
        - banner:
          - heading /Question 1 of 8/ [level=1]
          - paragraph: /\\d+:\\d+ left · ends \\d+:\\d+/
          - paragraph: Answers are saved as you go
        - main:
          - group "By which year is income to be high, as text one has it?":
            - paragraph: Choose one answer. The right one earns all points, a wrong one none.
            - radio "2030"
            - radio "2050"
            - radio "2045"
          - checkbox "Flag for review"
          - button "Check this answer"
          - button "Save and next"
          - navigation "All questions":
            - heading "All questions" [level=2]
            - list:
              - listitem:
                - button "1 , open"
              - listitem:
                - button "2 , open"
            - button "Check and submit"
            - button "All on one page"
            - button "Leave for now"
        """
    )
