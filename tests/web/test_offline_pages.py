"""What a device may keep of an attempt: the server's side of going on without a connection."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from delivery_samples import EVERY_TYPE, load_bank, make_quiz
from people_browser import signed_in

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def phone(app, administrator):
    """Begins a quiz; gives the browser and the address of the attempt."""
    load_bank()

    def begin(**settings):
        browser = signed_in(app, administrator, "dara@example.org")
        quiz_id = make_quiz(shared=True, shuffle=False, **settings)
        browser.post(f"/quizzes/{quiz_id}/start")
        return browser, browser.last.location

    return begin


def slots(page):
    return re.findall(r'data-slot="(\d+)" data-revision', page)


class TestTheKeptPage:
    def test_it_has_all_questions_and_is_kept_until_the_attempt_closes(self, phone):
        browser, attempt = phone(time_limit_s=600, grace_s=300)
        answer = browser.get(f"{attempt}/kept")
        assert len(slots(answer.text)) == len(EVERY_TYPE)
        assert 890 <= int(answer.headers["X-Kept-For"]) <= 900
        assert answer.headers["Cache-Control"] == "no-store"

    def test_it_holds_no_feedback(self, phone):
        browser, attempt = phone(feedback="after_each")
        browser.post(f"{attempt}/3", {"shown": "", "base": "0", "value": "false", "check": "3"})
        rationale = "The text has it so."
        assert rationale in browser.get(f"{attempt}/3").text
        kept = browser.get(f"{attempt}/kept").text
        assert rationale not in kept
        assert 'name="check"' not in kept
        assert 'class="outcome"' not in kept

    def test_forward_only_it_has_the_open_question_alone(self, phone):
        browser, attempt = phone(navigation="forward")
        assert slots(browser.get(f"{attempt}/kept").text) == ["1"]
        # nobody reads ahead by asking for another
        assert slots(browser.get(f"{attempt}/kept?slot=2").text) == ["1"]

    def test_once_the_attempt_is_over_there_is_none(self, app, phone):
        browser, attempt = phone(time_limit_s=600, grace_s=300)
        later = datetime.now(UTC) + timedelta(seconds=901)
        app.extensions["quizapp.clock"] = lambda: later
        answer = browser.get(f"{attempt}/kept")
        assert answer.status_code == 303
        assert "X-Kept-For" not in answer.headers

    def test_nobody_else_gets_it(self, app, administrator, phone):
        _, attempt = phone()
        other = signed_in(app, administrator, "other@example.org")
        assert other.get(f"{attempt}/kept").status_code == 404
        assert app.test_client().get(f"{attempt}/kept").status_code == 303


class TestTheWorker:
    def test_it_changes_with_any_file_and_is_asked_for_each_time(self, app):
        client = app.test_client()
        answer = client.get("/worker.js")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.content_type.startswith("text/javascript")
        again = client.get("/worker.js", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
