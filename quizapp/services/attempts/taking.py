"""Attempts as their trainees see them: reading, listing, flagging.

Nothing here holds a key, a rationale or a mark that the release policy keeps back.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from quizapp.domain.access import Actor
from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.bank.question import Question
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.moving import Progress
from quizapp.domain.delivery.outcome import passed, shown, shown_points
from quizapp.domain.delivery.quiz import Release
from quizapp.domain.delivery.timing import seconds_left
from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_
from quizapp.services.attempts import releasing
from quizapp.services.attempts.heads import AttemptHead
from quizapp.services.attempts.presence import Message, messages_to
from quizapp.services.attempts.sitting import get_head, reading
from quizapp.services.attempts.submitting import State
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes.rules import rules
from quizapp.storage import attempts as stored
from quizapp.storage import responses, sittings
from quizapp.storage.database import AnyRow, core_transaction, transaction

MOST_LISTED = 200


@dataclass(frozen=True)
class ItemView:
    """An item as it is answered.

    Attributes:
        slot: from 1.
        question: its id in the bank file.
        bank: slug of the bank.
        type: the question type.
        points: that a full mark earns.
        stem: what is asked.
        present: the type's `present`: all of the rest that may be shown before answering.
        rule: how it is marked, as a catalogue id.
        response: what counts now; None where nothing is answered.
        revision: of the response; 0 where nothing was saved.
        answered: whether the response answers any part.
        flagged: whether the trainee means to come back.
        checked: whether its feedback was looked at, which locks it.
        saved_at: when the response was saved.
        summary: the response in words, a line per part.
    """

    slot: int
    question: str
    bank: str
    type: str
    points: Decimal
    stem: Said
    present: dict[str, Any]
    rule: str
    response: dict[str, Any] | None
    revision: int
    answered: bool
    flagged: bool
    checked: bool
    saved_at: datetime | None
    summary: list[str]


@dataclass(frozen=True)
class RefusedView:
    """An answer that was sent and does not count, newer than the one that does.

    `reason` is the slug of the refusal: `conflict`, `stale-revision`, `attempt-closed` or
    `answer-locked` or `slot-left`.
    """

    slot: int
    revision: int
    reason: str
    response: dict[str, Any] | None
    summary: list[str]
    saved_at: datetime


@dataclass(frozen=True)
class AttemptView(AttemptHead):
    """An attempt as a page or the API shows it; its ends are None where it has none, or is paused.

    `larger_text` is a part of the person's accommodation; `messages` are the invigilator's, newest
    first. `reached` is the slot that one is at where the quiz goes forward only, `held_by` the
    device that it is taken on, if that is known.
    """

    navigation: str
    instructions: Localised | None
    closes_at: datetime | None
    seconds_left: int | None
    paused: bool
    larger_text: bool
    messages: tuple[Message, ...]
    items: tuple[ItemView, ...]
    refused: tuple[RefusedView, ...]
    reached: int = 1
    confidence: bool = False
    held_by: UUID | None = None

    @property
    def unanswered(self) -> tuple[int, ...]:
        """The slots without an answer."""
        return tuple(item.slot for item in self.items if not item.answered)

    def is_left(self, slot: int) -> bool:
        """Say whether a question is left behind for good."""
        return self.navigation == "forward" and slot < self.reached

    def is_elsewhere(self, device: UUID) -> bool:
        """Say whether an exam is being taken on another device than this one."""
        holds = self.mode == "exam" and self.state == "open" and not self.trial
        return holds and self.held_by not in (None, device)


@dataclass(frozen=True)
class AttemptRow:
    """An attempt in a list. `score` and `passed` are None where they may not be seen (yet)."""

    id: UUID
    quiz_id: UUID
    quiz_title: Localised
    mode: str
    assignment_id: UUID | None
    trial: bool
    number: int
    state: State
    started_at: datetime
    deadline: datetime | None
    submitted_at: datetime | None
    score: Decimal | None
    max_score: Decimal
    passed: bool | None


@dataclass(frozen=True)
class AttemptsPage:
    """A part of a list; `next` leads to the rest, None where there is none."""

    attempts: tuple[AttemptRow, ...]
    next: str | None


def read(actor: Actor, attempt_id: UUID, lang: Lang, *, now: datetime) -> AttemptView:
    """An attempt with its items and what is saved; closed first where its time is over.

    Raises:
        NotFound: there is no such attempt that the person may know of.
    """
    with reading(actor, "attempt.read", attempt_id, now=now) as (connection, head):
        items = [Item.from_data(data) for data in head.items]
        saved = responses.responses_of(connection, attempt_id)
        flags = stored.flags_of(connection, attempt_id)
        refused = responses.refused_of(connection, attempt_id)
        questions = bank_index.versions(connection, {item.version_id for item in items})
        settings = rules(connection, head.quiz_version_id)
        messages = messages_to(connection, attempt_id) if head.said_at is not None else ()
    return AttemptView.of(
        head,
        settings,
        navigation=settings.navigation,
        instructions=settings.instructions,
        closes_at=head.closes_at,
        seconds_left=seconds_left(now, head.deadline) if head.state == "open" else None,
        paused=head.paused_at is not None and head.state == "open",
        larger_text=bool(head.larger_text),
        messages=messages,
        items=tuple(
            _item(
                slot,
                item,
                questions[item.version_id],
                saved.get(slot),
                flagged=slot in flags,
                lang=lang,
            )
            for slot, item in enumerate(items, 1)
        ),
        refused=tuple(
            _refused(row, questions[items[row.slot - 1].version_id], lang)
            for row in _newer(refused, saved)
        ),
        reached=Progress.from_data(head.left_at).slot,
        held_by=head.held_by,
        confidence=settings.confidence,
    )


def list_own(
    actor: Actor, *, now: datetime, after: str | None = None, limit: int = 50
) -> AttemptsPage:
    """One's attempts, newest first; scores where they may be seen.

    Args:
        actor: whose.
        now: the time.
        after: `next` of the page before.
        limit: at most so many.

    Raises:
        Invalid: `after` is none that was given out.
    """
    limit = max(1, min(limit, MOST_LISTED))
    with transaction(write=False) as session:
        rows = sittings.attempts_of(session, actor.id, _read_cursor(after), limit + 1)
        settings = {row.quiz_version_id: rules(session, row.quiz_version_id) for row in rows}
        ends = releasing.closes(session, rows)
    shown = rows[:limit]
    return AttemptsPage(
        tuple(
            _row(row, settings[row.quiz_version_id].pass_mark, ends.get(row.quiz_id), now)
            for row in shown
        ),
        _cursor(shown[-1]) if len(rows) > limit else None,
    )


def set_flag(actor: Actor, attempt_id: UUID, slot: int, *, flagged: bool) -> None:
    """Mark an item of one's own open attempt to come back to it, or no longer.

    Raises:
        NotFound: there is no such slot of an attempt that the person may know of.
        Forbidden: the attempt is somebody else's.
        Conflict: the attempt is over.
    """
    with core_transaction(write=True) as connection:
        head = get_head(connection, actor, "attempt.take", attempt_id)
        if not 1 <= slot <= len(head.items):
            raise NotFound
        if head.state != "open":
            raise Conflict(N_("This attempt is over."))
        stored.put_flag(connection, attempt_id, slot, flagged=flagged)


def _item(
    slot: int,
    item: Item,
    question: Question,
    saved: Any,
    *,
    flagged: bool,
    lang: Lang,
) -> ItemView:
    kind, content = TYPES[item.type], question.content
    response = None if saved is None else json.loads(saved.body)
    return ItemView(
        slot=slot,
        question=item.question,
        bank=item.bank,
        type=item.type,
        points=Decimal(item.points) / 100,
        stem=question.stem.pick(lang),
        present=kind.present(content, kind.Dealt.model_validate(item.dealt), lang),
        rule=kind.rule(content),
        response=response,
        revision=0 if saved is None else saved.revision,
        answered=kind.is_answered(content, response),
        flagged=flagged,
        checked=saved is not None and saved.checked_at is not None,
        saved_at=None if saved is None else saved.saved_at,
        summary=kind.summarise(content, response, lang),
    )


def _newer(refused: Sequence[Any], saved: Mapping[int, Any]) -> list[Any]:
    """The newest refused answer of each slot that is newer than what counts, and another."""
    found: dict[int, Any] = {}
    for row in refused:  # newest first
        if row.slot in found:
            continue
        current = saved.get(row.slot)
        if current is None or (row.saved_at > current.saved_at and row.body != current.body):
            found[row.slot] = row
    return [found[slot] for slot in sorted(found)]


def _refused(row: Any, question: Question, lang: Lang) -> RefusedView:
    response = json.loads(row.body)
    return RefusedView(
        slot=row.slot,
        revision=row.revision,
        reason=row.outcome,
        response=response,
        summary=TYPES[question.type].summarise(question.content, response, lang),
        saved_at=row.saved_at,
    )


def _row(
    row: AnyRow, pass_mark: Decimal | None, ends: datetime | None, now: datetime
) -> AttemptRow:
    finished = row.state != "open"
    marked = row.score is not None
    facts = releasing.moment(row, ends, now=now, finished=finished, marked=marked)
    seen = shown(Release.model_validate(row.release), facts)
    score = row.score if seen.score or (row.trial and finished) else None
    return AttemptRow(
        id=row.id,
        quiz_id=row.quiz_id,
        quiz_title=Localised.model_validate(row.quiz_title),
        mode=row.mode,
        assignment_id=row.assignment_id,
        trial=row.trial,
        number=row.number,
        state=cast(State, row.state),
        started_at=row.started_at,
        deadline=row.deadline,
        submitted_at=row.submitted_at,
        score=None if score is None else shown_points(score),
        max_score=shown_points(row.max_score),
        passed=None if score is None else passed(score, row.max_score, pass_mark),
    )


def _cursor(row: AnyRow) -> str:
    return f"{row.started_at.timestamp():.6f}~{row.id.hex}"


def _read_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    if text is None:
        return None
    try:
        started, _, last = text.partition("~")
        return datetime.fromtimestamp(float(started), UTC), UUID(last)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid.field("cursor", N_("This leads nowhere: begin at the first page.")) from error
