"""The policy map and the pages of provisions, with one's own figures and no others."""

from datetime import timedelta

import pytest
from delivery_samples import (
    EVERY_TYPE,
    HOUR,
    MINUTE,
    NOW,
    RIGHT,
    Browser,
    give,
    load_bank,
    make_quiz,
)
from progress_samples import DAY, FULL, answered

from quizapp.domain.errors import NotFound
from quizapp.resources import questions_folder
from quizapp.services.attempts import own_practice, starting, submitting, taking
from quizapp.services.banks import index as bank_index
from quizapp.services.operations import shipped
from quizapp.services.progress import folding, mastery, progress
from quizapp.services.quizzes import making
from quizapp.storage.database import transaction

FIVE = ["one", "several", "verdict", "year", "word"]
LATER = DAY + timedelta(hours=2)


@pytest.fixture
def loaded(app):
    shipped.load(questions_folder(), now=DAY)


@pytest.mark.usefixtures("loaded")
class TestMap:
    def test_every_task_ends_in_a_step(self, trainee):
        found = mastery.read(trainee, now=LATER)
        assert [task.task.number for task in found.tasks] == ["1", "2", "3", "4", "5"]
        assert all(task.practice for task in found.tasks)
        assert found.practice.place.number == "1.1"
        assert found.answers == 0

    def test_figures_are_ones_own(self, trainee, outsider):
        answered(trainee.id, [FULL] * 12, "3.7")
        own, other = (mastery.read(one, now=LATER) for one in (trainee, outsider))
        task = own.tasks[2]
        assert (task.mastery.state, task.mastery.answers) == ("secure", 12)
        states = {p.provision.number: p.mastery.state for p in task.provisions}
        assert states.pop("3.7") == "secure"
        assert set(states.values()) == {"none"}
        assert other.answers == 0

    def test_questions_for_exams_only_are_not_askable(self, trainee):
        """'Test me on this' deals from these, kept apart where two give each other away."""
        page = mastery.read_provision(trainee, "3.1", now=LATER)
        started = own_practice.start_on(trainee, ("3.1",), now=LATER)
        dealt = taking.read(trainee, started.id, "en", now=LATER)
        with transaction(write=False) as session:
            banks = bank_index.indexes(session).values()
        entries = {key: one for bank in banks for key, one in bank.by_key.items()}
        asked = [entries[one.question] for one in dealt.items]
        assert {one.use for one in asked} <= {"both", "practice"}
        assert 0 < len(asked) <= min(page.own.askable, 10)
        citing = [one for one in entries.values() if "3.1" in one.candidate.cites]
        assert page.own.askable == sum(one.use != "exam" for one in citing) < len(citing)

    def test_a_provision_stands_between_its_neighbours(self, trainee):
        first, last = (mastery.read_provision(trainee, n, now=LATER) for n in ("1.1", "5.6"))
        assert (first.previous, first.place, first.task.number) == (None, 1, "1")
        assert first.next.number == "1.2"
        assert (last.previous.number, last.next, last.place) == ("5.5", None, 6)
        across = mastery.read_provision(trainee, "2.1", now=LATER)
        assert (across.previous.number, across.next.number) == ("1.8", "2.2")

    @pytest.mark.parametrize("number", ["9.9", "1", "", "1.1@1", "១.១"])
    def test_what_is_not_there(self, trainee, number):
        with pytest.raises(NotFound):
            mastery.read_provision(trainee, number, now=LATER)


def test_trends_compare_the_last_weeks(trainee, loaded):
    answered(trainee.id, [0] * 9 + [FULL], "3.7", at=DAY - timedelta(days=30))
    answered(trainee.id, [FULL] * 9 + [0], "3.7", at=DAY - timedelta(days=2))
    found = {one.task.number: one for one in mastery.read_trends(trainee, now=DAY)}
    assert found["3"].trend.verdict == "better"
    assert found["3"].mastery.answers == 20
    assert found["1"].trend.verdict == "unknown"


def test_what_is_stored_equals_a_recomputation_from_the_attempts(trainee, outsider, cohort):
    """From sittings on, whoever hands in first: sums of two people over three days."""
    load_bank()
    quiz_id = make_quiz(shared=True)
    made = []
    for day in range(3):
        for person in (trainee, outsider):
            start = NOW + timedelta(days=day)
            begun = [
                starting.start(person, quiz_id, now=start).id,
                own_practice.start_on(person, ("3.1",), now=start + MINUTE).id,
            ]
            for hours, attempt_id in enumerate(reversed(begun), start=1):
                items = taking.read(person, attempt_id, "en", now=start).items
                browser = Browser.of(person, attempt_id)
                for item in items[day : day + 4]:
                    browser.save(item.slot, RIGHT[item.question], now=start + hours * MINUTE)
                submitting.submit(person, attempt_id, now=start + hours * HOUR)
            made += begun
            if day != 1:  # what is left is folded with the next day's
                folding.fold(start + 3 * HOUR, person_id=person.id)
    with transaction(write=False) as session:
        everything = folding.load(session, made)
        stored = progress.sums_of_people(session, [trainee.id, outsider.id])
    assert stored == progress.recount(everything.values())
    assert {scope.number for scope in stored} == {"3", "3.1"}
    assert all(sums.answers == 3 * len(EVERY_TYPE) for sums in stored.values())


class TestSecrets:
    """Mastery tells nothing of marks that are not released (promise 4)."""

    @pytest.fixture
    def sit(self, trainee, cohort):
        """Takes an exam of five questions, all answered right, and hands in two minutes later."""

        def take(**rules):
            load_bank()
            named = {"bank": "sample", "questions": FIVE}
            quiz_id = make_quiz(mode="exam", time_limit_s=3600, sections=[named], **rules)
            give(quiz_id, cohort, closes_at=NOW + 4 * HOUR)
            return self.sat(trainee, quiz_id)

        return take

    def sat(self, trainee, quiz_id):
        started = starting.start(trainee, quiz_id, now=NOW)
        browser = Browser.of(trainee, started.id)
        for item in taking.read(trainee, started.id, "en", now=NOW).items:
            browser.save(item.slot, RIGHT[item.question], now=NOW + MINUTE)
        submitting.submit(trainee, started.id, now=NOW + 2 * MINUTE)
        return quiz_id

    def test_an_exam_counts_once_it_is_released(self, trainee, administrator, sit):
        sat = sit()
        assert mastery.read(trainee, now=NOW + HOUR).answers == 0
        making.release(administrator, sat, now=NOW + HOUR)
        found = mastery.read(trainee, now=NOW + HOUR + MINUTE)
        assert (found.answers, found.tasks[2].mastery.mean) == (5, 1.0)

    def test_practice_on_the_same_day_stands_until_the_earlier_exam_is_released(
        self, trainee, administrator, sit
    ):
        """The exam was answered first that day: practice of the same questions gives way to it."""
        sat = sit()
        started = own_practice.start_on(trainee, ("3.1",), now=NOW + HOUR)
        submitting.submit(trainee, started.id, now=NOW + 2 * HOUR)
        before = mastery.read(trainee, now=NOW + 2 * HOUR)
        assert (before.answers, before.tasks[2].mastery.mean) == (len(EVERY_TYPE), 0.0)
        making.release(administrator, sat, now=NOW + 3 * HOUR)
        after = mastery.read(trainee, now=NOW + 3 * HOUR)
        assert (after.answers, after.tasks[2].mastery.mean) == (
            len(EVERY_TYPE),
            5 / len(EVERY_TYPE),
        )

    @pytest.mark.parametrize(
        ("release", "answers"),
        [
            ({"marks": "at_once"}, (5, 5)),
            ({"marks": "after_close", "score": "at_once"}, (0, 5)),
            ({"marks": "never", "score": "at_once"}, (0, 0)),
        ],
    )
    def test_it_is_the_marks_that_decide(self, trainee, sit, release, answers):
        """A score tells less than mastery by provision does: its release is not enough."""
        sit(release=release)
        before, after = (mastery.read(trainee, now=NOW + n * HOUR).answers for n in (3, 5))
        assert (before, after) == answers
