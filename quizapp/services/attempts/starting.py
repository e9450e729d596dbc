"""Starting attempts, or going on with the one that is open.

What is to be dealt is found out while nothing is locked; the attempt is then stored in one short
transaction. Unique keys see to it that two starts at once end with one attempt.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from quizapp.domain.access import Actor
from quizapp.domain.delivery import entry
from quizapp.domain.delivery.entry import Brought
from quizapp.domain.delivery.outcome import FULL
from quizapp.domain.delivery.timing import ends
from quizapp.domain.errors import NotOpen
from quizapp.domain.words import N_
from quizapp.services.attempts import planning, submitting
from quizapp.services.attempts.dealing import Dealt, deal_plan
from quizapp.services.attempts.planning import Plan
from quizapp.services.people.throttle import Throttle
from quizapp.services.quizzes import pinning
from quizapp.services.quizzes.rules import rules
from quizapp.storage import attempts, exposures
from quizapp.storage import starting as stored
from quizapp.storage.database import core_transaction

TRIES = 5


@dataclass(frozen=True)
class Started:
    """The attempt to be taken; `created` is False where it was open already."""

    id: UUID
    created: bool


def start(
    actor: Actor,
    quiz_id: UUID,
    *,
    assignment_id: UUID | None = None,
    trial: bool = False,
    brought: Brought = entry.NOTHING,
    throttle: Throttle | None = None,
    device: UUID | None = None,
    now: datetime,
) -> Started:
    """Start a quiz, or give back the attempt at it that is open.

    Args:
        actor: who is to take it.
        quiz_id: the quiz.
        assignment_id: as which assignment; None: the only one that is open. Shared practice needs
            none.
        trial: an instructor's try, which counts nowhere and knows no window.
        brought: the access code and the word of honour, where the start asks for them.
        throttle: slows down guesses at the access code.
        device: the browser that asks, if it is one: an exam is taken on one at a time.
        now: the time.

    Raises:
        NotFound: there is no such quiz or assignment that the person may know of.
        Forbidden: a trainee asks for a trial, or an instructor for what is given to trainees.
        NotOpen: outside of the window, or no attempt is left, or nothing can be asked.
        Invalid: the access code or the word of honour is missing, or the code is wrong.
        TooManyTries: the code was wrong too often.
        ChooseAssignment: more than one assignment can be started and none is named.
    """
    looked_at: set[UUID] = set()

    def once() -> Started | None:
        with core_transaction(write=False) as connection:
            rows = stored.start_rows(connection, quiz_id, actor.id)
            options = planning.options(actor, rows, assignment_id, trial=trial)
            settings = rules(connection, rows[0].version_id)
            opened = attempts.open_attempts(connection, [one.open_key for one in options])
            over = {one.id for one in opened.values() if submitting.is_overdue(one, now)}
            over -= looked_at  # what was looked at and is open still, an outage holds
            if not over:
                plan = planning.the_one(options, opened, settings, now)
                if plan.open_key in opened:
                    return Started(opened[plan.open_key].id, created=False)
                fixed = None
                if plan.pinned and plan.assignment_id is not None:
                    fixed = pinning.pinned(connection, plan.assignment_id)
                    plan = replace(plan, version_id=fixed.version_id)
                    settings = rules(connection, plan.version_id)
                planning.let_in(plan, settings, brought, throttle, now)
                today = now.date()
                dealt = deal_plan(connection, plan, settings, fixed, rows[0].owner_id, today)
        if over:
            looked_at.update(over)
            for attempt_id in over:
                submitting.finalise(attempt_id, now=now)
            return None
        return store(plan, dealt, now, device)

    return until_done(once)


def until_done(once: Callable[[], Started | None]) -> Started:
    """Try to start until it is done: another start may come first, or an attempt had to close."""
    for _ in range(TRIES):
        started = once()
        if started is not None:
            return started
    raise RuntimeError("another start came first, again and again")


def store(plan: Plan, dealt: Dealt, now: datetime, device: UUID | None = None) -> Started | None:
    """Store a new attempt; None where another start came first: look again.

    Raises:
        NotOpen: there is nothing that can be asked.
    """
    if not dealt.items:
        raise NotOpen(N_("None of its questions can be asked now."))
    settings = dealt.settings
    limits = ends(
        now,
        plan.window.cutting(settings.time_limit_s is None or settings.window_cuts),
        time_limit_s=settings.time_limit_s,
        grace_s=settings.grace_s,
        granted=plan.granted,
        let_in_until=plan.let_in_until,
    )
    attempt_id = uuid4()
    asked = [item.question_id for item in dealt.items]
    values = {
        "id": attempt_id,
        "person_id": plan.person_id,
        "quiz_id": plan.quiz_id,
        "quiz_version_id": dealt.version_id,
        "assignment_id": plan.assignment_id,
        "cohort_id": plan.cohort_id,
        "trial": plan.trial,
        "number": plan.number,
        "open_key": plan.open_key,
        "state": "open",
        "seed": dealt.seed,
        "items": [item.to_data() for item in dealt.items],
        "device": device,
        "started_at": now,
        "honoured_at": now if settings.honour is not None and not plan.trial else None,
        "deadline": limits.deadline,
        "closes_at": limits.closes_at,
        "max_score": sum(item.points for item in dealt.items) * FULL,
    }
    with core_transaction(write=True) as connection:
        if dealt.fixed is not None and plan.assignment_id is not None:
            pins = pinning.pins(dealt.fixed, now)
            if not stored.pin(connection, plan.assignment_id, pins):
                return None  # another first start fixed it: deal from that
            if settings.is_alike:  # all of them get these: counted once
                times = exposures.trainees_given(connection, plan.assignment_id)
                exposures.count_exposures(connection, asked, times)
        if not attempts.insert_attempt(connection, values):
            return None
        if settings.mode == "exam" and plan.assignment_id is not None and not settings.is_alike:
            exposures.count_exposures(connection, asked)
    return Started(attempt_id, created=True)
