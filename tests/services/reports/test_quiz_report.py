"""How a quiz went: scores, items, choices; equal to a recomputation from what was answered."""

import json
from collections import Counter, defaultdict
from uuid import uuid4

import bank_samples
import pytest
from cast import make_person
from quiz_samples import Statements, load_bank
from report_samples import NOW, RIGHT, WRONG, attended_by, finish, give
from sqlalchemy import select

from quizapp.domain.errors import Forbidden, NotFound
from quizapp.services.reports import quizzes as quiz_report
from quizapp.storage.attempts import Attempt
from quizapp.storage.database import transaction
from quizapp.storage.marks import Mark
from quizapp.storage.responses import Response


@pytest.fixture
def given(instructor, cohort):
    """A quiz of four questions."""
    return give(instructor, cohort)


def read(actor, given, **more):
    return quiz_report.read(actor, given.quiz_id, "en", now=NOW, **more)


def take(given, people, right):
    """The first `right` of four questions right, the last left blank, the others wrong."""
    return finish(given, people, [RIGHT] * right + [WRONG] * (3 - right) + [None])


class TestFigures:
    def test_scores_and_items_of_what_was_given(self, instructor, cohort, given):
        people = attended_by(cohort, [f"T{n}" for n in range(12)])
        take(given, people[:9], 3)
        take(given, people[9:], 1)
        report = read(instructor, given)
        assert (report.given, report.taken, report.scores.count) == (12, 12, 12)
        assert [(band.low, band.count) for band in report.scores.bands if band.count] == [
            (20, 3),
            (70, 9),
        ]
        assert report.scores.half == 75
        assert [item.facility.mean for item in report.items] == [1.0, 0.75, 0.75, 0.0]
        assert [item.facility.verdict for item in report.items] == ["easy", "fair", "fair", "hard"]
        assert report.items[3].facility.answered == 0

    def test_options_have_their_counts(self, instructor, cohort, given):
        take(given, attended_by(cohort, ["Ana", "Ben"]), 1)
        first, second, _, last = read(instructor, given).items
        assert {row.id: (row.count, row.right) for row in first.tally.rows} == {
            "m": (0, False),
            "f": (2, True),
            "t": (0, False),
        }
        assert {row.id: row.count for row in second.tally.rows} == {"m": 2, "f": 0, "t": 0}
        assert last.tally.rows[-1].id == "blank"

    def test_it_is_silent_where_there_are_too_few_answers(self, instructor, cohort, given):
        take(given, attended_by(cohort, ["Ana"]), 3)
        report = read(instructor, given)
        assert {item.facility.verdict for item in report.items} == {"unknown"}
        assert {item.facility.n for item in report.items} == {1}

    def test_trials_count_nowhere(self, instructor, cohort, given):
        finish(given, attended_by(cohort, ["Ana"]), [RIGHT] * 4, trial=True)
        report = read(instructor, given)
        assert (report.given, report.taken, report.scores.count, report.items) == (1, 0, 0, ())

    def test_it_equals_a_recomputation_from_what_was_answered(
        self, instructor, administrator, cohort, given
    ):
        people = attended_by(cohort, [f"T{n}" for n in range(30)])
        for start, right in ((0, 3), (10, 2), (20, 0)):
            take(given, people[start : start + 10], right)
            read(instructor, given)  # folded by and by
        finish(given, people[:5], [RIGHT, WRONG, None, RIGHT], own=True)
        report = read(administrator, given)
        assert report.scores.count == 35
        marks, chosen, scores = recomputed(given)
        assert {
            item.version_id: (item.facility.n, round(item.facility.mean * item.facility.n * 10_000))
            for item in report.items
        } == {version: (len(found), sum(found)) for version, found in marks.items()}
        assert {
            (item.version_id, row.id): row.count
            for item in report.items
            for row in item.tally.rows
            if row.count
        } == chosen
        assert {band.low: band.count for band in report.scores.bands if band.count} == scores


def recomputed(given):
    """Marks and choices by version, and scores by band, from the rows of what was answered."""
    marks, chosen, scores = defaultdict(list), Counter(), Counter()
    with transaction(write=False) as session:
        given_marks = {
            (one.attempt_id, one.slot): one.mark for one in session.scalars(select(Mark))
        }
        bodies = {
            (one.attempt_id, one.slot): json.loads(one.body)
            for one in session.scalars(select(Response))
        }
        for attempt in session.scalars(select(Attempt).where(Attempt.quiz_id == given.quiz_id)):
            scores[attempt.score * 10 // attempt.max_score * 10] += 1
            for slot, entry in enumerate(given.items, start=1):
                body = bodies.get((attempt.id, slot))
                marks[entry.version_id].append(given_marks[attempt.id, slot])
                chosen[entry.version_id, body["choice"] if body else "blank"] += 1
    return marks, chosen, scores


class TestReach:
    def test_self_chosen_practice_is_for_administrators(
        self, instructor, administrator, cohort, given
    ):
        people = attended_by(cohort, ["Ana", "Ben"])
        take(given, people[:1], 3)
        finish(given, people, [RIGHT] * 4, own=True)
        assert read(instructor, given).scores.count == 1
        assert read(administrator, given).scores.count == 3
        assert read(administrator, given, cohort_id=cohort.id).scores.count == 1
        assert read(administrator, given).taken == 1

    def test_a_bank_of_others_keeps_its_key(self, cohort, given):
        take(given, attended_by(cohort, ["Ana"]), 1)
        colleague = make_person("instructor", "colleague", cohort)
        first = read(colleague, given).items[0]
        assert not first.readable
        assert {row.right for row in first.tally.rows} == {None}
        assert read(None, given).items[0].readable

    def test_it_is_not_known_to_others(self, trainee, outsider, given):
        with pytest.raises(NotFound):
            read(bank_samples.another(), given)
        with pytest.raises(NotFound):
            read(outsider, given)
        with pytest.raises(Forbidden):
            read(trainee, given)
        with pytest.raises(NotFound):
            quiz_report.read(None, uuid4(), "en", now=NOW)


class TestPages:
    def test_fifty_items_a_page(self, instructor, cohort):
        load_bank(instructor, *(bank_samples.question(f"q-{n}") for n in range(60)))
        given = give(instructor, cohort, items=60)
        finish(given, attended_by(cohort, ["Ana"]), [RIGHT] * 60)
        first, second = read(instructor, given), read(instructor, given, page=2)
        assert (len(first.items), first.next) == (50, 2)
        assert (len(second.items), second.next) == (10, None)
        assert len(read(instructor, given, limit=None).items) == 60
        assert [one.question for one in first.items][:2] == ["q-0", "q-1"]


@pytest.mark.parametrize("many", [10, 1_000])
def test_statements_do_not_grow(instructor, cohort, given, many):
    take(given, attended_by(cohort, [f"T{n:04}" for n in range(many)]), 2)
    read(instructor, given)
    with Statements() as statements:
        report = read(instructor, given)
    assert report.scores.count == many
    assert len(statements.sent) <= 7
