"""Accommodations, extensions and late entries, from what is granted to when an attempt ends."""

import pytest
from delivery_samples import HOUR, MINUTE, NOW, RIGHT, Browser, give, load_bank, make_quiz
from sqlalchemy import select

from quizapp.domain.access import Actor
from quizapp.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotOpen
from quizapp.services.attempts import extending, review, starting, submitting, taking
from quizapp.services.people import accommodations
from quizapp.services.quizzes import assignments
from quizapp.storage.accommodations import Extension, LateEntry
from quizapp.storage.audit import AuditRow
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import transaction

LIMIT = {"mode": "exam", "shuffle": False, "time_limit_s": 3600, "grace_s": 60}
WHY = "The fire alarm"


@pytest.fixture
def other(outsider, cohort) -> Actor:
    """Another trainee of the same cohort, to whom nothing is granted."""
    with transaction(write=True) as session:
        session.add(
            Membership(cohort_id=cohort.id, person_id=outsider.id, part="trainee", joined_at=NOW)
        )
    return Actor(outsider.id, "trainee", attends=outsider.attends | {cohort.id})


def deadline(actor, quiz, now=NOW):
    attempt = starting.start(actor, quiz, now=now).id
    return attempt, taking.read(actor, attempt, "en", now=now).deadline


def audited(action):
    with transaction(write=False) as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).all()


def test_it_holds_for_every_quiz_begun_from_then_on_and_for_nobody_else(
    app, administrator, trainee, other, cohort
):
    load_bank()
    before, exam = make_quiz(**LIMIT), make_quiz(**LIMIT)
    for quiz in (before, exam):
        give(quiz, cohort, closes_at=NOW + HOUR)
    open_before, end_before = deadline(trainee, before)
    granted = {"time_percent": "១៥០", "break_min": "10", "larger_text": "yes"}
    accommodations.grant(administrator, trainee.id, granted, now=NOW)
    # the window moves with the longer time, an attempt that is open keeps its end
    assert deadline(trainee, exam)[1] == NOW + 100 * MINUTE
    assert taking.read(trainee, open_before, "en", now=NOW).deadline == end_before == NOW + HOUR
    attempt, end = deadline(other, exam)
    assert end == NOW + HOUR
    assert not taking.read(other, attempt, "en", now=NOW).larger_text
    assert taking.read(trainee, open_before, "en", now=NOW).larger_text
    accommodations.grant(administrator, trainee.id, granted, now=NOW)  # nothing changes
    (row,) = audited("person.accommodation")
    assert (row.subject_id, row.details["after"]["time_percent"]) == (str(trainee.id), 150)


def test_the_person_and_their_staff_see_it_and_administrators_alone_set_it(
    app, administrator, instructor, trainee, other
):
    accommodations.grant(administrator, trainee.id, {"time_percent": "125"}, now=NOW)
    for actor in (administrator, instructor, trainee):
        assert accommodations.read(actor, trainee.id).accommodation.time_percent == 125
    stranger = Actor(instructor.id, "instructor")  # teaches nobody
    for actor in (other, stranger):
        with pytest.raises(NotFound):
            accommodations.read(actor, trainee.id)
    for actor in (instructor, trainee, other):
        with pytest.raises(Forbidden):
            accommodations.grant(actor, trainee.id, {"time_percent": "200"}, now=NOW)
    for wrong in ({"time_percent": "99"}, {"break_min": "-1"}, {"opens_early_min": "9" * 5000}):
        with pytest.raises(Invalid):
            accommodations.grant(administrator, trainee.id, wrong, now=NOW)


def test_ones_own_window_is_where_one_may_begin(app, administrator, trainee, other, cohort):
    load_bank()
    quiz = make_quiz(**LIMIT)
    give(quiz, cohort, opens_at=NOW, closes_at=NOW + HOUR)
    own = {"opens_early_min": "30", "closes_late_min": "60"}
    accommodations.grant(administrator, trainee.id, own, now=NOW)
    for now in (NOW - 10 * MINUTE, NOW + 90 * MINUTE):
        assert not any(one.may_start for one in assignments.due(other, now=now))
        assert [one.may_start for one in assignments.due(trainee, now=now)] == [True]
        with pytest.raises(NotOpen):
            starting.start(other, quiz, now=now)
    assert deadline(trainee, quiz, NOW + 90 * MINUTE)[1] == NOW + 120 * MINUTE  # cut there


def test_more_minutes_for_one_attempt(app, instructor, trainee, other, outsider, cohort):
    load_bank()
    quiz = make_quiz(**LIMIT)
    given = give(quiz, cohort)
    mine, _ = deadline(trainee, quiz)
    theirs, _ = deadline(other, quiz)
    browser = Browser.of(trainee, mine)

    def more(minutes="15", now=NOW, actor=instructor, reason=WHY):
        return extending.extend(actor, given, mine, minutes=minutes, reason=reason, now=now)

    assert more() == NOW + 75 * MINUTE
    late = NOW + 70 * MINUTE
    assert browser.save(1, RIGHT["one"], now=late).seconds_left == 300
    assert more("5", now=NOW + 75.5 * MINUTE) == NOW + 80.5 * MINUTE  # within the grace: from now
    assert taking.read(other, theirs, "en", now=NOW).deadline == NOW + HOUR
    for wrong in ({"minutes": "0"}, {"minutes": "x"}, {"reason": " "}):
        with pytest.raises(Invalid):
            more(**wrong)
    for actor in (trainee, outsider, Actor(instructor.id, "instructor")):
        with pytest.raises(NotFound):
            more(actor=actor)
    submitting.submit(trainee, mine, now=late)
    with pytest.raises(Conflict):
        more(now=late)
    with transaction(write=False) as session:
        found = session.scalars(select(Extension).order_by(Extension.given_at)).all()
        assert [(one.seconds, one.reason) for one in found] == [(900, WHY), (300, WHY)]
    assert [row.details["minutes"] for row in audited("attempt.extend")] == [15, 5]
    assert WHY not in str([row.details for row in audited("attempt.extend")])


def test_a_late_entry_has_the_whole_time_and_results_wait_for_it(
    app, instructor, trainee, other, cohort
):
    load_bank()
    quiz = make_quiz(**LIMIT, release={"score": "after_close"})
    given = give(quiz, cohort, closes_at=NOW + HOUR)
    early, _ = deadline(other, quiz)
    submitting.submit(other, early, now=NOW)
    closed, later = NOW + 61 * MINUTE, NOW + 3 * HOUR
    until = closed + 15 * MINUTE
    extending.let_in(instructor, given, trainee.id, until=until, reason=WHY, now=closed)

    def is_shown(now):
        return review.review(other, early, "en", now=now).score is not None

    assert not is_shown(closed)  # somebody may begin still
    with pytest.raises(NotOpen):
        starting.start(trainee, quiz, now=until)
    assert [one.may_start for one in assignments.due(trainee, now=closed)] == [True]
    assert assignments.due(other, now=closed) == ()
    attempt, end = deadline(trainee, quiz, closed)
    assert end == closed + HOUR
    assert not is_shown(end)  # the grace
    assert is_shown(end + MINUTE)
    assert taking.read(trainee, attempt, "en", now=later).state == "closed"
    for wrong in (NOW, None, "tomorrow"):
        with pytest.raises(Invalid):
            extending.let_in(instructor, given, trainee.id, until=wrong, reason=WHY, now=closed)
    with pytest.raises(NotFound):  # no trainee of the cohort
        extending.let_in(instructor, given, instructor.id, until=until, reason=WHY, now=closed)
    with transaction(write=False) as session:
        assert session.scalars(select(LateEntry.until)).all() == [until]
    assert len(audited("assignment.let_in")) == 1


def test_results_wait_for_the_longest_own_window(app, administrator, trainee, other, cohort):
    load_bank()
    quiz = make_quiz(**LIMIT, release={"score": "after_close"})
    give(quiz, cohort, closes_at=NOW + HOUR)
    accommodations.grant(administrator, trainee.id, {"closes_late_min": "120"}, now=NOW)
    early, _ = deadline(other, quiz)
    submitting.submit(other, early, now=NOW)
    for now, shown in ((NOW + HOUR, False), (NOW + 3 * HOUR, True)):
        assert (review.review(other, early, "en", now=now).score is not None) == shown
        (row,) = taking.list_own(other, now=now).attempts
        assert (row.score is not None) == shown
