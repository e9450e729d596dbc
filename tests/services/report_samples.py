"""For tests of reports: a quiz given to a cohort, and finished attempts as rows, many at once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import quiz_samples
from sqlalchemy import insert, select, update

from quizapp.domain.access import Actor
from quizapp.domain.delivery.items import Item
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes import assignments, making
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Cohort, Membership, remove_member
from quizapp.storage.database import transaction
from quizapp.storage.jobs import LEARNING, STATISTICS, Job
from quizapp.storage.marks import Mark
from quizapp.storage.people import Person
from quizapp.storage.quizzes import Quiz, QuizVersion
from quizapp.storage.responses import Response

NOW = quiz_samples.NOW
DAY = timedelta(days=1)
RIGHT, WRONG = "f", "m"
"""The key of the sample questions, and a distractor."""


@dataclass(frozen=True)
class Given:
    """A quiz of `items` single choice questions, given to a cohort."""

    quiz_id: UUID
    version_id: UUID
    assignment_id: UUID | None
    cohort_id: UUID | None
    items: tuple[Any, ...]


def give(
    instructor: Actor,
    cohort: Cohort,
    *,
    items: int = 4,
    title: str = "Mid-course exam",
    bank: str = "sample",
    closes_at: datetime | None = None,
    **changes: Any,
) -> Given:
    """Make a bank (once), a quiz that names `items` of its questions, and give it."""
    with transaction(write=False) as session:
        there = bank_index.index(session, bank)
    if there is None:
        quiz_samples.load_bank(instructor, bank=bank)
    keys = [f"q-{number}" for number in range(items)]
    fields = quiz_samples.fields(
        title={"en": title}, sections=[{"bank": bank, "questions": keys}], **changes
    )
    quiz_id = making.make(instructor, fields, now=NOW - 60 * DAY)
    assignment_id = assignments.give(
        instructor, quiz_id, cohort.id, closes_at=closes_at, now=NOW - 60 * DAY
    )
    with transaction(write=False) as session:
        version_id = session.scalar(select(QuizVersion.id).where(QuizVersion.quiz_id == quiz_id))
        index = bank_index.index(session, bank)
    assert version_id is not None
    assert index is not None
    found = tuple(index.by_key[key] for key in keys)
    return Given(quiz_id, version_id, assignment_id, cohort.id, found)


def another_cohort(code: str = "2026-B") -> Cohort:
    """A cohort that nobody teaches."""
    cohort = Cohort(id=uuid4(), code=code, title="Elsewhere", created_at=NOW)
    with transaction(write=True) as session:
        session.add(cohort)
    return cohort


def attended_by(cohort: Cohort, names: Iterable[str], **changes: Any) -> list[UUID]:
    """New trainees of a cohort: they joined a month ago and were seen yesterday."""
    people, members = [], []
    joined_at = changes.pop("joined_at", NOW - 30 * DAY)
    for name in names:
        person_id = uuid4()
        values = {
            "id": person_id,
            "email": f"{person_id.hex}@example.org",
            "name": name,
            "role": "trainee",
            "lang": "en",
            "active": True,
            "created_at": NOW - 30 * DAY,
            "last_seen_at": NOW - DAY,
        }
        people.append(values | changes)
        members.append(
            {
                "cohort_id": cohort.id,
                "person_id": person_id,
                "part": "trainee",
                "joined_at": joined_at,
            }
        )
    with transaction(write=True) as session:
        session.execute(insert(Person), people)
        session.execute(insert(Membership), members)
    return [one["person_id"] for one in members]


def finish(
    given: Given,
    people: Iterable[UUID],
    choices: Sequence[str | None],
    *,
    at: datetime = NOW - DAY,
    state: str = "submitted",
    number: int = 1,
    own: bool = False,
    trial: bool = False,
) -> list[UUID]:
    """Finished attempts, one a person, with the same choices; their jobs wait to be folded.

    Args:
        given: which quiz.
        people: who took it.
        choices: of each item: an option's id, or None where it was left blank.
        at: when they were submitted.
        state: of the attempts.
        number: counts the attempts of a person.
        own: practice of their own choice: given through no cohort.
        trial: tries, which leave no jobs.
    """
    attempts, responses, marks, jobs = [], [], [], []
    for person_id in people:
        attempt_id = uuid4()
        score = sum(choice == RIGHT for choice in choices) * 1_000_000
        attempts.append(
            {
                "id": attempt_id,
                "person_id": person_id,
                "quiz_id": given.quiz_id,
                "quiz_version_id": given.version_id,
                "assignment_id": None if own else given.assignment_id,
                "cohort_id": None if own else given.cohort_id,
                "trial": trial,
                "number": number,
                "open_key": None,
                "state": state,
                "seed": 1,
                "items": [_item(entry) for entry in given.items],
                "started_at": at - timedelta(minutes=20),
                "submitted_at": at,
                "score": score,
                "max_score": len(given.items) * 1_000_000,
            }
        )
        for slot, choice in enumerate(choices, start=1):
            place = {"attempt_id": attempt_id, "slot": slot}
            marks.append(
                place
                | {"number": 1, "mark": 10_000 * (choice == RIGHT), "reason": "", "given_at": at}
            )
            if choice is not None:
                body = json.dumps({"choice": choice})
                responses.append(
                    place | {"revision": 1, "body": body, "late": False, "saved_at": at}
                )
        jobs += [
            {
                "id": uuid4(),
                "kind": kind,
                "subject": str(attempt_id),
                "person_id": person_id,
                "quiz_id": given.quiz_id,
                "run_after": at,
                "tries": 0,
                "created_at": at,
            }
            for kind in (STATISTICS, LEARNING)
            if not trial
        ]
    with transaction(write=True) as session:
        for model, rows in ((Attempt, attempts), (Response, responses), (Mark, marks), (Job, jobs)):
            if rows:
                session.execute(insert(model), rows)
    return [one["id"] for one in attempts]


def begin(given: Given, person_id: UUID, *, at: datetime = NOW - DAY, number: int = 1) -> UUID:
    """An attempt that is under way."""
    attempt_id = uuid4()
    row = Attempt(
        id=attempt_id,
        person_id=person_id,
        quiz_id=given.quiz_id,
        quiz_version_id=given.version_id,
        assignment_id=given.assignment_id,
        cohort_id=given.cohort_id,
        number=number,
        open_key=str(attempt_id),
        state="open",
        seed=1,
        items=[_item(entry) for entry in given.items],
        started_at=at,
        max_score=len(given.items) * 1_000_000,
    )
    with transaction(write=True) as session:
        session.add(row)
    return attempt_id


def unmark(attempt_id: UUID, score: int | None = None) -> None:
    """The attempt has another score, or none while something is still to be marked."""
    with transaction(write=True) as session:
        session.execute(update(Attempt).where(Attempt.id == attempt_id).values(score=score))


def give_again(actor: Actor, given: Given, cohort: Cohort) -> Given:
    """The same quiz, given to another cohort."""
    assignment_id = assignments.give(actor, given.quiz_id, cohort.id, now=NOW - 60 * DAY)
    return replace(given, assignment_id=assignment_id, cohort_id=cohort.id)


def close_quiz(given: Given, at: datetime) -> None:
    """The quiz itself ends then, whatever its assignments say."""
    with transaction(write=True) as session:
        session.execute(update(Quiz).where(Quiz.id == given.quiz_id).values(closes_at=at))


def leave(cohort: Cohort, person_id: UUID) -> None:
    """Somebody leaves the cohort; their attempts stay."""
    with transaction(write=True) as session:
        assert remove_member(session, cohort.id, person_id)


def _item(entry: Any) -> dict[str, Any]:
    return Item(
        question=entry.key,
        question_id=entry.question_id,
        version_id=entry.version_id,
        bank=entry.candidate.bank,
        source=entry.candidate.source,
        type=entry.type,
        points=100,
        cites=entry.cites,
        dealt={"options": ["m", "f", "t"]},
    ).to_data()
