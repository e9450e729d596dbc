"""Importing questions into a bank: checked as a whole first, then stored in short transactions.

An import can be stopped at any moment and run again: every question is a unit of its own, and what
is stored already is recognised. Nothing is parsed or checked while a transaction is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from quizapp.domain.access import Actor, BankRef, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.lint import lint_bank
from quizapp.domain.bank.source import SourceDocument
from quizapp.domain.errors import Invalid
from quizapp.domain.words import N_
from quizapp.formats import ReadResult
from quizapp.services.banks import import_store, sources
from quizapp.services.banks import index as bank_index
from quizapp.services.banks.catalogue import checked_slug
from quizapp.services.banks.import_plan import (
    Incoming,
    Stand,
    findings_of_plan,
    incoming,
    missing,
)
from quizapp.services.banks.import_store import By, Counts, Target, count
from quizapp.storage import banks, questions
from quizapp.storage.database import transaction


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
    by = By(actor, "shipped" if shipped else "imported")
    if target.new:
        import_store.make(target, by, now)
    elif target.retitle:
        import_store.retitle(target)
    counts = import_store.store(target, checked.arriving, by, now)
    retired = import_store.retire(target, [s.key for s in gone if not s.edited_here], by, now)
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
    counts = Counts()
    for one in checked.arriving:
        count(counts, one, target.stands.get(one.key))
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
