"""Banks as people see them: lists, a bank's page, a question's page; and making an empty one."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import ceil
from typing import cast

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, BankRef, Right, may, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.lint import lint_question
from quizapp.domain.bank.question import Question
from quizapp.domain.delivery.quiz_fields import read_title
from quizapp.domain.errors import AlreadyExists, Invalid, NotFound
from quizapp.domain.people.fields import clean_name
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.banks import index as bank_index
from quizapp.services.banks import sources
from quizapp.services.banks.index import Entry, Index
from quizapp.services.banks.sources import Sources
from quizapp.services.banks.views import (
    BankPage,
    BankSummary,
    Citation,
    CoverageCell,
    CoverageRow,
    Filters,
    QuestionPage,
    QuestionRow,
    VersionRow,
)
from quizapp.storage import banks as stored
from quizapp.storage import questions
from quizapp.storage.database import transaction

PAGE = 50
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


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
    actor: Actor,
    *,
    title: str | Mapping[str, object],
    now: datetime,
    slug: str | None = None,
    source: str | None = None,
) -> str:
    """Make an empty bank that the person owns; gives its slug.

    `title` is one text, or one for each language.

    Raises:
        AlreadyExists: the slug is taken.
        Invalid: the title is empty or too long, or the slug is not one.
    """
    require(actor, "bank.make")
    words = read_title(title)
    slug = checked_slug(slug) if slug else slug_of(words.get("en") or words["km"])
    with transaction(write=True) as session:
        documents = sources.read(session).documents
        if source is None and len(documents) == 1:
            source = next(iter(documents))
        if source is not None and source not in documents:
            raise Invalid.field("source", N_("There is no such source document."))
        values = {
            "slug": slug,
            "title": words,
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


def bank_for(
    session: Session, actor: Actor, slug: str, action: str
) -> tuple[stored.Bank, str | None]:
    """A bank with the person's right on it, for an action of `domain.access`.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
        Forbidden: the person may not do it.
    """
    found = stored.bank_with_right(session, slug, actor.id) if SLUG.fullmatch(slug) else None
    if found is None:
        require(actor, action)
        raise NotFound
    bank, right = found
    require(actor, action, BankRef(bank.shipped, cast("Right | None", right)))
    return bank, right


def _bank_and_index(session: Session, actor: Actor, slug: str) -> tuple[BankSummary, Index]:
    bank, right = bank_for(session, actor, slug, "bank.read")
    index = bank_index.index(session, slug)
    if index is None:
        raise NotFound
    return _summary(actor, bank, right, (0, 0, 0, 0)), index


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
