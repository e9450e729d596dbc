"""Saving an answer: the hot path. One SELECT, one UPSERT, one INSERT, one commit.

It asks on its own who saves, since that comes with the same SELECT; the ORM stays out.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.access import Actor, AttemptRef, may, require
from quizapp.domain.answers.canonical import canonical_json
from quizapp.domain.answers.localised import LANGS
from quizapp.domain.delivery import moving
from quizapp.domain.delivery.moving import Progress
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.domain.delivery.receipts import Statement, response_hash
from quizapp.domain.delivery.saving import Edit, Refusal, refusal
from quizapp.domain.delivery.timing import Verdict, judge, seconds_left
from quizapp.domain.errors import (
    AnswerLocked,
    AttemptClosed,
    CurrentResponse,
    EditConflict,
    Invalid,
    NotFound,
    SaveRefused,
    SignInRequired,
    SlotLeft,
    StaleRevision,
)
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_
from quizapp.services.attempts import receipts
from quizapp.services.attempts.receipts import Signer
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes.rules import rules
from quizapp.storage import saves as stored
from quizapp.storage import seats
from quizapp.storage.database import AnyRow, core_transaction

LARGEST = 2**31 - 1
"""The largest revision, and the longest time spent in milliseconds."""
MOST_SLOTS = 500
TRIES = 50
"""How often a save that another one overtook is decided again before it gives up."""

_REFUSALS: dict[Refusal, type[SaveRefused]] = {
    "attempt-closed": AttemptClosed,
    "answer-locked": AnswerLocked,
    "slot-left": SlotLeft,
    "stale-revision": StaleRevision,
    "conflict": EditConflict,
}


@dataclass(frozen=True, slots=True)
class SaveRequest:
    """What a device sends.

    Attributes:
        response: what was answered; None is an answer taken back.
        revision: from 1, higher than the one before; gaps are allowed.
        base: the revision that it was edited from; None where the device does not say.
        lang: in which language the question was read.
        spent_ms: time spent on the question so far.
        age_s: how long ago it was answered, by the device's monotonic clock.
    """

    response: Any
    revision: int
    base: int | None = None
    lang: str | None = None
    spent_ms: int | None = None
    age_s: float | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What is answered to an accepted save.

    Attributes:
        revision: the one that was sent.
        current_revision: the one that counts now.
        saved_at: when it was saved first.
        receipt: signed; the same for the same save.
        seconds_left: until the deadline; None without one.
        late: whether it arrived after the deadline.
        elsewhere: whether the attempt was continued on another device than the one that sent it.
    """

    revision: int
    current_revision: int
    saved_at: datetime
    receipt: str
    seconds_left: int | None
    late: bool
    elsewhere: bool = False


def save(
    credential: UUID | str,
    attempt_id: UUID,
    slot: int,
    request: SaveRequest,
    *,
    device: UUID | None,
    now: datetime,
) -> Saved:
    """Save one answer (promises 2 and 3); it is acknowledged after its commit.

    Args:
        credential: a browser session's id, or the digest of an API token.
        attempt_id: the attempt.
        slot: from 1.
        request: what was sent.
        device: that sent it, where it is known.
        now: when it arrived.

    Raises:
        SignInRequired: the session or token signs nobody in (any more).
        NotFound: there is no such slot of an attempt that the person may know of.
        Forbidden: the attempt is somebody else's whom the person may look at.
        Invalid: a figure is out of range, or the response does not fit the question.
        AttemptClosed: the attempt takes no more answers.
        AnswerLocked: the feedback to this slot was looked at.
        SlotLeft: the quiz goes forward only, and the slot was left before.
        StaleRevision: the revision is at or below the current one.
        EditConflict: `base` is not the current revision.
    """
    saved = _save(_Arrival(credential, attempt_id, slot, request, device, now))
    if saved is None:
        raise RuntimeError("only a form's save can find nothing changed")
    return saved


def save_form(
    actor: Actor,
    attempt_id: UUID,
    slot: int,
    response: Any,
    *,
    base: int,
    now: datetime,
    lang: str | None = None,
    device: UUID | None = None,
) -> Saved | None:
    """Save an answer from a page without JavaScript; None where it is the one already saved.

    The form sent twice is one save.

    Args:
        actor: who sent the form, from a browser.
        attempt_id: the attempt.
        slot: from 1.
        response: as read from the form; None where the question was left blank.
        base: the revision that the form was made from, 0 for none.
        now: when it arrived.
        lang: in which language the question was read.
        device: that sent it, where it is known.

    Raises:
        EditConflict: another answer was saved since the form was made.
        DomainError: as for `save`.
    """
    if actor.session_id is None:
        raise SignInRequired
    request = SaveRequest(response, base + 1, base, lang)
    arrival = _Arrival(actor.session_id, attempt_id, slot, request, device, now, only_changes=True)
    try:
        return _save(arrival)
    except StaleRevision as error:
        raise EditConflict(error.current) from None


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A save as it arrived."""

    credential: UUID | str
    attempt_id: UUID
    slot: int
    request: SaveRequest
    device: UUID | None
    now: datetime
    only_changes: bool = False


def _save(arrival: _Arrival) -> Saved | None:
    if not 1 <= arrival.slot <= MOST_SLOTS:
        raise NotFound
    _check(arrival.request)
    signer = receipts.signer(arrival.now)
    for _ in range(TRIES):
        with core_transaction(write=True) as connection:
            done = _decide(connection, arrival, signer)
        if isinstance(done, SaveRefused):
            raise done
        if not isinstance(done, _Overtaken):
            return done
    raise RuntimeError("this answer was overtaken again and again")


def _check(request: SaveRequest) -> None:
    """Refuse figures that no column holds."""
    if not 1 <= request.revision <= LARGEST:
        raise Invalid.field("revision", N_("A revision is a whole number from 1."))
    if request.base is not None and not 0 <= request.base <= LARGEST:
        raise Invalid.field("base", N_("A revision is a whole number from 1."))
    if request.lang is not None and request.lang not in LANGS:
        raise Invalid.field("lang", N_("Choose English (en) or Khmer (km)."))
    if request.spent_ms is not None and not 0 <= request.spent_ms <= LARGEST:
        raise Invalid.field("spent_ms", N_("This number is out of range."))
    if request.age_s is not None and not (isfinite(request.age_s) and request.age_s >= 0):
        raise Invalid.field("age_s", N_("This number is out of range."))


class _Overtaken:
    """Another save of the slot came first: look again."""


def _decide(
    connection: Connection, arrival: _Arrival, signer: Signer
) -> Saved | SaveRefused | _Overtaken | None:
    """Accept or refuse, in one transaction; a refusal is given back, so that its log row stays."""
    request, now = arrival.request, arrival.now
    row = stored.save_context(connection, arrival.credential, arrival.attempt_id, arrival.slot)
    if row is None:
        if not stored.is_signed_in(connection, arrival.credential, now):
            raise SignInRequired
        raise NotFound
    _admit(connection, row, now)
    if row.item is None:
        raise NotFound
    body = _body(connection, row.item, request.response)
    digest = hashlib.sha256(body.encode()).hexdigest()[:32]
    current: int = row.revision or 0
    elsewhere = _is_elsewhere(row, arrival.device)
    if arrival.only_changes and body == (row.body or "null"):
        return None
    if request.revision <= current:
        first = stored.logged_response(
            connection, arrival.attempt_id, arrival.slot, request.revision, digest
        )
        if first is not None:
            left = seconds_left(now, row.deadline)
            saved = (first.revision, current, first.saved_at, first.receipt, left, first.late)
            return Saved(*saved, elsewhere)
    settings = rules(connection, row.quiz_version_id)
    progress = Progress.from_data(row.left_at)
    verdict = _verdict(connection, row, arrival)
    entry = {
        "attempt_id": arrival.attempt_id,
        "slot": arrival.slot,
        "revision": request.revision,
        "digest": digest,
        "base": request.base,
        "body": body,
        "late": verdict == "late",
        "lang": request.lang,
        "spent_ms": request.spent_ms,
        "age_ms": _milliseconds(request.age_s),
        "device": arrival.device,
        "saved_at": now,
    }
    reason = refusal(
        Edit(request.revision, request.base),
        current,
        closed=row.state != "open" or verdict == "closed",
        locked=row.checked_at is not None,
        left=settings.navigation == "forward" and _is_left(arrival, progress, settings),
    )
    if reason is not None:
        stored.log_refused(connection, entry | {"outcome": reason})
        held = None if row.body is None else json.loads(row.body)
        return _REFUSALS[reason](CurrentResponse(current, held, row.saved_at))
    signed = _signed(entry, signer)
    if not stored.accept(connection, current, signed):
        return _Overtaken()
    if settings.navigation == "forward" and arrival.slot > progress.slot:
        # a program that answers a later question without a word has left the ones before
        seats.advance(connection, arrival.attempt_id, progress.to(arrival.slot, now).to_data())
    left = seconds_left(now, row.deadline)
    receipt = signed["receipt"]
    is_late = verdict == "late"
    return Saved(request.revision, request.revision, now, receipt, left, is_late, elsewhere)


def _is_left(arrival: _Arrival, progress: Progress, settings: QuizSettings) -> bool:
    return moving.is_too_late(
        arrival.now,
        progress.left(arrival.slot),
        age_s=arrival.request.age_s,
        grace_s=settings.grace_s,
    )


def _is_elsewhere(row: AnyRow, device: UUID | None) -> bool:
    return device is not None and row.held_by is not None and row.held_by != device


def _admit(connection: Connection, row: AnyRow, now: datetime) -> None:
    """Let only the attempt's own person pass, and only while signed in."""
    if row.revoked_at is not None or row.expires_at <= now or not row.active:
        raise SignInRequired
    attempt = AttemptRef(row.person_id, row.cohort_id)
    if not may(Actor(row.actor_id, row.role), "attempt.take", attempt):
        teaches = stored.teaches(connection, row.actor_id)
        require(Actor(row.actor_id, row.role, teaches), "attempt.take", attempt)


def _body(connection: Connection, item: dict[str, Any], response: Any) -> str:
    """The response in its canonical form, as the question's type takes it."""
    if response is None:
        return "null"
    question = bank_index.version(connection, UUID(item["version_id"]))
    return canonical_json(TYPES[question.type].check(question.content, response))


def _verdict(connection: Connection, row: AnyRow, arrival: _Arrival) -> Verdict:
    """Whether it comes in time. Only within the grace is the device's word asked for, and bounded.

    A device that was never heard cannot have answered before the attempt began.
    """
    age_s = arrival.request.age_s
    heard = None
    if row.deadline is not None and arrival.now >= row.deadline and age_s is not None:
        heard = stored.last_heard(connection, arrival.attempt_id, arrival.device)
        heard = row.started_at if heard is None else heard
    return judge(arrival.now, row.deadline, row.closes_at, age_s=age_s, heard=heard)


def _signed(entry: dict[str, Any], signer: Signer) -> dict[str, Any]:
    """An accepted save's row of the log, with its receipt."""
    salt = secrets.token_hex(16)
    receipt = signer.sign(
        Statement(
            attempt=entry["attempt_id"],
            slot=entry["slot"],
            revision=entry["revision"],
            saved_at=entry["saved_at"],
            late=entry["late"],
            hash=response_hash(salt, entry["body"]),
        )
    )
    return entry | {
        "outcome": "accepted",
        "salt": salt,
        "receipt": receipt,
        "receipt_key": signer.key_id,
    }


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else min(int(seconds * 1000), LARGEST)
