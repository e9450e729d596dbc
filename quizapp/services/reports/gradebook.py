"""The gradebook of a quiz: who was given it or took it, and what they reached. Marks are facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from quizapp.domain.access import Actor
from quizapp.domain.delivery.outcome import passed, shown_points
from quizapp.services.quizzes import scope as quiz_scope
from quizapp.services.quizzes.scope import QuizScope
from quizapp.storage import gradebook as stored
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

PAGE = 50


@dataclass(frozen=True)
class Result:
    """What one finished attempt reached, exactly.

    Attributes:
        attempt_id: which attempt.
        submitted_at: when it was submitted or closed.
        millionths: of a point; None while something is still to be marked.
        max_millionths: what could be reached.
        passed: compared unrounded with the quiz's pass mark; None without one, or without a score.
    """

    attempt_id: UUID
    submitted_at: datetime
    millionths: int | None
    max_millionths: int
    passed: bool | None

    @property
    def score(self) -> Decimal | None:
        """Points as shown: two decimals, half up."""
        return None if self.millionths is None else shown_points(self.millionths)

    @property
    def max_score(self) -> Decimal:
        """What could be reached, as shown."""
        return shown_points(self.max_millionths)

    @property
    def percent(self) -> Fraction | None:
        """Of what could be reached, exactly."""
        if self.millionths is None or not self.max_millionths:
            return None
        return Fraction(self.millionths * 100, self.max_millionths)


@dataclass(frozen=True)
class Entry:
    """A person in the gradebook.

    Attributes:
        person_id: who.
        name: in Latin letters.
        name_km: in Khmer.
        staff_number: theirs, if they have one.
        email: their address.
        attempts: how many are finished.
        open_id: the attempt that they have not finished yet.
        best: the finished attempt with the greatest share of its points.
        first: the one finished first.
        last: the one finished last.
        counted: the one of them that counts, as the quiz says.
        cohort_id: through which cohort the last one, or the open one, was given.
    """

    person_id: UUID
    name: str
    name_km: str | None
    staff_number: str | None
    email: str
    attempts: int = 0
    open_id: UUID | None = None
    best: Result | None = None
    first: Result | None = None
    last: Result | None = None
    counted: Result | None = None
    cohort_id: UUID | None = None


@dataclass(frozen=True)
class GradebookPage:
    """Some entries by name, and after which person the next page starts.

    `given` is how many people the quiz is given to, `taken` how many of them finished an attempt.
    """

    quiz: QuizScope
    given: int
    taken: int
    entries: tuple[Entry, ...]
    next: UUID | None


def read(
    actor: Actor | None,
    quiz_id: UUID,
    *,
    cohort_id: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = PAGE,
) -> GradebookPage:
    """The gradebook of a quiz; four statements with the access check.

    Args:
        actor: needs `quiz.report`; None is the command line, which sees everything.
        quiz_id: which quiz.
        cohort_id: only what was given to this cohort; else what was given to any cohort that the
            person teaches, and to an administrator all.
        after: only people behind this one.
        limit: entries a page; None for all of them.

    Raises:
        NotFound: there is no such quiz or cohort, or the person may not know of it.
        Forbidden: the person may take the quiz, and not see reports about it.
    """
    with transaction(write=False) as session:
        scope = quiz_scope.find(session, actor, quiz_id, cohort_id)
        given, taken = stored.reach(session, quiz_id, scope.within)
        people = stored.people_of(
            session, quiz_id, scope.within, after=after, limit=limit + 1 if limit else None
        )
        shown = people[:limit]
        among = [person.id for person in shown] if limit else None
        attempts: dict[UUID, list[Any]] = {}
        if shown:
            for row in stored.attempts_of(session, quiz_id, scope.within, among):
                attempts.setdefault(row.person_id, []).append(row)
    entries = tuple(_entry(person, attempts.get(person.id, ()), scope) for person in shown)
    following = shown[-1].id if len(people) > len(shown) else None
    return GradebookPage(scope, given, taken, entries, following)


def _entry(person: Person, attempts: Iterable[Any], scope: QuizScope) -> Entry:
    finished = [row for row in attempts if row.state != "open"]
    unfinished = next((row for row in attempts if row.state == "open"), None)
    best = next((row for row in finished if row.best == 1), None)
    first = next((row for row in finished if row.first == 1), None)
    last = next((row for row in finished if row.last == 1), None)
    counted = {"best": best, "first": first, "last": last}[scope.counts]
    newest = last or unfinished
    return Entry(
        person_id=person.id,
        name=person.name,
        name_km=person.name_km,
        staff_number=person.staff_number,
        email=person.email,
        attempts=last.attempts if last else 0,
        open_id=unfinished.id if unfinished else None,
        best=_result(best, scope),
        first=_result(first, scope),
        last=_result(last, scope),
        counted=_result(counted, scope),
        cohort_id=newest.cohort_id if newest else None,
    )


def _result(row: Any, scope: QuizScope) -> Result | None:
    if row is None:
        return None
    unmarked = row.score is None
    return Result(
        attempt_id=row.id,
        submitted_at=row.submitted_at,
        millionths=row.score,
        max_millionths=row.max_score,
        passed=None if unmarked else passed(row.score, row.max_score, scope.pass_mark),
    )
