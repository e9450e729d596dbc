"""Quizzes: making, reading, listing and editing them, and releasing their outcomes by hand."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, QuizRef, may, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.quiz import Mode, QuizSettings, Section
from quizapp.domain.delivery.quiz_fields import read_settings, read_title
from quizapp.domain.delivery.windows import read_instant
from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.domain.people.fields import Problems
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.quizzes.pools import check_sections, counts, read_indexes
from quizapp.services.quizzes.versions import add_first_version, version
from quizapp.services.quizzes.views import (
    QuizRow,
    QuizView,
    QuizzesPage,
    SectionView,
    quiz_settings,
)
from quizapp.storage import assignments as stored_assignments
from quizapp.storage import quizzes as stored
from quizapp.storage.database import transaction
from quizapp.storage.marking import how_many_unmarked
from quizapp.storage.quizzes import Quiz

PAGE = 50
ALWAYS = frozenset({"title", "release", "closes_at"})
"""What may still change once attempts exist."""
OUTSIDE = frozenset({"title", "closes_at"})
"""Fields of a quiz that are not among its settings."""


def make(actor: Actor, fields: Mapping[str, Any], *, now: datetime) -> UUID:
    """Make a quiz that the person owns; gives its id.

    Args:
        actor: needs `quiz.make`, and the right to use each bank.
        fields: `title`, perhaps `closes_at`, and those of `QuizSettings`.
        now: the time.

    Raises:
        Invalid: with a problem for each field, such as `title` or `sections[0].draw`.
    """
    require(actor, "quiz.make")
    title, closes_at, settings = read_fields(fields)
    if settings.mode == "exam" and "draws" not in fields:  # older versions without it drew anew
        settings = settings.model_copy(update={"draws": "same"})
    quiz_id = uuid4()
    with transaction(write=True) as session:
        check(session, actor, settings, owner_id=actor.id, now=now)
        session.add(
            Quiz(
                id=quiz_id,
                title=title,
                mode=settings.mode,
                owner_id=actor.id,
                release=settings.release.model_dump(mode="json"),
                closes_at=closes_at,
                created_at=now,
            )
        )
        session.flush()
        add_first_version(session, quiz_id, settings, actor.id, now)
        audit.record(session, actor, "quiz.make", "quiz", quiz_id, None, now=now)
    return quiz_id


def read(actor: Actor, quiz_id: UUID, *, now: datetime) -> QuizView:
    """A quiz: all of it for those who lead it, what they need to know for those who take it.

    Raises:
        NotFound: there is none, or the person may not know of it.
    """
    with transaction(write=False) as session:
        row, ref = find(session, actor, quiz_id, "quiz.read")
        settings = quiz_settings(row.settings, row.Quiz.release)
        banks = stored.bank_titles(session, {s.bank for s in settings.sections if s.bank})
        leads = may(actor, "quiz.report", ref)
        unmarked = 0
        if leads and row.taken and settings.mode == "exam":
            cohorts = None if actor.role == "administrator" else actor.teaches
            unmarked = how_many_unmarked(session, quiz_id, cohorts)
        available: list[int | None] = [None] * len(settings.sections)
        if leads:
            indexes = read_indexes(session, settings, row.Quiz.owner_id)
            available = list(counts(settings, indexes, today=now.date()))
    titles = {slug: Localised.model_validate(title) for slug, (title, _) in banks.items()}
    sections = tuple(
        _section(section, titles, left, leads=leads)
        for section, left in zip(settings.sections, available, strict=True)
    )
    quiz: Quiz = row.Quiz
    return QuizView(
        id=quiz.id,
        slug=quiz.slug,
        title=Localised.model_validate(quiz.title),
        mode=settings.mode,
        shared=quiz.shared,
        owner_id=quiz.owner_id,
        owner=row.owner_name,
        version=quiz.version,
        version_id=row.version_id,
        sections=sections,
        count=settings.count,
        points=sum((s.count * s.points for s in settings.sections), Decimal(0)),
        time_limit_s=settings.time_limit_s,
        window_cuts=settings.window_cuts,
        grace_s=settings.grace_s,
        attempts_allowed=settings.attempts_allowed,
        counts=settings.counts,
        draws=settings.draws,
        confidence=settings.confidence,
        is_alike=settings.is_alike,
        instructions=settings.instructions,
        honour=settings.honour,
        pass_mark=settings.pass_mark,
        shuffle=settings.shuffle,
        navigation=settings.navigation,
        feedback=settings.feedback,
        release=settings.release,
        released_at=quiz.released_at,
        closes_at=quiz.closes_at,
        created_at=quiz.created_at,
        taken=row.taken,
        public=any(shipped for _, shipped in banks.values())
        or any(section.bank is None for section in settings.sections),
        settings=settings if leads else None,
        unmarked=unmarked,
        may_edit=may(actor, "quiz.edit", ref),
        may_give=may(actor, "quiz.give", ref),
    )


def list_quizzes(actor: Actor, *, after: UUID | None = None, limit: int = PAGE) -> QuizzesPage:
    """The quizzes one may know of, newest first, shipped practice last.

    Those are one's own, what is given to one's cohorts, and what is shared; all of them for an
    administrator.
    """
    require(actor, "quiz.read")
    every = actor.role == "administrator"
    with transaction(write=False) as session:
        rows = stored.list_quizzes(
            session,
            person_id=actor.id,
            cohorts=None if every else _cohorts(actor),
            own=actor.role != "trainee",
            after=after,
            limit=limit + 1,
        )
    found = tuple(_row(row) for row in rows[:limit])
    return QuizzesPage(found, found[-1].id if len(rows) > limit else None)


def edit(actor: Actor, quiz_id: UUID, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change a quiz; other rules become a new version, and attempts keep the one they began with.

    Args:
        actor: the owner, or an administrator.
        quiz_id: which quiz.
        changes: fields as in `make`; those left out stay as they are, within `release` too.
        now: the time.

    Raises:
        NotFound: there is none, or the person may not know of it.
        Forbidden: it is somebody else's.
        Invalid: with a problem for each field.
        Conflict: attempts exist, and more than title, release and closing time would change.
    """
    with transaction(write=True) as session:
        quiz = stored.lock_quiz(session, quiz_id)
        row, _ = find(session, actor, quiz_id, "quiz.edit")
        if quiz is None:
            raise NotFound
        if row.taken and not changes.keys() <= ALWAYS:
            raise Conflict(
                N_("Attempts exist: only title, release and closing time can still change.")
            )
        before = quiz_settings(row.settings, quiz.release)
        title, closes_at, settings = read_fields(_merged(quiz, before, changes))
        if not changes.keys() <= ALWAYS:
            check(session, actor, settings, owner_id=quiz.owner_id, now=now)
        details: dict[str, Any] = {}
        if settings.release != before.release:
            quiz.release = settings.release.model_dump(mode="json")
            details["release"] = quiz.release
        if settings.model_copy(update={"release": before.release}) != before:
            quiz.mode, quiz.version = settings.mode, quiz.version + 1
            session.add(version(quiz_id, quiz.version, settings, actor.id, now))
            details["version"] = quiz.version
        if closes_at != quiz.closes_at:
            details["closes_at"] = [quiz.closes_at, closes_at]
            quiz.closes_at = closes_at
        quiz.title = title
        audit.record(session, actor, "quiz.edit", "quiz", quiz_id, details, now=now)


def release(actor: Actor, quiz_id: UUID, *, now: datetime) -> None:
    """Show the trainees what waits for a release by hand; again is no error.

    Raises:
        NotFound: there is none, or the person may not know of it.
        Forbidden: it is somebody else's.
    """
    _set_released(actor, quiz_id, now, now=now)


def withhold(actor: Actor, quiz_id: UUID, *, now: datetime) -> None:
    """Hide again what was released by hand.

    Raises:
        NotFound: there is none, or the person may not know of it.
        Forbidden: it is somebody else's.
    """
    _set_released(actor, quiz_id, None, now=now)


def find(session: Session, actor: Actor, quiz_id: UUID, action: str) -> tuple[Any, QuizRef]:
    """A quiz in the columns of `storage.quizzes.find_quiz`, for an action of `domain.access`.

    Raises:
        NotFound: there is no such quiz, or the person may not know of it.
        Forbidden: the person may not do it.
    """
    row = stored.find_quiz(session, quiz_id)
    if row is None:
        require(actor, action)
        raise NotFound
    quiz: Quiz = row.Quiz
    cohorts = stored_assignments.cohorts_given(session, quiz_id)
    ref = QuizRef(quiz.owner_id, quiz.mode, quiz.shared, cohorts)
    require(actor, action, ref)
    return row, ref


def _cohorts(actor: Actor) -> frozenset[UUID]:
    return actor.attends if actor.role == "trainee" else actor.attends | actor.teaches


def read_fields(
    fields: Mapping[str, Any],
) -> tuple[dict[str, str], datetime | None, QuizSettings]:
    """Title, closing time and settings, as `make` takes them.

    Raises:
        Invalid: with the problems of all three at once.
    """
    problems = Problems()
    title: dict[str, str] = {}
    closes_at: datetime | None = None
    settings: QuizSettings | None = None
    with problems:
        title = read_title(fields.get("title"))
    with problems:
        closes_at = read_instant("closes_at", fields.get("closes_at"))
    with problems:
        inside = {name: value for name, value in fields.items() if name not in OUTSIDE}
        settings = read_settings(inside)
    if problems.found or settings is None:
        raise Invalid(problems.found)
    return title, closes_at, settings


def _merged(quiz: Quiz, settings: QuizSettings, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the quiz as they would be; another mode brings its own release defaults."""
    fields = settings.model_dump() | {"title": quiz.title, "closes_at": quiz.closes_at}
    fields |= changes
    given = changes.get("release", {})
    if changes.get("mode", quiz.mode) != quiz.mode:
        fields["release"] = given
    elif isinstance(given, Mapping):
        fields["release"] = settings.release.model_dump() | dict(given)
    return fields


def check(
    session: Session,
    actor: Actor,
    settings: QuizSettings,
    *,
    owner_id: UUID | None,
    now: datetime,
) -> None:
    """Refuse settings whose banks the person may not use, or that could not be dealt today.

    Raises:
        Invalid: with a problem for each section's field.
    """
    open_banks = stored.banks_open_to(session, actor.id)
    indexes = read_indexes(session, settings, owner_id)
    check_sections(settings, indexes, open_banks.keys(), today=now.date())


def _set_released(
    actor: Actor, quiz_id: UUID, released_at: datetime | None, *, now: datetime
) -> None:
    with transaction(write=True) as session:
        row, _ = find(session, actor, quiz_id, "quiz.edit")
        quiz: Quiz = row.Quiz
        if (quiz.released_at is None) == (released_at is None):
            return
        quiz.released_at = released_at
        action = "quiz.withhold" if released_at is None else "quiz.release"
        audit.record(session, actor, action, "quiz", quiz_id, None, now=now)


def _section(
    section: Section, titles: Mapping[str, Localised], available: int | None, *, leads: bool
) -> SectionView:
    return SectionView(
        bank=section.bank,
        bank_title=titles.get(section.bank or ""),
        task=section.task,
        provisions=section.provisions,
        level=section.level,
        draw=section.draw,
        questions=section.questions if leads else None,
        count=section.count,
        points=section.points,
        available=available,
    )


def _row(row: Any) -> QuizRow:
    quiz: Quiz = row.Quiz
    settings = quiz_settings(row.settings, quiz.release)
    return QuizRow(
        id=quiz.id,
        title=Localised.model_validate(quiz.title),
        mode=cast(Mode, quiz.mode),
        shared=quiz.shared,
        owner_id=quiz.owner_id,
        owner=row.owner_name,
        count=settings.count,
        time_limit_s=settings.time_limit_s,
        attempts_allowed=settings.attempts_allowed,
        closes_at=quiz.closes_at,
        created_at=quiz.created_at,
        taken=row.taken,
    )
