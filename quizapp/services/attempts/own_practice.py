"""Practice of one's own choice: 'test me on this', and 'again with what I missed'."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.access import Actor, require
from quizapp.domain.delivery import own_practice
from quizapp.domain.delivery.assemble import Chosen, usable
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.outcome import FULL
from quizapp.domain.delivery.own_practice import SETTINGS, SLUG, TITLE
from quizapp.domain.errors import Invalid, NotOpen
from quizapp.domain.words import N_
from quizapp.services.attempts import releasing
from quizapp.services.attempts.dealing import Dealt, choose, deal
from quizapp.services.attempts.planning import Plan, open_key
from quizapp.services.attempts.sitting import reading
from quizapp.services.attempts.starting import Started, store, until_done
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes import pools as quiz_pools
from quizapp.storage import attempts, marks
from quizapp.storage import starting as stored
from quizapp.storage.database import core_transaction, transaction

MOST_PROVISIONS = 100


def start_on(actor: Actor, provisions: Sequence[str], *, now: datetime) -> Started:
    """Start practice on provisions ("3.7") or whole tasks ("3"): up to ten questions on them.

    Only questions of shipped banks are asked, since those are everybody's. While it is open, asking
    for the same provisions gives it back.

    Raises:
        Invalid: no provision is named, or too many.
        NotOpen: there is no practice question on them.
    """
    require(actor, "provision.read")
    wanted = sorted({one.strip() for one in provisions} - {""})
    if not 1 <= len(wanted) <= MOST_PROVISIONS:
        raise Invalid.field("provisions", N_("Say on which provisions you want to be tested."))

    def dealt(connection: Connection, plan: Plan) -> Dealt:
        indexes = quiz_pools.read_indexes(connection, SETTINGS, None)
        pool = (one for index in indexes.values() for one in index.candidates)
        found = own_practice.on_provisions(pool, wanted, today=now.date())
        if not found:
            raise NotOpen(N_("There are no practice questions on this yet."))
        return choose(connection, plan, SETTINGS, {0: found})

    return _start(actor, ("on", *wanted), dealt, now)


def start_missed(actor: Actor, attempt_id: UUID, *, now: datetime) -> Started:
    """Start practice with the questions of a finished attempt that did not earn a full mark.

    They are asked at their current version; those that may not be practised any more are left out.

    Raises:
        NotFound: there is no such attempt that the person may know of.
        Forbidden: it is somebody else's.
        NotOpen: its marks may not be seen yet, or nothing of it is left to practise.
    """
    with reading(actor, "attempt.take", attempt_id, now=now) as (connection, head):
        finished = head.state != "open"
        if not releasing.shown_to(actor, head, connection, now=now, finished=finished).marks:
            raise NotOpen(N_("The marks of this attempt cannot be seen yet."))
        given = marks.marks_of(connection, [attempt_id])[attempt_id]
    items = [Item.from_data(data) for data in head.items]
    missed = [item for slot, item in enumerate(items, 1) if given.get(slot, 0) < FULL]

    def dealt(connection: Connection, plan: Plan) -> Dealt:
        indexes = bank_index.indexes(connection, {item.bank for item in missed})
        known = {one.question_id: one for index in indexes.values() for one in index.candidates}
        chosen = [
            Chosen(known[item.question_id], item.points)
            for item in missed
            if item.question_id in known
            and usable(known[item.question_id], "practice", today=now.date())
        ]
        if not chosen:
            raise NotOpen(N_("There is nothing left of it to practise."))
        seed = secrets.randbits(63)
        Random(seed).shuffle(chosen)  # noqa: S311 - an order, not a secret
        return deal(connection, plan.version_id, SETTINGS, chosen, seed=seed)

    return _start(actor, ("missed", str(attempt_id)), dealt, now)


def _start(
    actor: Actor,
    what: Sequence[str],
    dealt: Callable[[Connection, Plan], Dealt],
    now: datetime,
) -> Started:
    quiz_id, version_id = _hidden_quiz(now)
    plan = Plan(actor.id, quiz_id, version_id, open_key(actor.id, quiz_id, *what))

    def once() -> Started | None:
        with core_transaction(write=False) as connection:
            found = attempts.open_attempts(connection, [plan.open_key]).get(plan.open_key)
            if found is not None:
                return Started(found.id, created=False)
            new = dealt(connection, plan)
        return store(plan, new, now)

    return until_done(once)


def _hidden_quiz(now: datetime) -> tuple[UUID, UUID]:
    """The quiz that all own practice belongs to, with its version; made on first use."""
    with transaction(write=False) as session:
        found = stored.quiz_by_slug(session, SLUG)
    if found is None:
        settings = SETTINGS.model_dump(mode="json", exclude={"release"})
        release = SETTINGS.release.model_dump(mode="json")
        with transaction(write=True) as session:
            stored.make_quiz(
                session, slug=SLUG, title=TITLE, settings=settings, release=release, now=now
            )
        with transaction(write=False) as session:
            found = stored.quiz_by_slug(session, SLUG)
    if found is None:
        raise RuntimeError("the quiz of own practice could not be made")
    return found
