"""The deadline comes while somebody writes: what was written before it is there, and counts."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from delivery_samples import load_bank, make_quiz, question
from playwright.sync_api import expect
from sitting_pages import SAVES, outbox, ready, start

from quizapp.storage import responses
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import core_transaction, transaction

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

LIMIT_S = 90
LAST_WORDS_S = 4  # less than a long text waits before it is sent: the deadline finds it unsent
FROM_A_FILE = "Agreed. " * 1500


def stored(attempt_id):
    with core_transaction(write=False) as connection:
        return responses.responses_of_all(connection, [attempt_id])[attempt_id][1]


@pytest.fixture
def essay_page(app, signed_in_device):
    load_bank(question("note", type="essay", options=None))
    sections = [{"bank": "sample", "questions": ["note"]}]
    limits = {"time_limit_s": LIMIT_S, "grace_s": 60}
    page = start(
        signed_in_device(), make_quiz(shared=True, mode="exam", sections=sections, **limits)
    )
    return page, UUID(page.url.split("/attempts/")[1].split("/")[0])


def test_what_is_written_up_to_the_deadline_counts(essay_page, clock):
    page, attempt_id = essay_page
    page.clock.install()
    page.add_init_script("Math.random = () => 0.5")
    page.reload()
    ready(page)
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))
    left = int(page.evaluate("document.querySelector('[data-left]').dataset.left")) - 5
    page.clock.fast_forward((left - LAST_WORDS_S) * 1000)
    page.get_by_role("textbox").fill("Peace first,\nthen trade.")
    assert len(outbox(page)) == 1
    with transaction(write=False) as session:
        deadline = session.get_one(Attempt, attempt_id).deadline
    clock.ahead = deadline + timedelta(seconds=0.3) - datetime.now(UTC)
    page.clock.run_for((LAST_WORDS_S + 2) * 1000)
    expect(page.locator("form[data-attempt]")).to_have_attribute("inert", "")
    page.clock.run_for(12_000)
    page.wait_for_url("**/results")
    row = stored(attempt_id)
    assert json.loads(row.body) == {"text": "Peace first,\nthen trade."}
    assert row.late
    assert outbox(page) == []


def test_a_text_that_is_too_long_is_kept_whole_until_it_is_cut_by_its_writer(essay_page):
    page, attempt_id = essay_page
    field = page.get_by_role("textbox")
    field.focus()
    page.keyboard.insert_text(FROM_A_FILE)
    field.blur()
    expect(page.get_by_text("This is too long.")).to_be_visible()
    expect(field).to_have_value(FROM_A_FILE)
    field.fill(FROM_A_FILE[:80])
    field.blur()
    expect(page.locator(".save")).to_have_attribute("data-state", "saved")
    assert json.loads(stored(attempt_id).body) == {"text": FROM_A_FILE[:80]}


def test_what_the_device_still_holds_is_put_back_and_counted(essay_page):
    page, _ = essay_page
    page.context.route(SAVES, lambda route: route.abort())
    page.get_by_role("textbox").fill("Peace first, then trade.")
    page.get_by_role("textbox").blur()
    expect(page.locator(".save")).to_have_attribute("data-state", "kept")
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value("Peace first, then trade.")
    expect(page.get_by_text("About 4 words.")).to_be_visible()
