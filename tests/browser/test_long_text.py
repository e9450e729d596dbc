"""A long text being written: kept at every key, sent on time."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sitting_pages import go, outbox, state

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

AS_LONG_TEXT = """() => {
    const field = document.querySelector('.question [name=text]');
    const area = document.createElement('textarea');
    Object.assign(area, { name: 'text', id: field.id, className: 'in' });
    field.replaceWith(area);
}"""


def test_a_long_text_is_kept_at_every_key_and_sent_in_steps(sitting):
    page = sitting()
    page.clock.install()
    go(page, "word")
    page.evaluate(AS_LONG_TEXT)
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    saves = []
    page.on("request", lambda one: saves.append(one) if one.method == "PUT" else None)
    field = page.get_by_role("textbox")
    field.press_sequentially("First line")
    page.clock.run_for(4000)
    field.press("Enter")
    field.press_sequentially("and the second")
    assert [one["response"] for one in outbox(page)] == [{"text": "First line\nand the second"}]
    assert saves == []
    page.clock.run_for(1000)  # since the first key, not since the last
    state(page, "saved")
    assert len(saves) == 1
    assert outbox(page) == []
    field.press_sequentially(".")
    field.blur()
    state(page, "saved")
    assert len(saves) == 2


def test_what_does_not_fit_marks_the_long_text_itself(sitting):
    page = sitting()
    go(page, "word")
    page.evaluate(AS_LONG_TEXT)
    field = page.get_by_role("textbox")
    field.fill("x" * 30_000)
    field.blur()
    state(page, "refused")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("x" * 30_000)
