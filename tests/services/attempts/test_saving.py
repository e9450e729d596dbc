"""Saving answers: revisions, repeats, conflicts and the close (promises 2 and 3)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from delivery_samples import (
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    Browser,
    give,
    load_bank,
    make_quiz,
    signed_in,
)
from sqlalchemy import select

from quizapp.domain.answers.canonical import UnstorableText
from quizapp.domain.errors import (
    AttemptClosed,
    EditConflict,
    Forbidden,
    Invalid,
    NotFound,
    SignInRequired,
    StaleRevision,
)
from quizapp.domain.questions import ResponseRefused
from quizapp.services.attempts import receipts, saving, starting, submitting, taking
from quizapp.services.attempts.saving import SaveRequest
from quizapp.services.people import sessions
from quizapp.storage.database import transaction
from quizapp.storage.responses import LoggedResponse

A, B, C = {"choice": "f"}, {"choice": "m"}, {"choice": "t"}
ONE = [{"bank": "sample", "questions": ["one", "word", "year"]}]


@pytest.fixture
def browser(app, trainee):
    """The trainee's first device, at an open practice attempt whose first item is a choice."""
    load_bank()
    quiz = make_quiz(shared=True, sections=ONE, shuffle=False)
    return Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)


@pytest.fixture
def timed(app, trainee, cohort):
    """The same at an exam of ten minutes, with a minute of grace."""
    load_bank()
    quiz = make_quiz(mode="exam", time_limit_s=600, grace_s=60, sections=ONE, shuffle=False)
    give(quiz, cohort)
    return Browser.of(trainee, starting.start(trainee, quiz, now=NOW).id)


def current(browser, slot=1, *, now=NOW):
    item = taking.read(browser.actor, browser.attempt_id, "en", now=now).items[slot - 1]
    return (item.revision, item.response)


def log(browser):
    """(slot, revision, outcome) of everything that arrived, in the order of its arrival."""
    with transaction(write=False) as session:
        rows = session.scalars(
            select(LoggedResponse)
            .where(LoggedResponse.attempt_id == browser.attempt_id)
            .order_by(LoggedResponse.saved_at, LoggedResponse.revision)
        ).all()
    return [(row.slot, row.revision, row.outcome) for row in rows]


def test_revisions_grow_with_gaps_and_each_counts(browser):
    for revision, response in ((1, A), (2, B), (7, C)):
        saved = browser.save(1, response, revision)
        assert (saved.revision, saved.current_revision) == (revision, revision)
        assert current(browser) == (revision, response)
    assert saved.seconds_left is None
    assert not saved.late
    assert log(browser) == [(1, 1, "accepted"), (1, 2, "accepted"), (1, 7, "accepted")]


def test_the_same_save_again_is_answered_with_its_first_receipt(browser):
    first = browser.save(1, A, 3)
    again = browser.save(1, A, 3, now=NOW + MINUTE)
    assert again == first
    browser.save(1, B, 5, now=NOW + MINUTE)
    late = browser.save(1, A, 3, now=NOW + HOUR)
    assert (late.receipt, late.revision, late.current_revision) == (first.receipt, 3, 5)
    assert current(browser) == (5, B)
    assert len(log(browser)) == 2


def test_equal_bodies_are_equal_however_they_are_written(browser):
    first = browser.save(2, {"text": "ASEAN", "confidence": 0.5}, 1)
    assert browser.save(2, {"confidence": 0.5, "text": "ASEAN"}, 1).receipt == first.receipt
    composed, decomposed = {"text": "\u00e9lan"}, {"text": "e\u0301lan"}
    assert browser.save(2, composed, 2).receipt == browser.save(2, decomposed, 2).receipt


def test_the_same_revision_with_another_body_is_stale(browser):
    browser.save(1, A, 3)
    for revision in (3, 2, 1):
        with pytest.raises(StaleRevision) as refused:
            browser.save(1, B, revision)
        assert refused.value.current.revision == 3
        assert refused.value.current.response == A
        assert refused.value.current.saved_at == NOW
    assert current(browser) == (3, A)


def test_a_base_that_is_not_current_is_a_conflict_and_is_kept(browser, trainee):
    browser.save(1, A, 1)
    phone = Browser(browser.actor, browser.attempt_id, uuid4())
    phone.save(1, B, 2, base=1, now=NOW + SECOND)
    with pytest.raises(EditConflict) as refused:
        browser.save(1, C, 3, base=1, now=NOW + 2 * SECOND)
    assert (refused.value.current.revision, refused.value.current.response) == (2, B)
    view = taking.read(trainee, browser.attempt_id, "en", now=NOW)
    [offered] = view.refused
    assert (offered.slot, offered.reason, offered.response) == (1, "conflict", C)
    assert offered.summary == ["2045"]
    # the person decides for what was refused: it is saved on top, and nothing is offered any more
    browser.save(1, C, 4, base=2, now=NOW + 3 * SECOND)
    view = taking.read(trainee, browser.attempt_id, "en", now=NOW)
    assert (view.items[0].response, view.refused) == (C, ())


def test_a_first_answer_from_two_devices_conflicts_by_its_base(browser):
    browser.save(1, A, 1, base=0)
    with pytest.raises(EditConflict):
        browser.save(1, B, 2, base=0)
    with pytest.raises(EditConflict):
        browser.save(3, {"value": 5}, 4, base=3)


def test_a_refused_save_is_logged_once_and_refused_each_time(browser):
    browser.save(1, A, 5)
    for later in range(3):
        with pytest.raises(StaleRevision):
            browser.save(1, B, 4, now=NOW + later * SECOND)
    assert log(browser) == [(1, 4, "stale-revision"), (1, 5, "accepted")]


def test_a_body_that_was_refused_may_still_be_accepted_under_a_higher_revision(browser):
    browser.save(1, A, 2)
    with pytest.raises(EditConflict):
        browser.save(1, B, 3, base=1)
    # nothing counts under revision 3, so it is free
    assert browser.save(1, B, 3, base=2).revision == 3


def test_null_is_a_response(browser):
    browser.save(1, A, 1)
    saved = browser.save(1, None, 2, base=1)
    assert saved.receipt
    assert current(browser) == (2, None)
    assert browser.save(1, None, 2, base=1).receipt == saved.receipt
    assert taking.read(browser.actor, browser.attempt_id, "en", now=NOW).unanswered == (1, 2, 3)
    assert browser.save(2, None, 1).revision == 1


def test_slots_know_nothing_of_each_other(browser):
    browser.save(1, A, 9)
    assert browser.save(2, {"text": "ASEAN"}, 1).revision == 1
    assert current(browser, 1) == (9, A)
    assert current(browser, 2) == (1, {"text": "ASEAN"})


def test_what_does_not_fit_leaves_all_as_it_was(browser):
    browser.save(1, A, 1)
    unfit = [
        {"choice": "nowhere"},
        {"choice": 1},
        {"choices": ["f"]},
        {"choice": "f", "more": 1},
        {},
        [],
        "f",
        7,
        {"choice": "f\x00"},
        {"choice": "\ud800"},
    ]
    for response in unfit:
        with pytest.raises((ResponseRefused, UnstorableText)) as refused:
            browser.save(1, response, 2)
        assert refused.value.status == 422
    for confidence in (float("nan"), float("inf"), 1.5, True):
        with pytest.raises(ResponseRefused):
            browser.save(1, A | {"confidence": confidence}, 2)
    assert current(browser) == (1, A)
    assert len(log(browser)) == 1


def test_figures_out_of_range_are_refused_by_name(browser):
    cases = [
        ("revision", 0),
        ("revision", -1),
        ("revision", 2**31),
        ("base", -1),
        ("base", 2**31),
        ("lang", "fr"),
        ("spent_ms", -1),
        ("spent_ms", 2**31),
        ("age_s", -0.5),
        ("age_s", float("nan")),
        ("age_s", float("inf")),
    ]
    for field, value in cases:
        more = {field: value}
        with pytest.raises(Invalid) as refused:
            browser.save(1, A, more.pop("revision", 1), **more)
        assert [one.field for one in refused.value.problems] == [field]
    assert log(browser) == []


def test_the_largest_figures_are_stored(browser):
    largest = 2**31 - 1
    browser.save(1, A, largest, spent_ms=largest, age_s=1e300, lang="km")
    assert current(browser) == (largest, A)


def test_nothing_of_what_a_save_tells_is_lost(browser):
    browser.save(1, A, 1, base=0, lang="km", spent_ms=4200, age_s=1.5)
    with transaction(write=False) as session:
        row = session.scalars(select(LoggedResponse)).one()
    assert (row.base, row.lang, row.spent_ms, row.age_ms) == (0, "km", 4200, 1500)
    assert (row.device, row.body, row.saved_at) == (browser.device, '{"choice":"f"}', NOW)
    assert row.receipt_key == receipts.public_keys()[0].id


# --- after the end


def test_a_submitted_attempt_takes_nothing_new_and_still_answers_repeats(browser):
    first = browser.save(1, A, 1)
    submitting.submit(browser.actor, browser.attempt_id, now=NOW + MINUTE)
    with pytest.raises(AttemptClosed) as refused:
        browser.save(1, B, 2, now=NOW + 2 * MINUTE)
    assert refused.value.current.response == A
    with pytest.raises(AttemptClosed) as refused:
        browser.save(2, {"text": "ASEAN"}, 1, now=NOW + 2 * MINUTE)
    assert (refused.value.current.revision, refused.value.current.response) == (0, None)
    assert browser.save(1, A, 1, now=NOW + HOUR).receipt == first.receipt
    view = taking.read(browser.actor, browser.attempt_id, "en", now=NOW + HOUR)
    assert [(one.slot, one.reason) for one in view.refused] == [
        (1, "attempt-closed"),
        (2, "attempt-closed"),
    ]
    assert current(browser) == (1, A)


def test_time_left_is_told_and_ends_at_the_deadline(timed):
    assert timed.save(1, A, 1, now=NOW + MINUTE).seconds_left == 540
    last = timed.save(1, B, 2, now=NOW + timedelta(seconds=599.9))
    assert (last.seconds_left, last.late) == (0, False)
    with pytest.raises(AttemptClosed):
        timed.save(1, C, 3, now=NOW + 10 * MINUTE)
    assert timed.save(1, B, 2, now=NOW + 10 * MINUTE).receipt == last.receipt


def test_answers_from_before_the_deadline_count_late_within_the_grace(timed):
    cases = [
        (630, 30.5, True),
        (630, 30.0, False),  # answered at the deadline itself
        (630, None, False),
        (630, 9000.0, True),  # clamped to when the device was last heard, at 590
        (659, 100.0, True),
        (660, 100.0, False),  # the grace is over
    ]
    for slot, (arrives_s, age_s, counts) in enumerate(cases, 1):
        one = Browser(timed.actor, timed.attempt_id, uuid4())  # not heard in the other cases
        one.save(2, {"text": "ASEAN"}, slot, now=NOW + 590 * SECOND)
        arrives = NOW + arrives_s * SECOND
        if counts:
            saved = one.save(1, A, slot, now=arrives, age_s=age_s)
            assert (saved.late, saved.seconds_left) == (True, 0)
            assert one.save(1, A, slot, now=arrives + HOUR, age_s=age_s) == saved
        else:
            with pytest.raises(AttemptClosed):
                one.save(1, A, slot, now=arrives, age_s=age_s)


def test_an_answer_is_no_older_than_its_device_was_last_heard(timed):
    timed.save(2, {"text": "ASEAN"}, 1, now=NOW + 620 * SECOND, age_s=60.0)
    # heard at 620: whatever it says, this was answered after the deadline
    with pytest.raises(AttemptClosed):
        timed.save(1, A, 1, now=NOW + 625 * SECOND, age_s=500.0)
    # another device was not heard since the start
    phone = Browser(timed.actor, timed.attempt_id, uuid4())
    assert phone.save(1, B, 1, now=NOW + 626 * SECOND, age_s=500.0).late


def test_a_refusal_is_hearing_from_a_device_too(timed):
    with pytest.raises(AttemptClosed):
        timed.save(1, A, 1, now=NOW + 610 * SECOND)
    with pytest.raises(AttemptClosed):
        timed.save(1, B, 2, now=NOW + 615 * SECOND, age_s=600.0)


def test_devices_that_do_not_say_who_they_are_are_heard_as_one(timed):
    nameless = Browser(timed.actor, timed.attempt_id, uuid4())
    nameless.device = None
    nameless.save(1, A, 1, now=NOW + 610 * SECOND, age_s=20.0)
    with pytest.raises(AttemptClosed):
        nameless.save(1, B, 2, now=NOW + 615 * SECOND, age_s=500.0)


# --- who may save


def test_nobody_saves_into_the_attempt_of_another(timed, trainee, instructor, outsider):
    stranger = Browser(signed_in(outsider), timed.attempt_id, uuid4())
    with pytest.raises(NotFound):
        stranger.save(1, A)
    with pytest.raises(Forbidden):
        Browser(signed_in(instructor), timed.attempt_id, uuid4()).save(1, A)
    assert log(timed) == []


def test_an_administrator_may_look_and_not_touch(browser, administrator, instructor):
    with pytest.raises(Forbidden):
        Browser(signed_in(administrator), browser.attempt_id, uuid4()).save(1, A)
    # practice of one's own choice is nobody else's business
    with pytest.raises(NotFound):
        Browser(signed_in(instructor), browser.attempt_id, uuid4()).save(1, A)


def test_a_slot_or_an_attempt_that_is_not_there(browser):
    for slot in (0, -1, 4, 500, 501, 2**40):
        with pytest.raises(NotFound):
            browser.save(slot, A)
    with pytest.raises(NotFound):
        Browser(browser.actor, uuid4(), uuid4()).save(1, A)


def test_whoever_is_not_signed_in_is_asked_to_whatever_they_name(browser):
    def save(credential: UUID | str, attempt_id: UUID = browser.attempt_id, *, now=NOW) -> None:
        saving.save(credential, attempt_id, 1, SaveRequest(A, 1), device=None, now=now)

    for credential in (uuid4(), "no such digest"):
        for attempt_id in (browser.attempt_id, uuid4()):
            with pytest.raises(SignInRequired):
                save(credential, attempt_id)
    with pytest.raises(SignInRequired):
        save(browser.actor.session_id, now=NOW + sessions.SESSION_LIFE)
    sessions.sign_out(browser.actor, now=NOW)
    with pytest.raises(SignInRequired):
        save(browser.actor.session_id)
    assert log(browser) == []


def test_a_token_saves_by_its_digest_and_not_by_its_id(browser):
    issued = sessions.make_token(browser.actor, "a script", now=NOW)
    request = SaveRequest(A, 1)
    digest = sessions.digest(issued.token)
    saved = saving.save(digest, browser.attempt_id, 1, request, device=None, now=NOW)
    assert saved.revision == 1
    with pytest.raises(SignInRequired):
        saving.save(issued.id, browser.attempt_id, 1, request, device=None, now=NOW)


# --- pages without JavaScript


def form(browser, response, base, *, now=NOW):
    return saving.save_form(
        browser.actor, browser.attempt_id, 1, response, base=base, device=browser.device, now=now
    )


def test_a_form_saves_what_changed(browser):
    assert form(browser, None, 0) is None  # left blank
    assert form(browser, A, 0).revision == 1
    assert form(browser, A, 1) is None  # sent on from the next page, unchanged
    assert form(browser, B, 1).revision == 2
    assert log(browser) == [(1, 1, "accepted"), (1, 2, "accepted")]


def test_a_form_sent_twice_is_one_save(browser):
    first = form(browser, A, 0)
    assert first is not None
    assert form(browser, A, 0) is None
    form(browser, B, 1)
    again = form(browser, A, 0)  # 'back', and sent again: it was saved once already
    assert again.receipt == first.receipt
    assert current(browser) == (2, B)


def test_a_form_from_before_another_answer_is_a_conflict(browser):
    form(browser, A, 0)
    phone = Browser(browser.actor, browser.attempt_id, uuid4())
    phone.save(1, B, 8, base=1)
    with pytest.raises(EditConflict) as refused:
        form(browser, C, 1, now=NOW + SECOND)
    assert refused.value.current.response == B
    assert [
        one.response
        for one in taking.read(browser.actor, browser.attempt_id, "en", now=NOW).refused
    ] == [C]
    assert form(browser, C, 8, now=NOW + 2 * SECOND).revision == 9


def test_a_form_after_the_end_that_changes_nothing_is_no_error(browser):
    form(browser, A, 0)
    submitting.submit(browser.actor, browser.attempt_id, now=NOW)
    assert form(browser, A, 1) is None
    with pytest.raises(AttemptClosed):
        form(browser, B, 1)


def test_receipts_of_the_attempt_tell_of_every_accepted_save(browser):
    browser.save(1, A, 1)
    browser.save(1, B, 2, now=NOW + SECOND)
    with pytest.raises(StaleRevision):
        browser.save(1, A, 2, now=NOW + SECOND)
    rows = receipts.of_attempt(browser.actor, browser.attempt_id)
    assert [(row.slot, row.revision, row.late) for row in rows] == [(1, 1, False), (1, 2, False)]
    assert all(receipts.verify(None, row.receipt).valid for row in rows)
