"""Source documents: importing them, and reading tasks and provisions for pages and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.source import Provision, SourceDocument, Task
from quizapp.domain.errors import NotFound
from quizapp.domain.words import N_
from quizapp.storage import banks, questions
from quizapp.storage import sources as stored
from quizapp.storage.database import transaction


@dataclass(frozen=True)
class ProvisionWords:
    """The words of a provision at one version."""

    version: int
    title: Localised
    text: Localised
    place: str


@dataclass(frozen=True)
class ProvisionView:
    """A provision with its current words, and those it had before, newest first."""

    id: UUID
    source: str
    task: str
    number: str
    version: int
    title: Localised
    text: Localised
    place: str
    earlier: tuple[ProvisionWords, ...] = ()

    @property
    def cite(self) -> str:
        """How a question cites it now."""
        return f"{self.number}@{self.version}"


@dataclass(frozen=True)
class TaskView:
    """A task with its provisions, in order."""

    id: UUID
    source: str
    number: str
    title: Localised
    provisions: tuple[ProvisionView, ...]


@dataclass(frozen=True)
class SourceView:
    """A source document with its tasks, in order."""

    slug: str
    title: Localised
    tasks: tuple[TaskView, ...]


@dataclass(frozen=True)
class Sources:
    """All source documents, as views for pages and as documents for checks."""

    views: tuple[SourceView, ...]
    documents: Mapping[str, SourceDocument]
    by_number: Mapping[tuple[str, str], ProvisionView]

    @property
    def tasks(self) -> tuple[TaskView, ...]:
        """The tasks of all documents, in order."""
        return tuple(task for view in self.views for task in view.tasks)

    def provision(self, source: str | None, number: str) -> ProvisionView | None:
        """A provision by its number, with or without `@version`; of any source where None."""
        number = number.partition("@")[0]
        if source:
            return self.by_number.get((source, number))
        return next((p for (_, n), p in self.by_number.items() if n == number), None)


_kept: WeakKeyDictionary[Engine, tuple[object, Sources]] = WeakKeyDictionary()
_lock = Lock()


def read(session: Session) -> Sources:
    """All source documents; one small statement where they are in memory."""
    engine = session.connection().engine
    stamp = stored.stamp(session)
    with _lock:
        kept = _kept.get(engine)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    found = _build(session)
    with _lock:
        _kept[engine] = (stamp, found)
    return found


def policy_map() -> Sources:
    """The same, in a transaction of its own."""
    with transaction(write=False) as session:
        return read(session)


def get_provision(number: str, source: str | None = None) -> ProvisionView:
    """A provision by its number.

    Raises:
        NotFound: there is none.
    """
    found = policy_map().provision(source, number)
    if found is None:
        raise NotFound
    return found


def _build(session: Session) -> Sources:
    sources: dict[str, tuple[Localised, dict[UUID, dict[str, Any]]]] = {}
    for row in stored.all_provisions(session):
        _, tasks = sources.setdefault(
            row.source_slug, (_said(row.source_title, row.source_slug), {})
        )
        task = tasks.setdefault(
            row.task_id,
            {
                "number": row.task_number,
                "title": Localised.model_validate(row.task_title),
                "provisions": {},
            },
        )
        if row.provision_id is not None:
            task["provisions"].setdefault(row.provision_id, []).append(row)
    views = tuple(
        SourceView(
            slug,
            title,
            tuple(
                TaskView(
                    task_id,
                    slug,
                    task["number"],
                    task["title"],
                    tuple(
                        _provision(provision_id, slug, task["number"], rows)
                        for provision_id, rows in task["provisions"].items()
                    ),
                )
                for task_id, task in tasks.items()
            ),
        )
        for slug, (title, tasks) in sources.items()
    )
    by_number = {
        (p.source, p.number): p for view in views for task in view.tasks for p in task.provisions
    }
    return Sources(views, {view.slug: _document(view) for view in views}, by_number)


def _provision(provision_id: UUID, source: str, task: str, rows: list[Any]) -> ProvisionView:
    words = sorted((_words(row) for row in rows), key=lambda w: -w.version)
    now = next(w for w in words if w.version == rows[0].current)
    return ProvisionView(
        provision_id,
        source,
        task,
        rows[0].number,
        now.version,
        now.title,
        now.text,
        now.place,
        tuple(w for w in words if w.version != now.version),
    )


def _words(row: Any) -> ProvisionWords:
    return ProvisionWords(
        row.version,
        _said(row.title, row.number),
        Localised.model_validate(row.text),
        row.place,
    )


def _said(stored_text: dict[str, Any], name: str) -> Localised:
    """A title, or the name of what has none."""
    return Localised.model_validate(stored_text) if stored_text else Localised(en=name)


def _document(view: SourceView) -> SourceDocument:
    return SourceDocument(
        source=view.slug,
        title=view.title,
        tasks=tuple(
            Task(
                id=task.number,
                title=task.title,
                provisions=tuple(
                    Provision(
                        id=p.number, version=p.version, title=p.title, text=p.text, where=p.place
                    )
                    for p in task.provisions
                ),
            )
            for task in view.tasks
        ),
    )


def import_source(document: SourceDocument, *, now: datetime) -> list[Finding]:
    """Bring a source document in; a provision's stored words never change.

    A higher version of a provision is stored beside the earlier ones, and approved questions that
    cite an earlier version become drafts until somebody has read them again. Changed words under
    the same version are refused with a finding, and so is a version lower than the stored one.
    """
    findings: list[Finding] = []
    raised: dict[str, int] = {}
    with transaction(write=True) as session:
        source = stored.lock_source(session, document.source)
        title = _plain(document.title)
        if source is None:
            source = stored.SourceDocument(slug=document.source, title=title, created_at=now)
            session.add(source)
            session.flush()
        elif source.title != title:
            source.title = title
        tasks = stored.tasks_of(session, source.id)
        provisions = stored.provisions_of(session, source.id)
        for position, task in enumerate(document.tasks, start=1):
            kept = tasks.get(task.id)
            if kept is None:
                kept = stored.Task(source_id=source.id, number=task.id, position=position)
                session.add(kept)
            if (kept.title, kept.position) != (_plain(task.title), position):
                kept.title, kept.position = _plain(task.title), position
            session.flush()
            for place, provision in enumerate(task.provisions, start=1):
                finding = _store_provision(
                    session, kept.id, provision, place, provisions, raised=raised, now=now
                )
                if finding:
                    findings.append(finding)
        if raised:
            _hold_stale(session, document.source, raised)
        session.flush()
        engine = session.connection().engine
    with _lock:
        _kept.pop(engine, None)
    return findings


def _plain(text: Localised | None) -> dict[str, Any]:
    return text.model_dump(exclude_none=True) if text else {}


def _store_provision(
    session: Session,
    task_id: UUID,
    provision: Provision,
    position: int,
    stands: Mapping[str, tuple[stored.Provision, stored.ProvisionVersion]],
    *,
    raised: dict[str, int],
    now: datetime,
) -> Finding | None:
    words = {
        "title": _plain(provision.title),
        "text": _plain(provision.text),
        "place": provision.where or "",
    }
    stand = stands.get(provision.id)
    if stand is None:
        row = stored.Provision(
            task_id=task_id, number=provision.id, position=position, version=provision.version
        )
        session.add(row)
        session.flush()
    else:
        row, current = stand
        if row.position != position or row.task_id != task_id:
            row.position, row.task_id = position, task_id
        if provision.version == row.version:
            same = words == {"title": current.title, "text": current.text, "place": current.place}
            return None if same else _changed_words(provision)
        if provision.version < row.version:
            return _lower_version(provision, row.version)
        row.version = provision.version
        raised[provision.id] = provision.version
    session.add(
        stored.ProvisionVersion(
            provision_id=row.id, version=provision.version, created_at=now, **words
        )
    )
    return None


def _changed_words(provision: Provision) -> Finding:
    return Finding(
        severity="error",
        rule="provision-changed",
        message=N_("The words of provision %(provision)s changed under the same version."),
        remedy=N_("Raise its version, so that the questions citing it are read again."),
        params={"provision": provision.id},
        question=None,
        where=provision.id,
        line=None,
    )


def _lower_version(provision: Provision, version: int) -> Finding:
    return Finding(
        severity="error",
        rule="provision-older",
        message=N_(
            "Provision %(provision)s is at version %(version)s here, and older in the file."
        ),
        remedy=N_("Import the newest file of the source document."),
        params={"provision": provision.id, "version": version},
        question=None,
        where=provision.id,
        line=None,
    )


def _hold_stale(session: Session, source: str, raised: Mapping[str, int]) -> None:
    """Make drafts of approved questions that cite an earlier version of the provisions."""
    citing = {row.id: row.slug for row in banks.bank_revisions(session) if row.source == source}
    if not citing:
        return
    rows = []
    touched = set()
    for question_id, bank_id, cites in questions.approved_citers(session, list(citing)):
        pairs = [cite.partition("@") for cite in cites]
        if any(n in raised and v and int(v) < raised[n] for n, _, v in pairs):
            rows.append({"id": question_id, "state": "draft"})
            touched.add(bank_id)
    questions.change_questions(session, rows)
    if touched:
        banks.bump_revision(session, touched)
