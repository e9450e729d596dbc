"""What came of an attempt, as far as it may be seen now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from quizapp.domain.access import Actor
from quizapp.domain.answers.localised import Lang, Said
from quizapp.domain.answers.problem import Part
from quizapp.domain.bank.question import Question
from quizapp.domain.delivery.items import Item
from quizapp.domain.delivery.outcome import (
    FULL,
    NOTHING,
    Shown,
    item_score,
    mark_response,
    passed,
    shown_points,
)
from quizapp.domain.questions import TYPES
from quizapp.services.attempts import releasing
from quizapp.services.attempts.heads import AttemptHead
from quizapp.services.attempts.sitting import reading
from quizapp.services.banks import index as bank_index
from quizapp.services.banks import sources
from quizapp.services.banks.sources import Sources
from quizapp.services.quizzes.rules import rules
from quizapp.storage import marks, responses


@dataclass(frozen=True)
class Citation:
    """A provision as the question cited it: its number, and the title it then had, if known."""

    number: str
    version: int | None
    title: Said | None


@dataclass(frozen=True)
class ReviewItem:
    """An item after marking; what may not be seen is None or empty.

    Attributes:
        slot: from 1.
        question: its id in the bank file.
        bank: slug of the bank.
        type: the question type.
        stem: what was asked.
        present: the rest of what was shown.
        rule: how it is marked, as a catalogue id.
        points: that a full mark earns.
        response: what counted; None where nothing was answered.
        answered: whether the response answers any part.
        summary: the response in words, a line per part.
        saved_at: when the response was saved.
        late: whether it arrived after the deadline.
        receipt: of the response that counted.
        checked: whether its feedback was looked at during the attempt.
        mark: points earned, two decimals.
        share: of the points, exact to a ten-thousandth.
        key: a response that earns full marks.
        key_lines: the key in words.
        marked_by_person: whether a person marks it, once it is over.
        waits: whether that person has not marked it yet.
        good: a good answer, where a person marks.
        comment: what whoever marked it said.
        parts: each part with what was done, what is right and (with the rationale) why.
        explanation: why the key is right.
        cites: the provisions that carry the key.
    """

    slot: int
    question: str
    bank: str
    type: str
    stem: Said
    present: dict[str, Any]
    rule: str
    points: Decimal
    response: dict[str, Any] | None
    answered: bool
    summary: list[str]
    saved_at: datetime | None
    late: bool
    receipt: str | None
    checked: bool
    mark: Decimal | None
    share: Fraction | None
    key: dict[str, Any] | None
    key_lines: list[str]
    marked_by_person: bool
    waits: bool
    good: Said | None
    comment: str
    parts: tuple[Part, ...]
    explanation: Said | None
    cites: tuple[Citation, ...]


@dataclass(frozen=True)
class ReviewView:
    """An attempt's outcome. `score` and `passed` are None where they may not be seen yet."""

    attempt: AttemptHead
    shown: Shown
    score: Decimal | None
    max_score: Decimal
    pass_mark: Decimal | None
    passed: bool | None
    items: tuple[ReviewItem, ...]

    @property
    def missed(self) -> tuple[int, ...]:
        """The slots without a full mark, as far as marks are shown."""
        return tuple(item.slot for item in self.items if item.share is not None and item.share < 1)


def review(actor: Actor, attempt_id: UUID, lang: Lang, *, now: datetime) -> ReviewView:
    """The outcome of an attempt, as far as the release policy lets the asking person see it.

    Nothing is shown before the end, but for answers whose feedback was looked at. Who teaches the
    attempt sees everything.

    Raises:
        NotFound: there is no such attempt that the person may know of.
    """
    titles = _Titles(sources.policy_map(), lang)
    with reading(actor, "attempt.read", attempt_id, now=now) as (connection, head):
        finished = head.state != "open"
        shown = releasing.shown_to(actor, head, connection, now=now, finished=finished)
        items = [Item.from_data(data) for data in head.items]
        saved = responses.responses_with_receipts(connection, attempt_id)
        given = marks.marks_of(connection, [attempt_id])[attempt_id] if finished else {}
        comments: Mapping[int, str] = {}
        if finished and any(TYPES[item.type].MARKED_BY_PERSON for item in items):
            comments = marks.comments_of(connection, attempt_id)
        questions = bank_index.versions(connection, {item.version_id for item in items})
        settings = rules(connection, head.quiz_version_id)
        checked = NOTHING
        if not finished and any(row.checked_at is not None for row in saved.values()):
            checked = releasing.shown_to(actor, head, connection, now=now, finished=True)
        reviewed = tuple(
            _Reviewing(
                slot,
                item,
                questions[item.version_id],
                saved.get(slot),
                lang,
                comments.get(slot, ""),
                finished,
            ).item(given.get(slot), shown, checked, titles)
            for slot, item in enumerate(items, 1)
        )
    score = head.score if shown.score else None
    return ReviewView(
        attempt=AttemptHead.of(head, settings),
        shown=shown,
        score=None if score is None else shown_points(score),
        max_score=shown_points(head.max_score),
        pass_mark=settings.pass_mark,
        passed=None if score is None else passed(score, head.max_score, settings.pass_mark),
        items=reviewed,
    )


class _Titles:
    """The titles of cited provisions, at the version cited."""

    def __init__(self, known: Sources, lang: Lang) -> None:
        self._sources = known
        self._lang = lang

    def citation(self, source: str, cite: str) -> Citation:
        number, _, said = cite.partition("@")
        version = int(said) if said else None
        found = self._sources.by_number.get((source, number))
        if found is None:
            return Citation(number, version, None)
        then = next((one for one in found.earlier if one.version == version), None)
        title = (then.title if then else found.title).pick(self._lang)
        return Citation(number, version or found.version, title)


@dataclass(frozen=True)
class _Reviewing:
    """An item about to be shown."""

    slot: int
    dealt: Item
    question: Question
    saved: Any
    lang: Lang
    comment: str
    over: bool

    def item(self, mark: int | None, shown: Shown, checked: Shown, titles: _Titles) -> ReviewItem:
        dealt, saved = self.dealt, self.saved
        kind, content = TYPES[dealt.type], self.question.content
        response = None if saved is None else json.loads(saved.body)
        was_checked = saved is not None and saved.checked_at is not None
        if was_checked and mark is None and checked is not NOTHING:
            shown = checked
            mark = mark_response(dealt.type, content, response)
        answered = kind.is_answered(content, response)
        waits = self.over and kind.MARKED_BY_PERSON and answered and mark is None
        if not shown.marks:
            mark = None
        explanation = self.question.explanation if shown.rationale else None
        key = kind.key(content) if shown.key else None
        parts = self._parts(response, shown)
        return ReviewItem(
            slot=self.slot,
            question=dealt.question,
            bank=dealt.bank,
            type=dealt.type,
            stem=self.question.stem.pick(self.lang),
            present=kind.present(content, kind.Dealt.model_validate(dealt.dealt), self.lang),
            rule=kind.rule(content),
            points=Decimal(dealt.points) / 100,
            response=response,
            answered=answered,
            summary=kind.summarise(content, response, self.lang),
            saved_at=None if saved is None else saved.saved_at,
            late=saved is not None and saved.late,
            receipt=None if saved is None else saved.receipt,
            checked=was_checked,
            mark=None if mark is None else shown_points(item_score(dealt.points, mark)),
            share=None if mark is None else Fraction(mark, FULL),
            key=key,
            key_lines=[] if key is None else kind.summarise(content, key, self.lang),
            marked_by_person=kind.MARKED_BY_PERSON,
            waits=waits,
            good=None if key else next((part.answer for part in parts if part.answer), None),
            comment=self.comment if shown.marks else "",
            parts=parts,
            explanation=None if explanation is None else explanation.pick(self.lang),
            cites=tuple(titles.citation(dealt.source, cite) for cite in dealt.cites)
            if shown.rationale
            else (),
        )

    def _parts(self, response: dict[str, Any] | None, shown: Shown) -> tuple[Part, ...]:
        """Parts tell the key, so they come with it; why they are wrong comes with the rationale."""
        if not shown.key:
            return ()
        parts = TYPES[self.dealt.type].explain(self.question.content, response, self.lang)
        return tuple(part if shown.rationale else replace(part, rationale=None) for part in parts)
