"""What the form of a quiz offers: banks, tasks, and the questions that a section may name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, require
from quizapp.domain.answers.localised import Lang, Localised, Said
from quizapp.domain.delivery.assemble import usable
from quizapp.domain.delivery.quiz import Mode
from quizapp.services.banks import index as bank_index
from quizapp.services.banks import sources
from quizapp.services.banks.index import Entry, Index
from quizapp.storage import quizzes as stored
from quizapp.storage.database import transaction

MOST_LISTED = 200


@dataclass(frozen=True)
class Wanted:
    """What a section asks for so far; `named` are the questions that are chosen already."""

    bank: str
    task: str = ""
    provisions: tuple[str, ...] = ()
    level: str = ""
    named: tuple[str, ...] = ()

    def admits(self, entry: Entry) -> bool:
        """Say whether a question is to be offered."""
        if entry.key in self.named:
            return True
        if self.level and entry.level != self.level:
            return False
        if self.provisions and not set(self.provisions) & set(entry.provisions):
            return False
        return not self.task or self.task in entry.tasks


@dataclass(frozen=True)
class BankChoice:
    """A bank that may be asked from."""

    slug: str
    title: Localised


@dataclass(frozen=True)
class TaskChoice:
    """A task of a source document."""

    number: str
    title: Localised


@dataclass(frozen=True)
class QuestionChoice:
    """A question that a section may name."""

    key: str
    type: str
    level: str | None
    provisions: tuple[str, ...]
    stem: Said


@dataclass(frozen=True)
class Choices:
    """What can be chosen.

    `shipped` are the slugs of banks that come with the product, which everybody can read.
    `questions` are by number of the section, and so is `more`: how many fit beside those listed.
    """

    banks: tuple[BankChoice, ...]
    shipped: frozenset[str]
    tasks: tuple[TaskChoice, ...]
    questions: Mapping[int, tuple[QuestionChoice, ...]]
    more: Mapping[int, int]


def choices(
    actor: Actor, wanted: Mapping[int, Wanted], *, mode: Mode, lang: Lang, now: datetime
) -> Choices:
    """What a person may choose for a quiz.

    Args:
        actor: needs `quiz.make`.
        wanted: per number of a section that names its questions, what it asks for.
        mode: of the quiz; questions that it cannot deal are left out.
        lang: of the stems.
        now: the time.
    """
    require(actor, "quiz.make")
    with transaction(write=False) as session:
        titles = stored.banks_open_to(session, actor.id)
        known = stored.bank_titles(session, titles.keys())
        tasks = sources.read(session).tasks
        found = _entries(session, wanted, titles.keys() & {w.bank for w in wanted.values()})
        dealt = {
            number: [e for e in listed if usable(e.candidate, mode, today=now.date())]
            for number, listed in found.items()
        }
        shown = {number: listed[:MOST_LISTED] for number, listed in dealt.items()}
        ids = {entry.version_id for listed in shown.values() for entry in listed}
        words = bank_index.versions(session, ids)
    return Choices(
        banks=tuple(BankChoice(slug, Localised.model_validate(t)) for slug, t in titles.items()),
        shipped=frozenset(slug for slug, (_, shipped) in known.items() if shipped),
        tasks=tuple(TaskChoice(task.number, task.title) for task in tasks),
        questions={
            number: tuple(
                _choice(entry, words[entry.version_id].stem.pick(lang)) for entry in listed
            )
            for number, listed in shown.items()
        },
        more={number: len(listed) - len(shown[number]) for number, listed in dealt.items()},
    )


def _entries(
    session: Session, wanted: Mapping[int, Wanted], slugs: set[str]
) -> dict[int, list[Entry]]:
    indexes: Mapping[str, Index] = bank_index.indexes(session, sorted(slugs)) if slugs else {}
    return {
        number: [entry for entry in indexes[want.bank].entries if want.admits(entry)]
        for number, want in wanted.items()
        if want.bank in indexes
    }


def _choice(entry: Entry, stem: Said) -> QuestionChoice:
    return QuestionChoice(entry.key, entry.type, entry.level, entry.provisions, stem)
