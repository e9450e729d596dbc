"""Folding answers into progress: the same sums as a recomputation, on real tables."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random
from uuid import UUID, uuid4

import pytest
from progress_samples import DAY, FULL, SOURCE, Attempt, Item, fold, question
from sqlalchemy import event, select

from quizapp.domain.progress.evidence import Scope
from quizapp.domain.progress.mastery import Sums
from quizapp.services.progress import progress
from quizapp.storage.database import db, transaction
from quizapp.storage.progress import Evidence, Meeting


@pytest.fixture
def statements(app):
    """The statements that were sent, in order."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def stored(*people) -> dict[Scope, Sums]:
    with transaction(write=False) as session:
        return progress.sums_of_people(session, [one.id for one in people])


def meetings(person) -> dict[UUID, tuple[int, int]]:
    with transaction(write=False) as session:
        rows = session.scalars(select(Meeting).where(Meeting.person_id == person.id))
        return {row.question_id: (row.times, row.last_mark) for row in rows}


def test_evidence_mastery_and_meetings_of_an_attempt(trainee, outsider):
    fold(
        Attempt(
            trainee.id,
            (
                Item(question(1), FULL, ("3.7", "1.2")),
                Item(question(2), 0, ("3.1",)),
                Item(question(3), 0, ("3.1",), saved_at=None, answered=False),
            ),
        )
    )
    assert {scope.number: sums for scope, sums in stored(trainee).items()} == {
        "1": Sums(1, 1, FULL, FULL**2),
        "1.2": Sums(1, 1, FULL, FULL**2),
        "3": Sums(3, 3, FULL, FULL**2),
        "3.1": Sums(2, 2, 0, 0),
        "3.7": Sums(1, 1, FULL, FULL**2),
    }
    assert meetings(trainee) == {question(1): (1, FULL), question(2): (1, 0), question(3): (1, 0)}
    assert stored(outsider) == {}


def test_a_blank_counts_when_its_attempt_ended(trainee):
    blank = Item(question(1), 0, saved_at=DAY, answered=False)
    fold(Attempt(trainee.id, (blank,), submitted_at=DAY + timedelta(days=2)))
    with transaction(write=False) as session:
        row = session.scalars(select(Evidence)).one()
    assert (row.day.isoformat(), row.mark) == ("2026-11-26", 0)


def test_trials_count_nowhere(instructor):
    fold(Attempt(instructor.id, (Item(question(1), FULL),), trial=True))
    assert stored(instructor) == {}
    assert meetings(instructor) == {}


def test_the_first_answer_of_the_day_wins_in_every_order_of_arrival(trainee, outsider):
    """Three attempts of one day, the question's versions citing other provisions each time."""
    versions = [(("3.7",), FULL), (("3.1", "3.7"), 0), ((), 5000)]
    found = []
    for order in permutations(range(3)):
        asked = uuid4()  # six questions, one for each order
        made = [
            Attempt(trainee.id, (Item(asked, mark, cites, DAY + timedelta(hours=n)),))
            for n, (cites, mark) in enumerate(versions)
        ]
        before = stored(trainee)
        for n in order:
            fold(made[n])
        after = stored(trainee)
        found.append({s: after[s] - before.get(s, Sums()) for s in after})
    assert all(one == found[0] for one in found)
    assert {s.number: one for s, one in found[0].items()} == {
        "3": Sums(1, 1, FULL, FULL**2),
        "3.7": Sums(1, 1, FULL, FULL**2),
    }


def test_folding_forward_equals_a_recomputation_exactly(trainee, outsider, instructor):
    random = Random(5)  # noqa: S311 - reproducible, not secret
    people = [trainee.id, outsider.id, instructor.id]
    numbers = ["1.1", "1.2", "3.7", "5.10"]
    attempts = [
        Attempt(
            random.choice(people),
            tuple(
                Item(
                    question(n),
                    random.choice((0, 3333, 5000, 6667, FULL)),
                    tuple(random.sample(numbers, random.randint(0, 3))),
                    DAY + timedelta(minutes=random.randint(0, 6000)),
                    answered=random.random() < 0.9,
                )
                for n in random.sample(range(12), 5)
            ),
            submitted_at=DAY + timedelta(minutes=random.randint(0, 6000)),
        )
        for _ in range(120)
    ]
    left = attempts[:]
    while left:
        size = random.randint(1, 30)
        fold(*left[:size])
        left = left[size:]
    assert stored(trainee, outsider, instructor) == progress.recount(attempts)


def test_marks_given_anew_replace_what_stood(trainee):
    first = Attempt(trainee.id, (Item(question(1), 0),))
    next_day = Item(question(1), FULL, saved_at=DAY + timedelta(days=1))
    fold(first, Attempt(trainee.id, (next_day,)))
    again = replace(first, items=(Item(question(1), 5000),))
    fold(again, again=True)
    assert stored(trainee)[Scope(trainee.id, SOURCE, "3.7")] == Sums(
        2, 1, 15_000, FULL**2 + 25_000_000
    )
    assert meetings(trainee) == {question(1): (2, FULL)}


def test_the_mastery_of_many_is_one_statement_and_knows_those_without_answers(
    trainee, outsider, statements
):
    items = tuple(Item(question(n), FULL) for n in range(11))
    fold(Attempt(trainee.id, items))
    with transaction(write=False) as session:
        statements.clear()
        found = progress.mastery_of_people(session, [trainee.id, outsider.id], tasks_only=True)
        assert len(statements) == 1
    task = found[trainee.id].of(SOURCE, "3")
    assert (task.state, task.answers, task.mean) == ("secure", 11, 1.0)
    assert found[trainee.id].of(SOURCE, "3.7").answers == 0  # only tasks were asked for
    assert found[outsider.id] == progress.NOBODY
    with transaction(write=False) as session:
        mine = progress.progress_of(session, trainee.id)
    assert mine.of(SOURCE, "3.7").state == "secure"
    assert mine.of("other", "3.7").state == "none"


def test_a_fold_of_many_is_a_handful_of_statements(trainee, outsider, statements):
    attempts = [
        Attempt(
            one.id,
            tuple(Item(question(n), 0, ("1.1", "3.7")) for n in range(20)),
        )
        for one in (trainee, outsider)
        for _ in range(20)
    ]
    statements.clear()
    fold(*attempts)
    assert len(statements) <= 6, statements


def test_two_folds_at_once_count_every_answer_once(app, trainee):
    """A job's thread and a reader fold the same person: neither may count from the same sums."""
    attempts = [
        Attempt(
            trainee.id,
            tuple(Item(question(q), FULL, saved_at=DAY + timedelta(hours=n)) for q in range(5)),
        )
        for n in range(30)
    ]

    def work(mine: list[Attempt]) -> None:
        with app.app_context():
            for one in mine:
                fold(one)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, [attempts[n::3] for n in range(3)]))
    assert stored(trainee) == progress.recount(attempts)
