"""Starting attempts: windows, the number allowed, the open one, pins, trials and own practice."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from bank_samples import question, read
from delivery_samples import (
    HOUR,
    MINUTE,
    NOW,
    RIGHT,
    Browser,
    give,
    load_bank,
    make_quiz,
)
from sqlalchemy import func, select

from quizapp.domain.errors import ChooseAssignment, Forbidden, Invalid, NotFound, NotOpen
from quizapp.services.attempts import own_practice, starting, submitting, taking
from quizapp.services.banks import importing as bank_import
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import transaction
from quizapp.storage.jobs import Job
from quizapp.storage.questions import Question
from quizapp.storage.quizzes import Assignment, Quiz

TEN = [question(f"q{number}", cites=[f"3.{1 + number % 2}@1"]) for number in range(10)]
DRAW_FOUR = [{"bank": "sample", "draw": 4}]


def view(actor, attempt_id, *, now=NOW):
    return taking.read(actor, attempt_id, "en", now=now)


def asked(actor, attempt_id):
    return [item.question for item in view(actor, attempt_id).items]


def second_cohort(actor):
    """Another cohort that the person attends."""
    other = Cohort(id=uuid4(), code="2026-B", title="Second", created_at=NOW)
    with transaction(write=True) as session:
        session.add(other)
        session.flush()
        session.add(
            Membership(cohort_id=other.id, person_id=actor.id, part="trainee", joined_at=NOW)
        )
    return other


def test_shared_practice_is_everybodys_and_what_is_not_given_is_nobodys(
    app, trainee, outsider, administrator
):
    load_bank()
    shared, private = make_quiz(shared=True), make_quiz()
    for actor in (trainee, outsider, administrator):
        assert starting.start(actor, shared, now=NOW).created
    for quiz in (private, uuid4()):
        with pytest.raises(NotFound):
            starting.start(trainee, quiz, now=NOW)
    with pytest.raises(NotOpen):  # known of, but given to nobody
        starting.start(administrator, private, now=NOW)


def test_what_is_given_starts_within_its_window(app, cohort, trainee, outsider, instructor):
    load_bank()
    quiz = make_quiz(time_limit_s=1800, grace_s=30)
    given = give(quiz, cohort, opens_at=NOW, closes_at=NOW + HOUR)
    with pytest.raises(NotOpen, match="not opened"):
        starting.start(trainee, quiz, now=NOW - MINUTE)
    with pytest.raises(NotOpen, match="time is over"):
        starting.start(trainee, quiz, now=NOW + HOUR)
    with pytest.raises(NotFound):
        starting.start(outsider, quiz, now=NOW)
    with pytest.raises(Forbidden):
        starting.start(instructor, quiz, now=NOW)
    for other in (uuid4(), give(make_quiz(), cohort)):
        with pytest.raises(NotFound):
            starting.start(trainee, quiz, assignment_id=other, now=NOW)
    started = starting.start(trainee, quiz, assignment_id=given, now=NOW + 45 * MINUTE)
    seen = view(trainee, started.id)
    assert (seen.assignment_id, seen.cohort_id) == (given, cohort.id)
    assert seen.deadline == NOW + HOUR  # the limit is cut by the window
    assert seen.closes_at == NOW + HOUR + timedelta(seconds=30)


def test_the_quizs_own_end_cuts_every_window(app, cohort, trainee):
    load_bank()
    quiz = make_quiz()
    give(quiz, cohort, closes_at=NOW + HOUR)
    with transaction(write=True) as session:
        session.get(Quiz, quiz).closes_at = NOW + MINUTE
    with pytest.raises(NotOpen):
        starting.start(trainee, quiz, now=NOW + MINUTE)
    started = starting.start(trainee, quiz, now=NOW)
    assert view(trainee, started.id).deadline == NOW + MINUTE


def test_the_number_allowed_is_counted_within_an_assignment(app, cohort, trainee):
    load_bank()
    quiz = make_quiz(attempts_allowed=2)
    give(quiz, cohort)
    for number in (1, 2):
        started = starting.start(trainee, quiz, now=NOW)
        assert view(trainee, started.id).number == number
        assert not starting.start(trainee, quiz, now=NOW).created
        submitting.submit(trainee, started.id, now=NOW)
    with pytest.raises(NotOpen, match="every attempt"):
        starting.start(trainee, quiz, now=NOW)
    again = give(quiz, cohort)
    started = starting.start(trainee, quiz, now=NOW)  # the one that is left is the only one
    assert view(trainee, started.id).assignment_id == again


def test_an_open_attempt_is_given_back_though_its_window_is_over(app, cohort, trainee):
    load_bank()
    quiz = make_quiz(grace_s=600)
    give(quiz, cohort, closes_at=NOW + HOUR)
    started = starting.start(trainee, quiz, now=NOW)
    within = starting.start(trainee, quiz, now=NOW + HOUR + MINUTE)
    assert (within.id, within.created) == (started.id, False)
    with pytest.raises(NotOpen):
        starting.start(trainee, quiz, now=NOW + 2 * HOUR)
    assert view(trainee, started.id, now=NOW + 2 * HOUR).state == "closed"


def test_an_attempt_whose_time_is_over_makes_room_for_the_next(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, time_limit_s=600)
    first = starting.start(trainee, quiz, now=NOW)
    second = starting.start(trainee, quiz, now=NOW + HOUR)
    assert second.created
    assert second.id != first.id
    assert view(trainee, first.id, now=NOW + HOUR).state == "closed"


def test_several_open_assignments_want_a_choice(app, cohort, trainee):
    load_bank()
    quiz = make_quiz()
    one = give(quiz, cohort)
    other = give(quiz, second_cohort(trainee))
    closed = give(quiz, cohort, closes_at=NOW - HOUR)
    trainee_of_both = trainee
    with pytest.raises(ChooseAssignment):
        starting.start(trainee_of_both, quiz, now=NOW)
    first = starting.start(trainee, quiz, assignment_id=one, now=NOW)
    second = starting.start(trainee, quiz, assignment_id=other, now=NOW)
    assert first.id != second.id
    with pytest.raises(NotOpen):
        starting.start(trainee, quiz, assignment_id=closed, now=NOW)
    with transaction(write=True) as session:
        session.get(Assignment, other).withdrawn_at = NOW
    assert starting.start(trainee, quiz, now=NOW).id == first.id
    with pytest.raises(NotFound):
        starting.start(trainee, quiz, assignment_id=other, now=NOW)


def test_an_attempt_whose_time_is_over_stands_in_no_choice(app, cohort, trainee):
    load_bank()
    quiz = make_quiz(mode="exam", time_limit_s=600)
    one, other = give(quiz, cohort), give(quiz, cohort)
    first = starting.start(trainee, quiz, assignment_id=one, now=NOW)
    second = starting.start(trainee, quiz, now=NOW + HOUR)  # the first one is used up
    assert view(trainee, first.id, now=NOW + HOUR).state == "closed"
    assert view(trainee, second.id, now=NOW + HOUR).assignment_id == other


def test_shared_practice_that_is_given_too_is_taken_as_given(app, cohort, trainee, outsider):
    load_bank()
    quiz = make_quiz(shared=True)
    given = give(quiz, cohort, closes_at=NOW + HOUR)
    started = starting.start(trainee, quiz, now=NOW)
    assert view(trainee, started.id).assignment_id == given
    assert view(outsider, starting.start(outsider, quiz, now=NOW).id).assignment_id is None
    later = starting.start(trainee, quiz, now=NOW + 2 * HOUR)
    assert view(trainee, later.id).assignment_id is None


def test_a_trial_counts_nowhere_and_knows_no_window(app, cohort, trainee, instructor):
    load_bank()
    quiz = make_quiz(mode="exam", time_limit_s=600)
    give(quiz, cohort, opens_at=NOW + HOUR)
    with pytest.raises(Forbidden):
        starting.start(trainee, quiz, trial=True, now=NOW)
    started = starting.start(instructor, quiz, trial=True, now=NOW)
    assert not starting.start(instructor, quiz, trial=True, now=NOW).created
    seen = view(instructor, started.id)
    assert (seen.trial, seen.cohort_id, seen.assignment_id) == (True, None, None)
    done = submitting.submit(instructor, started.id, now=NOW)
    assert done.score is not None  # its maker sees it, whatever the release says
    with transaction(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0
        assert all(one.pinned is None for one in session.scalars(select(Assignment)))
    assert starting.start(instructor, quiz, trial=True, now=NOW).created


def test_practice_draws_what_was_met_least_and_takes_fewer_where_there_are_fewer(app, trainee):
    load_bank(*TEN)
    quiz = make_quiz(shared=True, sections=DRAW_FOUR)
    met = Counter()
    for _ in range(5):
        started = starting.start(trainee, quiz, now=NOW)
        met.update(asked(trainee, started.id))
        submitting.submit(trainee, started.id, now=NOW)
    assert len(met) == 10
    assert set(met.values()) == {2}
    many = make_quiz(shared=True, sections=[{"bank": "sample", "draw": 40}])
    assert len(asked(trainee, starting.start(trainee, many, now=NOW).id)) == 10
    none = make_quiz(shared=True, sections=[{"bank": "sample", "draw": 4, "level": "apply"}])
    with pytest.raises(NotOpen, match="None of its questions"):
        starting.start(trainee, none, now=NOW)


def test_an_exam_asks_approved_questions_and_all_that_it_promises(app, cohort, trainee):
    mixed = [*TEN[:4], question("loose", cites=None), question("home", use="practice")]
    load_bank(*mixed)
    quiz = make_quiz(mode="exam", sections=[{"bank": "sample", "draw": 5}])
    give(quiz, cohort)
    with transaction(write=False) as session:
        states = dict(session.execute(select(Question.key, Question.state)).all())
    assert states["loose"] == "draft"
    with pytest.raises(NotOpen, match="more questions than there are"):
        starting.start(trainee, quiz, now=NOW)
    four = make_quiz(mode="exam", sections=DRAW_FOUR)
    give(four, cohort)
    assert set(asked(trainee, starting.start(trainee, four, now=NOW).id)) == {
        "q0",
        "q1",
        "q2",
        "q3",
    }


def test_exam_questions_stay_out_of_practice(app, trainee):
    load_bank(*TEN[:3], question("secret", use="exam"))
    for sections in ([{"bank": "sample", "draw": 4}], [{"task": "3", "draw": 4}]):
        quiz = make_quiz(shared=True, sections=sections)
        assert "secret" not in asked(trainee, starting.start(trainee, quiz, now=NOW).id)
    own = own_practice.start_on(trainee, ("3",), now=NOW)
    assert "secret" not in asked(trainee, own.id)


def test_a_section_without_a_bank_never_reaches_into_private_banks(app, trainee, instructor):
    load_bank(*TEN[:2])
    load_bank(question("private"), bank="private", shipped=False)
    quiz = make_quiz(shared=True, sections=[{"task": "3", "draw": 10}])
    assert set(asked(trainee, starting.start(trainee, quiz, now=NOW).id)) == {"q0", "q1"}


def reimport(*questions, retire=False):
    result = read(*questions)
    return bank_import.import_bank(
        None, result, now=NOW + MINUTE, shipped=True, retire_missing=retire
    )


def test_nothing_that_happens_to_a_question_changes_an_open_attempt(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True)
    started = starting.start(trainee, quiz, now=NOW)
    before = view(trainee, started.id)
    changed = question(
        "one",
        stem={"en": "Reworded altogether, says text one?"},
        options=[
            {"id": "m", "text": {"en": "2030"}, "correct": True},
            {"id": "f", "text": {"en": "2051"}, "rationale": {"en": "No longer."}},
        ],
    )
    report = reimport(changed, retire=True)
    assert report.updated == 1
    assert view(trainee, started.id) == before
    slot = next(item.slot for item in before.items if item.question == "one")
    Browser.of(trainee, started.id).save(slot, RIGHT["one"])
    done = submitting.submit(trainee, started.id, now=NOW)
    assert done.score == Decimal(1)  # by the key of the version that was asked
    fresh = view(trainee, starting.start(trainee, quiz, now=NOW).id)
    assert [item.question for item in fresh.items] == ["one"]
    assert str(fresh.items[0].stem).startswith("Reworded")


def test_an_exam_deals_to_everybody_what_its_window_fixed(app, cohort, trainee, outsider):
    load_bank(*TEN)
    quiz = make_quiz(mode="exam", sections=[{"bank": "sample", "draw": 10}], shuffle=False)
    give(quiz, cohort)
    first = starting.start(trainee, quiz, now=NOW)
    reimport(
        question("q0", stem={"en": "Reworded altogether, says text q0?"}),
        question("q77"),
        retire=True,
    )
    with transaction(write=True) as session:
        session.add(
            Membership(cohort_id=cohort.id, person_id=outsider.id, part="trainee", joined_at=NOW)
        )
    joined = outsider.__class__(outsider.id, "trainee", attends=frozenset({cohort.id}))
    second = starting.start(joined, quiz, now=NOW + HOUR)
    assert set(asked(joined, second.id)) == set(asked(trainee, first.id))
    stems = {str(item.stem) for item in view(joined, second.id).items}
    assert not any(stem.startswith("Reworded") for stem in stems)
    # another window opens after the change and fixes what there is then
    give(quiz, cohort)
    with transaction(write=False) as session:
        assert (
            session.scalar(
                select(func.count()).select_from(Assignment).where(Assignment.pinned.is_not(None))
            )
            == 1
        )


def test_an_attempts_seed_is_secret_and_its_own(app, trainee, outsider):
    load_bank(*TEN)
    quiz = make_quiz(shared=True, sections=[{"bank": "sample", "draw": 10}])
    one = starting.start(trainee, quiz, now=NOW)
    other = starting.start(outsider, quiz, now=NOW)
    with transaction(write=False) as session:
        seeds = session.scalars(select(Attempt.seed)).all()
    assert len(set(seeds)) == 2
    assert all(seed > 2**32 for seed in seeds)
    assert asked(trainee, one.id) != asked(outsider, other.id)
    orders = {
        tuple(option["id"] for option in item.present["options"])
        for item in view(trainee, one.id).items
    }
    assert len(orders) > 1


# --- practice of one's own choice


def test_test_me_on_this(app, trainee):
    load_bank(*TEN)
    started = own_practice.start_on(trainee, ("3.1", " 3.1 "), now=NOW)
    seen = view(trainee, started.id)
    assert {item.question for item in seen.items} == {"q0", "q2", "q4", "q6", "q8"}
    assert (seen.mode, seen.deadline, seen.quiz_title.en) == ("practice", None, "Own practice")
    same = own_practice.start_on(trainee, ("3.1",), now=NOW)
    assert (same.id, same.created) == (started.id, False)
    other = own_practice.start_on(trainee, ("3.1", "3.2"), now=NOW)
    assert other.created
    assert len(asked(trainee, other.id)) == 10
    for nothing in ((), (" ",), ("3.1",) * 3 + tuple(str(n) for n in range(200))):
        with pytest.raises(Invalid):
            own_practice.start_on(trainee, nothing, now=NOW)
    with pytest.raises(NotOpen, match="no practice questions"):
        own_practice.start_on(trainee, ("1.1",), now=NOW)


def test_again_with_what_i_missed(app, trainee, outsider):
    load_bank()
    quiz = make_quiz(shared=True)
    started = starting.start(trainee, quiz, now=NOW)
    with pytest.raises(NotOpen):  # it is not over
        own_practice.start_missed(trainee, started.id, now=NOW)
    browser = Browser.of(trainee, started.id)
    for item in view(trainee, started.id).items:
        if item.question not in ("order", "word"):
            browser.save(item.slot, RIGHT[item.question])
    submitting.submit(trainee, started.id, now=NOW)
    with pytest.raises(NotFound):
        own_practice.start_missed(outsider, started.id, now=NOW)
    again = own_practice.start_missed(trainee, started.id, now=NOW)
    assert set(asked(trainee, again.id)) == {"order", "word"}
    assert not own_practice.start_missed(trainee, started.id, now=NOW).created
    done = submitting.submit(trainee, again.id, now=NOW)
    assert done.max_score == Decimal(2)
    reimport(question("one"), retire=True)
    with pytest.raises(NotOpen, match="nothing left"):
        own_practice.start_missed(trainee, started.id, now=NOW)


def test_what_was_missed_is_not_told_before_marks_are(app, cohort, trainee):
    load_bank()
    quiz = make_quiz(mode="exam", release={"score": "at_once"})
    give(quiz, cohort)
    started = starting.start(trainee, quiz, now=NOW)
    submitting.submit(trainee, started.id, now=NOW)
    with pytest.raises(NotOpen, match="cannot be seen yet"):
        own_practice.start_missed(trainee, started.id, now=NOW)
    with transaction(write=True) as session:
        session.get(Quiz, quiz).released_at = NOW
    assert own_practice.start_missed(trainee, started.id, now=NOW).created


def test_flags_come_and_go_while_the_attempt_is_open(app, trainee, outsider):
    load_bank()
    started = starting.start(trainee, make_quiz(shared=True), now=NOW)
    for _ in range(2):
        taking.set_flag(trainee, started.id, 3, flagged=True)
    assert [one.slot for one in view(trainee, started.id).items if one.flagged] == [3]
    for _ in range(2):
        taking.set_flag(trainee, started.id, 3, flagged=False)
    assert not any(one.flagged for one in view(trainee, started.id).items)
    for slot in (0, 8, -1):
        with pytest.raises(NotFound):
            taking.set_flag(trainee, started.id, slot, flagged=True)
    with pytest.raises(NotFound):
        taking.set_flag(outsider, started.id, 1, flagged=True)


def test_own_attempts_are_listed_newest_first_a_page_at_a_time(app, cohort, trainee, outsider):
    load_bank()
    practice, exam = make_quiz(shared=True), make_quiz(mode="exam", attempts_allowed=9)
    give(exam, cohort)
    made = []
    for number in range(5):
        quiz = exam if number % 2 else practice
        started = starting.start(trainee, quiz, now=NOW + number * MINUTE)
        submitting.submit(trainee, started.id, now=NOW + number * MINUTE)
        made.append(started.id)
    starting.start(outsider, practice, now=NOW)
    page = taking.list_own(trainee, now=NOW + HOUR, limit=3)
    rest = taking.list_own(trainee, now=NOW + HOUR, after=page.next, limit=3)
    assert [one.id for one in (*page.attempts, *rest.attempts)] == made[::-1]
    assert rest.next is None
    scores = [one.score for one in (*page.attempts, *rest.attempts)]
    assert scores == [Decimal(0), None, Decimal(0), None, Decimal(0)]  # exams wait for release
    for cursor in ("", "~", "x~y", "1e400~" + "0" * 32, "nan~" + "0" * 32):
        with pytest.raises(Invalid):
            taking.list_own(trainee, now=NOW, after=cursor)
