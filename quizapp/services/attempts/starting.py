"""Starting attempts: what is given to whom and when, what is dealt, and the one that is open.

What is to be dealt is found out while nothing is locked; the attempt is then stored in one short
transaction. Unique keys see to it that two starts at once end with one attempt.
"""

import hashlib
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from quizapp.domain.access import Actor, QuizRef, require
from quizapp.domain.delivery import entry
from quizapp.domain.delivery.assemble import Chosen, assemble, by_section
from quizapp.domain.delivery.entry import Brought
from quizapp.domain.delivery.items import Item, deal_items
from quizapp.domain.delivery.outcome import FULL
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.domain.delivery.timing import NOTHING_GRANTED, Accommodation, Window, ends
from quizapp.domain.errors import ChooseAssignment, Forbidden, Invalid, NotFound, NotOpen
from quizapp.domain.words import N_
from quizapp.services.attempts import submitting
from quizapp.services.banks import index as bank_index
from quizapp.services.memory import Kept, PerDatabase
from quizapp.services.people.throttle import Throttle
from quizapp.services.quizzes import pinning
from quizapp.services.quizzes import pools as quiz_pools
from quizapp.services.quizzes.pinning import Pinned, Pools
from quizapp.services.quizzes.rules import rules
from quizapp.storage import attempts, exposures
from quizapp.storage import starting as stored
from quizapp.storage.database import core_transaction

TRIES = 5
ALWAYS = Window()


@dataclass(frozen=True)
class Started:
    """The attempt to be taken; `created` is False where it was open already."""

    id: UUID
    created: bool


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


@dataclass(frozen=True)
class Dealt:
    """What a start is about to store; `fixed` is what it pins for an exam's window."""

    version_id: UUID
    settings: QuizSettings
    seed: int
    items: Sequence[Item]
    fixed: Pinned | None = None


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
            options = _options(actor, rows, assignment_id, trial=trial)
            settings = rules(connection, rows[0].version_id)
            opened = attempts.open_attempts(connection, [one.open_key for one in options])
            over = {one.id for one in opened.values() if submitting.is_overdue(one, now)}
            over -= looked_at  # what was looked at and is open still, an outage holds
            if not over:
                plan = _the_one(options, opened, settings, now)
                if plan.open_key in opened:
                    return Started(opened[plan.open_key].id, created=False)
                dealt = _deal(connection, plan, rows[0], now)
                _let_in(plan, dealt.settings, brought, throttle, now)
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


def open_key(person_id: UUID, quiz_id: UUID, *what: str) -> str:
    """The key of an open attempt: whatever gives the same key gives back the same attempt."""
    digest = hashlib.sha256("|".join(what).encode()).hexdigest()[:32]
    return f"{person_id.hex}.{quiz_id.hex}.{digest}"


def choose(
    connection: Connection,
    plan: Plan,
    settings: QuizSettings,
    pools: Pools,
    fixed: Pinned | None = None,
) -> Dealt:
    """Draw and deal an attempt with a new secret seed.

    In practice the questions met least come first and a section that finds too few takes those; an
    exam takes those first that exams have dealt least, and the whole number or not at all.

    Raises:
        NotOpen: an exam's section wants more questions than there are.
    """
    seed = secrets.randbits(63)
    practice = settings.mode == "practice"
    avoid: Mapping[UUID, int] = {}
    if practice and any(section.draw for section in settings.sections):
        avoid = stored.meetings_of(connection, plan.person_id)
    elif not practice and not settings.is_alike and plan.assignment_id is not None:
        avoid = exposures.exposures_of(connection, _drawn_from(settings, pools))
    with _enough():
        chosen = assemble(
            settings.sections,
            pools,
            seed=seed,
            shuffle=settings.shuffle,
            avoid=avoid,
            fewer=practice or plan.trial,
        )
    return deal(connection, plan.version_id, settings, chosen, seed=seed, fixed=fixed)


def _same_for_all(connection: Connection, settings: QuizSettings, pools: Pools) -> Pools:
    """Choose what an exam asks of everybody: the pools with just those questions left in them.

    Each attempt then draws all of them, in an order of its own.
    """
    avoid = exposures.exposures_of(connection, _drawn_from(settings, pools))
    with _enough():
        chosen = by_section(settings.sections, pools, seed=secrets.randbits(63), avoid=avoid)
    return {number: [one.candidate for one in section] for number, section in enumerate(chosen)}


def _drawn_from(settings: QuizSettings, pools: Pools) -> set[UUID]:
    drawing = (pools[number] for number, one in enumerate(settings.sections) if one.draw)
    return {one.question_id for pool in drawing for one in pool}


@contextmanager
def _enough() -> Iterator[None]:
    """Say to whom it matters that a section finds too few questions.

    Raises:
        NotOpen: it does.
    """
    try:
        yield
    except Invalid as error:
        raise NotOpen(
            N_("It wants more questions than there are: tell your instructor.")
        ) from error


def deal(
    connection: Connection,
    version_id: UUID,
    settings: QuizSettings,
    chosen: Sequence[Chosen],
    *,
    seed: int,
    fixed: Pinned | None = None,
) -> Dealt:
    """Deal the questions chosen."""
    questions = bank_index.versions(connection, {one.candidate.version_id for one in chosen})
    items = deal_items(chosen, questions, seed=seed, shuffle=settings.shuffle)
    return Dealt(version_id, settings, seed, items, fixed)


def _options(
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
    options = [_assigned(actor.id, row) for row in taking]
    if quiz.shared and assignment_id is None:
        options.append(
            Plan(
                actor.id,
                quiz.id,
                quiz.version_id,
                open_key(actor.id, quiz.id, "alone"),
                number=quiz.made_alone + 1,
                window=Window(closes_at=quiz.quiz_closes_at),
                granted=_granted(quiz),
            )
        )
    return options


def _assigned(person_id: UUID, row: Any) -> Plan:
    return Plan(
        person_id=person_id,
        quiz_id=row.id,
        version_id=row.version_id,
        open_key=open_key(person_id, row.id, str(row.assignment_id)),
        number=row.made + 1,
        window=Window(row.opens_at, row.closes_at).within(row.quiz_closes_at),
        granted=_granted(row),
        let_in_until=row.let_in_until,
        paused=row.paused_at is not None,
        last_entry_at=row.last_entry_at,
        access_code=row.access_code,
        assignment_id=row.assignment_id,
        cohort_id=row.cohort_id,
        pinned=row.is_pinned,
    )


def _granted(row: Any) -> Accommodation:
    if row.time_percent is None:
        return NOTHING_GRANTED
    return Accommodation(
        time_percent=row.time_percent,
        break_s=row.break_s,
        opens_early_s=row.opens_early_s,
        closes_late_s=row.closes_late_s,
    )


def _the_one(
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


def _let_in(
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


def _deal(connection: Connection, plan: Plan, quiz: Any, now: datetime) -> Dealt:
    """Deal a quiz: an exam that is given from what its window fixed, all else from what is now."""
    if plan.pinned and plan.assignment_id is not None:
        fixed = pinning.pinned(connection, plan.assignment_id)
        settings = rules(connection, fixed.version_id)
        return choose(connection, replace(plan, version_id=fixed.version_id), settings, fixed.pools)
    settings = rules(connection, plan.version_id)
    pools = _pools(connection, plan, settings, quiz.owner_id, now.date())
    fixes = settings.mode == "exam" and plan.assignment_id is not None
    if fixes and settings.is_alike:
        pools = _same_for_all(connection, settings, pools)
    fixed_now = Pinned(plan.version_id, pools) if fixes else None
    return choose(connection, plan, settings, pools, fixed_now)


_known_pools: PerDatabase[Kept[Hashable, Pools]] = PerDatabase(lambda: Kept(200))


def _pools(
    connection: Connection, plan: Plan, settings: QuizSettings, owner_id: UUID | None, today: date
) -> Pools:
    """What each section may use today: in memory until one of the banks changes."""
    indexes = quiz_pools.read_indexes(connection, settings, owner_id)
    kept = _known_pools.of(connection)
    banks = tuple((index.bank_id, index.revision) for index in indexes.values())
    key = (plan.version_id, plan.trial, today, banks)
    found = kept.get(key)
    if found is None:
        pools = quiz_pools.pools(settings, indexes, today=today, trial=plan.trial)
        found = kept.put(key, pools)
    return found


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
                asked = [item.question_id for item in dealt.items]
                exposures.count_exposures(connection, asked, times)
        if not attempts.insert_attempt(connection, values):
            return None
        if settings.mode == "exam" and plan.assignment_id is not None and not settings.is_alike:
            exposures.count_exposures(connection, [item.question_id for item in dealt.items])
    return Started(attempt_id, created=True)
