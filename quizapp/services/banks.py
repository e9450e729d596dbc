"""Banks as people see and change them: lists, pages, questions, rights, retiring."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import RIGHTS, Actor, BankRef, Right, may, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.lint import lint_question
from quizapp.domain.bank.question import Question
from quizapp.domain.errors import AlreadyExists, Conflict, Invalid, NotFound
from quizapp.domain.people.fields import clean_email, clean_line, clean_name
from quizapp.domain.words import N_
from quizapp.services import audit, bank_index, sources
from quizapp.services.bank_index import Entry, Index
from quizapp.services.sources import ProvisionView, Sources, TaskView
from quizapp.storage import banks as stored
from quizapp.storage import people, questions
from quizapp.storage.database import transaction

PAGE = 50
REASON_LENGTH = 500
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class BankSummary:
    """A bank in a list. Counts are of questions; `drafts` includes those in review."""

    id: UUID
    slug: str
    title: Localised
    source: str | None
    shipped: bool
    right: Right | None
    may_edit: bool
    may_own: bool
    questions: int = 0
    approved: int = 0
    drafts: int = 0
    retired: int = 0

    @property
    def asked(self) -> int:
        """How many questions can be asked in practice."""
        return self.approved + self.drafts


@dataclass(frozen=True)
class Filters:
    """Which questions of a bank to show; None is all."""

    task: str | None = None
    provision: str | None = None
    level: str | None = None
    type: str | None = None
    state: str | None = None

    def admit(self, entry: Entry) -> bool:
        """Say whether a question is to be shown."""
        return (
            (self.task is None or self.task in entry.tasks)
            and (self.provision is None or self.provision in entry.provisions)
            and (self.level is None or self.level == entry.level)
            and (self.type is None or self.type == entry.type)
            and (self.state is None or self.state == entry.state)
        )

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Filters()


@dataclass(frozen=True)
class QuestionRow:
    """A question in a list."""

    entry: Entry
    stem: Localised
    expired: bool


@dataclass(frozen=True)
class CoverageCell:
    """How many questions of a bank that can be asked cite a provision."""

    provision: ProvisionView
    count: int


@dataclass(frozen=True)
class CoverageRow:
    """A task's provisions with what a bank has on each."""

    task: TaskView
    cells: tuple[CoverageCell, ...]

    @property
    def bare(self) -> tuple[ProvisionView, ...]:
        """Provisions that no question cites."""
        return tuple(cell.provision for cell in self.cells if not cell.count)


@dataclass(frozen=True)
class BankPage:
    """A bank with one page of its questions."""

    bank: BankSummary
    rows: tuple[QuestionRow, ...]
    found: int
    page: int
    pages: int
    filters: Filters
    types: tuple[str, ...]
    levels: tuple[str, ...]
    states: tuple[str, ...]
    coverage: tuple[CoverageRow, ...]


@dataclass(frozen=True)
class Citation:
    """What a question cites. `provision` is None where the source has none of that number."""

    cite: str
    provision: ProvisionView | None

    @property
    def stale(self) -> bool:
        """Whether the question cites earlier words."""
        return self.provision is not None and self.provision.cite != self.cite


@dataclass(frozen=True)
class VersionRow:
    """A version of a question in its history."""

    version: int
    reason: str
    made_by: str | None
    made_at: datetime


@dataclass(frozen=True)
class QuestionPage:
    """A question with all that its page says."""

    bank: BankSummary
    entry: Entry
    question: Question
    findings: tuple[Finding, ...]
    citations: tuple[Citation, ...]
    versions: tuple[VersionRow, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class GrantRow:
    """A person's right on a bank."""

    person_id: UUID
    name: str
    email: str
    right: str


def list_banks(
    actor: Actor, *, after: str | None = None, limit: int | None = None
) -> tuple[BankSummary, ...]:
    """The banks the person may use, in the order of their slugs."""
    require(actor, "bank.list")
    every = actor.role == "administrator"
    with transaction(write=False) as session:
        rows = stored.banks_with_counts(session, actor.id, every=every, after=after, limit=limit)
    return tuple(_summary(actor, row[0], row[1], tuple(row[2:])) for row in rows)


def get_bank(actor: Actor, slug: str) -> BankSummary:
    """One bank with its counts.

    Raises:
        NotFound: there is none, or the person may not know of it.
    """
    with transaction(write=False) as session:
        bank, index = _bank_and_index(session, actor, slug)
    return _counted(bank, index)


def read_bank(actor: Actor, slug: str, filters: Filters, *, page: int, now: datetime) -> BankPage:
    """A bank with its filtered questions, `PAGE` at a time; pages start at 1.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
    """
    with transaction(write=False) as session:
        bank, index = _bank_and_index(session, actor, slug)
        document = sources.read(session)
        found = [entry for entry in index.entries if filters.admit(entry)]
        pages = max(1, ceil(len(found) / PAGE))
        page = min(max(page, 1), pages)
        shown = found[(page - 1) * PAGE : page * PAGE]
        words = bank_index.versions(session, [entry.version_id for entry in shown])
    today = now.date()
    return BankPage(
        bank=_counted(bank, index),
        rows=tuple(_row(entry, words[entry.version_id], today) for entry in shown),
        found=len(found),
        page=page,
        pages=pages,
        filters=filters,
        types=_values(entry.type for entry in index.entries),
        levels=_values(entry.level for entry in index.entries),
        states=_values(entry.state for entry in index.entries),
        coverage=coverage_of(document, index),
    )


def list_questions(
    actor: Actor, slug: str, *, after: str | None = None, limit: int = 200
) -> list[tuple[Entry, Question]]:
    """Questions of a bank in its order, behind the key `after`.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
    """
    with transaction(write=False) as session:
        _, index = _bank_and_index(session, actor, slug)
        keys = [entry.key for entry in index.entries]
        start = keys.index(after) + 1 if after in keys else 0
        shown = index.entries[start : start + limit]
        words = bank_index.versions(session, [entry.version_id for entry in shown])
    return [(entry, words[entry.version_id]) for entry in shown]


def read_question(
    actor: Actor, slug: str, key: str, *, now: datetime | None = None
) -> QuestionPage:
    """A question with its findings, citations and versions.

    Raises:
        NotFound: there is no such question, or the person may not know of its bank.
    """
    with transaction(write=False) as session:
        bank, index = _bank_and_index(session, actor, slug)
        entry = index.by_key.get(key)
        if entry is None:
            raise NotFound
        question = bank_index.version(session, entry.version_id)
        document = sources.read(session)
        history = questions.versions_of(session, entry.question_id)
    keys = [e.key for e in index.entries]
    place = keys.index(key)
    return QuestionPage(
        bank=_counted(bank, index),
        entry=entry,
        question=question,
        findings=tuple(
            lint_question(
                question,
                document.documents.get(index.source or ""),
                today=now.date() if now else None,
            )
        ),
        citations=tuple(
            Citation(cite, document.provision(index.source, cite)) for cite in entry.cites
        ),
        versions=tuple(
            VersionRow(row.version, row.reason, row.made_by, row.created_at) for row in history
        ),
        before=keys[place - 1] if place else None,
        after=keys[place + 1] if place + 1 < len(keys) else None,
    )


def coverage_of(document: Sources, index: Index) -> tuple[CoverageRow, ...]:
    """What a bank has on each provision of its source, for tasks that it touches at all."""
    asked = [entry for entry in index.entries if entry.state != "retired"]
    touched = frozenset(task for entry in asked for task in entry.tasks)
    rows = []
    for task in document.tasks:
        if task.number not in touched or (index.source and task.source != index.source):
            continue
        cells = tuple(
            CoverageCell(p, sum(p.number in entry.provisions for entry in asked))
            for p in task.provisions
        )
        rows.append(CoverageRow(task, cells))
    return tuple(rows)


def make_bank(
    actor: Actor, *, title: str, now: datetime, slug: str | None = None, source: str | None = None
) -> str:
    """Make an empty bank that the person owns; gives its slug.

    Raises:
        AlreadyExists: the slug is taken.
        Invalid: the title is empty or too long, or the slug is not one.
    """
    require(actor, "bank.make")
    title = checked_title(title)
    slug = checked_slug(slug) if slug else slug_of(title)
    with transaction(write=True) as session:
        documents = sources.read(session).documents
        if source is None and len(documents) == 1:
            source = next(iter(documents))
        if source is not None and source not in documents:
            raise Invalid.field("source", N_("There is no such source document."))
        lang = "km" if any("\u1780" <= c <= "\u17ff" for c in title) else "en"
        values = {
            "slug": slug,
            "title": {lang: title},
            "source": source,
            "shipped": False,
            "created_at": now,
        }
        if not stored.make_bank(session, values):
            raise AlreadyExists
        bank = stored.find_bank(session, slug)
        if bank is None:
            raise NotFound
        stored.grant(session, bank.id, actor.id, "owner", now)
        audit.record(session, actor, "bank.make", "bank", bank.id, None, now=now)
    return slug


def checked_title(title: str) -> str:
    """A bank's title, normalised.

    Raises:
        Invalid: it is empty or too long.
    """
    return clean_name("title", title)


def checked_slug(slug: str) -> str:
    """A bank's slug.

    Raises:
        Invalid: it is not one.
    """
    if not SLUG.fullmatch(slug):
        raise Invalid.field(
            "bank", N_("A bank's short name has small Latin letters, digits and hyphens only.")
        )
    return slug


def slug_of(title: str) -> str:
    """A slug that follows from a title; a random one where the title has no Latin letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].strip("-")
    return slug or f"bank-{secrets.token_hex(4)}"


def retire(actor: Actor, slug: str, key: str, reason: str, *, now: datetime) -> None:
    """Take a question out of use; attempts that were dealt it keep it.

    Raises:
        NotFound: there is no such question, or the person may not know of its bank.
        Forbidden: the person may not change the bank.
        Invalid: no reason is given.
        Conflict: it is retired already.
    """
    reason = clean_line("reason", reason, longest=REASON_LENGTH)
    if not reason:
        raise Invalid.field("reason", N_("Say why it is retired: others will ask."))
    with transaction(write=True) as session:
        bank, question = _editable_question(session, actor, slug, key)
        if question.state == "retired":
            raise Conflict(N_("This question is retired already."))
        question.state = "retired"
        question.retired_at = now
        question.retired_reason = reason
        bank.revision += 1
        details = {"bank": str(bank.id)}
        audit.record(session, actor, "question.retire", "question", question.id, details, now=now)


def bring_back(actor: Actor, slug: str, key: str, *, now: datetime) -> None:
    """Bring a retired question back, as a draft where it has something to mend.

    Raises:
        NotFound: there is no such question, or the person may not know of its bank.
        Forbidden: the person may not change the bank.
        Conflict: it is not retired.
    """
    page = read_question(actor, slug, key, now=now)
    held = any(finding.severity != "warning" for finding in page.findings)
    with transaction(write=True) as session:
        bank, question = _editable_question(session, actor, slug, key)
        if question.state != "retired":
            raise Conflict(N_("This question is not retired."))
        question.state = "draft" if held else "approved"
        question.retired_at = question.retired_reason = None
        if not held and question.approved_as is None:
            question.approved_as, question.approved_by = "imported", actor.id
        bank.revision += 1
        details = {"bank": str(bank.id)}
        audit.record(
            session, actor, "question.bring_back", "question", question.id, details, now=now
        )


def grants(actor: Actor, slug: str) -> tuple[GrantRow, ...]:
    """Who has which right on a bank.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
    """
    with transaction(write=False) as session:
        bank, _ = _bank(session, actor, slug, "bank.own")
        rows = stored.grants_of(session, bank.id)
    return tuple(GrantRow(r.person_id, r.name, r.email, r.right) for r in rows)


def grant(actor: Actor, slug: str, email: str, right: str, *, now: datetime) -> None:
    """Give somebody a right on a bank.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
        Forbidden: the person does not own the bank.
        Invalid: there is no such instructor or right, or the bank would be left without an owner.
    """
    if right not in RIGHTS:
        raise Invalid.field("right", N_("Choose one of the rights."))
    email = clean_email(email)
    with transaction(write=True) as session:
        bank, _ = _bank(session, actor, slug, "bank.own")
        person = people.find_person(session, "email", email)
        if person is None or person.role == "trainee" or not person.active:
            raise Invalid.field("email", N_("No instructor has this e-mail address."))
        if right != "owner":
            _keep_an_owner(session, bank.id, person.id)
        stored.grant(session, bank.id, person.id, right, now)
        details = {"person": str(person.id), "right": right}
        audit.record(session, actor, "bank.grant", "bank", bank.id, details, now=now)


def withdraw(actor: Actor, slug: str, person_id: UUID, *, now: datetime) -> None:
    """Take somebody's right on a bank away.

    Raises:
        NotFound: there is no such bank or grant, or the person may not know of it.
        Forbidden: the person does not own the bank.
        Invalid: the bank would be left without an owner.
    """
    with transaction(write=True) as session:
        bank, _ = _bank(session, actor, slug, "bank.own")
        _keep_an_owner(session, bank.id, person_id)
        if not stored.withdraw(session, bank.id, person_id):
            raise NotFound
        details = {"person": str(person_id), "right": None}
        audit.record(session, actor, "bank.grant", "bank", bank.id, details, now=now)


def _keep_an_owner(session: Session, bank_id: UUID, person_id: UUID) -> None:
    owners = [r.person_id for r in stored.grants_of(session, bank_id) if r.right == "owner"]
    if owners == [person_id]:
        raise Invalid.field("right", N_("A bank keeps one owner: make somebody else owner first."))


def _bank(session: Session, actor: Actor, slug: str, action: str) -> tuple[stored.Bank, str | None]:
    found = stored.bank_with_right(session, slug, actor.id) if SLUG.fullmatch(slug) else None
    if found is None:
        require(actor, action)
        raise NotFound
    bank, right = found
    require(actor, action, BankRef(bank.shipped, cast("Right | None", right)))
    return bank, right


def _bank_and_index(session: Session, actor: Actor, slug: str) -> tuple[BankSummary, Index]:
    bank, right = _bank(session, actor, slug, "bank.read")
    index = bank_index.index(session, slug)
    if index is None:
        raise NotFound
    return _summary(actor, bank, right, (0, 0, 0, 0)), index


def _editable_question(
    session: Session, actor: Actor, slug: str, key: str
) -> tuple[stored.Bank, questions.Question]:
    bank, _ = _bank(session, actor, slug, "bank.edit")
    locked = stored.lock_bank(session, slug)
    question = questions.lock_question(session, bank.id, key)
    if question is None or locked is None:
        raise NotFound
    return locked, question


def _summary(
    actor: Actor, bank: stored.Bank, right: str | None, counts: Sequence[int]
) -> BankSummary:
    held = cast("Right | None", right)
    ref = BankRef(bank.shipped, held)
    return BankSummary(
        bank.id,
        bank.slug,
        Localised.model_validate(bank.title),
        bank.source,
        bank.shipped,
        held,
        may(actor, "bank.edit", ref),
        may(actor, "bank.own", ref),
        *(int(count) for count in counts),
    )


def _counted(bank: BankSummary, index: Index) -> BankSummary:
    states = [entry.state for entry in index.entries]
    approved, retired = states.count("approved"), states.count("retired")
    return BankSummary(
        bank.id,
        bank.slug,
        bank.title,
        bank.source,
        bank.shipped,
        bank.right,
        bank.may_edit,
        bank.may_own,
        len(states),
        approved,
        len(states) - approved - retired,
        retired,
    )


def _row(entry: Entry, question: Question, today: date) -> QuestionRow:
    expired = entry.valid_until is not None and entry.valid_until < today
    return QuestionRow(entry, question.stem, expired)


def _values(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))
