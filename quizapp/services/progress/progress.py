"""Progress: folding answers into evidence and mastery, and reading what they come to.

`services.folding` calls `fold`; pages and the API read through `services.mastery`, which folds the
person's own waiting attempts first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.progress.evidence import ZONE, Answer, Scope, scopes_of, tally
from quizapp.domain.progress.evidence import fold as fold_answers
from quizapp.domain.progress.mastery import Mastery, Sums, judge
from quizapp.storage import progress as stored


class FinishedItem(Protocol):
    """What progress needs to know of an item; `services.folding.FoldedItem` is one."""

    @property
    def question_id(self) -> UUID:
        """The question through its versions."""

    @property
    def source(self) -> str:
        """Slug of the bank's source document; empty where it has none."""

    @property
    def cites(self) -> Sequence[str]:
        """Provision numbers that the dealt version cites."""

    @property
    def mark(self) -> int:
        """In ten-thousandths of the item's points."""

    @property
    def answered(self) -> bool:
        """Whether anything was answered."""

    @property
    def saved_at(self) -> datetime | None:
        """When the response was saved."""


class FinishedAttempt(Protocol):
    """What progress needs to know of an attempt; `services.folding.FoldedAttempt` is one."""

    @property
    def id(self) -> UUID:
        """The attempt."""

    @property
    def person_id(self) -> UUID:
        """Whose it is."""

    @property
    def trial(self) -> bool:
        """Whether it counts nowhere."""

    @property
    def submitted_at(self) -> datetime:
        """When it was submitted or closed."""

    @property
    def items(self) -> Sequence[FinishedItem]:
        """All that was dealt."""


@dataclass(frozen=True)
class PersonMastery:
    """A person's mastery by source document and number, of a task ("3") or a provision ("3.7")."""

    by_scope: Mapping[tuple[str, str], Mastery]

    def of(self, source: str, number: str) -> Mastery:
        """Mastery of a scope; without answers where there are none."""
        return self.by_scope.get((source, number), _NOTHING)


_NOTHING = Mastery()
NOBODY = PersonMastery({})
"""Mastery of somebody who has answered nothing."""


def fold(session: Session, attempts: Iterable[FinishedAttempt], *, again: bool = False) -> None:
    """Fold finished attempts into evidence, mastery and meetings, in six statements at most.

    Only attempts whose marks their person may see may be handed in (`outcome.shown(...).marks`):
    mastery and 'what I missed' would tell the marks of others (promise 4). Those wait until their
    release, and then still stand in the order in which they were answered.

    Trial attempts count nowhere. What was left blank in a finished attempt counts as 0, at the time
    the attempt ended: the question was dealt and was not answered right, as its mark says too; if
    blanks did not count, leaving out what one does not know would raise the estimate.

    Args:
        session: of a writing transaction.
        attempts: each of them once, in any order.
        again: they were folded before and were marked anew since.
    """
    answers = [one for attempt in attempts if not attempt.trial for one in answers_of(attempt)]
    if not answers:
        return
    people = {one.person_id for one in answers}
    stored.lock_people(session, people)
    found = stored.evidence_of(session, people, {one.question_id for one in answers})
    arriving = {(one.person_id, one.question_id) for one in answers}
    standing = [_answer(row) for row in found if (row.person_id, row.question_id) in arriving]
    folded = fold_answers(standing, answers)
    stored.put_evidence(session, [_evidence_row(one) for one in folded.evidence])
    stored.add_mastery(session, [_mastery_row(*pair) for pair in sorted(folded.change.items())])
    if any(sums.answers < 0 for sums in folded.change.values()):
        stored.drop_empty(session, people)
    stored.add_meetings(session, _meeting_rows(answers, again=again))


def answers_of(attempt: FinishedAttempt) -> list[Answer]:
    """What an attempt is evidence of."""
    return [
        Answer(
            person_id=attempt.person_id,
            question_id=item.question_id,
            attempt_id=attempt.id,
            answered_at=item.saved_at if item.answered and item.saved_at else attempt.submitted_at,
            mark=item.mark,
            source=item.source,
            numbers=scopes_of(item.cites),
        )
        for item in attempt.items
    ]


def recount(attempts: Iterable[FinishedAttempt]) -> dict[Scope, Sums]:
    """What the sums of all these attempts must be, from scratch: folding them comes to the same."""
    answers = [one for attempt in attempts if not attempt.trial for one in answers_of(attempt)]
    return tally(fold_answers((), answers).evidence)


def sums_of_people(session: Session, person_ids: Iterable[UUID]) -> dict[Scope, Sums]:
    """The sums as they are stored."""
    rows = stored.mastery_rows(session, person_ids)
    return {Scope(row.person_id, row.source, row.number): _sums(row) for row in rows}


def mastery_of_people(
    session: Session, person_ids: Iterable[UUID], *, tasks_only: bool = False
) -> dict[UUID, PersonMastery]:
    """The mastery of many people, in one statement; who has answered nothing has `NOBODY`'s.

    Args:
        session: of any transaction; what waits to be folded is not in it.
        person_ids: of whom.
        tasks_only: leave the provisions out.
    """
    wanted = list(person_ids)
    found: dict[UUID, dict[tuple[str, str], Mastery]] = {}
    for row in stored.mastery_rows(session, wanted, tasks_only=tasks_only):
        found.setdefault(row.person_id, {})[row.source, row.number] = judge(_sums(row))
    return {one: PersonMastery(found[one]) if one in found else NOBODY for one in wanted}


def progress_of(session: Session, person_id: UUID) -> PersonMastery:
    """One person's mastery of every task and provision."""
    return mastery_of_people(session, [person_id])[person_id]


def answers_since(session: Session, person_id: UUID, moment: datetime) -> list[Answer]:
    """A person's evidence of the days from that moment's on: as much as the days hold."""
    day = moment.astimezone(ZONE).date()
    return [_answer(row) for row in stored.evidence_since(session, person_id, day)]


def _answer(row: Any) -> Answer:
    return Answer(
        person_id=row.person_id,
        question_id=row.question_id,
        attempt_id=row.attempt_id,
        answered_at=row.answered_at,
        mark=row.mark,
        source=row.source,
        numbers=tuple(row.numbers),
    )


def _evidence_row(one: Answer) -> dict[str, Any]:
    return {
        "person_id": one.person_id,
        "question_id": one.question_id,
        "day": one.key.day,
        "mark": one.mark,
        "attempt_id": one.attempt_id,
        "answered_at": one.answered_at,
        "source": one.source,
        "numbers": list(one.numbers),
    }


def _mastery_row(scope: Scope, sums: Sums) -> dict[str, Any]:
    return {
        **scope._asdict(),
        "answers": sums.answers,
        "questions": sums.questions,
        "total": sums.total,
        "squares": sums.squares,
    }


def _sums(row: Any) -> Sums:
    return Sums(row.answers, row.questions, row.total, row.squares)


def _meeting_rows(answers: Iterable[Answer], *, again: bool) -> list[dict[str, Any]]:
    """One row per person and question: an upsert must not meet its own row twice."""
    rows: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    for one in sorted(answers, key=lambda a: (a.answered_at, a.attempt_id)):
        key = (one.person_id, one.question_id)
        times = rows[key]["times"] if key in rows else 0
        rows[key] = {
            "person_id": one.person_id,
            "question_id": one.question_id,
            "times": times + (0 if again else 1),
            "last_mark": one.mark,
            "last_at": one.answered_at,
            "attempt_id": one.attempt_id,
        }
    return list(rows.values())
