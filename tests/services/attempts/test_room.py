"""The room: who stands how, pausing, messages, ending, and what the open page is told."""

from uuid import uuid4

import pytest
from delivery_samples import (
    HOUR,
    MINUTE,
    NOW,
    RIGHT,
    SECOND,
    Browser,
    give,
    load_bank,
    make_quiz,
    statements,
    verbs,
)
from sqlalchemy import select

from quizapp.domain.access import Actor
from quizapp.domain.errors import AttemptClosed, Conflict, Invalid, NotFound, NotOpen, StaleRevision
from quizapp.services.attempts import (
    extending,
    outages,
    pausing,
    presence,
    review,
    room,
    starting,
    submitting,
    taking,
)
from quizapp.storage.attempts import Attempt
from quizapp.storage.audit import AuditRow
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import transaction
from quizapp.storage.quizzes import Assignment

EXAM = {"mode": "exam", "shuffle": False, "time_limit_s": 3600, "grace_s": 60}


@pytest.fixture
def other(outsider, cohort) -> Actor:
    """Another trainee of the same cohort."""
    with transaction(write=True) as session:
        session.add(
            Membership(cohort_id=cohort.id, person_id=outsider.id, part="trainee", joined_at=NOW)
        )
    return Actor(outsider.id, "trainee", attends=outsider.attends | {cohort.id})


@pytest.fixture
def quiz(app):
    load_bank()
    return make_quiz(**EXAM, release={"score": "after_close"})


@pytest.fixture
def given(quiz, cohort):
    return give(quiz, cohort, closes_at=NOW + 3 * HOUR)


def begin(actor, quiz, now=NOW) -> Browser:
    return Browser.of(actor, starting.start(actor, quiz, now=now).id)


def standings(actor, given, now):
    return {one.person_id: one.standing for one in room.read(actor, given, now=now).sitters}


def left(browser, now):
    return taking.read(browser.actor, browser.attempt_id, "en", now=now).seconds_left


def hear(browser, now, known=None):
    return presence.hear(browser.actor.session_id, browser.attempt_id, known=known, now=now)


def audited(action):
    with transaction(write=False) as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


def test_it_shows_who_is_there_how_far_and_what_was_not_taken(
    instructor, trainee, other, quiz, given
):
    assert set(standings(instructor, given, NOW).values()) == {"absent"}
    browser = begin(trainee, quiz)
    browser.save(1, RIGHT["one"], 2)
    browser.save(2, None)
    with pytest.raises(StaleRevision):
        browser.save(1, {"choice": "m"}, 1, now=NOW + SECOND)
    found = room.read(instructor, given, now=NOW + MINUTE)
    (sitter,) = [one for one in found.sitters if one.person_id == trainee.id]
    assert (sitter.standing, sitter.answered, sitter.refused) == ("working", 1, 1)
    assert (sitter.saved_at, sitter.seconds_left, found.size) == (NOW, 59 * 60, 7)
    place = room.read_place(instructor, given, trainee.id, "en", now=NOW + MINUTE)
    assert [(one.slot, one.reason) for one in place.refused] == [(1, "stale-revision")]
    later = NOW + 2 * MINUTE
    assert standings(instructor, given, later) == {trainee.id: "silent", other.id: "absent"}
    hear(browser, later)
    assert standings(instructor, given, later)[trainee.id] == "working"
    submitting.submit(trainee, browser.attempt_id, now=later)
    assert standings(instructor, given, later)[trainee.id] == "submitted"


def test_only_who_teaches_the_cohort_enters(app, administrator, instructor, trainee, quiz, given):
    browser = begin(trainee, quiz)
    assert room.read(administrator, given, now=NOW).sitters
    stranger = Actor(uuid4(), "instructor")
    for actor in (trainee, stranger):
        for act in (
            lambda actor: room.read(actor, given, now=NOW),
            lambda actor: room.read_place(actor, given, trainee.id, "en", now=NOW),
            lambda actor: room.say(actor, given, "x", now=NOW),
            lambda actor: room.end(actor, given, now=NOW),
            lambda actor: pausing.pause(actor, given, now=NOW),
            lambda actor: pausing.resume(actor, given, now=NOW),
        ):
            with pytest.raises(NotFound):
                act(actor)
    assert left(browser, NOW) == 3600


def test_a_pause_takes_nothing_from_anybody(instructor, trainee, other, quiz, given):
    browser = begin(trainee, quiz)
    at, back = NOW + 50 * MINUTE, NOW + 80 * MINUTE
    assert pausing.pause(instructor, given, now=at) == 1
    with pytest.raises(Conflict):
        pausing.pause(instructor, given, now=at)
    with pytest.raises(NotOpen):
        starting.start(other, quiz, now=at)
    # past the deadline that it had: still in time, nothing is closed, and the page's clock is told
    assert not browser.save(1, RIGHT["one"], now=back).late
    assert submitting.finalise_due(back) == 0
    view = taking.read(trainee, browser.attempt_id, "en", now=back)
    assert (view.state, view.paused, view.seconds_left) == ("open", True, None)
    told = hear(browser, back)
    assert (told.paused, told.seconds_left) == (True, None)
    by_clock = submitting.submit(trainee, browser.attempt_id, by_clock=True, now=back)
    assert by_clock.state == "open"
    extending.extend(
        instructor, given, browser.attempt_id, minutes="5", reason="A lamp fell", now=back
    )
    assert pausing.resume(instructor, given, now=back) == 1
    assert left(browser, back) == 15 * 60
    assert hear(browser, back).seconds_left == 15 * 60
    with transaction(write=False) as session:
        assert session.get(Assignment, given).closes_at == NOW + 3 * HOUR + 30 * MINUTE
        attempt = session.get(Attempt, browser.attempt_id)
        assert attempt.closes_at - attempt.deadline == MINUTE
    with pytest.raises(Conflict):
        pausing.resume(instructor, given, now=back)
    assert begin(other, quiz, back)
    for minute in range(16):  # the server is there all the time
        outages.beat(back + minute * MINUTE)
    assert submitting.finalise_due(back + 16 * MINUTE) == 1
    assert audited("assignment.resume")[0].details["seconds"] == 1800


def test_results_wait_while_time_stands_still(instructor, trainee, quiz, given):
    browser = begin(trainee, quiz)
    submitting.submit(trainee, browser.attempt_id, now=NOW)
    pausing.pause(instructor, given, now=NOW)
    after = NOW + 4 * HOUR
    assert review.review(trainee, browser.attempt_id, "en", now=after).score is None
    pausing.resume(instructor, given, now=after)
    assert review.review(trainee, browser.attempt_id, "en", now=after).score is None
    later = after + 4 * HOUR
    assert review.review(trainee, browser.attempt_id, "en", now=later).score is not None


def test_what_is_said_reaches_those_it_is_said_to(instructor, trainee, other, quiz, given):
    mine, theirs = begin(trainee, quiz), begin(other, quiz)
    room.say(instructor, given, "Ten minutes more for all", now=NOW)
    room.say(instructor, given, "Your lamp", person_id=trainee.id, now=NOW + SECOND)
    assert [one.body for one in hear(mine, NOW + MINUTE).messages] == [
        "Your lamp",
        "Ten minutes more for all",
    ]
    assert [one.body for one in hear(theirs, NOW + MINUTE).messages] == ["Ten minutes more for all"]
    assert hear(mine, NOW + MINUTE, known=NOW + SECOND).messages == ()
    view = taking.read(trainee, mine.attempt_id, "en", now=NOW + MINUTE)
    assert len(view.messages) == 2
    for wrong in (" ", "x" * 501):
        with pytest.raises(Invalid):
            room.say(instructor, given, wrong, now=NOW)
    with pytest.raises(NotFound):
        room.say(instructor, given, "x", person_id=instructor.id, now=NOW)
    said = [one.body for one in room.read(instructor, given, now=NOW).messages]
    assert said == ["Your lamp", "Ten minutes more for all"]
    assert "lamp" not in str([row.details for row in audited("assignment.say")])


def test_ending_marks_what_was_saved(instructor, trainee, other, quiz, given):
    mine, theirs = begin(trainee, quiz), begin(other, quiz)
    mine.save(1, RIGHT["one"])
    at = NOW + 10 * MINUTE
    assert room.end(instructor, given, person_id=trainee.id, now=at) == 1
    with pytest.raises(AttemptClosed):
        mine.save(2, RIGHT["several"], now=at)
    assert not hear(mine, at).is_open
    with transaction(write=False) as session:
        ended = session.get(Attempt, mine.attempt_id)
        assert (ended.state, ended.submitted_at, ended.score) == ("closed", at, 1_000_000)
    assert left(theirs, at) == 50 * 60
    pausing.pause(instructor, given, now=at)
    assert room.end(instructor, given, now=at) == 1  # a paused one, too
    assert standings(instructor, given, at) == {trainee.id: "closed", other.id: "closed"}
    assert room.end(instructor, given, now=at) == 0


def test_a_page_is_heard_with_one_read_and_one_small_row(instructor, trainee, other, quiz, given):
    browser = begin(trainee, quiz)
    with statements() as sent:
        hear(browser, NOW)
    assert verbs(sent) == ["SELECT", "INSERT"]
    with statements() as sent:
        hear(browser, NOW + SECOND)  # another page of the same attempt
    assert verbs(sent) == ["SELECT"]
    with pytest.raises(NotFound):
        presence.hear(begin(other, quiz).actor.session_id, browser.attempt_id, known=None, now=NOW)
    with statements() as sent:
        room.read(instructor, given, now=NOW)
    assert len(sent) == 3
