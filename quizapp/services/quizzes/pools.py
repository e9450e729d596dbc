"""Which questions each section of a quiz may use, and whether they are enough."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.domain.delivery.assemble import Candidate, assemble, eligible, usable
from quizapp.domain.delivery.quiz import Mode, QuizSettings, Section
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.words import N_
from quizapp.services.banks import index as bank_index
from quizapp.services.banks.index import Index
from quizapp.storage import quizzes as stored

Indexes = Mapping[str, Index]


def read_indexes(
    session: Session | Connection, settings: QuizSettings, owner_id: UUID | None
) -> dict[str, Index]:
    """The indexes of the banks that the quiz asks from.

    A section without a bank asks from every bank open to the owner of the quiz, and from the
    shipped ones alone where it has no owner: nobody reads a bank by drawing from it.
    """
    named = {section.bank for section in settings.sections if section.bank}
    if any(section.bank is None for section in settings.sections):
        named |= stored.banks_open_to(session, owner_id).keys()
    return bank_index.indexes(session, sorted(named))


def pools(
    settings: QuizSettings, indexes: Indexes, *, today: date, trial: bool = False
) -> dict[int, list[Candidate]]:
    """The questions each section may use now: those that fit a draw, or those named.

    Named questions that can no longer be dealt are left out.
    """
    return {
        number: _pool(section, indexes, settings.mode, today=today, trial=trial)
        for number, section in enumerate(settings.sections)
    }


def _pool(
    section: Section, indexes: Indexes, mode: Mode, *, today: date, trial: bool
) -> list[Candidate]:
    if section.draw is None:
        index = indexes.get(section.bank or "")
        entries = (index.by_key.get(key) for key in section.questions) if index else ()
        named = (entry.candidate for entry in entries if entry is not None)
        return [one for one in named if usable(one, mode, today=today, trial=trial)]
    offered = (one for index in indexes.values() for one in index.candidates)
    return eligible(section, offered, mode, today=today, trial=trial)


def check_sections(
    settings: QuizSettings, indexes: Indexes, open_banks: Collection[str], *, today: date
) -> None:
    """Refuse sections that could not be dealt today.

    Args:
        settings: of the quiz.
        indexes: of its banks, as `read_indexes` gives them.
        open_banks: slugs of the banks that whoever makes the quiz may use.
        today: the day for which questions must not be out of date.

    Raises:
        Invalid: with one problem for each section's field.
    """
    offered = pools(settings, indexes, today=today)
    problems: list[FieldProblem] = []
    named: set[tuple[str, str]] = set()
    for number, section in enumerate(settings.sections):
        where = f"sections[{number}]"
        if section.bank is not None and section.bank not in open_banks:
            message = N_("There is no such bank, or it is not open to you.")
            problems.append(FieldProblem(f"{where}.bank", message))
        elif section.draw is None:
            index = indexes[section.bank or ""]
            problems += _not_dealt(where, section, index, mode=settings.mode, today=today)
            problems += _named_before(where, section, named)
        elif len(offered[number]) < section.draw:
            problems.append(_too_few(where, section.draw, len(offered[number])))
    if problems:
        raise Invalid(problems)
    # sections share questions, and some questions keep others away: deal once to see
    assemble(settings.sections, offered, seed=0, shuffle=False)


def _not_dealt(
    where: str, section: Section, index: Index, *, mode: Mode, today: date
) -> list[FieldProblem]:
    reasons: dict[str, list[str]] = {}
    for key in section.questions:
        entry = index.by_key.get(key)
        reason = _reason(entry.candidate if entry else None, mode, today=today)
        if reason is not None:
            reasons.setdefault(reason, []).append(key)
    return [
        FieldProblem(f"{where}.questions", message, {"ids": ", ".join(keys)})
        for message, keys in reasons.items()
    ]


def _reason(candidate: Candidate | None, mode: Mode, *, today: date) -> str | None:
    """Why a question cannot be dealt, as a message; None where it can."""
    reason: str | None = None
    if candidate is None:
        reason = N_("The bank has no such question: %(ids)s.")
    elif usable(candidate, mode, today=today):
        reason = None
    elif candidate.state == "retired":
        reason = N_("Retired, so no longer asked: %(ids)s.")
    elif mode == "practice":
        reason = N_("For exams only: %(ids)s.")
    elif candidate.use == "practice":
        reason = N_("For practice only: %(ids)s.")
    elif candidate.state != "approved":
        reason = N_("Not approved yet, so not for exams: %(ids)s.")
    else:
        reason = N_("Past its date, so not for exams: %(ids)s.")
    return reason


def _named_before(where: str, section: Section, named: set[tuple[str, str]]) -> list[FieldProblem]:
    keys = [(section.bank or "", key) for key in section.questions]
    again = [key for bank, key in keys if (bank, key) in named]
    named.update(keys)
    if not again:
        return []
    message = N_("Named in an earlier section already: %(ids)s.")
    return [FieldProblem(f"{where}.questions", message, {"ids": ", ".join(again)})]


def _too_few(where: str, wanted: int, found: int) -> FieldProblem:
    return FieldProblem(
        f"{where}.draw",
        N_("This section wants %(wanted)d questions and only %(found)d fit."),
        {"wanted": wanted, "found": found},
    )


def counts(settings: QuizSettings, indexes: Indexes, *, today: date) -> Sequence[int]:
    """How many questions each section has to choose from today."""
    offered = pools(settings, indexes, today=today)
    return [len(offered[number]) for number in range(len(settings.sections))]
