"""Marks that people give: what waits for one, reading an answer, giving points for it.

Marks are appended, never changed: the last one counts. The score stands when every item has a mark;
only then is the attempt counted anywhere.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, AttemptRef, require
from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.outcome import given_mark, item_score, shown_points
from quizapp.domain.errors import Conflict, Invalid, NotFound
from quizapp.domain.people.fields import clean_line
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.attempts import submitting
from quizapp.services.banks import index as bank_index
from quizapp.services.progress import folding, progress, statistics
from quizapp.services.quizzes import scope as quiz_scope
from quizapp.storage import jobs, marks, responses, sittings
from quizapp.storage import marking as stored
from quizapp.storage.database import transaction

LISTED = 500
"""Attempts that a look at what waits goes through at most."""
LONGEST_COMMENT = 400


@dataclass(frozen=True)
class Waiting:
    """An answer that nobody has marked yet; whose it is is not said."""

    attempt_id: UUID
    slot: int
    question: str
    submitted_at: datetime


@dataclass(frozen=True)
class ToMark:
    """What waits at a quiz, the first handed in first; `more` where not all of it is listed."""

    quiz_id: UUID
    title: Localised
    answers: tuple[Waiting, ...]
    more: bool


@dataclass(frozen=True)
class Answer:
    """An answer as whoever marks it reads it.

    Attributes:
        attempt_id: the attempt.
        slot: from 1.
        quiz_id: of what.
        quiz_title: of what.
        stem: what was asked.
        paragraphs: what was written.
        guide: what to look for.
        sample: a good answer.
        most: points that a full mark earns.
        given: points of the current mark; None before the first.
        comment: said with it.
        number: of the current mark; 0 before the first.
        following: the next answer that waits, the first again after the last.
    """

    attempt_id: UUID
    slot: int
    quiz_id: UUID
    quiz_title: Localised
    stem: Said
    paragraphs: Sequence[str]
    guide: Sequence[Said]
    sample: Said | None
    most: Decimal
    given: Decimal | None
    comment: str
    number: int
    following: Waiting | None


class MarkedMeanwhile(Conflict):
    """Somebody else gave a mark after this page was drawn."""

    slug = "marked-meanwhile"
    title = N_("Somebody has marked this answer in the meantime.")


def waiting(actor: Actor, quiz_id: UUID) -> ToMark:
    """What waits to be marked at a quiz, in the cohorts that the person teaches.

    Raises:
        NotFound: there is no such quiz, or the person may not know of it.
        Forbidden: the person may take it, and not see reports about it.
    """
    with transaction(write=False) as session:
        scope = quiz_scope.find(session, actor, quiz_id, None)
        rows = stored.unmarked(session, quiz_id, scope.within, limit=LISTED + 1)
        answers = _waiting(session, rows[:LISTED])
    return ToMark(scope.id, scope.title, tuple(answers), len(rows) > LISTED)


def read(actor: Actor, attempt_id: UUID, slot: int, lang: Lang) -> Answer:
    """An answer to be marked, or marked already.

    Raises:
        NotFound: there is none that a person marks, or the actor may not know of it.
        Forbidden: it is one's own.
    """
    with transaction(write=False) as session:
        head = _head(session, actor, attempt_id)
        item = _item(head, slot)
        saved = responses.responses_of_all(session, [attempt_id])[attempt_id].get(slot)
        current = marks.current_of(session, attempt_id).get(slot)
        question = bank_index.version(session, item.version_id)
        following = _following(session, actor, head, slot)
    response = None if saved is None else json.loads(saved.body)
    content: Any = question.content
    return Answer(
        attempt_id=attempt_id,
        slot=slot,
        quiz_id=head.quiz_id,
        quiz_title=Localised.model_validate(head.quiz_title),
        stem=question.stem.pick(lang),
        paragraphs=TYPES[item.type].summarise(content, response, lang),
        guide=[one.pick(lang) for one in getattr(content, "guide", ())],
        sample=content.sample.pick(lang) if getattr(content, "sample", None) else None,
        most=Decimal(item.points) / 100,
        given=None if current is None else shown_points(item_score(item.points, current.mark)),
        comment="" if current is None else current.reason,
        number=0 if current is None else current.number,
        following=following,
    )


def give(
    actor: Actor,
    attempt_id: UUID,
    slot: int,
    *,
    points: str,
    comment: str = "",
    seen: int,
    now: datetime,
) -> None:
    """Give points for an answer; the same again from the same person changes nothing.

    Args:
        actor: whoever marks.
        attempt_id: the attempt.
        slot: from 1.
        points: as typed, at most two decimals.
        comment: for the trainee, who sees it with the mark.
        seen: number of the mark that stood when the person decided; 0 for none.
        now: the time.

    Raises:
        NotFound: there is none that a person marks, or the actor may not know of it.
        Forbidden: it is one's own.
        Invalid: the points or the comment will not do.
        MarkedMeanwhile: another mark was given since.
    """
    earned = _read_points(points)
    said = clean_line("comment", comment, longest=LONGEST_COMMENT)
    with transaction(write=True) as session:
        head = _head(session, actor, attempt_id, lock=True)
        item = _item(head, slot)
        mark = given_mark(earned, item.points)
        standing = marks.current_of(session, attempt_id)
        current = standing.get(slot)
        same = (mark, said, actor.id)
        if current and (current.mark, current.reason, current.person_id) == same:
            return
        if seen != (current.number if current else 0):
            raise MarkedMeanwhile
        before = None if head.score is None else folding.load(session, [attempt_id])[attempt_id]
        number = (current.number if current else 0) + 1
        stored.give(
            session,
            {
                "attempt_id": attempt_id,
                "slot": slot,
                "number": number,
                "mark": mark,
                "person_id": actor.id,
                "reason": said,
                "given_at": now,
            },
        )
        details = {"slot": slot, "number": number}
        audit.record(session, actor, "mark.give", "attempt", attempt_id, details, now=now)
        given = {one: row.mark for one, row in standing.items()} | {slot: mark}
        _settle(session, head, given, before, now)


def _settle(session: Session, head: Any, given: dict[int, int], before: Any, now: datetime) -> None:
    """Set the score once every item has a mark, and have it counted; or counted anew."""
    items = [Item.from_data(one) for one in head.items]
    if len(given) < len(items):
        return
    score = sum(item_score(item.points, given[slot]) for slot, item in enumerate(items, 1))
    stored.set_score(session, head.id, score)
    if head.trial:
        return
    if before is None:
        jobs.add_jobs(session, submitting.what_follows(head, now))
    elif stored.counts_already(session, head.id):
        after = folding.load(session, [head.id])[head.id]
        statistics.refold(session, before, replace(after, score=score))
        progress.fold(session, [after], again=True)


def _head(session: Session, actor: Actor, attempt_id: UUID, *, lock: bool = False) -> Any:
    connection = session.connection()
    find = sittings.lock_attempt if lock else sittings.attempt_head
    head = find(connection, attempt_id)
    if head is None:
        require(actor, "attempt.mark")
        raise NotFound
    require(actor, "attempt.mark", AttemptRef(head.person_id, head.cohort_id))
    if head.state == "open":
        raise NotFound
    return head


def _item(head: Any, slot: int) -> Item:
    if not 1 <= slot <= len(head.items):
        raise NotFound
    item = Item.from_data(head.items[slot - 1])
    if not TYPES[item.type].MARKED_BY_PERSON:
        raise NotFound
    return item


def _following(session: Session, actor: Actor, head: Any, slot: int) -> Waiting | None:
    """The next answer that waits after this one, in the order of the list; then from the start."""
    cohorts = None if actor.role == "administrator" else actor.teaches
    here = (head.id, slot)
    # every attempt without a score has an answer that waits: this one and the next are enough
    since = (head.submitted_at, head.id)
    rows = stored.unmarked(session, head.quiz_id, cohorts, since=since, limit=2)
    later = [one for one in _waiting(session, rows) if one.attempt_id != head.id or one.slot > slot]
    if not later:
        rows = stored.unmarked(session, head.quiz_id, cohorts, limit=2)
        later = [one for one in _waiting(session, rows) if (one.attempt_id, one.slot) != here]
    return later[0] if later else None


def _waiting(session: Session, rows: Sequence[Any]) -> list[Waiting]:
    marked = stored.slots_marked(session, [row.id for row in rows])
    return [
        Waiting(row.id, slot, item["question"], row.submitted_at)
        for row in rows
        for slot, item in enumerate(row.items, 1)
        if TYPES[item["type"]].MARKED_BY_PERSON and slot not in marked[row.id]
    ]


def _read_points(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise Invalid.field("points", N_("Give a number.")) from error
