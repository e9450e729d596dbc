"""Assignments: giving a quiz to a cohort in a window, and what that makes due for a trainee."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, CohortRef, may, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.entry import read_access_code
from quizapp.domain.delivery.quiz import Mode
from quizapp.domain.delivery.timing import Window
from quizapp.domain.delivery.windows import read_last_entry, read_window
from quizapp.domain.errors import NotFound
from quizapp.domain.people.fields import Problems
from quizapp.services import audit
from quizapp.services.people import accommodations
from quizapp.services.quizzes import making
from quizapp.services.quizzes.views import (
    AssignmentsPage,
    AssignmentView,
    CohortName,
    OwnAttempts,
    State,
    quiz_settings,
)
from quizapp.storage import assignments as stored
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import transaction
from quizapp.storage.quizzes import Assignment, Quiz

PAGE = 50
KIND = "assignment"
"""What the audit calls it."""


@dataclass(frozen=True)
class Terms:
    """On what terms a quiz is given."""

    window: Window
    last_entry_at: datetime | None
    access_code: str | None

    @classmethod
    def of(cls, assignment: Assignment) -> "Terms":
        """As they stand."""
        window = Window(assignment.opens_at, assignment.closes_at)
        return cls(window, assignment.last_entry_at, assignment.access_code)

    def told(self) -> dict[str, Any]:
        """What the audit keeps: the times, and whether there is a code."""
        return {
            "window": [self.window.opens_at, self.window.closes_at],
            "last_entry_at": self.last_entry_at,
            "access_code": self.access_code is not None,
        }


def give(
    actor: Actor,
    quiz_id: UUID,
    cohort_id: UUID,
    *,
    opens_at: datetime | str | None = None,
    closes_at: datetime | str | None = None,
    last_entry_at: datetime | str | None = None,
    access_code: str | None = None,
    now: datetime,
) -> UUID:
    """Give a quiz to a cohort; gives the id of the assignment.

    Args:
        actor: leads the quiz and teaches the cohort.
        quiz_id: which quiz.
        cohort_id: to whom.
        opens_at: from when it may be begun; None: at once. A text is no time, and refused as such.
        closes_at: until when; None: without an end, or until the quiz itself closes.
        last_entry_at: from when on nobody begins any more; None: until it closes.
        access_code: to be typed at the start; None: none is asked for.
        now: the time.

    Raises:
        NotFound: there is no such quiz or cohort, or the person may not know of it.
        Invalid: the window or the access code will not do.
    """
    terms = _read_terms(opens_at, closes_at, last_entry_at, access_code, now)
    assignment_id = uuid4()
    with transaction(write=True) as session:
        making.find(session, actor, quiz_id, "quiz.give")
        require(actor, "cohort.edit", CohortRef(cohort_id))
        if session.get(Cohort, cohort_id) is None:
            raise NotFound
        session.add(
            Assignment(
                id=assignment_id,
                quiz_id=quiz_id,
                cohort_id=cohort_id,
                opens_at=terms.window.opens_at,
                closes_at=terms.window.closes_at,
                last_entry_at=terms.last_entry_at,
                access_code=terms.access_code,
                created_by=actor.id,
                created_at=now,
            )
        )
        details = {"quiz": quiz_id, "cohort": cohort_id} | terms.told()
        audit.record(session, actor, "assignment.give", KIND, assignment_id, details, now=now)
    return assignment_id


def change_window(
    actor: Actor,
    assignment_id: UUID,
    *,
    opens_at: datetime | str | None,
    closes_at: datetime | str | None,
    last_entry_at: datetime | str | None = None,
    access_code: str | None = None,
    now: datetime,
) -> UUID:
    """Give an assignment another window and code; attempts that are open keep their deadline.

    Gives the id of its quiz.

    Raises:
        NotFound: there is none, or the person does not teach its cohort.
        Invalid: the window or the access code will not do.
    """
    with transaction(write=True) as session:
        assignment = _get(session, actor, assignment_id)
        terms = _read_terms(opens_at, closes_at, last_entry_at, access_code, now)
        before = Terms.of(assignment)
        if terms != before:
            assignment.opens_at, assignment.closes_at = (
                terms.window.opens_at,
                terms.window.closes_at,
            )
            assignment.last_entry_at = terms.last_entry_at
            assignment.access_code = terms.access_code
            details = {"before": before.told(), **terms.told()}
            audit.record(session, actor, "assignment.window", KIND, assignment_id, details, now=now)
        return assignment.quiz_id


def withdraw(actor: Actor, assignment_id: UUID, *, now: datetime) -> UUID:
    """Take an assignment back: nobody can begin it any more, and attempts stay.

    Gives the id of its quiz.

    Raises:
        NotFound: there is none, or the person does not teach its cohort.
    """
    with transaction(write=True) as session:
        assignment = _get(session, actor, assignment_id)
        assignment.withdrawn_at = now
        audit.record(session, actor, "assignment.withdraw", KIND, assignment_id, None, now=now)
        return assignment.quiz_id


def read(actor: Actor, assignment_id: UUID, *, now: datetime) -> AssignmentView:
    """An assignment, for those who teach its cohort.

    Raises:
        NotFound: there is none, or the person does not teach its cohort.
    """
    with transaction(write=False) as session:
        rows = stored.list_assignments(session, cohorts=None, assignment_id=assignment_id)
        require(actor, "quiz.give")
        if not rows:
            raise NotFound
        require(actor, "cohort.edit", CohortRef(rows[0].Cohort.id))
        return _view(rows[0], None, now, led=True)


def list_assignments(
    actor: Actor,
    *,
    now: datetime,
    quiz_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> AssignmentsPage:
    """What is given to the cohorts one attends or teaches, newest first; all to an administrator.

    Args:
        actor: who asks; a trainee sees what they have done of each too.
        now: the time.
        quiz_id: only of this quiz.
        after: only what stands behind this assignment.
        limit: at most so many.
    """
    require(actor, "quiz.read")
    cohorts = None if actor.role == "administrator" else actor.attends | actor.teaches
    with transaction(write=False) as session:
        rows = stored.list_assignments(
            session,
            cohorts=cohorts,
            quiz_id=quiz_id,
            person_id=actor.id,
            after=after,
            limit=limit + 1,
        )
        views = _views(session, actor, rows[:limit], now)
    return AssignmentsPage(views, views[-1].id if len(rows) > limit else None)


def due(actor: Actor, *, now: datetime) -> tuple[AssignmentView, ...]:
    """What a trainee can begin, go on with or look forward to: by when it closes, then opens.

    What is closed, or used up with no attempt open, is not due.
    """
    require(actor, "quiz.read")
    if not actor.attends:
        return ()
    with transaction(write=False) as session:
        rows = stored.list_assignments(
            session, cohorts=actor.attends, ends_after=now, person_id=actor.id
        )
        views = _views(session, actor, rows, now)
    found = [one for one in views if one.may_start or one.state == "upcoming"]
    return tuple(sorted(found, key=_urgency))


def _urgency(view: AssignmentView) -> tuple[int, datetime]:
    """Open ones first, by their end; then those without an end; then what opens next."""
    if view.state == "upcoming":
        return 2, view.opens_at or view.created_at
    until = view.begin_until
    return (1, view.created_at) if until is None else (0, until)


def _views(
    session: Session, actor: Actor, rows: Sequence[Any], now: datetime
) -> tuple[AssignmentView, ...]:
    attended = [row.Assignment.id for row in rows if row.Assignment.cohort_id in actor.attends]
    used: Mapping[UUID, int] = {}
    opened: Mapping[UUID, Any] = {}
    if attended:
        used = stored.attempts_used(session, actor.id, attended)
        opened = stored.open_attempts(session, actor.id, now)
    done = {
        one: OwnAttempts(used.get(one, 0), *(opened[one][1:] if one in opened else (None, None)))
        for one in attended
    }
    return tuple(
        _view(
            row,
            done.get(row.Assignment.id),
            now,
            led=may(actor, "cohort.edit", CohortRef(row.Assignment.cohort_id)),
        )
        for row in rows
    )


def _view(row: Any, own: OwnAttempts | None, now: datetime, *, led: bool) -> AssignmentView:
    assignment: Assignment = row.Assignment
    quiz: Quiz = row.Quiz
    cohort: Cohort = row.Cohort
    settings = quiz_settings(row.settings, quiz.release)
    window = Window(assignment.opens_at, assignment.closes_at).within(quiz.closes_at)
    entry = Window(closes_at=assignment.last_entry_at)
    if own is not None:
        granted = accommodations.of(row.Accommodation)
        window = window.own(granted, row.let_in_until)
        entry = entry.own(granted, row.let_in_until)
    return AssignmentView(
        id=assignment.id,
        quiz_id=quiz.id,
        quiz_title=Localised.model_validate(quiz.title),
        mode=cast(Mode, quiz.mode),
        count=settings.count,
        time_limit_s=settings.time_limit_s,
        window_cuts=settings.window_cuts,
        attempts_allowed=settings.attempts_allowed,
        cohort=CohortName(cohort.id, cohort.code, cohort.title, cohort.title_km),
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        last_entry_at=entry.closes_at,
        asks_code=assignment.access_code is not None,
        access_code=assignment.access_code if led else None,
        instructions=settings.instructions,
        honour=settings.honour,
        created_at=assignment.created_at,
        state=_state(window, now),
        entry_over=not entry.is_open(now),
        own=own,
    )


def _state(window: Window, now: datetime) -> State:
    if window.is_open(now):
        return "open"
    return "closed" if window.closes_at is not None and now >= window.closes_at else "upcoming"


def _get(session: Session, actor: Actor, assignment_id: UUID) -> Assignment:
    assignment = stored.lock_assignment(session, assignment_id)
    if assignment is None:
        require(actor, "quiz.give")
        raise NotFound
    require(actor, "cohort.edit", CohortRef(assignment.cohort_id))
    return assignment


def _read_terms(
    opens_at: object, closes_at: object, last_entry_at: object, code: str | None, now: datetime
) -> Terms:
    problems = Problems()
    window, last_entry, access_code = Window(), None, None
    with problems:
        window = read_window(opens_at, closes_at, now=now)
        last_entry = read_last_entry(last_entry_at, window)
    with problems:
        access_code = read_access_code("access_code", code)
    problems.raise_if_any()
    return Terms(window, last_entry, access_code)
