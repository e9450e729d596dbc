"""Dealing an attempt: which questions it asks, in which order, from what an exam's window fixed."""

import secrets
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.delivery.assemble import Chosen, assemble, by_section
from quizapp.domain.delivery.items import Item, deal_items
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.domain.errors import Invalid, NotOpen
from quizapp.domain.words import N_
from quizapp.services.attempts.planning import Plan
from quizapp.services.banks import index as bank_index
from quizapp.services.memory import Kept, PerDatabase
from quizapp.services.quizzes import pools as quiz_pools
from quizapp.services.quizzes.pinning import Pinned, Pools
from quizapp.storage import exposures
from quizapp.storage import starting as stored


@dataclass(frozen=True)
class Dealt:
    """What a start is about to store; `fixed` is what it pins for an exam's window."""

    version_id: UUID
    settings: QuizSettings
    seed: int
    items: Sequence[Item]
    fixed: Pinned | None = None


def deal_plan(
    connection: Connection,
    plan: Plan,
    settings: QuizSettings,
    fixed: Pinned | None,
    owner_id: UUID | None,
    today: date,
) -> Dealt:
    """Deal a quiz: an exam that is given from what its window fixed, all else from what is now.

    Args:
        connection: of a transaction.
        plan: what is started.
        settings: of the version that is dealt.
        fixed: what the exam's window fixed; None where this start is the one that does.
        owner_id: of the quiz: whose banks it may ask from.
        today: facts past their date stay out of exams.

    Raises:
        NotOpen: an exam's section wants more questions than there are.
    """
    if fixed is not None:
        return choose(connection, plan, settings, fixed.pools)
    pools = _pools(connection, plan, settings, owner_id, today)
    fixes = settings.mode == "exam" and plan.assignment_id is not None
    if fixes and settings.is_alike:
        pools = _same_for_all(connection, settings, pools)
    fixed_now = Pinned(plan.version_id, pools) if fixes else None
    return choose(connection, plan, settings, pools, fixed_now)


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
