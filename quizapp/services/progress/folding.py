"""Folding finished attempts into what reports and progress read: each exactly once.

A submit leaves two jobs behind: one for the quiz's statistics, and one for what the person has
learnt, which waits until their marks may be seen (promise 4). `fold` takes the jobs of a scope,
hands the attempts to `statistics.fold` and `progress.fold` and deletes the jobs, all in one
transaction. Whoever reads what comes of it folds their own scope first (promise 10).
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.delivery.items import Item
from quizapp.domain.questions import TYPES
from quizapp.services.attempts import releasing
from quizapp.services.banks import index as bank_index
from quizapp.services.progress import progress, statistics
from quizapp.storage import folding as stored
from quizapp.storage import marks, responses, sittings
from quizapp.storage.database import transaction
from quizapp.storage.jobs import LEARNING, STATISTICS

BATCH = 50
"""Jobs that one transaction folds: short enough that no save waits for it noticeably."""
SCANNED = 500
"""Jobs that one look goes through to find those that may be folded."""
MOST_AT_ONCE = 1000
LOOK_AGAIN = timedelta(minutes=10)
AFTER_ERROR = timedelta(hours=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FoldedItem:
    """One item of a finished attempt.

    Attributes:
        slot: from 1.
        question_id: the question through its versions.
        version_id: the version that was dealt.
        source: slug of the bank's source document; empty where it has none.
        cites: provision numbers without their version, such as "3.7".
        points: hundredths of a point that the item is worth.
        mark: the current mark, in ten-thousandths of the points.
        response: as normalised by the type's `check`; None where nothing was answered.
        answered: whether the response answers any part of the question.
        saved_at: when the response was saved; None where there is none.
    """

    slot: int
    question_id: UUID
    version_id: UUID
    source: str
    cites: tuple[str, ...]
    points: int
    mark: int
    response: Mapping[str, Any] | None
    answered: bool
    saved_at: datetime | None


@dataclass(frozen=True)
class FoldedAttempt:
    """A finished attempt with its current marks. Scores in millionths of a point."""

    id: UUID
    person_id: UUID
    quiz_id: UUID
    cohort_id: UUID | None
    trial: bool
    submitted_at: datetime
    score: int
    max_score: int
    items: tuple[FoldedItem, ...]


def fold(
    now: datetime,
    *,
    person_id: UUID | None = None,
    quiz_id: UUID | None = None,
    cohort: UUID | None = None,
    limit: int = 200,
) -> int:
    """Fold what waits in a scope; gives how many jobs were done.

    One small statement where nothing waits. An attempt that cannot be folded does not keep the
    others back: its job is put off with the error, and whoever reads goes without it.

    Args:
        now: the time.
        person_id: only this person's attempts.
        quiz_id: only attempts at this quiz.
        cohort: only attempts of people in this cohort.
        limit: at most so many jobs.
    """
    scope = stored.Scope(person_id, quiz_id, cohort)
    done = 0
    while done < limit:
        with transaction(write=False) as session:
            waiting = stored.waiting(session, scope, now, limit=SCANNED)
            ready = _ready(session, waiting, now)[: limit - done]
        folded = sum(
            _fold_batch(ready[start : start + BATCH], now) for start in range(0, len(ready), BATCH)
        )
        done += folded
        if folded == 0:
            break
    return done


def drain(now: datetime) -> int:
    """Fold what waits anywhere, as a job does; gives how many jobs were done.

    What waits for its release is put off, so that it is not looked at again and again.
    """
    done = fold(now, limit=MOST_AT_ONCE)
    if done < MOST_AT_ONCE:
        with transaction(write=False) as session:
            held = stored.any_held(session, now)
        if held:
            with transaction(write=True) as session:
                stored.put_off_held(session, now, now + LOOK_AGAIN)
    return done


def _ready(session: Session, waiting: Sequence[Any], now: datetime) -> list[UUID]:
    """The jobs that may be done: what people learn would tell marks, so it waits for these.

    That every item has its mark needs no look: only then is there a job.
    """
    shown: dict[UUID, bool] = {}
    found = []
    for job in waiting:
        if job.kind == LEARNING and job.quiz_id not in shown:
            seen = releasing.shown_to_owner(job, session, now=now, finished=True, marked=True)
            shown[job.quiz_id] = seen.marks
        if job.kind == STATISTICS or shown[job.quiz_id]:
            found.append(job.id)
    return found


def _fold_batch(job_ids: Sequence[UUID], now: datetime) -> int:
    try:
        return _fold(job_ids, now)
    except Exception:  # whatever one attempt did, the others of its batch are to be folded
        _log.exception("folding a batch failed; its attempts are folded one by one")
        return _fold_singly(job_ids, now)


def _fold_singly(job_ids: Sequence[UUID], now: datetime) -> int:
    folded = 0
    for job_id in job_ids:
        try:
            folded += _fold([job_id], now)
        except Exception as error:  # kept with its reason, and tried again later
            _log.exception("an attempt cannot be folded")
            with transaction(write=True) as session:
                stored.put_off(session, job_id, now + AFTER_ERROR, repr(error)[:2000])
    return folded


def _fold(job_ids: Sequence[UUID], now: datetime) -> int:
    """Fold these jobs, those that somebody else folded meanwhile excepted."""
    with transaction(write=True) as session:
        taken = stored.take(session, job_ids)
        if not taken:
            return 0
        subjects = {row.id: UUID(row.subject) for row in taken}
        attempts = load(session, list(dict.fromkeys(subjects.values())))
        for kind, folds in ((STATISTICS, statistics.fold), (LEARNING, progress.fold)):
            chosen = [attempts[subjects[row.id]] for row in taken if row.kind == kind]
            if chosen:
                folds(session, chosen)
    return len(taken)


def load(session: Session, ids: Sequence[UUID]) -> dict[UUID, FoldedAttempt]:
    """Finished attempts with their current marks, by id; the statements do not grow with them."""
    heads = sittings.finished(session, ids)
    given = marks.marks_of(session, ids)
    saved = responses.responses_of_all(session, ids)
    dealt = {head.id: [Item.from_data(item) for item in head.items] for head in heads}
    versions = {item.version_id for items in dealt.values() for item in items}
    questions = bank_index.versions(session, versions)

    def item_of(attempt_id: UUID, slot: int, item: Item) -> FoldedItem:
        row = saved[attempt_id].get(slot)
        response = None if row is None else json.loads(row.body)
        content = questions[item.version_id].content
        return FoldedItem(
            slot=slot,
            question_id=item.question_id,
            version_id=item.version_id,
            source=item.source,
            cites=item.provisions,
            points=item.points,
            mark=given[attempt_id][slot],
            response=response,
            answered=TYPES[item.type].is_answered(content, response),
            saved_at=None if row is None else row.saved_at,
        )

    return {
        head.id: FoldedAttempt(
            id=head.id,
            person_id=head.person_id,
            quiz_id=head.quiz_id,
            cohort_id=head.cohort_id,
            trial=head.trial,
            submitted_at=head.submitted_at,
            score=head.score,
            max_score=head.max_score,
            items=tuple(
                item_of(head.id, slot, item) for slot, item in enumerate(dealt[head.id], 1)
            ),
        )
        for head in heads
    }
