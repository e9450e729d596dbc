"""The policy map: every task and provision with what a person's answers say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, require
from quizapp.domain.errors import NotFound
from quizapp.domain.progress.mastery import Mastery
from quizapp.domain.progress.next_step import Place, Practice, practise
from quizapp.domain.progress.trend import SPAN, Trend, trend
from quizapp.services.banks import sources
from quizapp.services.banks.sources import ProvisionView, TaskView
from quizapp.services.progress import folding, progress
from quizapp.services.quizzes import practice
from quizapp.storage.database import transaction


@dataclass(frozen=True)
class ProvisionMastery:
    """A provision, what is known of it, and how many questions practice can ask on it."""

    provision: ProvisionView
    mastery: Mastery
    askable: int


@dataclass(frozen=True)
class TaskMastery:
    """A task with its provisions; `practice` is what to practise next in it, if anything."""

    task: TaskView
    mastery: Mastery
    provisions: tuple[ProvisionMastery, ...]
    practice: Practice | None

    def provision(self, number: str) -> ProvisionView:
        """One of its provisions by number."""
        return next(p.provision for p in self.provisions if p.provision.number == number)


@dataclass(frozen=True)
class PolicyMap:
    """All tasks, in the documents' order."""

    tasks: tuple[TaskMastery, ...]

    def provision(self, number: str) -> ProvisionView:
        """A provision by number; the first of that number where documents share it."""
        return next(p.provision for p in self.provisions if p.provision.number == number)

    @property
    def provisions(self) -> tuple[ProvisionMastery, ...]:
        """All provisions, in the documents' order."""
        return tuple(one for task in self.tasks for one in task.provisions)

    @property
    def answers(self) -> int:
        """Answers that count, over all tasks; one on two tasks counts for both."""
        return sum(task.mastery.answers for task in self.tasks)

    @property
    def practice(self) -> Practice | None:
        """What to practise next over all tasks."""
        return practise(_place(one) for one in self.provisions)


@dataclass(frozen=True)
class ProvisionPage:
    """A provision with its surroundings; `place` counts from 1 within the task."""

    task: TaskView
    place: int
    own: ProvisionMastery
    previous: ProvisionView | None
    next: ProvisionView | None


@dataclass(frozen=True)
class TaskTrend:
    """What the answers on a task of the last weeks say beside those before."""

    task: TaskView
    mastery: Mastery
    trend: Trend


def read(actor: Actor, *, now: datetime) -> PolicyMap:
    """One's own policy map, with everything handed in so far."""
    require(actor, "provision.read")
    folding.fold(now, person_id=actor.id)
    with transaction(write=False) as session:
        return policy_map(session, actor.id)


def read_provision(actor: Actor, number: str, *, now: datetime) -> ProvisionPage:
    """A provision with one's own results.

    Raises:
        NotFound: there is no such provision.
    """
    require(actor, "provision.read")
    folding.fold(now, person_id=actor.id)
    with transaction(write=False) as session:
        found = policy_map(session, actor.id)
    every = [(task, one) for task in found.tasks for one in task.provisions]
    numbers = [one.provision.number for _, one in every]
    if number not in numbers:
        raise NotFound
    at = numbers.index(number)
    task, own = every[at]
    return ProvisionPage(
        task=task.task,
        place=task.provisions.index(own) + 1,
        own=own,
        previous=every[at - 1][1].provision if at else None,
        next=every[at + 1][1].provision if at + 1 < len(every) else None,
    )


def read_trends(actor: Actor, *, now: datetime) -> tuple[TaskTrend, ...]:
    """How one's answers on each task moved, by the last four weeks and the four before."""
    require(actor, "provision.read")
    folding.fold(now, person_id=actor.id)
    with transaction(write=False) as session:
        tasks = sources.read(session).tasks
        held = progress.progress_of(session, actor.id)
        answers = progress.answers_since(session, actor.id, now - 2 * SPAN)
    return tuple(
        TaskTrend(
            task,
            held.of(task.source, task.number),
            trend(
                [a for a in answers if a.source == task.source and task.number in a.numbers], now
            ),
        )
        for task in tasks
    )


def policy_map(session: Session, person_id: UUID) -> PolicyMap:
    """A person's policy map; three statements. What waits to be folded is not in it."""
    tasks = sources.read(session).tasks
    held = progress.progress_of(session, person_id)
    askable = practice.askable(session)
    found = []
    for task in tasks:
        provisions = tuple(
            ProvisionMastery(
                one, held.of(one.source, one.number), askable.get((one.source, one.number), 0)
            )
            for one in task.provisions
        )
        mastery = held.of(task.source, task.number)
        found.append(TaskMastery(task, mastery, provisions, _practise(provisions)))
    return PolicyMap(tuple(found))


def _practise(provisions: Sequence[ProvisionMastery]) -> Practice | None:
    return practise(map(_place, provisions))


def _place(one: ProvisionMastery) -> Place:
    return Place(one.provision.number, one.mastery, one.askable)
