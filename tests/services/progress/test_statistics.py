"""Folding attempts into sums: any order and any batches give what a full recomputation gives."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import bank_samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select

from quizapp.domain.questions import TYPES
from quizapp.services.banks import index as bank_index
from quizapp.services.banks.importing import import_bank
from quizapp.services.progress import statistics
from quizapp.services.progress.folding import FoldedAttempt, FoldedItem
from quizapp.storage.database import db, transaction
from quizapp.storage.statistics import NO_COHORT, ChoiceCount, ItemStatistic, ScoreCount

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
QUIZ, OTHER = UUID(int=101), UUID(int=102)
COHORTS = (None, UUID(int=201), UUID(int=202))
SEVERAL = {
    "type": "multiple_choice",
    "stem": {"en": "Which of these are years in the text, as question several has it?"},
    "options": [
        {"id": "k", "text": {"en": "2030"}, "correct": True},
        {"id": "b", "text": {"en": "2050"}, "correct": True},
        {"id": "w", "text": {"en": "2041"}, "rationale": {"en": "No such year is named."}},
    ],
}


@pytest.fixture
def versions(instructor):
    """Two question versions, parsed, by id: one choice, several choices."""
    bank_samples.load_source()
    result = bank_samples.read(
        bank_samples.question("one"), bank_samples.question("several", **SEVERAL)
    )
    import_bank(instructor, result, now=NOW)
    with transaction(write=False) as session:
        index = bank_index.index(session, "sample")
        ids = [index.by_key[key].version_id for key in ("one", "several")]
        found = bank_index.versions(session, ids)
    return {version_id: found[version_id] for version_id in ids}


def item(slot, version_id, question, response):
    kind = TYPES[question.type]
    return FoldedItem(
        slot=slot,
        question_id=uuid4(),
        version_id=version_id,
        source="foreign-policy-direction",
        cites=("3.1",),
        points=100,
        mark=int(kind.mark(question.content, response) * 10_000),
        response=response,
        answered=kind.is_answered(question.content, response),
        saved_at=NOW if response else None,
    )


def attempt(versions, responses, *, quiz=QUIZ, cohort=None, trial=False):
    (one_id, one), (several_id, several) = versions.items()
    items = (item(1, one_id, one, responses[0]), item(2, several_id, several, responses[1]))
    return FoldedAttempt(
        id=uuid4(),
        person_id=uuid4(),
        quiz_id=quiz,
        cohort_id=cohort,
        trial=trial,
        submitted_at=NOW,
        score=sum(i.mark * i.points for i in items),
        max_score=2_000_000,
        items=items,
    )


def fold(*attempts):
    with transaction(write=True) as session:
        statistics.fold(session, attempts)


def stored():
    """All sums, as plain dictionaries."""
    with transaction(write=False) as session:
        items = {
            (row.quiz_id, row.cohort_id, row.version_id): (
                row.n,
                row.answered,
                row.total,
                row.squares,
            )
            for row in session.scalars(select(ItemStatistic))
        }
        choices = {
            (row.quiz_id, row.cohort_id, row.version_id, row.choice): row.n
            for row in session.scalars(select(ChoiceCount))
        }
        scores = {
            (row.quiz_id, row.cohort_id, row.percent): row.n
            for row in session.scalars(select(ScoreCount))
        }
    return items, choices, scores


def recomputed(attempts, versions):
    """The same from nothing, the slow way."""
    marks, answered = defaultdict(list), Counter()
    choices, scores = Counter(), Counter()
    for one in attempts:
        if one.trial:
            continue
        scope = one.quiz_id, one.cohort_id or NO_COHORT
        scores[*scope, one.score * 100 // one.max_score] += 1
        for each in one.items:
            key = (*scope, each.version_id)
            marks[key].append(each.mark)
            answered[key] += each.answered
            question = versions[each.version_id]
            for choice in TYPES[question.type].classify(question.content, each.response):
                choices[*key, choice] += 1
    items = {
        key: (len(found), answered[key], sum(found), sum(mark**2 for mark in found))
        for key, found in marks.items()
    }
    return items, dict(choices), dict(scores)


def test_an_attempt_is_counted_item_by_item(versions, cohort):
    fold(attempt(versions, ({"choice": "f"}, {"choices": ["b", "k", "w"]}), cohort=cohort.id))
    items, choices, scores = stored()
    one_id, several_id = versions
    assert items == {
        (QUIZ, cohort.id, one_id): (1, 1, 10_000, 100_000_000),
        (QUIZ, cohort.id, several_id): (1, 1, 0, 0),
    }
    assert choices == {
        (QUIZ, cohort.id, one_id, "f"): 1,
        (QUIZ, cohort.id, several_id, "b"): 1,
        (QUIZ, cohort.id, several_id, "k"): 1,
        (QUIZ, cohort.id, several_id, "w"): 1,
    }
    assert scores == {(QUIZ, cohort.id, 50): 1}


def test_what_is_left_blank_is_counted_as_blank(versions):
    fold(attempt(versions, (None, {"choices": []})))
    items, choices, scores = stored()
    assert {row[:2] for row in items.values()} == {(1, 0)}
    assert {key[3] for key in choices} == {"blank"}
    assert scores == {(QUIZ, NO_COHORT, 0): 1}


def test_a_trial_counts_nowhere(versions):
    fold(attempt(versions, ({"choice": "f"}, None), trial=True))
    assert stored() == ({}, {}, {})


def test_nothing_to_fold_is_no_work(app):
    fold()
    assert stored() == ({}, {}, {})


def test_a_version_that_is_gone_still_counts_its_marks(versions):
    one = attempt(versions, ({"choice": "f"}, None))
    fold(replace(one, items=(replace(one.items[0], version_id=UUID(int=7)),)))
    items, choices, _ = stored()
    assert list(items) == [(QUIZ, NO_COHORT, UUID(int=7))]
    assert choices == {}


RESPONSES = st.tuples(
    st.sampled_from([None, {"choice": "m"}, {"choice": "f"}, {"choice": "t"}]),
    st.one_of(
        st.none(),
        st.lists(st.sampled_from("bkw"), unique=True).map(lambda found: {"choices": found}),
    ),
)
ATTEMPTS = st.lists(
    st.tuples(
        RESPONSES,
        st.sampled_from([QUIZ, OTHER]),
        st.sampled_from(COHORTS),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=ATTEMPTS)
def test_folding_in_any_batches_equals_a_full_recomputation(versions, drawn):
    with transaction(write=True) as session:
        for model in (ItemStatistic, ChoiceCount, ScoreCount):
            session.execute(delete(model))
    attempts, batch = [], []
    for responses, quiz, cohort, trial, ends in drawn:
        made = attempt(versions, responses, quiz=quiz, cohort=cohort, trial=trial)
        attempts.append(made)
        batch.append(made)
        if ends:
            fold(*batch)
            batch = []
    fold(*batch)
    assert stored() == recomputed(attempts, versions)


@pytest.mark.parametrize("count", [10, 1_000])
def test_a_fold_takes_three_statements_however_many_attempts(versions, count):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    attempts = [
        attempt(versions, ({"choice": "f"}, None), cohort=COHORTS[n % 3]) for n in range(count)
    ]
    with transaction(write=True) as session:
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            statistics.fold(session, attempts)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 3
