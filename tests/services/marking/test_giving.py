"""Marks that people give: appended, counted once all are there, and counted anew when changed."""

from decimal import Decimal

import pytest
from cast import make_person
from delivery_samples import HOUR, MINUTE, NOW, Browser, load_bank, make_quiz, question
from sqlalchemy import select

from quizapp.domain.errors import Forbidden, Invalid, NotFound
from quizapp.services.attempts import review, starting, submitting, taking
from quizapp.services.marking import giving
from quizapp.services.marking.giving import MarkedMeanwhile
from quizapp.services.progress import folding, statistics
from quizapp.services.quizzes import assignments
from quizapp.services.reports import gradebook
from quizapp.storage.attempts import Attempt
from quizapp.storage.audit import AuditRow
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import Base, transaction
from quizapp.storage.marks import Mark
from quizapp.storage.statistics import ItemStatistic, ScoreCount

ESSAY = question(
    "note",
    type="essay",
    options=None,
    guide=[{"en": "Names both principles"}],
    sample={"en": "A short note."},
)
AT_ONCE = dict.fromkeys(("score", "marks", "key", "rationale"), "after_marking")


def all_of(model: type[Base]):
    with transaction(write=False) as session:
        return session.scalars(select(model)).all()


@pytest.fixture
def exam(app, instructor, cohort):
    """One single choice question of a point, one essay of five."""
    load_bank(question("one"), ESSAY)
    sections = [
        {"bank": "sample", "questions": ["one"]},
        {"bank": "sample", "questions": ["note"], "points": 5},
    ]
    rules = {"release": AT_ONCE, "shuffle": False, "pass_mark": 50}
    quiz = make_quiz(owner=instructor, mode="exam", sections=sections, **rules)
    assignments.give(instructor, quiz, cohort.id, now=NOW)
    return quiz


def handed_in(person, quiz, text="Neutrality, and peaceful settlement."):
    attempt = starting.start(person, quiz, now=NOW).id
    browser = Browser.of(person, attempt)
    browser.save(1, {"choice": "f"})
    if text:
        browser.save(2, {"text": text})
    return attempt, submitting.submit(person, attempt, now=NOW + MINUTE)


def give(actor, attempt, points, *, seen=0, comment="", now=NOW + HOUR):
    giving.give(actor, attempt, 2, points=points, comment=comment, seen=seen, now=now)


def test_the_score_waits_for_the_person_and_so_does_all_that_follows(exam, instructor, trainee):
    attempt, done = handed_in(trainee, exam)
    assert (done.state, done.score, done.passed) == ("submitted", None, None)
    assert [one.slot for one in all_of(Mark)] == [1]
    assert folding.fold(NOW + HOUR) == 0
    seen = review.review(trainee, attempt, "en", now=NOW + HOUR)
    assert (seen.score, seen.shown.score, seen.items[1].mark) == (None, False, None)
    [waits] = giving.waiting(instructor, exam).answers
    assert (waits.attempt_id, waits.slot, waits.question) == (attempt, 2, "note")

    give(instructor, attempt, "3.5", comment="Names one principle.")
    assert giving.waiting(instructor, exam).answers == ()
    seen = review.review(trainee, attempt, "en", now=NOW + 2 * HOUR)
    assert (seen.score, seen.max_score, seen.passed) == (Decimal("4.50"), Decimal("6.00"), True)
    assert (seen.items[1].mark, seen.items[1].comment) == (Decimal("3.50"), "Names one principle.")
    assert folding.fold(NOW + 2 * HOUR) == 2  # what is learnt, and the statistics
    [entry] = gradebook.read(instructor, exam).entries
    assert entry.counted.score == Decimal("4.50")


def test_nothing_written_needs_nobody(exam, trainee):
    _, done = handed_in(trainee, exam, text="")
    assert (done.score, done.passed) == (Decimal("1.00"), False)
    assert [one.mark for one in all_of(Mark)] == [10_000, 0]


def test_a_changed_mark_is_appended_audited_and_counted_as_if_it_had_been_the_first(
    exam, instructor, trainee, cohort
):
    attempt, _ = handed_in(trainee, exam)
    give(instructor, attempt, "1")
    folding.fold(NOW + HOUR)
    colleague = make_person("instructor", "colleague", cohort)
    give(colleague, attempt, "4", seen=1)
    marks = [(one.number, one.mark, one.person_id) for one in all_of(Mark) if one.slot == 2]
    assert marks == [(1, 2000, instructor.id), (2, 8000, colleague.id)]
    assert all_of(Attempt)[0].score == 5_000_000
    told = [(one.actor_id, one.details) for one in all_of(AuditRow) if one.action == "mark.give"]
    assert told == [
        (instructor.id, {"slot": 2, "number": 1}),
        (colleague.id, {"slot": 2, "number": 2}),
    ]
    kept = sums()
    with transaction(write=True) as session:
        for model in (ItemStatistic, ScoreCount):
            session.execute(model.__table__.delete())
        statistics.fold(session, folding.load(session, [attempt]).values())
    assert kept == sums()


def sums():
    items = {(one.version_id, one.n, one.total, one.squares) for one in all_of(ItemStatistic)}
    return items, {(one.percent, one.n) for one in all_of(ScoreCount) if one.n}


def test_a_double_click_is_one_mark_and_a_second_marker_sees_the_first(
    exam, instructor, trainee, cohort
):
    attempt, _ = handed_in(trainee, exam)
    give(instructor, attempt, "2", comment="Fair.")
    give(instructor, attempt, "2", comment="Fair.")
    colleague = make_person("instructor", "colleague", cohort)
    with pytest.raises(MarkedMeanwhile):
        give(colleague, attempt, "5")
    assert len([one for one in all_of(Mark) if one.slot == 2]) == 1
    seen = giving.read(colleague, attempt, 2, "en")
    assert (seen.given, seen.comment, seen.number) == (Decimal("2.00"), "Fair.", 1)


@pytest.mark.parametrize("points", ["", "five", "5.01", "-1", "1.234", "٣x", "1e400"])
def test_points_that_are_none(exam, instructor, trainee, points):
    attempt, _ = handed_in(trainee, exam)
    with pytest.raises(Invalid) as caught:
        give(instructor, attempt, points)
    assert [one.field for one in caught.value.problems] == ["points"]
    assert len(all_of(Mark)) == 1


def test_who_may_mark(exam, app, instructor, trainee, outsider, administrator, cohort):
    attempt, _ = handed_in(trainee, exam)
    elsewhere = make_person("instructor", "elsewhere")
    for stranger in (outsider, elsewhere):
        with pytest.raises((NotFound, Forbidden)):
            give(stranger, attempt, "1")
    with pytest.raises(Forbidden):
        give(trainee, attempt, "5")
    with pytest.raises(NotFound):  # a rule marks the first one
        giving.give(instructor, attempt, 1, points="1", seen=0, now=NOW)
    assert giving.waiting(administrator, exam).answers
    give(administrator, attempt, "5")


def test_an_answer_still_being_written_is_not_marked(exam, instructor, trainee):
    attempt = starting.start(trainee, exam, now=NOW).id
    Browser.of(trainee, attempt).save(2, {"text": "So far"})
    with pytest.raises(NotFound):
        giving.read(instructor, attempt, 2, "en")
    assert giving.waiting(instructor, exam).answers == ()


def test_of_two_essays_the_first_mark_makes_no_score(app, instructor, trainee, cohort):
    load_bank(ESSAY, ESSAY | {"id": "speech", "stem": {"en": "Write the opening of a speech."}})
    sections = [{"bank": "sample", "questions": ["note", "speech"]}]
    quiz = make_quiz(owner=instructor, mode="exam", sections=sections, shuffle=False)
    assignments.give(instructor, quiz, cohort.id, now=NOW)
    attempt = starting.start(trainee, quiz, now=NOW).id
    browser = Browser.of(trainee, attempt)
    for slot in (1, 2):
        browser.save(slot, {"text": "Words."})
    submitting.submit(trainee, attempt, now=NOW)
    give(instructor, attempt, "1")
    assert all_of(Attempt)[0].score is None
    assert [one.slot for one in giving.waiting(instructor, quiz).answers] == [1]
    giving.give(instructor, attempt, 1, points="0", seen=0, now=NOW)
    assert all_of(Attempt)[0].score == 1_000_000


def test_leaving_one_leads_through_all_that_wait_and_round_again(exam, instructor, cohort, trainee):
    people = [trainee, *(make_person("trainee", name, cohort) for name in ("sok", "sao"))]
    for one in people:
        handed_in(one, exam)
    listed = [(one.attempt_id, one.slot) for one in giving.waiting(instructor, exam).answers]
    seen = [listed[0]]
    for _ in range(3):
        following = giving.read(instructor, *seen[-1], "en").following
        seen.append((following.attempt_id, following.slot))
    assert seen == [*listed, listed[0]]
    give(instructor, listed[1][0], "1")
    following = giving.read(instructor, *listed[0], "en").following
    assert following.attempt_id == listed[2][0]
    give(instructor, listed[2][0], "1")
    assert giving.read(instructor, *listed[0], "en").following is None


def test_practice_never_draws_what_nobody_would_mark(app, trainee):
    load_bank(question("one"), ESSAY)
    quiz = make_quiz(shared=True, sections=[{"bank": "sample", "draw": 2}])
    attempt = starting.start(trainee, quiz, now=NOW).id
    assert [one.question for one in taking.read(trainee, attempt, "en", now=NOW).items] == ["one"]


def test_a_cohort_of_others_is_not_listed(exam, app, instructor, trainee):
    other = Cohort(id=trainee.id, code="ELSE", title="Elsewhere", created_at=NOW)
    with transaction(write=True) as session:
        session.add(other)
        session.flush()
        session.add(
            Membership(cohort_id=other.id, person_id=trainee.id, part="trainee", joined_at=NOW)
        )
    handed_in(trainee, exam)
    assert len(giving.waiting(instructor, exam).answers) == 1
