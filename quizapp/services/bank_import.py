"""Importing questions into a bank: checked as a whole first, then stored in short transactions.

An import can be stopped at any moment and run again: every question is a unit of its own, and what
is stored already is recognised. Nothing is parsed or checked while a transaction is open.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, BankRef, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.lint import lint_bank
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.source import SourceDocument
from quizapp.domain.errors import AlreadyExists, Invalid
from quizapp.domain.words import N_
from quizapp.formats import ReadResult
from quizapp.services import audit, bank_index, sources
from quizapp.services.banks import checked_slug
from quizapp.services.import_plan import (
    Incoming,
    Stand,
    batches,
    decide,
    findings_of_plan,
    incoming,
    missing,
    state_after,
)
from quizapp.storage import banks, questions
from quizapp.storage.database import transaction

RETIRED_BY_IMPORT = N_("The imported file no longer has it.")
PAUSE_S = 0.004
"""Between two batches, so that saves that wait for the writer get their turn."""


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do. `held` counts new and changed questions kept as drafts."""

    bank: str
    title: Localised
    new_bank: bool
    dry_run: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0
    held: int = 0
    rejected: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def ready(self) -> int:
        """How many questions it stores."""
        return self.created + self.updated


def place_of(finding: Finding) -> str:
    """Where a finding is: the question, the place in it, the line of the file."""
    where = ": ".join(part for part in (finding.question, finding.where) if part)
    line = f"line {finding.line}" if finding.line else ""
    return f"{where} ({line})" if where and line else where or line


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
class _Checked:
    arriving: tuple[Incoming, ...]
    rejected: int
    named: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether all that the file names is known: else nothing can be called missing."""
        return bool(self.arriving) and not any(
            f.severity == "error" and f.question is None and f.rule != "duplicate-id"
            for f in self.findings
        )


@dataclass(frozen=True)
class _By:
    """Who imports, and as what the questions are approved."""

    actor: Actor | None
    approved_as: str

    @property
    def person_id(self) -> UUID | None:
        return self.actor.id if self.actor else None


@dataclass
class _Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0


def import_bank(
    actor: Actor | None,
    result: ReadResult,
    *,
    now: datetime,
    bank: str | None = None,
    title: str | None = None,
    dry_run: bool = False,
    retire_missing: bool = False,
    shipped: bool = False,
) -> ImportReport:
    """Bring a parsed file into a bank.

    Args:
        actor: needs `bank.edit` on the bank, or `bank.make` for a new one and becomes its owner.
            None is whoever runs the server: the command line and the first start.
        result: what a format read.
        now: the time of the import.
        bank: the slug of the bank; the one the file names where not given.
        title: of a new bank; the file's own, or the slug, where not given.
        dry_run: say what would happen and store nothing.
        retire_missing: retire questions of the bank that the file does not name.
        shipped: the bank comes with the product.

    Raises:
        Invalid: no bank is named, or its name cannot be one.
        NotFound: the bank may not be known of.
        Forbidden: it may not be changed.
    """
    target, documents = _find_target(actor, result, bank, title, shipped)
    checked = _check(result, target, documents, now.date())
    gone: list[Stand] = []
    if retire_missing and checked.whole:
        gone = missing(list(target.stands.values()), checked.named)
    elif retire_missing:
        checked = replace(checked, findings=(*checked.findings, _not_whole()))
    report = _plan(target, checked, gone)
    if dry_run or (target.new and not checked.arriving):
        return replace(report, dry_run=dry_run)
    by = _By(actor, "shipped" if shipped else "imported")
    if target.new:
        _make(target, by, now)
    elif target.retitle:
        _retitle(target)
    counts = _store(target, checked.arriving, by, now)
    retired = _retire(target, [s.key for s in gone if not s.edited_here], by, now)
    return replace(
        report,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        held=counts.held,
        retired=retired,
    )


def _find_target(
    actor: Actor | None, result: ReadResult, slug: str | None, title: str | None, shipped: bool
) -> tuple[Target, Mapping[str, SourceDocument]]:
    header = result.bank
    slug = slug or (header.bank if header else None)
    if not slug:
        raise Invalid.field("bank", N_("Say which bank the questions belong to."))
    slug = checked_slug(slug)
    with transaction(write=False) as session:
        documents = sources.read(session).documents
        found = banks.bank_with_right(session, slug, actor.id if actor else None)
        if found is None:
            if actor is not None:
                require(actor, "bank.make")
            source = (header.source if header else None) or _only(documents)
            named = Localised(en=title) if title else (header.title if header else None)
            return (
                Target(slug, named or Localised(en=slug), source, new=True, shipped=shipped),
                documents,
            )
        row, right = found
        if actor is not None:
            require(actor, "bank.edit", BankRef(shipped=row.shipped, right=right))  # type: ignore[arg-type]
        stands = {stand.key: stand for stand in questions.stand_of(session, row.id)}
        index = bank_index.index(session, slug)
        named_keys = {read.question.id for read in result.questions if read.question}
        kept = [
            entry.version_id
            for entry in (index.entries if index else ())
            if entry.key not in named_keys and entry.state != "retired"
        ]
        others = tuple(bank_index.versions(session, kept).values())
        old_title = Localised.model_validate(row.title)
        new_title = header.title if header and header.bank == slug and header.title else old_title
        source = (header.source if header else None) or row.source
    return (
        Target(
            slug,
            new_title,
            source,
            new=False,
            shipped=row.shipped or shipped,
            stands=stands,
            others=others,
            retitle=(new_title, source, shipped)
            != (old_title, row.source, shipped and row.shipped),
        ),
        documents,
    )


def _only(documents: Mapping[str, SourceDocument]) -> str | None:
    """The one source document there is: what a spreadsheet's citations can only mean."""
    return next(iter(documents)) if len(documents) == 1 else None


def _check(
    result: ReadResult, target: Target, documents: Mapping[str, SourceDocument], today: date
) -> _Checked:
    """Check every question, among its neighbours in the file and in the bank."""
    seen: dict[str, int | None] = {}
    unique = []
    findings = list(result.findings)
    for read in result.questions:
        if read.question is None:
            continue
        key = read.question.id
        if key in seen:
            findings.append(_twice(key, read.line))
            continue
        seen[key] = read.line
        unique.append(read.question)
    source = documents.get(target.source or "")
    for finding in lint_bank(unique, source, beside=target.others, today=today):
        findings.append(finding.at(seen.get(finding.question or "")))
    bad = {f.question for f in findings if f.severity == "error" and f.question}
    held = {f.question for f in findings if f.severity == "hold"}
    arriving = tuple(
        incoming(question, held=question.id in held, line=seen[question.id])
        for question in unique
        if question.id not in bad
    )
    rejected = len(result.questions) - len(arriving)
    named = frozenset(seen) | {f.question for f in findings if f.question}
    return _Checked(arriving, rejected, named, tuple(findings))


def _twice(key: str, line: int | None) -> Finding:
    return Finding(
        severity="error",
        rule="duplicate-id",
        message=N_("This id is used twice in the file; only the first question could be meant."),
        remedy=N_("Give one of the two questions another id."),
        question=key,
        line=line,
    )


def _not_whole() -> Finding:
    return Finding(
        severity="warning",
        rule="not-retired",
        message=N_("Nothing is retired: the file could not be read as a whole."),
        remedy=N_("Mend the errors first, then import it again."),
    )


_ORDER = {"error": 0, "hold": 1, "warning": 2}


def _plan(target: Target, checked: _Checked, gone: Sequence[Stand]) -> ImportReport:
    counts = _Counts()
    for one in checked.arriving:
        _count(counts, one, target.stands.get(one.key))
    findings = [*checked.findings, *findings_of_plan(checked.arriving, target.stands, gone)]
    findings.sort(key=lambda f: (_ORDER[f.severity], f.line or 0, f.question or ""))
    return ImportReport(
        bank=target.slug,
        title=target.title,
        new_bank=target.new,
        dry_run=False,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        held=counts.held,
        retired=sum(not s.edited_here for s in gone),
        rejected=checked.rejected,
        findings=tuple(findings),
    )


def _count(counts: _Counts, one: Incoming, stand: Stand | None) -> None:
    decision = decide(one, stand)
    if decision == "create":
        counts.created += 1
    elif decision == "update":
        counts.updated += 1
    else:
        counts.unchanged += 1
    if decision in ("create", "update") and state_after(one, stand) == "draft":
        counts.held += 1


def _make(target: Target, by: _By, now: datetime) -> None:
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


def _retitle(target: Target) -> None:
    with transaction(write=True) as session:
        bank = banks.lock_bank(session, target.slug)
        if bank is not None:
            bank.title = target.title.model_dump(exclude_none=True)
            bank.source = target.source
            bank.shipped = target.shipped
            bank.revision += 1


def _store(target: Target, arriving: Sequence[Incoming], by: _By, now: datetime) -> _Counts:
    counts = _Counts()
    for number, batch in enumerate(batches(arriving)):
        if number:
            time.sleep(PAUSE_S)
        stands = target.stands
        if all(decide(one, stands.get(one.key)) in ("unchanged", "left_alone") for one in batch):
            for one in batch:
                _count(counts, one, stands.get(one.key))
            continue
        try:
            _store_batch(target.slug, batch, by, now, counts)
        except IntegrityError:
            # The same file came twice at once: the second look finds the questions there.
            _store_batch(target.slug, batch, by, now, counts)
    return counts


def _store_batch(
    slug: str, batch: Sequence[Incoming], by: _By, now: datetime, counts: _Counts
) -> None:
    done = _Counts()
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
            _count(done, one, stand)
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


def _approval(state: str, by: _By) -> dict[str, Any]:
    if state != "approved":
        return {"approved_by": None, "approved_as": None}
    return {"approved_by": by.person_id, "approved_as": by.approved_as}


def _version_row(
    question_id: UUID, number: int, one: Incoming, by: _By, now: datetime
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
    session: Session, by: _By, bank_id: UUID, versions: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """A changed key is a row in the audit log; questions that are new are only counted."""
    changed = [str(row["id"]) for row in versions if row["version"] > 1]
    details = {"created": len(versions) - len(changed), "changed": changed}
    audit.record(session, by.actor, "bank.import", "bank", bank_id, details, now=now)


def _retire(target: Target, keys: Sequence[str], by: _By, now: datetime) -> int:
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
