"""Taking a quiz in a browser without scripts: every step by forms, and nothing typed is lost."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from blanks_sample import CLOZE
from delivery_samples import EVERY_TYPE, load_bank, make_quiz
from people_browser import PASSWORD, Browser, signed_in
from plain_form import PlainForm
from quiz_samples import Statements

QUESTIONS = (*EVERY_TYPE, CLOZE)
SLOTS = {one["id"]: slot for slot, one in enumerate(QUESTIONS, 1)}
LAST = len(SLOTS)
ANSWERS = {
    "one": {"choice": "f"},
    "several": {"choices": ["q", "f"]},
    "verdict": {"value": "true"},
    "pairs": {"pairs__p1": "t7", "pairs__p2": "t5"},
    "year": {"raw": "២០៥០"},
    "word": {"text": "Asean"},
    "blanks": {"blanks__1": "2050", "blanks__2": "a"},
}
"""All right, but for one of the two pairs."""


class Clock:
    """The server's clock, moved by hand."""

    def __init__(self):
        self.time = datetime.now(UTC)

    def __call__(self):
        return self.time

    def go(self, **by):
        self.time += timedelta(**by)


@pytest.fixture
def clock(app):
    app.extensions["quizapp.clock"] = Clock()
    return app.extensions["quizapp.clock"]


@pytest.fixture
def dara(app, clock, administrator):
    return signed_in(app, administrator, "dara@example.org", name="Sok Dara")


@pytest.fixture
def other(app, clock, administrator):
    return signed_in(app, administrator, "other@example.org", name="Chan Other")


@pytest.fixture
def quiz(app):
    """Makes quizzes with one question of every type."""
    load_bank(*QUESTIONS)

    def make(**settings):
        sections = [{"bank": "sample", "questions": list(SLOTS)}]
        return make_quiz(shared=True, shuffle=False, sections=sections, **settings)

    return make


def begin(browser, quiz_id):
    """Start, and give the address of the attempt."""
    answer = browser.post(f"/quizzes/{quiz_id}/start")
    assert answer.status_code == 303, answer.text
    return answer.location


def opened(browser, base, place):
    """The form of a page of the attempt."""
    answer = browser.get(f"{base}/{place}")
    assert answer.status_code == 200, answer.text
    return PlainForm(answer.text, f"/{place}")


def answer(browser, base, key, *, go="stay", **values):
    """Answer one question on its own page."""
    form = opened(browser, base, SLOTS[key]).fill(**(values or ANSWERS[key]))
    return form.press(browser, "go", go) if go != "stay" else form.press(browser)


def held(browser, base, key):
    """What the question's page shows as its answer."""
    fields = opened(browser, base, SLOTS[key]).fields.to_dict(flat=False)
    ours = ("csrf_token", "shown", "base", "flag")
    return {name: value for name, value in fields.items() if name not in ours}


def put_in_order(browser, base, slot, order):
    """Move one step at a time, as the buttons do."""
    for one in reversed(order):
        for _ in order:
            form = opened(browser, base, slot)
            if ("move", f"{one}.up") in form.buttons:
                form.press(browser, "move", f"{one}.up")


def words(browser):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.last.text)).split())


def another_device(app, email):
    browser = Browser(app)
    browser.sign_in(email, PASSWORD)
    return browser


class TestTheWalk:
    def test_every_type_by_forms_alone(self, dara, quiz):
        base = begin(dara, quiz())
        dara.follow()
        assert dara.last.location == f"{base}/1"
        for key, slot in SLOTS.items():
            assert dara.get(f"{base}/{slot}").status_code == 200
            assert dara.heading.startswith(f"Question {slot} of {LAST}")
            if key == "order":
                put_in_order(dara, base, slot, ("k", "d", "x"))
                assert held(dara, base, key) == {"order": ["k", "d", "x"]}
                continue
            onward = "end" if slot == LAST else str(slot + 1)
            assert answer(dara, base, key, go=onward).location == f"{base}/{onward}"
        assert dara.get(base).location == f"{base}/end"
        dara.get(f"{base}/end")
        assert dara.heading.startswith("Every question is answered")
        done = PlainForm(dara.last.text, "/submit").press(dara)
        assert done.location == f"{base}/results"
        dara.follow()
        assert dara.heading == f"{LAST - 0.5} of {LAST} points"
        assert "7 right, 1 in part" in words(dara)
        assert "In part, 0.5 of 1" in words(dara)
        assert 'href="/provisions/3.1"' in dara.last.text

    def test_what_is_open_and_flagged_is_said_before_submitting(self, dara, quiz):
        base = begin(dara, quiz())
        form = opened(dara, base, 2).fill(flag="on", choices=["q"])
        form.press(dara, "go", "3")
        dara.get(f"{base}/end")
        assert dara.heading.startswith(f"{LAST - 1} questions are still open")
        assert "You meant to come back to these" in words(dara)
        assert dara.get(base).location == f"{base}/1"
        form = opened(dara, base, 2)
        assert form.fields["flag"] == "on"
        form.fields.pop("flag")
        form.press(dara)
        assert "You meant" not in dara.get(f"{base}/end").text

    def test_all_on_one_page_saves_what_was_edited(self, dara, quiz):
        base = begin(dara, quiz())
        answer(dara, base, "word")
        form = opened(dara, base, "all")
        year, verdict = SLOTS["year"], SLOTS["verdict"]
        form.fill(**{f"{year}.raw": "2050", f"{verdict}.value": "false", f"{verdict}.flag": "on"})
        assert form.press(dara, "go", "end").location == f"{base}/end"
        assert held(dara, base, "year") == {"raw": ["2050"]}
        assert held(dara, base, "word") == {"text": ["Asean"]}
        assert held(dara, base, "verdict") == {"value": ["false"]}
        receipts = words_of(dara, f"{base}/receipts")
        assert "3 answers were saved" in receipts
        form = opened(dara, base, "all")
        step = next(value for name, value in form.buttons if name == f"{SLOTS['order']}.move")
        assert form.press(dara, f"{SLOTS['order']}.move", step).status_code == 303
        assert "order" in held(dara, base, "order")

    def test_an_order_counts_once_it_is_moved_or_confirmed(self, dara, quiz):
        base = begin(dara, quiz())
        place = SLOTS["order"]
        form = opened(dara, base, place)
        form.press(dara, "go", str(place + 1))
        assert list(held(dara, base, "order")) == ["initial.order"]
        form = opened(dara, base, place)
        form.press(dara, "confirm", "order")
        assert held(dara, base, "order") == {"order": form.fields.getlist("initial.order")}

    def test_starting_again_goes_on(self, dara, quiz):
        quiz_id = quiz()
        base = begin(dara, quiz_id)
        answer(dara, base, "one")
        assert begin(dara, quiz_id) == base
        assert dara.get(base).location == f"{base}/2"

    def test_an_answer_can_be_taken_back(self, dara, quiz):
        base = begin(dara, quiz())
        answer(dara, base, "word")
        answer(dara, base, "word", text="")
        assert held(dara, base, "word") == {"text": [""]}
        assert dara.get(f"{base}/end").status_code == 200
        assert dara.heading.startswith("No question is answered")

    def test_going_forward_only(self, dara, quiz, clock):
        base = begin(dara, quiz(navigation="forward"))
        assert dara.get(f"{base}/all").location == base
        assert dara.get(f"{base}/2").location == f"{base}/1"
        first = opened(dara, base, 1)
        assert first.fields.get("flag") is None
        assert not {("go", "3"), ("go", "all")} & {*first.buttons}
        first.press(dara, "go", "2")
        assert dara.heading == "Question 1 is not answered"
        assert "you cannot come back" in words(dara)
        assert answer(dara, base, "one", go="2").location == f"{base}/2"
        assert dara.get(base).location == f"{base}/2"
        clock.go(seconds=1)
        # an old page of what was left: refused, shown, kept in the record
        first.fill(choice="m").press(dara)
        assert dara.last.status_code == 409
        assert dara.heading.startswith("You have left this question for good")
        dara.get(f"{base}/2")
        assert "so it does not count" in words(dara)
        assert dara.last.text.count("left for good") == 2  # the square, the legend
        opened(dara, base, 2).press(dara, "go", "3")
        assert dara.heading == "Question 2 is not answered"
        on = PlainForm(dara.last.text, f"{base}/2").press(dara, "go", "3")
        assert on.location == f"{base}/3"
        # nobody skips ahead by typing an address or a form
        assert dara.post(f"{base}/5", {"go": "6"}).location == base
        assert dara.post(f"{base}/3", {"go": "6", "sure": "1"}).location == f"{base}/3"
        end = dara.get(f"{base}/end").text
        assert f'href="{base}/3"' in end
        assert f'href="{base}/2"' not in end
        assert f'href="{base}/4"' not in end


def words_of(browser, path):
    browser.get(path)
    return words(browser)


class TestNothingIsLost:
    def test_what_does_not_fit_stays_in_its_field(self, dara, quiz):
        base = begin(dara, quiz())
        answer(dara, base, "word")
        done = answer(dara, base, "word", text="a\x00b")
        assert done.status_code == 422
        assert "Not saved:" in words(dara)
        assert PlainForm(done.text, "/7").fields["text"] == "a\ufffdb"
        assert held(dara, base, "word") == {"text": ["Asean"]}
        assert answer(dara, base, "one", choice="zz").status_code == 422
        long = "x" * 200_000
        assert answer(dara, base, "word", text=long).status_code == 422

    def test_two_devices_and_a_choice(self, app, dara, quiz, clock):
        base = begin(dara, quiz())
        form = opened(dara, base, SLOTS["word"])
        phone = another_device(app, "dara@example.org")
        answer(phone, base, "word", text="from the phone")
        clock.go(seconds=5)
        done = form.fill(text="from the desk").press(dara)
        assert done.status_code == 409
        assert dara.heading == "This question has two answers: choose one"
        assert "from the phone" in done.text
        assert "from the desk" in done.text
        assert held(phone, base, "word") == {"text": ["from the phone"]}
        assert "see both and choose" in words_of(dara, f"{base}/end")
        clock.go(seconds=5)
        dara.get(f"{base}/{SLOTS['word']}/both")
        kept = PlainForm(dara.last.text, "/both")
        mine = next(value for name, value in kept.buttons if name == "keep" and value != "saved")
        assert kept.press(dara, "keep", mine).location == f"{base}/{SLOTS['word']}"
        assert held(dara, base, "word") == {"text": ["from the desk"]}
        assert dara.get(f"{base}/{SLOTS['word']}/both").status_code == 303

    def test_keeping_the_saved_answer_ends_the_question(self, app, dara, quiz, clock):
        base = begin(dara, quiz())
        form = opened(dara, base, SLOTS["word"])
        answer(another_device(app, "dara@example.org"), base, "word", text="from the phone")
        clock.go(seconds=5)
        form.fill(text="from the desk").press(dara)
        clock.go(seconds=5)
        with Statements() as counted:
            dara.get(f"{base}/{SLOTS['word']}/both")
        assert len(counted.sent) <= 8
        PlainForm(dara.last.text, "/both").press(dara, "keep", "saved")
        assert held(dara, base, "word") == {"text": ["from the phone"]}
        assert "see both and choose" not in words_of(dara, f"{base}/end")

    def test_after_the_end_nothing_can_be_chosen(self, app, dara, quiz, clock):
        base = begin(dara, quiz())
        form = opened(dara, base, SLOTS["word"])
        answer(another_device(app, "dara@example.org"), base, "word", text="from the phone")
        clock.go(seconds=5)
        form.fill(text="from the desk").press(dara)
        kept = PlainForm(dara.last.text, "/both")
        dara.get(f"{base}/end")
        PlainForm(dara.last.text, "/submit").press(dara)
        assert "from the desk" in words_of(dara, f"{base}/{SLOTS['word']}/both")
        assert dara.heading == "This attempt is closed, so the answer was not taken"
        assert kept.press(dara, "keep", "saved").status_code == 409
        assert "from the phone" in words_of(dara, f"{base}/results")

    def test_a_page_that_was_not_edited_is_no_conflict(self, app, dara, quiz):
        base = begin(dara, quiz())
        stale = opened(dara, base, "all")
        phone = another_device(app, "dara@example.org")
        for key in ANSWERS:
            answer(phone, base, key)
        stale.fill(**{f"{SLOTS['year']}.raw": ""})
        assert stale.press(dara, "go", "end").status_code == 303
        assert sorted(held(dara, base, "several")["choices"]) == ["f", "q"]
        assert held(dara, base, "word") == {"text": ["Asean"]}

    def test_a_form_sent_twice_is_one_save(self, dara, quiz):
        base = begin(dara, quiz())
        form = opened(dara, base, SLOTS["word"]).fill(text="Asean")
        assert form.press(dara, "go", str(LAST)).status_code == 303
        assert form.press(dara, "go", str(LAST)).status_code == 303
        assert "1 answer was saved" in words_of(dara, f"{base}/receipts")

    def test_after_the_close_what_was_typed_is_shown(self, dara, quiz, clock):
        base = begin(dara, quiz(time_limit_s=600, grace_s=10))
        assert "10:00" in words_of(dara, f"{base}/7")
        answer(dara, base, "word", text="in time")
        form = opened(dara, base, SLOTS["word"])
        clock.go(minutes=11)
        done = form.fill(text="too late").press(dara)
        assert done.status_code == 409
        assert dara.heading == "This attempt is closed, so the answer was not taken"
        assert "too late" in done.text
        assert dara.get(f"{base}/7").location == f"{base}/results"
        assert "in time" in words_of(dara, f"{base}/results")

    def test_a_lost_session_keeps_what_was_typed(self, dara, quiz):
        base = begin(dara, quiz())
        form = opened(dara, base, SLOTS["word"]).fill(text="typed before")
        dara.client.delete_cookie("quizapp")
        # the token went with the session: the page is out of date, then it asks to sign in
        asked = form.press(dara, "go", str(LAST))
        assert asked.status_code == 400
        asked = PlainForm(asked.text, f"/{SLOTS['word']}").press(dara)
        assert asked.status_code == 401
        entry = PlainForm(asked.text, "/sign-in").fill(name="dara@example.org", password=PASSWORD)
        back = entry.press(dara)
        assert "typed before" in words(dara)
        done = PlainForm(back.text, f"/{SLOTS['word']}").press(dara)
        assert done.location == f"{base}/{LAST}"
        assert held(dara, base, "word") == {"text": ["typed before"]}

    def test_submitting_twice(self, dara, quiz):
        base = begin(dara, quiz())
        answer(dara, base, "one")
        dara.get(f"{base}/end")
        form = PlainForm(dara.last.text, "/submit")
        assert form.press(dara).location == form.press(dara).location == f"{base}/results"
        assert dara.get(base).location == f"{base}/results"
        assert dara.get(f"{base}/end").location == f"{base}/results"


class TestFeedback:
    def test_an_answer_is_checked_shown_and_locked(self, dara, quiz):
        base = begin(dara, quiz(feedback="after_each"))
        form = opened(dara, base, 1)
        empty = form.press(dara, "check", "1")
        assert empty.status_code == 409
        assert "Answer the question first" in words(dara)
        done = form.fill(choice="m").press(dara, "check", "1")
        assert done.location == f"{base}/1#outcome"
        said = words_of(dara, f"{base}/1")
        assert "Not right, 0 of 1" in said
        assert "That is the first step." in said
        assert "High income is the aim" in said
        assert "Check this answer" not in said
        late = form.fill(choice="f").press(dara)
        assert late.status_code == 409
        assert "so its answer stands" in dara.heading
        assert "Not right" not in words_of(dara, f"{base}/2")
        assert "That is the first step." in words_of(dara, f"{base}/all")

    def test_none_before_the_end_of_others(self, dara, quiz):
        base = begin(dara, quiz())
        form = opened(dara, base, 1)
        assert ("check", "1") not in form.buttons
        done = dara.post(f"{base}/1", {"check": "1"})
        assert done.status_code == 409


class TestResults:
    def finish(self, browser, base, **wrong):
        answer(browser, base, "one", **(wrong or ANSWERS["one"]))
        browser.get(f"{base}/end")
        PlainForm(browser.last.text, "/submit").press(browser)
        return words_of(browser, f"{base}/results")

    def test_again_with_what_was_missed(self, dara, quiz):
        base = begin(dara, quiz())
        said = self.finish(dara, base, choice="m")
        assert "Not right, 0 of 1" in said
        assert f"{LAST - 1} not answered" in said
        done = PlainForm(dara.last.text, "/again").press(dara)
        assert done.status_code == 303
        assert done.location != base
        assert dara.follow().status_code == 303
        assert dara.get(f"{done.location}/1").status_code == 200

    def test_passed_or_not(self, dara, quiz):
        base = begin(dara, quiz(pass_mark=10))
        assert "Passed, with 1 of 8" in self.finish(dara, base)
        base = begin(dara, quiz(pass_mark=90))
        assert "Not passed, with 1 of 8" in self.finish(dara, base)
        assert "Pass mark 7.2" in words_of(dara, f"{base}/results")

    def test_nothing_is_told_before_its_release(self, dara, quiz):
        held_back = dict.fromkeys(("score", "marks", "key", "rationale"), "never")
        base = begin(dara, quiz(release=held_back))
        secrets = ("That is the first step", "High income is the aim", "Nobody agrees on it")
        for place in (*range(1, LAST + 1), "all", "end"):
            page = dara.get(f"{base}/{place}").text
            assert not any(one in page for one in secrets)
        said = self.finish(dara, base, choice="m")
        assert dara.heading == "Submitted: the score is released later"
        assert "2030" in said
        assert not any(one in said for one in (*secrets, "Not right", "Again with", "Key"))
        assert dara.post(f"{base}/again").status_code == 409
        assert "released later" in words_of(dara, "/attempts")

    def test_a_list_of_ones_own(self, dara, other, quiz):
        assert "No results yet" in words_of(dara, "/attempts")
        base = begin(dara, quiz())
        said = words_of(dara, "/attempts")
        assert dara.heading == "1 attempt is still open"
        assert "Continue" in said
        self.finish(dara, base)
        said = words_of(dara, "/attempts")
        assert dara.heading == "Every attempt you began is finished"
        assert "1 of 8" in said
        assert "No results yet" in words_of(other, "/attempts")

    def test_receipts(self, dara, quiz):
        base = begin(dara, quiz())
        self.finish(dara, base)
        assert re.search(r"q1\.[\w-]+\.", words_of(dara, f"{base}/receipts"))


ODD_FORMS = (
    {"base": "x", "shown": "", "choice": "f"},
    {"base": "9" * 12, "shown": "", "choice": "m"},
    {"base": "-1", "shown": "", "choice": "t"},
    {"flagging": "99"},
    {"flagging": "1", "flag": "on"},
    {"check": "77", "shown": "", "base": "0"},
    {"go": "//evil.example"},
    {"go": "9" * 30},
    {"go": "²"},
    {"move": ".up", "shown": "", "base": "0"},
    {"choice": ["f", "m"], "choices": "q", "shown": "", "base": "0"},
    {"keep": "\x00"},
)


class TestWhoMay:
    def test_others_know_of_nothing(self, dara, other, quiz):
        base = begin(dara, quiz())
        for place in ("", "/1", "/all", "/end", "/results", "/receipts", "/1/both"):
            assert other.get(f"{base}{place}").status_code == 404
        for place in ("/1", "/all", "/submit", "/again", "/1/both"):
            assert other.post(f"{base}{place}", {"base": "0", "shown": "x"}).status_code == 404

    def test_what_is_not_there(self, dara, quiz):
        base = begin(dara, quiz())
        for place in ("0", "99", "nothing"):
            assert dara.get(f"{base}/{place}").status_code == 404
        assert dara.get("/attempts?after=%00").status_code == 422
        assert dara.post(f"/quizzes/{base[-36:]}/start").status_code == 404

    def test_odd_forms_are_answered(self, dara, quiz):
        base = begin(dara, quiz())
        for sent in ODD_FORMS:
            for place in ("1", "2", "5", "all", "1/both"):
                done = dara.post(f"{base}/{place}", sent)
                assert done.status_code in (204, 303, 404, 409, 422), (place, sent, done.text)
                assert "evil" not in (done.location or "")


class TestCost:
    def test_pages_ask_little_of_the_database(self, dara, quiz):
        base = begin(dara, quiz(feedback="after_each"))
        opened(dara, base, 1).fill(choice="m").press(dara, "check", "1")
        for key in ANSWERS:
            if key != "one":
                answer(dara, base, key)
        for place in ("1", "2", "all", "end", "results"):
            with Statements() as counted:
                dara.get(f"{base}/{place}")
            assert len(counted.sent) <= 8, (place, counted.sent)
        with Statements() as counted:
            dara.get("/attempts")
        assert len(counted.sent) <= 8


class TestConfidence:
    def test_it_goes_along_with_an_answer_and_is_none_by_itself(self, dara, quiz):
        base = begin(dara, quiz(confidence=True))
        form = opened(dara, base, 1).fill(confidence="0.75")
        form.press(dara)
        assert held(dara, base, "one") == {"confidence": [""]}
        opened(dara, base, 1).fill(choice="f", confidence="0.75").press(dara)
        assert held(dara, base, "one") == {"choice": ["f"], "confidence": ["0.75"]}
        opened(dara, base, 1).fill(confidence="1.0").press(dara)  # alone it is an edit too
        assert held(dara, base, "one")["confidence"] == ["1.0"]
        opened(dara, base, 1).press(dara)
        assert "2 answers were saved" in words_of(dara, f"{base}/receipts")
        for name, value in (("value", "true"), ("confidence", "0.5")):
            opened(dara, base, "all").fill(**{f"{SLOTS['verdict']}.{name}": value}).press(dara)
        assert held(dara, base, "verdict") == {"value": ["true"], "confidence": ["0.5"]}

    def test_where_it_is_not_asked_there_is_no_field(self, dara, quiz):
        base = begin(dara, quiz())
        assert "confidence" not in opened(dara, base, 1).fields


class TestAnotherDevice:
    def test_an_exam_is_taken_on_one_device_at_a_time(self, app, cohort, dara, quiz):
        exam = quiz(mode="exam")
        base = begin(dara, exam)
        phone = another_device(app, "dara@example.org")
        old = opened(dara, base, 1)
        for place in ("1", "all", "end"):
            phone.get(f"{base}/{place}")
            assert phone.heading == "This exam is being taken on another device"
        assert phone.post(f"/quizzes/{exam}/start").location == base
        taken = PlainForm(phone.last.text if phone.get(f"{base}/1") else "", "/here").press(phone)
        assert taken.location == base
        assert opened(phone, base, 1)
        # the first device: what it still sends counts, and it is told
        old.fill(choice="f").press(dara, "go", "2")
        assert dara.last.status_code == 200
        assert dara.heading == "It was continued on another device"
        assert held(phone, base, "one") == {"choice": ["f"]}
        dara.post(f"{base}/submit")
        assert dara.heading == "It was continued on another device"
        assert PlainForm(dara.last.text, "/here").press(dara).location == base
        assert opened(dara, base, 2)
        phone.get(f"{base}/2")
        assert phone.heading == "This exam is being taken on another device"

    def test_practice_goes_on_anywhere(self, app, dara, quiz):
        base = begin(dara, quiz())
        assert opened(another_device(app, "dara@example.org"), base, 1)
