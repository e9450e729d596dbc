"""How a quiz went: how scores lie, and how hard each item was, each figure with its n and doubt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, BankRef, Right, may
from quizapp.domain.analysis.choices import Tally, tally
from quizapp.domain.analysis.distribution import Distribution, distribution
from quizapp.domain.analysis.facility import Facility, facility
from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.bank.question import Question
from quizapp.services.banks import index as bank_index
from quizapp.services.progress import folding
from quizapp.services.quizzes import scope as quiz_scope
from quizapp.services.quizzes.scope import QuizScope
from quizapp.storage import gradebook as stored_gradebook
from quizapp.storage import statistics as stored
from quizapp.storage.database import transaction

PAGE = 50
FOLDED = 10_000
"""Attempts that a look at a report folds at most; what is beyond them waits for the next job."""


@dataclass(frozen=True)
class ItemReport:
    """A question version within a quiz. `readable`: the person may open it in its bank."""

    version_id: UUID
    bank: str
    question: str
    version: int
    type: str
    stem: Localised
    facility: Facility
    tally: Tally
    readable: bool


@dataclass(frozen=True)
class QuizReport:
    """A quiz with one page of its items.

    Attributes:
        quiz: what is reported on.
        given: to how many people it is given.
        taken: how many of them finished an attempt.
        scores: of all finished attempts, in bands of ten per cent.
        items: in the order of their banks.
        page: which page of items, from 1.
        next: the number of the next page, if there is one.
    """

    quiz: QuizScope
    given: int
    taken: int
    scores: Distribution
    items: tuple[ItemReport, ...]
    page: int
    next: int | None


def read(
    actor: Actor | None,
    quiz_id: UUID,
    lang: Lang,
    *,
    now: datetime,
    cohort_id: UUID | None = None,
    page: int = 1,
    limit: int | None = PAGE,
) -> QuizReport:
    """Report on a quiz, with what waits to be counted counted first.

    Args:
        actor: needs `quiz.report`; None is the command line, which sees everything.
        quiz_id: which quiz.
        lang: of the options' words.
        now: the time.
        cohort_id: only attempts given to this cohort; else those given to any cohort that the
            person teaches, and to an administrator all.
        page: of items.
        limit: items a page; None for all of them.

    Raises:
        NotFound: there is no such quiz or cohort, or the person may not know of it.
        Forbidden: the person may take the quiz, and not see reports about it.
    """
    folding.fold(now, quiz_id=quiz_id, limit=FOLDED)
    page = max(1, page) if limit else 1
    with transaction(write=False) as session:
        scope = quiz_scope.find(session, actor, quiz_id, cohort_id)
        given, taken = stored_gradebook.reach(session, quiz_id, scope.within)
        scores = stored.scores_of(session, quiz_id, scope.within)
        rows = stored.items_of(
            session,
            quiz_id,
            scope.within,
            person_id=actor.id if actor else None,
            offset=(page - 1) * (limit or 0),
            limit=limit + 1 if limit else None,
        )
        shown = rows[:limit]
        items = _items(session, actor, scope, shown, lang)
    return QuizReport(
        quiz=scope,
        given=given,
        taken=taken,
        scores=distribution(scores),
        items=items,
        page=page,
        next=page + 1 if len(rows) > len(shown) else None,
    )


def _items(
    session: Session, actor: Actor | None, scope: QuizScope, rows: Sequence[Any], lang: Lang
) -> tuple[ItemReport, ...]:
    ids = [row.version_id for row in rows]
    if not ids:
        return ()
    questions = bank_index.versions(session, ids)
    counts = stored.choices_of(session, scope.id, scope.within, ids)
    return tuple(
        _item(actor, row, questions[row.version_id], counts.get(row.version_id, {}), lang)
        for row in rows
    )


def _item(
    actor: Actor | None, row: Any, question: Question, counts: Mapping[str, int], lang: Lang
) -> ItemReport:
    bank = BankRef(row.shipped, cast("Right | None", row.right))
    readable = actor is None or may(actor, "bank.read", bank)
    n = int(row.n)
    return ItemReport(
        version_id=row.version_id,
        bank=row.bank,
        question=row.key,
        version=row.version,
        type=row.type,
        stem=question.stem,
        facility=facility(n, int(row.answered), int(row.total), int(row.squares)),
        # attempts may be seen by who teaches the cohort; keys by who may read the bank
        tally=tally(question, counts, n, lang, tell_key=readable),
        readable=readable,
    )
