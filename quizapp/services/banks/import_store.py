"""Storing an import: short transactions, each of which stands by itself."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, BankRef, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.question import Question
from quizapp.domain.errors import AlreadyExists, Invalid
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.banks.import_plan import Incoming, Stand, batches, decide, state_after
from quizapp.storage import banks, questions
from quizapp.storage.database import transaction

RETIRED_BY_IMPORT = N_("The imported file no longer has it.")
PAUSE_S = 0.004
"""Between two batches, so that saves that wait for the writer get their turn."""


@dataclass(frozen=True)
class Target:
    """The bank an import goes into."""

    slug: str
    title: Localised
    source: str | None
    new: bool
    shipped: bool = False
    stands: Mapping[str, Stand] = field(default_factory=dict)
    others: tuple[Question, ...] = ()
    retitle: bool = False


@dataclass(frozen=True)
class By:
    """Who imports, and as what the questions are approved."""

    actor: Actor | None
    approved_as: str

    @property
    def person_id(self) -> UUID | None:
        """The person; None for whoever runs the server."""
        return self.actor.id if self.actor else None


@dataclass
class Counts:
    """What became of the questions of an import."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0


def count(counts: Counts, one: Incoming, stand: Stand | None) -> None:
    """Count what becomes of one arriving question."""
    decision = decide(one, stand)
    if decision == "create":
        counts.created += 1
    elif decision == "update":
        counts.updated += 1
    else:
        counts.unchanged += 1
    if decision in ("create", "update") and state_after(one, stand) == "draft":
        counts.held += 1


def make(target: Target, by: By, now: datetime) -> None:
    """Make the bank, owned by whoever imports."""
    values = {
        "slug": target.slug,
        "title": target.title.model_dump(exclude_none=True),
        "source": target.source,
        "shipped": target.shipped,
        "created_at": now,
    }
    with transaction(write=True) as session:
        made = banks.make_bank(session, values)
        bank = banks.find_bank(session, target.slug)
        if bank is None:
            raise AlreadyExists
        if by.actor is None:
            return
        if not made:
            # Somebody made it a moment ago; whoever did not is held to their right on it.
            found = banks.bank_with_right(session, target.slug, by.actor.id)
            right = found[1] if found else None
            require(by.actor, "bank.edit", BankRef(shipped=bank.shipped, right=right))  # type: ignore[arg-type]
            return
        banks.grant(session, bank.id, by.actor.id, "owner", now)
        audit.record(session, by.actor, "bank.make", "bank", bank.id, None, now=now)


def retitle(target: Target) -> None:
    """Carry the header of the file over."""
    with transaction(write=True) as session:
        bank = banks.lock_bank(session, target.slug)
        if bank is not None:
            bank.title = target.title.model_dump(exclude_none=True)
            bank.source = target.source
            bank.shipped = target.shipped
            bank.revision += 1


def store(target: Target, arriving: Sequence[Incoming], by: By, now: datetime) -> Counts:
    """Store the arriving questions, a batch a transaction."""
    counts = Counts()
    for number, batch in enumerate(batches(arriving)):
        if number:
            time.sleep(PAUSE_S)
        stands = target.stands
        if all(decide(one, stands.get(one.key)) in ("unchanged", "left_alone") for one in batch):
            for one in batch:
                count(counts, one, stands.get(one.key))
            continue
        try:
            _store_batch(target.slug, batch, by, now, counts)
        except IntegrityError:
            # The same file came twice at once: the second look finds the questions there.
            _store_batch(target.slug, batch, by, now, counts)
    return counts


def _store_batch(
    slug: str, batch: Sequence[Incoming], by: By, now: datetime, counts: Counts
) -> None:
    done = Counts()
    with transaction(write=True) as session:
        bank = banks.lock_bank(session, slug)
        if bank is None:
            raise Invalid.field("bank", N_("The bank is gone."))
        found = questions.stand_of(session, bank.id, [one.key for one in batch])
        stands: dict[str, Stand] = {stand.key: stand for stand in found}
        position = questions.last_position(session, bank.id)
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        versions: list[dict[str, Any]] = []
        for one in batch:
            stand = stands.get(one.key)
            decision = decide(one, stand)
            count(done, one, stand)
            if decision not in ("create", "update"):
                continue
            state = state_after(one, stand)
            values = {"state": state, **_approval(state, by)}
            if stand is None:
                position += 1
                question_id, number = uuid4(), 1
                new.append(
                    {
                        "id": question_id,
                        "bank_id": bank.id,
                        "key": one.key,
                        "version": number,
                        "position": position,
                        "edited_here": False,
                        "created_at": now,
                        "retired_at": None,
                        "retired_reason": None,
                        **values,
                    }
                )
            else:
                question_id, number = stand.id, stand.version + 1
                changed.append({"id": question_id, "version": number, **values})
            versions.append(_version_row(question_id, number, one, by, now))
        questions.add_questions(session, new)
        questions.change_questions(session, changed)
        questions.add_versions(session, versions)
        if versions:
            bank.revision += 1
            _record(session, by, bank.id, versions, now)
    counts.created += done.created
    counts.updated += done.updated
    counts.unchanged += done.unchanged
    counts.held += done.held


def _approval(state: str, by: By) -> dict[str, Any]:
    if state != "approved":
        return {"approved_by": None, "approved_as": None}
    return {"approved_by": by.person_id, "approved_as": by.approved_as}


def _version_row(
    question_id: UUID, number: int, one: Incoming, by: By, now: datetime
) -> dict[str, Any]:
    question = one.question
    return {
        "id": uuid4(),
        "question_id": question_id,
        "version": number,
        "type": question.type,
        "level": question.level,
        "use": question.use,
        "cites": list(question.cites),
        "document": one.document,
        "digest": one.digest,
        "reason": by.approved_as,
        "created_by": by.person_id,
        "created_at": now,
    }


def _record(
    session: Session, by: By, bank_id: UUID, versions: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """A changed key is a row in the audit log; questions that are new are only counted."""
    changed = [str(row["id"]) for row in versions if row["version"] > 1]
    details = {"created": len(versions) - len(changed), "changed": changed}
    audit.record(session, by.actor, "bank.import", "bank", bank_id, details, now=now)


def retire(target: Target, keys: Sequence[str], by: By, now: datetime) -> int:
    """Retire questions that the file no longer has; say how many."""
    retired = 0
    for start in range(0, len(keys), 200):
        with transaction(write=True) as session:
            bank = banks.lock_bank(session, target.slug)
            if bank is None:
                break
            found = questions.stand_of(session, bank.id, keys[start : start + 200])
            rows = [
                {
                    "id": stand.id,
                    "state": "retired",
                    "retired_at": now,
                    "retired_reason": RETIRED_BY_IMPORT,
                }
                for stand in found
                if stand.state != "retired" and not stand.edited_here
            ]
            questions.change_questions(session, rows)
            if rows:
                bank.revision += 1
                details = {"retired": [str(row["id"]) for row in rows]}
                audit.record(session, by.actor, "bank.import", "bank", bank.id, details, now=now)
            retired += len(rows)
    return retired
