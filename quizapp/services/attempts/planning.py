"""What a person may start: as which assignment, in which window, and what lets them in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quizapp.domain.access import Actor, QuizRef, require
from quizapp.domain.delivery import entry
from quizapp.domain.delivery.entry import Brought
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.domain.delivery.timing import NOTHING_GRANTED, Accommodation, Window
from quizapp.domain.errors import ChooseAssignment, Forbidden, NotFound, NotOpen
from quizapp.domain.words import N_
from quizapp.services.people import accommodations
from quizapp.services.people.throttle import Throttle

ALWAYS = Window()


@dataclass(frozen=True)
class Plan:
    """An attempt that might be started: of what, in which window, under which key while open.

    `window` is everybody's; `granted` and `let_in_until` are what holds for this person.
    """

    person_id: UUID
    quiz_id: UUID
    version_id: UUID
    open_key: str
    number: int = 1
    window: Window = ALWAYS
    granted: Accommodation = NOTHING_GRANTED
    let_in_until: datetime | None = None
    paused: bool = False
    last_entry_at: datetime | None = None
    access_code: str | None = None
    assignment_id: UUID | None = None
    cohort_id: UUID | None = None
    trial: bool = False
    pinned: bool = False


def open_key(person_id: UUID, quiz_id: UUID, *what: str) -> str:
    """The key of an open attempt: whatever gives the same key gives back the same attempt."""
    digest = hashlib.sha256("|".join(what).encode()).hexdigest()[:32]
    return f"{person_id.hex}.{quiz_id.hex}.{digest}"


def options(
    actor: Actor, rows: Sequence[Any], assignment_id: UUID | None, *, trial: bool
) -> list[Plan]:
    """What the person might start, if the window and the number allowed let them."""
    if not rows:
        raise NotFound
    quiz = rows[0]
    given = [row for row in rows if row.assignment_id is not None]
    cohorts = frozenset(row.cohort_id for row in given)
    thing = QuizRef(quiz.owner_id, quiz.mode, quiz.shared, cohorts)
    require(actor, "quiz.try" if trial else "quiz.start", thing)
    if trial:
        key = open_key(actor.id, quiz.id, "trial")
        return [Plan(actor.id, quiz.id, quiz.version_id, key, trial=True)]
    if assignment_id is not None:
        given = [row for row in given if row.assignment_id == assignment_id]
        if not given:
            raise NotFound
    taking = [row for row in given if row.part == "trainee"]
    if given and not taking and not quiz.shared:
        raise Forbidden(N_("It is given to your trainees: you can try it, which counts nowhere."))
    found = [_assigned(actor.id, row) for row in taking]
    if quiz.shared and assignment_id is None:
        found.append(
            Plan(
                actor.id,
                quiz.id,
                quiz.version_id,
                open_key(actor.id, quiz.id, "alone"),
                number=quiz.made_alone + 1,
                window=Window(closes_at=quiz.quiz_closes_at),
                granted=accommodations.of(quiz),
            )
        )
    return found


def the_one(
    options: Sequence[Plan], opened: Mapping[str, Any], settings: QuizSettings, now: datetime
) -> Plan:
    """The only option that can be started; shared practice that is given too is taken as given."""
    if not options:
        raise NotOpen(N_("It is not given to you: ask your instructor."))
    reasons = [None if one.open_key in opened else _why_not(one, settings, now) for one in options]
    startable = [one for one, reason in zip(options, reasons, strict=True) if reason is None]
    if not startable:
        raise NotOpen(reasons[0])
    given = [one for one in startable if one.assignment_id is not None]
    if len(given) > 1:
        raise ChooseAssignment
    return given[0] if given else startable[0]


def let_in(
    plan: Plan, settings: QuizSettings, brought: Brought, throttle: Throttle | None, now: datetime
) -> None:
    """Ask for the access code and the word of honour; a trial needs neither."""
    if plan.trial:
        return
    knows_code = plan.access_code is None
    if plan.access_code is not None and brought.access_code.strip():
        account = f"{plan.person_id}:{plan.assignment_id}"
        tried = (
            throttle.begin("access-code", now, account=account, device=None) if throttle else None
        )
        knows_code = entry.same_code(plan.access_code, brought.access_code)
        if knows_code and throttle is not None and tried is not None:
            throttle.succeed(tried)
    entry.check(brought, knows_code=knows_code, honour=settings.honour is not None)


def _assigned(person_id: UUID, row: Any) -> Plan:
    return Plan(
        person_id=person_id,
        quiz_id=row.id,
        version_id=row.version_id,
        open_key=open_key(person_id, row.id, str(row.assignment_id)),
        number=row.made + 1,
        window=Window(row.opens_at, row.closes_at).within(row.quiz_closes_at),
        granted=accommodations.of(row),
        let_in_until=row.let_in_until,
        paused=row.paused_at is not None,
        last_entry_at=row.last_entry_at,
        access_code=row.access_code,
        assignment_id=row.assignment_id,
        cohort_id=row.cohort_id,
        pinned=row.is_pinned,
    )


def _why_not(plan: Plan, settings: QuizSettings, now: datetime) -> str | None:
    """Why it cannot be started now, as a message; None where it can."""
    if plan.trial:
        return None
    window = plan.window.own(plan.granted, plan.let_in_until)
    entry_ends = Window(closes_at=plan.last_entry_at).own(plan.granted, plan.let_in_until)
    most = settings.attempts_allowed
    reasons = (
        (
            window.opens_at is not None and now < window.opens_at,
            N_("It has not opened yet."),
        ),
        (not window.is_open(now), N_("It is closed: its time is over.")),
        (not entry_ends.is_open(now), N_("The time to begin is over: ask the invigilator.")),
        (plan.paused, N_("It is paused: wait until the invigilator lets it go on.")),
        (
            most is not None and plan.number > most,
            N_("You have used every attempt that it allows."),
        ),
    )
    return next((why for holds, why in reasons if holds), None)
