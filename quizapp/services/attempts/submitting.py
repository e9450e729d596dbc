"""Ending attempts: all items are marked, and what follows from it becomes jobs, in one transaction.

What was saved is what is marked: the attempt is locked before its responses are read, so that a
save on its way is either in what is read or finds the attempt closed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.access import Actor, AttemptRef, require
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.outcome import item_score, mark_response, passed, shown_points
from quizapp.domain.errors import AttemptHeld, NotFound
from quizapp.domain.words import N_
from quizapp.services.attempts import outages, releasing
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes.rules import rules
from quizapp.storage import attempts, jobs, marks, responses, sittings
from quizapp.storage.database import AnyRow, core_transaction

State = Literal["open", "submitted", "closed"]
BATCH = 25
"""Attempts that one transaction closes: short enough that no save waits for it noticeably."""


@dataclass(frozen=True)
class Submitted:
    """A finished attempt. `score` and `passed` are None where they may not be seen yet."""

    id: UUID
    state: State
    score: Decimal | None
    max_score: Decimal
    passed: bool | None


def submit(actor: Actor, attempt_id: UUID, *, by_clock: bool = False, now: datetime) -> Submitted:
    """End one's attempt and mark it; ending it again changes nothing.

    Args:
        actor: whose attempt it is.
        attempt_id: the attempt.
        by_clock: the page's clock did it, not the person: nothing happens where the time is not
            over, since more was given meanwhile, or time stands still.
        now: when the request arrived; after `closes_at` the attempt is closed, not submitted.

    Raises:
        NotFound: there is no such attempt that the person may know of.
        Forbidden: it is somebody else's.
        AttemptHeld: its deadline fell into an outage about which nobody has decided.
    """
    done = _submit(actor, attempt_id, now, by_clock=by_clock, looked=False)
    if done is None:
        outages.beat(now)
        done = _submit(actor, attempt_id, now, by_clock=by_clock, looked=True)
    if done is None:
        raise AttemptHeld(
            N_("Your answers are kept. Somebody decides soon whether you get the minutes back.")
        )
    return done


def _submit(
    actor: Actor, attempt_id: UUID, now: datetime, *, by_clock: bool, looked: bool
) -> Submitted | None:
    """End an attempt; None where an outage may hold it, or (once `looked` for) does."""
    with core_transaction(write=True) as connection:
        head = sittings.lock_attempt(connection, attempt_id)
        if head is None:
            raise NotFound
        require(actor, "attempt.take", AttemptRef(head.person_id, head.cohort_id))
        state: State = head.state
        score = head.score
        if state == "open":
            past = head.deadline is not None and now >= head.deadline
            if by_clock and not past:
                return Submitted(attempt_id, "open", None, shown_points(head.max_score), None)
            if past and (head.held or not looked):
                return None
            state = "closed" if is_overdue(head, now) else "submitted"
            [score] = _end(connection, [head], state, now)
        shown = releasing.shown_to(actor, head, connection, now=now, finished=True)
        pass_mark = rules(connection, head.quiz_version_id).pass_mark
        if not shown.score:
            score = None
    return Submitted(
        id=attempt_id,
        state=state,
        score=None if score is None else shown_points(score),
        max_score=shown_points(head.max_score),
        passed=None if score is None else passed(score, head.max_score, pass_mark),
    )


def is_overdue(head: Any, now: datetime) -> bool:
    """Say whether an attempt is open and its time is over, the grace included."""
    return head.state == "open" and head.closes_at is not None and now >= head.closes_at


def finalise(attempt_id: UUID, *, now: datetime) -> bool:
    """Close one attempt if its time is over and no outage holds it; say whether it is over."""
    outages.beat(now)
    with core_transaction(write=True) as connection:
        head = sittings.lock_attempt(connection, attempt_id)
        if head is None or head.state != "open":
            return True
        if not is_overdue(head, now) or head.held:
            return False
        _end(connection, [head], "closed", now)
    return True


def end_all(ids: Sequence[UUID], *, now: datetime) -> int:
    """End those of these attempts that are open, in batches; gives how many there were.

    Whoever may end them has been asked for before.
    """
    total = 0
    for first in range(0, len(ids), BATCH):
        with core_transaction(write=True) as connection:
            found = [sittings.lock_attempt(connection, one) for one in ids[first : first + BATCH]]
            heads = [head for head in found if head is not None and head.state == "open"]
            if heads:
                _end(connection, heads, "closed", now)
        total += len(heads)
    return total


def finalise_due(now: datetime, *, most: int = 1000) -> int:
    """Close attempts whose time is over, in batches; gives how many were closed.

    Args:
        now: the time.
        most: leave the rest to the next run.
    """
    outages.beat(now)
    total = 0
    while total < most:
        with core_transaction(write=False) as connection:
            if not sittings.any_overdue(connection, now):
                break
        with core_transaction(write=True) as connection:
            heads = sittings.lock_overdue(connection, now, BATCH)
            if heads:
                _end(connection, heads, "closed", now)
        if not heads:  # somebody else is closing them
            break
        total += len(heads)
    return total


def _end(
    connection: Connection, heads: Sequence[AnyRow], state: State, now: datetime
) -> list[int | None]:
    """Mark and close locked attempts; gives their scores, None where a person has to mark yet.

    Statements do not grow with their number.

    An attempt that closed by itself ended when it closed, however late that is noticed; one that
    somebody closed before, at that moment.
    """
    saved = responses.responses_of_all(connection, [head.id for head in heads])
    dealt = {head.id: [Item.from_data(item) for item in head.items] for head in heads}
    versions = {item.version_id for items in dealt.values() for item in items}
    questions = bank_index.versions(connection, versions)
    schemes = {head.quiz_id: head.scheme_id for head in heads}
    for quiz_id, scheme_id in schemes.items():
        if scheme_id is None:
            schemes[quiz_id] = marks.first_scheme(connection, quiz_id, now)
    scores: list[int | None] = []
    given: list[dict[str, Any]] = []
    for head in heads:
        total: int | None = 0
        for slot, item in enumerate(dealt[head.id], 1):
            response = saved[head.id].get(slot)
            mark = mark_response(
                item.type,
                questions[item.version_id].content,
                None if response is None else json.loads(response.body),
            )
            if mark is None:  # a person gives it, and the score waits for that
                total = None
                continue
            total = None if total is None else total + item_score(item.points, mark)
            given.append(
                {
                    "attempt_id": head.id,
                    "slot": slot,
                    "number": 1,
                    "mark": mark,
                    "scheme_id": schemes[head.quiz_id],
                    "reason": "",
                    "given_at": now,
                }
            )
        scores.append(total)
    if given:
        marks.give_marks(connection, given)
    attempts.close_attempts(
        connection,
        [
            {
                "attempt_id": head.id,
                "to_state": state,
                "ended_at": min(head.closes_at or now, now) if state == "closed" else now,
                "earned": score,
            }
            for head, score in zip(heads, scores, strict=True)
        ],
    )
    waiting = [
        job
        for head, score in zip(heads, scores, strict=True)
        if score is not None and not head.trial
        for job in what_follows(head, now)
    ]
    if waiting:
        jobs.add_jobs(connection, waiting)
    return scores


def what_follows(head: AnyRow, now: datetime) -> list[dict[str, Any]]:
    """What is to be folded once all is marked: into the quiz's sums, and what the person learnt."""
    return [
        jobs.job(kind, str(head.id), now, person_id=head.person_id, quiz_id=head.quiz_id)
        for kind in (jobs.STATISTICS, jobs.LEARNING)
    ]
