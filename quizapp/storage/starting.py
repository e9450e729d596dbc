"""What starting an attempt asks of the tables."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Connection,
    Uuid,
    and_,
    bindparam,
    func,
    null,
    select,
    update,
)
from sqlalchemy.orm import Session

from quizapp.storage.accommodations import Accommodation, LateEntry
from quizapp.storage.attempts import Attempt
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import table, upsert
from quizapp.storage.jobs import LEARNING, Job
from quizapp.storage.prepared import Prepared
from quizapp.storage.progress import Meeting
from quizapp.storage.quizzes import CURRENT, Assignment, Quiz, QuizVersion

_quizzes = table(Quiz)
_versions = table(QuizVersion)
_assignments = table(Assignment)
_attempts = table(Attempt)
_members = table(Membership)
_meetings = table(Meeting)
_jobs = table(Job)
_granted = table(Accommodation)
_late_entries = table(LateEntry)


def _made(assignment: Any) -> Any:
    """The number of the person's latest attempt within an assignment, or without one."""
    return (
        select(func.coalesce(func.max(_attempts.c.number), 0))
        .where(
            _attempts.c.person_id == bindparam("person_id"),
            _attempts.c.quiz_id == _quizzes.c.id,
            assignment,
            _attempts.c.trial.is_(False),
        )
        .correlate(_quizzes, _assignments)
        .scalar_subquery()
    )


_PLAN = Prepared(
    select(
        _quizzes.c.id,
        _quizzes.c.owner_id,
        _quizzes.c.mode,
        _quizzes.c.shared,
        _quizzes.c.closes_at.label("quiz_closes_at"),
        _versions.c.id.label("version_id"),
        _assignments.c.id.label("assignment_id"),
        _assignments.c.cohort_id,
        _assignments.c.opens_at,
        _assignments.c.closes_at,
        _assignments.c.paused_at,
        _assignments.c.last_entry_at,
        _assignments.c.access_code,
        _assignments.c.pinned.is_not(None).label("is_pinned"),
        _late_entries.c.until.label("let_in_until"),
        _granted.c.time_percent,
        _granted.c.break_s,
        _granted.c.opens_early_s,
        _granted.c.closes_late_s,
        _granted.c.larger_text,
        _members.c.part,
        _made(_attempts.c.assignment_id == _assignments.c.id).label("made"),
        _made(_attempts.c.assignment_id.is_(None)).label("made_alone"),
    )
    .select_from(
        _quizzes.join(
            _versions,
            and_(_versions.c.quiz_id == _quizzes.c.id, _versions.c.version == _quizzes.c.version),
        )
        .outerjoin(
            _assignments,
            and_(
                _assignments.c.quiz_id == _quizzes.c.id,
                _assignments.c.withdrawn_at.is_(None),
                _assignments.c.cohort_id.in_(
                    select(_members.c.cohort_id).where(
                        _members.c.person_id == bindparam("person_id")
                    )
                ),
            ),
        )
        .outerjoin(
            _members,
            and_(
                _members.c.cohort_id == _assignments.c.cohort_id,
                _members.c.person_id == bindparam("person_id"),
            ),
        )
        .outerjoin(
            _late_entries,
            and_(
                _late_entries.c.assignment_id == _assignments.c.id,
                _late_entries.c.person_id == bindparam("person_id"),
            ),
        )
        .outerjoin(_granted, _granted.c.person_id == bindparam("person_id"))
    )
    .where(_quizzes.c.id == bindparam("quiz_id"))
    .order_by(_assignments.c.opens_at, _assignments.c.id)
)
_PINNED = select(_assignments.c.pinned).where(_assignments.c.id == bindparam("assignment_id"))
_MET = Prepared(
    select(_meetings.c.question_id, _meetings.c.times, null().label("waiting"))
    .where(_meetings.c.person_id == bindparam("person_id"))
    .union_all(
        select(null(), null(), _jobs.c.subject).where(
            _jobs.c.person_id == bindparam("person_id"), _jobs.c.kind == LEARNING
        )
    )
)
_ITEMS = select(_attempts.c["items"]).where(
    _attempts.c.id.in_(bindparam("attempts", type_=Uuid(), expanding=True))
)
_PIN = (
    update(_assignments)
    .where(_assignments.c.id == bindparam("assignment"), _assignments.c.pinned.is_(None))
    .values(pinned=bindparam("pins"))
    .returning(_assignments.c.id)
)


def start_rows(connection: Connection, quiz_id: UUID, person_id: UUID) -> Sequence[Any]:
    """A quiz as a start sees it: one row per assignment to a cohort that the person is in.

    One row with no assignment where there is none; no row where there is no quiz. `made` counts
    the person's attempts within the assignment, `made_alone` those without one; what the person is
    granted stands in each row, empty where it is nothing.
    """
    return _PLAN.all(connection, {"quiz_id": quiz_id, "person_id": person_id})


def pinned_of(session: Session | Connection, assignment_id: UUID) -> dict[str, Any] | None:
    """What the assignment's window fixed when it opened."""
    found: dict[str, Any] | None = session.execute(
        _PINNED, {"assignment_id": assignment_id}
    ).scalar_one()
    return found


def pin(connection: Connection, assignment_id: UUID, pins: dict[str, Any]) -> bool:
    """Fix what an exam's window deals; False where somebody has done so already."""
    done = connection.execute(_PIN, {"assignment": assignment_id, "pins": pins})
    return done.first() is not None


def meetings_of(connection: Connection, person_id: UUID) -> dict[UUID, int]:
    """How often the person has met each question, those never met left out.

    Finished attempts that wait to be folded are counted in, whatever they wait for.
    """
    met: Counter[UUID] = Counter()
    waiting = []
    for row in _MET.all(connection, {"person_id": person_id}):
        if row.waiting is None:
            met[row.question_id] = row.times
        else:
            waiting.append(UUID(row.waiting))
    if waiting:
        for items in connection.execute(_ITEMS, {"attempts": waiting}).scalars():
            met.update(UUID(item["question_id"]) for item in items)
    return met


def quiz_by_slug(session: Session, slug: str) -> tuple[UUID, UUID] | None:
    """A quiz and its current version."""
    row = session.execute(
        select(Quiz.id, QuizVersion.id.label("version_id"))
        .join(QuizVersion, CURRENT)
        .where(Quiz.slug == slug)
    ).one_or_none()
    return None if row is None else (row.id, row.version_id)


def make_quiz(
    session: Session,
    *,
    slug: str,
    title: dict[str, Any],
    settings: dict[str, Any],
    release: dict[str, Any],
    now: datetime,
) -> None:
    """Make a quiz that belongs to nobody and is listed nowhere, unless somebody came first."""
    made = session.execute(
        upsert(session.get_bind().dialect.name)(_quizzes)
        .values(
            id=uuid4(),
            slug=slug,
            title=title,
            mode=settings["mode"],
            shared=False,
            version=1,
            release=release,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(_quizzes.c.id)
    ).first()
    if made is not None:
        session.add(QuizVersion(quiz_id=made.id, version=1, settings=settings, created_at=now))
