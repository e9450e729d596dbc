"""What is known of the banks in memory: their indexes by revision, and parsed question versions.

Question versions never change and an index is keyed by its bank's revision, so nothing here can be
out of date; both are bounded. Everything is kept per database.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from quizapp.domain.bank.question import Question, parse
from quizapp.domain.delivery.assemble import Candidate
from quizapp.storage import banks, questions

INDEXES_KEPT = 64
VERSIONS_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of a bank at its current version. `cites` are as written, such as "3.7@1"."""

    question_id: UUID
    version_id: UUID
    key: str
    state: str
    version: int
    edited_here: bool
    approved_as: str | None
    retired_reason: str | None
    type: str
    level: str | None
    use: str
    cites: tuple[str, ...]
    not_with: frozenset[str]
    valid_until: date | None
    candidate: Candidate

    @property
    def provisions(self) -> tuple[str, ...]:
        """The numbers of the cited provisions, without their version."""
        return self.candidate.cites

    @property
    def tasks(self) -> frozenset[str]:
        """The numbers of the cited tasks."""
        return frozenset(number.split(".")[0] for number in self.candidate.cites)


@dataclass(frozen=True, slots=True)
class Index:
    """All questions of a bank at one revision, in the bank's order."""

    bank_id: UUID
    slug: str
    source: str | None
    revision: int
    entries: tuple[Entry, ...]
    by_key: Mapping[str, Entry]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The questions as a draw sees them."""
        return tuple(entry.candidate for entry in self.entries)


class _Kept:
    """The caches of one database."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.indexes: OrderedDict[UUID, Index] = OrderedDict()
        self.versions: OrderedDict[UUID, Question] = OrderedDict()


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_kept_lock = Lock()


def _cache(session: Session | Connection) -> _Kept:
    connection = session if isinstance(session, Connection) else session.connection()
    engine = connection.engine
    found = _kept.get(engine)
    if found is None:
        with _kept_lock:
            found = _kept.setdefault(engine, _Kept())
    return found


def index(session: Session | Connection, slug: str) -> Index | None:
    """The index of a bank; one small statement where it is in memory."""
    return indexes(session, (slug,)).get(slug)


def indexes(session: Session | Connection, slugs: Iterable[str] | None = None) -> dict[str, Index]:
    """The indexes of the banks named, or of all banks, by slug; unknown slugs are left out.

    One statement for the revisions, and one for each bank that changed since it was last read.
    """
    cache = _cache(session)
    found: dict[str, Index] = {}
    for bank_id, slug, revision, source in banks.bank_revisions(session, slugs):
        with cache.lock:
            kept = cache.indexes.get(bank_id)
            if kept is not None and kept.revision == revision:
                cache.indexes.move_to_end(bank_id)
        if kept is None or kept.revision != revision:
            kept = _read_index(session, bank_id, slug, revision, source)
            with cache.lock:
                cache.indexes[bank_id] = kept
                cache.indexes.move_to_end(bank_id)
                while len(cache.indexes) > INDEXES_KEPT:
                    cache.indexes.popitem(last=False)
        found[slug] = kept
    return found


def _read_index(
    session: Session | Connection, bank_id: UUID, slug: str, revision: int, source: str | None
) -> Index:
    entries = tuple(
        _entry(row, slug, source or "") for row in questions.index_rows(session, bank_id)
    )
    by_key = {entry.key: entry for entry in entries}
    return Index(bank_id, slug, source, revision, entries, by_key)


def _entry(row: Any, slug: str, source: str) -> Entry:
    cites = tuple(row.cites or ())
    not_with = frozenset(row.not_with or ())
    valid_until = date.fromisoformat(row.valid_until) if row.valid_until else None
    candidate = Candidate(
        question_id=row.question_id,
        version_id=row.version_id,
        key=row.key,
        bank=slug,
        source=source,
        type=row.type,
        level=row.level,
        use=row.use,
        state=row.state,
        cites=tuple(cite.partition("@")[0] for cite in cites),
        not_with=not_with,
        valid_until=valid_until,
    )
    return Entry(
        question_id=row.question_id,
        version_id=row.version_id,
        key=row.key,
        state=row.state,
        version=row.version,
        edited_here=row.edited_here,
        approved_as=row.approved_as,
        retired_reason=row.retired_reason,
        type=row.type,
        level=row.level,
        use=row.use,
        cites=cites,
        not_with=not_with,
        valid_until=valid_until,
        candidate=candidate,
    )


def version(session: Session | Connection, version_id: UUID) -> Question:
    """A question version, parsed; no statement where it is in memory.

    Raises:
        KeyError: there is no such version.
    """
    return versions(session, (version_id,))[version_id]


def versions(session: Session | Connection, ids: Iterable[UUID]) -> dict[UUID, Question]:
    """Question versions, parsed, by id; one statement for those that are not in memory."""
    cache = _cache(session)
    wanted = dict.fromkeys(ids)
    found: dict[UUID, Question] = {}
    with cache.lock:
        for version_id in wanted:
            kept = cache.versions.get(version_id)
            if kept is not None:
                cache.versions.move_to_end(version_id)
                found[version_id] = kept
    missing = [version_id for version_id in wanted if version_id not in found]
    for version_id, document in questions.documents(session, missing):
        found[version_id] = stored_question(document)
    with cache.lock:
        for version_id in missing:
            if version_id in found:
                cache.versions[version_id] = found[version_id]
        while len(cache.versions) > VERSIONS_KEPT:
            cache.versions.popitem(last=False)
    return found


def stored_question(document: dict[str, Any]) -> Question:
    """Parse a stored document.

    Raises:
        ValueError: it does not parse; it was stored by something that did not check it.
    """
    question, findings = parse(document)
    if question is None:
        raise ValueError(f"a stored question does not parse: {findings}")
    return question
