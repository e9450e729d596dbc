"""Answers on their way to the server: kept in the browser until they are there, and sent once."""

import re

import pytest
from playwright.sync_api import expect
from sitting_pages import LAST, SAVES, back_online, go, outbox, ready, sign_in, state

# what the browser does is the same on either database; the walks run on both
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


class TestSaving:
    def test_every_type_is_saved_as_it_is_answered(self, sitting):
        page = sitting()
        page.get_by_label("2050").check()
        state(page, "saved")
        expect(page.locator("[data-count=answered]")).to_have_text("1")
        page.get_by_role("button", name="Save and next").click()
        page.get_by_label("Tariffs").check()
        page.get_by_label("Ports").check()
        state(page, "saved")
        go(page, "verdict")
        page.get_by_label("True").check()
        go(page, "pairs")
        page.get_by_label("Hanoi").select_option(label="Viet Nam")
        page.get_by_label("Vientiane").select_option(label="Laos")
        go(page, "order")
        for step in ("Second aim", "First aim"):
            up = page.get_by_role("button", name=f"Move up: {step}")
            while up.is_enabled():
                up.click()
        state(page, "saved")
        go(page, "year")
        page.get_by_role("textbox").fill("២០៥០")
        go(page, "word")
        page.get_by_role("textbox").fill("asean")
        page.get_by_role("button", name="Save and check").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Every question is answered")
        page.get_by_role("button", name="Submit").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{LAST} of {LAST} points")

    def test_an_answer_given_while_the_one_before_is_being_cleared(self, sitting):
        page = sitting()
        page.get_by_label("2050").check()
        state(page, "saved")
        # the next answer is put just behind the transaction that clears the acknowledged one
        entries = page.evaluate(
            """async () => {
                const source = document.querySelector('script[src*="sitting.js"]').src;
                const { openOutbox } = await import(source.replace('sitting.js', 'outbox.js'));
                const box = await openOutbox(document.body.dataset.person);
                const { attempt } = document.querySelector('form[data-attempt]').dataset;
                const put = (choice) => box.put(attempt, 1, { response: { choice } }, 1);
                const clear = box.drop.bind(box);
                let second;
                box.drop = (entry) => {
                    const cleared = clear(entry);
                    second ??= put('t');
                    return cleared;
                };
                const first = await put('m');
                await box.drain();
                return [first, await second];
            }"""
        )
        assert [(one["base"], one["revision"]) for one in entries] == [(1, 2), (2, 3)]

    def test_a_double_click_and_the_way_back(self, sitting):
        page = sitting()
        page.get_by_label("2050").check()
        page.get_by_role("button", name="Save and next").dblclick()
        page.wait_for_url("**/2")
        page.go_back()
        ready(page)
        expect(page.get_by_label("2050")).to_be_checked()
        page.get_by_label("2045").check()
        state(page, "saved")
        page.reload()
        expect(page.get_by_label("2045")).to_be_checked()

    def test_all_on_one_page_with_flags(self, sitting):
        page = sitting()
        page.get_by_role("button", name="All on one page").click()
        ready(page)
        page.get_by_label("Flag for review").nth(1).check()
        page.get_by_label("2050").check()
        page.get_by_role("textbox").last.fill("Asean")
        state(page, "saved")
        expect(page.locator("[data-count=answered]")).to_have_text("2")
        expect(page.locator("[data-count=flagged]")).to_have_text("1")
        page.reload()
        expect(page.get_by_label("Flag for review").nth(1)).to_be_checked()
        expect(page.get_by_role("textbox").last).to_have_value("Asean")
        page.get_by_role("button", name="Save and check").click()
        expect(page.get_by_text("You meant to come back to these.")).to_be_visible()

    def test_what_does_not_fit_is_said_and_kept(self, sitting):
        page = sitting()
        go(page, "word")
        field = page.get_by_role("textbox")
        field.fill("x" * 30_000)
        state(page, "refused")
        expect(page.locator("#bad")).to_have_text("Not saved: This is too long.")
        assert field.get_attribute("aria-invalid") == "true"
        field.fill("Asean")
        state(page, "saved")
        assert outbox(page) == []

    def test_two_pages_of_one_browser_agree(self, sitting):
        first = sitting()
        second = first.context.new_page()
        second.goto(first.url)
        ready(second)
        first.get_by_label("2050").check()
        state(first, "saved")
        expect(second.get_by_label("2050")).to_be_checked()
        second.get_by_label("2045").check()
        state(second, "saved")
        expect(first.get_by_label("2045")).to_be_checked()


class TestWithoutConnection:
    def test_answers_given_offline_are_sent_when_it_is_back(self, sitting):
        page = sitting()
        page.get_by_role("button", name="All on one page").click()
        ready(page)
        page.context.set_offline(True)
        page.get_by_label("2050").check()
        page.get_by_role("textbox").last.fill("Asean")
        state(page, "kept")
        page.get_by_role("button", name="Save and check").click()
        expect(page.locator("#offline")).to_be_visible()
        assert sorted(entry["slot"] for entry in outbox(page)) == [1, LAST]
        page.context.set_offline(False)
        state(page, "saved")
        assert outbox(page) == []
        page.reload()
        expect(page.get_by_label("2050")).to_be_checked()
        expect(page.get_by_role("textbox").last).to_have_value("Asean")

    def test_a_page_loaded_again_puts_back_what_was_not_sent(self, sitting):
        page = sitting()
        go(page, "word")
        page.route(SAVES, lambda route: route.abort())
        page.get_by_role("textbox").fill("typed in a tunnel")
        state(page, "kept")
        page.reload()
        expect(page.get_by_role("textbox")).to_have_value("typed in a tunnel")
        state(page, "kept")
        page.unroute(SAVES)
        back_online(page)
        state(page, "saved")
        page.reload()
        expect(page.get_by_role("textbox")).to_have_value("typed in a tunnel")
        assert outbox(page) == []

    def test_a_lost_acknowledgement_is_no_conflict(self, sitting):
        page = sitting()
        go(page, "word")

        def lose(route):
            route.fetch()
            route.abort()

        page.route(SAVES, lose)
        page.get_by_role("textbox").fill("first")
        state(page, "kept")
        page.get_by_role("textbox").fill("second")
        page.unroute(SAVES)
        back_online(page)
        state(page, "saved")
        page.reload()
        expect(page.get_by_role("textbox")).to_have_value("second")

    def test_a_captive_portal_saves_nothing(self, sitting):
        page = sitting()
        page.route(
            SAVES, lambda route: route.fulfill(status=200, body="<h1>Welcome to the café</h1>")
        )
        page.get_by_label("2050").check()
        state(page, "kept")
        page.unroute(SAVES)
        back_online(page)
        state(page, "saved")

    def test_one_bad_entry_holds_up_no_other(self, sitting):
        page = sitting()
        page.get_by_role("button", name="All on one page").click()
        ready(page)
        page.route(re.compile("/items/1/response$"), lambda route: route.fulfill(status=500))
        page.get_by_label("2050").check()
        state(page, "kept")
        page.get_by_role("textbox").last.fill("Asean")
        page.wait_for_timeout(1500)
        assert [entry["slot"] for entry in outbox(page)] == [1]

    def test_a_typed_answer_survives_the_page_going_away(self, sitting):
        page = sitting()
        go(page, "word")
        page.get_by_role("textbox").fill("typed and left at once")
        page.goto("/")
        go_back = page.context.new_page()
        go_back.goto("/attempts")
        go_back.get_by_role("link", name="Continue").click()
        go(go_back, "word")
        expect(go_back.get_by_role("textbox")).to_have_value("typed and left at once")
        state(go_back, "saved")


class TestSessions:
    def test_nothing_is_lost_with_the_session(self, sitting):
        page = sitting()
        page.context.clear_cookies(name="quizapp")
        page.get_by_label("2050").check()
        state(page, "signed-out")
        page.get_by_role("link", name="Sign in again, and it is sent.").click()
        sign_in(page, "dara@example.org")
        page.wait_for_url("**/1")
        expect(page.get_by_label("2050")).to_be_checked()
        state(page, "saved")
        assert outbox(page) == []

    def test_signing_in_again_elsewhere_is_enough(self, sitting):
        page = sitting()
        page.context.clear_cookies(name="quizapp")
        page.get_by_label("2050").check()
        state(page, "signed-out")
        other = page.context.new_page()
        other.goto("/sign-in")
        sign_in(other, "dara@example.org")
        page.bring_to_front()
        page.evaluate("dispatchEvent(new Event('focus'))")
        state(page, "saved")

    def test_an_entry_is_sent_as_the_person_who_wrote_it(self, sitting, signed_in_device):
        page = sitting()
        page.route(SAVES, lambda route: route.abort())
        page.get_by_label("2050").check()
        state(page, "kept")
        page.unroute(SAVES)
        page.context.clear_cookies(name="quizapp")
        signed_in_device("other@example.org")
        other = page.context.new_page()
        sent = []
        other.on("request", lambda request: sent.append(request.url))
        other.goto("/sign-in")
        sign_in(other, "other@example.org")
        other.goto("/attempts")
        expect(other.get_by_role("heading", level=1)).to_have_text("No results yet")
        page.evaluate("dispatchEvent(new Event('focus'))")
        state(page, "signed-out")
        assert [entry["slot"] for entry in outbox(other)] == [1]
        assert not [url for url in sent if SAVES.search(url)]
        other.get_by_role("button", name="Sign out").click()
        other.wait_for_url("**/sign-in")
        sign_in(other, "dara@example.org")
        other.wait_for_function("document.body.dataset.person")
        other.goto("/attempts")
        other.get_by_role("link", name="Continue").click()
        go(other, "one")
        expect(other.get_by_label("2050")).to_be_checked()

    def test_signing_out_warns_of_what_was_not_sent(self, sitting):
        page = sitting()
        page.context.route(SAVES, lambda route: route.abort())
        page.get_by_label("2050").check()
        state(page, "kept")
        page.goto("/attempts")
        said = []
        page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_timeout(500)
        assert "have not reached the server" in said[0]
        page.reload()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
        page.context.unroute(SAVES)
        assert [entry["slot"] for entry in outbox(page)] == [1]
        sign_in(page, "dara@example.org")
        page.wait_for_load_state("networkidle")
        assert outbox(page) == []


class TestTime:
    def test_the_time_left_is_said_in_words_and_then_it_is_over(self, sitting, clock):
        page = sitting(time_limit_s=1800, grace_s=60)
        expect(page.locator(".clock")).to_contain_text("ends")
        page.clock.install()
        # when a page hands in is left to chance: here it is late enough to be looked at before
        page.add_init_script("Math.random = () => 0.9")

        def pass_by(seconds):
            clock.go(seconds=seconds)
            page.clock.fast_forward(seconds * 1000)
            page.clock.run_for(2000)

        clock.go(seconds=1800 - 620)
        page.reload()
        ready(page)
        said = page.locator("#time-left")
        for seconds, minutes in ((22, "10 minutes"), (300, "5 minutes"), (240, "1 minute")):
            pass_by(seconds)
            expect(said).to_have_text(f"{minutes} left")
        page.get_by_label("2050").check()
        page.clock.run_for(1000)
        state(page, "saved")
        pass_by(58)
        expect(said).to_have_text("Time is up. Your answers are being handed in.")
        page.clock.run_for(12_000)
        page.wait_for_url("**/results")
        expect(page.get_by_text("Right, 1 of 1")).to_be_visible()
