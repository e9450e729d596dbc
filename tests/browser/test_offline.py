"""Attempts that go on without a connection: the copy that a device keeps, and whose it is."""

import re

import pytest
from playwright.sync_api import Error, expect
from sitting_pages import LAST, back_online, go, outbox, ready, sign_in, state

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def copies(page):
    """The names of what the browser keeps."""
    return page.evaluate("caches.keys()")


def until_kept(page):
    """The device keeps the attempt, and its worker is at work."""
    page.evaluate(
        """async () => {
            const isKept = async () => navigator.serviceWorker.controller
                && await caches.match('/kept/about');
            while (!await isKept()) await new Promise((yes) => setTimeout(yes, 50));
        }"""
    )


@pytest.fixture
def kept(sitting):
    """Opens an attempt and waits until the device keeps it."""

    def begin(**settings):
        page = sitting(worker="allow", **settings)
        until_kept(page)
        return page

    return begin


def come_back(page):
    """The connection is there again, and the browser says so."""
    page.context.set_offline(False)
    back_online(page)


def heading_of(page, address, words):
    """What the page at an address says."""
    page.goto(address)
    heading(page, words)


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


class TestTheCopy:
    def test_an_exam_goes_on_offline_and_is_handed_in_when_it_is_back(self, kept):
        page = kept(time_limit_s=3600, grace_s=7200)
        page.get_by_label("2050").check()
        state(page, "saved")
        page.context.set_offline(True)
        # on to the next question, which this page never loaded
        page.get_by_role("button", name="Save and next").click()
        page.wait_for_url("**/2")
        ready(page)
        expect(page.locator("#copy")).to_be_visible()
        expect(page.locator("#until")).to_be_visible()
        expect(page.get_by_label("2050")).to_be_checked()
        page.get_by_label("Tariffs").check()
        page.get_by_label("Ports").check()
        state(page, "kept")
        # reloaded in a tunnel: what was saved and what was not is there again
        page.reload()
        ready(page)
        expect(page.get_by_label("2050")).to_be_checked()
        expect(page.get_by_label("Ports")).to_be_checked()
        page.get_by_role("textbox").last.fill("asean")
        state(page, "kept")
        page.get_by_role("button", name="Submit").click()
        expect(page.locator("#handing")).to_be_visible()
        page.get_by_role("button", name="Go on answering instead").click()
        page.get_by_label("True").check()
        page.get_by_role("button", name="Submit").click()
        expect(page.locator("#handing")).to_be_visible()
        come_back(page)
        page.wait_for_url("**/results")
        heading(page, f"4 of {LAST} points")
        assert outbox(page) == []
        assert copies(page) == []

    def test_a_portal_or_a_dead_server_is_no_answer(self, kept, line):
        page = kept(time_limit_s=3600)
        for instead in (("200 OK", b"<h1>Free Wi-Fi</h1>"), ("502 Bad Gateway", b"<h1>502</h1>")):
            line.instead = instead
            page.reload()
            ready(page)
            expect(page.locator("#copy")).to_be_visible()
            page.get_by_label("2050" if instead[0][0] == "2" else "2045").check()
            state(page, "kept")
        line.instead = None
        back_online(page)
        expect(page.locator("#back")).to_be_visible()
        state(page, "saved")
        page.get_by_role("link", name="Go on with the pages as they are now").click()
        page.wait_for_url("**/2")
        go(page, "one")
        expect(page.locator("#copy")).to_have_count(0)
        expect(page.get_by_label("2045")).to_be_checked()

    def test_forward_only_the_open_question_stays(self, kept):
        page = kept(navigation="forward")
        page.context.set_offline(True)
        page.reload()
        ready(page)
        expect(page.locator(".question")).to_have_count(1)
        page.get_by_label("2050").check()
        state(page, "kept")
        come_back(page)
        state(page, "saved")

    def test_what_is_past_its_time_is_gone(self, kept):
        page = kept(time_limit_s=3600)
        page.evaluate(
            """async () => {
                const cache = await caches.open((await caches.keys())[0]);
                const about = await (await cache.match('/kept/about')).json();
                await cache.put('/kept/about', new Response(JSON.stringify({...about, until: 1})));
            }"""
        )
        page.context.set_offline(True)
        with pytest.raises(Error, match="ERR_FAILED"):
            page.reload()
        page.context.set_offline(False)
        page.goto("/attempts")
        assert copies(page) == []


class TestOnePhone:
    def test_nobody_sees_what_another_left(self, kept, signed_in_device):
        page = kept()
        attempt = page.url
        page.context.set_offline(True)
        page.get_by_label("2050").check()
        state(page, "kept")
        page.goto("about:blank")
        page.context.set_offline(False)
        # the session is over; somebody else signs in on the same phone
        page.context.clear_cookies(name="quizapp")
        signed_in_device("other@example.org")
        page.goto("/sign-in")
        sign_in(page, "other@example.org")
        page.wait_for_function("caches.keys().then((names) => names.length === 0)")
        heading_of(page, attempt, "There is nothing here")
        page.context.set_offline(True)
        with pytest.raises(Error, match="ERR_"):
            page.goto(attempt)
        page.context.set_offline(False)
        # what was written is still there for its writer, and sent as nobody else
        page.goto("/attempts")
        assert [entry["slot"] for entry in outbox(page)] == [1]
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        sign_in(page, "dara@example.org")
        page.goto(attempt)
        ready(page)
        state(page, "saved")
        expect(page.get_by_label("2050")).to_be_checked()

    def test_signing_out_leaves_no_pages(self, kept):
        page = kept()
        page.goto("/attempts")
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        assert copies(page) == []


class TestTwoDevices:
    def test_a_wish_to_hand_in_gives_way_to_what_was_answered_elsewhere(
        self, kept, device, sitting
    ):
        page = kept()
        page.context.set_offline(True)
        page.get_by_role("button", name="Check and submit").click()
        page.wait_for_url("**/end")
        ready(page)
        page.get_by_role("button", name="Submit").click()
        expect(page.locator("#handing")).to_be_visible()
        phone = device(service_workers="block")
        phone.add_cookies(page.context.cookies())
        other = phone.new_page()
        other.goto(page.url.replace("/end", "/1"))
        ready(other)
        other.get_by_label("2050").check()
        state(other, "saved")
        come_back(page)
        expect(page.locator("#elsewhere")).to_be_visible()
        other.reload()
        expect(other.get_by_label("2050")).to_be_checked()


class TestTime:
    def test_a_lid_closed_over_the_deadline(self, kept, clock):
        page = kept(time_limit_s=1800, grace_s=7200)
        page.context.set_offline(True)
        page.get_by_label("2050").check()
        state(page, "kept")
        # asleep: the clock on the wall goes on, the one that counts in the page does not
        clock.go(seconds=2400)
        page.evaluate("{ const now = Date.now; Date.now = () => now() + 2400000; }")
        page.evaluate("Math.random = () => 0")
        expect(page.locator("#time-left")).to_contain_text("Time is up.")
        expect(page.locator("#handing")).to_be_visible()
        come_back(page)
        page.wait_for_url("**/results")
        heading(page, f"1 of {LAST} points")
        page.get_by_role("link", name="Receipts").click()
        expect(page.locator("summary")).to_contain_text("late")

    def test_a_clock_that_somebody_sets_ends_nothing(self, kept):
        page = kept(time_limit_s=1800)
        page.evaluate("Math.random = () => 0")
        with page.expect_response(re.compile("/api/v1/attempts/[^/]+$")):
            page.evaluate("{ const now = Date.now; Date.now = () => now() + 7200000; }")
        expect(page.locator("form[data-live]:not([inert])")).to_be_visible()
        expect(page.locator(".clock b")).to_contain_text("29:")
        page.get_by_label("2050").check()
        state(page, "saved")
        page.reload()
        expect(page.get_by_label("2050")).to_be_checked()
