"""What an exam draws: the same for everybody or anew for each, and those dealt least first."""

from collections import Counter
from uuid import uuid4

import pytest
from bank_samples import question
from cast import make_person
from delivery_samples import NOW, give, load_bank, make_quiz

from quizapp.domain.errors import NotOpen
from quizapp.services.attempts import own_practice, starting, taking
from quizapp.services.quizzes import making
from quizapp.storage import exposures
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import core_transaction, transaction

SECTIONS = [{"bank": "sample", "draw": 3}]


@pytest.fixture
def bank(app):
    load_bank(
        *(question(f"q{number}") for number in range(10)),
        question("left", not_with=["right"]),
        question("right"),
    )


def deal(person, quiz):
    view = taking.read(person, starting.start(person, quiz, now=NOW).id, "en", now=NOW)
    return [item.question for item in view.items]


def times():
    with core_transaction(write=False) as connection:
        found = connection.execute(exposures.table(exposures.Exposure).select()).all()
    return Counter({row.question_id: row.times for row in found})


def trainees(cohort, count):
    return [make_person("trainee", f"person {number}", cohort) for number in range(count)]


def test_everybody_gets_the_same_in_an_order_of_their_own(bank, cohort):
    people = trainees(cohort, 8)
    quiz = make_quiz(mode="exam", draws="same", sections=[{"bank": "sample", "draw": 6}])
    give(quiz, cohort)
    dealt = [deal(person, quiz) for person in people]
    assert len({frozenset(one) for one in dealt}) == 1
    assert len({tuple(one) for one in dealt}) > 1
    assert not {"left", "right"} <= set(dealt[0])
    assert set(times().values()) == {8}  # counted when it was fixed, for all it is given to
    assert len(times()) == 6


def test_the_next_cohort_gets_what_was_dealt_least(bank, cohort):
    (first,) = trainees(cohort, 1)
    sections = [{"bank": "sample", "draw": 5}]
    quiz = make_quiz(mode="exam", draws="same", sections=sections)
    give(quiz, cohort)
    other = Cohort(id=uuid4(), code="2027-B", title="Others", created_at=NOW)
    with transaction(write=True) as session:
        session.add(other)
    (second,) = trainees(other, 1)
    give(quiz, other)
    assert not set(deal(first, quiz)) & set(deal(second, quiz))


def test_drawn_for_each_the_exposure_stays_even(bank, cohort):
    people = trainees(cohort, 8)
    quiz = make_quiz(mode="exam", draws="each", sections=SECTIONS)
    give(quiz, cohort)
    dealt = [deal(person, quiz) for person in people]
    assert len({frozenset(one) for one in dealt}) > 1
    counted = times()
    assert counted.total() == 24
    assert max(counted.values()) - min(counted.values()) <= 1
    assert not any({"left", "right"} <= set(one) for one in dealt)


def test_a_new_exam_asks_the_same_of_all_unless_draws_are_chosen(bank, instructor):
    fields = {"title": "An exam", "mode": "exam", "sections": SECTIONS}
    for chosen, expected in ((None, "same"), ("each", "each")):
        given = fields | ({"draws": chosen} if chosen else {})
        quiz = making.make(instructor, given, now=NOW)
        assert making.read(instructor, quiz, now=NOW).draws == expected


def test_what_is_kept_for_exams_is_never_practised(app, cohort):
    load_bank(question("kept", use="exam", cites=["3.1@1"]), question("free", cites=["3.1@1"]))
    (person,) = trainees(cohort, 1)
    practice = make_quiz(shared=True, sections=[{"bank": "sample", "draw": 2}])
    assert deal(person, practice) == ["free"]
    own = own_practice.start_on(person, ("3.1",), now=NOW).id
    asked = [item.question for item in taking.read(person, own, "en", now=NOW).items]
    assert asked == ["free"]
    load_bank(question("secret", use="exam", cites=["3.2@1"]), bank="closed")
    with pytest.raises(NotOpen):
        own_practice.start_on(person, ("3.2",), now=NOW)
