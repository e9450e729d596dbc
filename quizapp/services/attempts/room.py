"""An exam's room as its invigilator sees it: who is there, how far, and what was said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, CohortRef, require
from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.delivery.presence import Standing, standing
from quizapp.domain.delivery.timing import Window, seconds_left
from quizapp.domain.errors import Invalid, NotFound
from quizapp.domain.people.fields import clean_line
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.attempts import submitting, taking
from quizapp.services.attempts.extending import find
from quizapp.services.attempts.taking import RefusedView
from quizapp.services.quizzes.views import CohortName, quiz_settings
from quizapp.storage import accommodations, cohorts
from quizapp.storage import room as stored
from quizapp.storage.database import AnyRow, transaction

MOST_MESSAGES = 20
LONGEST_MESSAGE = 500
KIND = "assignment"
"""What the audit calls it."""


@dataclass(frozen=True)
class Sitter:
    """Somebody to whom the exam is given, with their latest attempt.

    Attributes:
        standing: how they stand now.
        answered: how many questions have a saved answer.
        saved_at: when the last answer was saved.
        deadline: of the attempt; while the exam is paused, as it was then.
        refused: how many bodies were sent and not taken.
        let_in_until: until when they may begin by exception.
    """

    person_id: UUID
    name: str
    name_km: str | None
    staff_number: str | None
    standing: Standing
    attempt_id: UUID | None
    started_at: datetime | None
    deadline: datetime | None
    seconds_left: int | None
    answered: int
    saved_at: datetime | None
    submitted_at: datetime | None
    refused: int
    let_in_until: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether their attempt takes answers."""
        return self.standing in ("working", "silent", "held")

    @property
    def started(self) -> bool:
        """Whether they have begun."""
        return self.attempt_id is not None


@dataclass(frozen=True)
class SaidInRoom:
    """A message, to all where there is no name."""

    body: str
    sent_at: datetime
    name: str | None
    name_km: str | None


@dataclass(frozen=True)
class Room:
    """An exam's room; `size` is how many questions there are."""

    assignment_id: UUID
    quiz_id: UUID
    title: Localised
    mode: str
    cohort: CohortName
    window: Window
    access_code: str | None
    paused_at: datetime | None
    size: int
    sitters: tuple[Sitter, ...]
    messages: tuple[SaidInRoom, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many stand how."""
        return Counter(one.standing for one in self.sitters)

    @property
    def is_running(self) -> bool:
        """Whether anybody is at work."""
        return any(one.is_open for one in self.sitters)


@dataclass(frozen=True)
class GivenTime:
    """More time that somebody was given."""

    seconds: int
    reason: str
    given_at: datetime
    given_by: str | None


@dataclass(frozen=True)
class Place:
    """One person's place in the room, with what was sent and not taken, newest only."""

    room: Room
    sitter: Sitter
    extensions: tuple[GivenTime, ...]
    refused: tuple[RefusedView, ...]


def read(actor: Actor, assignment_id: UUID, *, now: datetime) -> Room:
    """The room of an assignment.

    Raises:
        NotFound: there is none, or the person does not teach its cohort.
    """
    with transaction(write=False) as session:
        head = _head(session, actor, assignment_id)
        rows = stored.room_rows(session, assignment_id, head.Cohort.id)
        return _room(session, head, rows, now)


def read_place(
    actor: Actor, assignment_id: UUID, person_id: UUID, lang: Lang, *, now: datetime
) -> Place:
    """One person in the room.

    Raises:
        NotFound: there is no such assignment or trainee that the person may know of.
    """
    with transaction(write=False) as session:
        head = _head(session, actor, assignment_id)
        rows = stored.room_rows(session, assignment_id, head.Cohort.id, person_id)
        if not rows:
            raise NotFound
        room = _room(session, head, rows, now)
        (sitter,) = room.sitters
        given: Sequence[AnyRow] = ()
        if sitter.attempt_id is not None:
            given = accommodations.extensions_of(session, sitter.attempt_id)
    refused: tuple[RefusedView, ...] = ()
    if sitter.attempt_id is not None and sitter.refused:
        refused = taking.read(actor, sitter.attempt_id, lang, now=now).refused
    extensions = tuple(
        GivenTime(one.seconds, one.reason, one.given_at, one.given_by) for one in given
    )
    return Place(room, sitter, extensions, refused)


def say(
    actor: Actor, assignment_id: UUID, body: str, *, person_id: UUID | None = None, now: datetime
) -> None:
    """Say something to all who sit an assignment, or to one of them.

    It stands on their page within half a minute, and on their next page without scripts.

    Raises:
        NotFound: there is no such assignment or trainee that the person may know of.
        Invalid: nothing is said, or too much.
    """
    with transaction(write=True) as session:
        assignment = find(session, actor, assignment_id)
        if person_id is not None:
            part = cohorts.part_of(session, assignment.cohort_id, person_id)
            if part != "trainee":
                raise NotFound
        line = clean_line("body", body, longest=LONGEST_MESSAGE)
        if not line:
            raise Invalid.field("body", N_("Write what you want to say."))
        message_id = stored.say(session, assignment_id, person_id, line, sent_by=actor.id, now=now)
        details = {"message": message_id, "person": person_id}
        audit.record(
            session, actor, "assignment.say", "assignment", assignment_id, details, now=now
        )


def end(actor: Actor, assignment_id: UUID, *, person_id: UUID | None = None, now: datetime) -> int:
    """End the open attempts of an assignment, or one person's; gives how many there were.

    What was saved is what is marked. Many are ended in batches, so that nobody's save waits.

    Raises:
        NotFound: there is no such assignment that the person may know of.
    """
    with transaction(write=True) as session:
        find(session, actor, assignment_id)
        ids = [one.id for one in stored.open_of(session, assignment_id, person_id=person_id)]
        details = {"person": person_id, "attempts": len(ids)}
        audit.record(
            session, actor, "assignment.end", "assignment", assignment_id, details, now=now
        )
    return submitting.end_all(ids, now=now)


def _head(session: Session, actor: Actor, assignment_id: UUID) -> Any:
    head = stored.room_head(session, assignment_id)
    if head is None:
        require(actor, "cohort.invigilate")
        raise NotFound
    require(actor, "cohort.invigilate", CohortRef(head.Cohort.id))
    return head


def _room(session: Session, head: Any, rows: Sequence[AnyRow], now: datetime) -> Room:
    assignment, quiz, cohort = head.Assignment, head.Quiz, head.Cohort
    return Room(
        assignment_id=assignment.id,
        quiz_id=quiz.id,
        title=Localised.model_validate(quiz.title),
        mode=quiz.mode,
        cohort=CohortName(cohort.id, cohort.code, cohort.title, cohort.title_km),
        window=Window(assignment.opens_at, assignment.closes_at).within(quiz.closes_at),
        access_code=assignment.access_code,
        paused_at=assignment.paused_at,
        size=quiz_settings(head.settings, quiz.release).count,
        sitters=tuple(_sitter(row, assignment.paused_at, now) for row in rows),
        messages=tuple(
            SaidInRoom(one.body, one.sent_at, one.name, one.name_km)
            for one in stored.messages_of(session, assignment.id, MOST_MESSAGES)
        ),
    )


def _sitter(row: AnyRow, paused_at: datetime | None, now: datetime) -> Sitter:
    heard = [t for t in (row.heard_at, row.saved_at, row.started_at) if t is not None]
    stands = standing(
        row.state,
        heard=max(heard, default=None),
        seen=row.last_seen_at,
        held=bool(row.held),
        now=now,
    )
    is_open = row.state == "open"
    return Sitter(
        person_id=row.person_id,
        name=row.name,
        name_km=row.name_km,
        staff_number=row.staff_number,
        standing=stands,
        attempt_id=row.attempt_id,
        started_at=row.started_at,
        deadline=row.deadline,
        seconds_left=seconds_left(paused_at or now, row.deadline) if is_open else None,
        answered=row.answered or 0,
        saved_at=row.saved_at,
        submitted_at=row.submitted_at,
        refused=row.refused,
        let_in_until=row.let_in_until,
    )
