"""Which attempts at a quiz somebody may see reports of: those given to their cohorts, or all."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, CohortRef, QuizRef, may, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.quiz import Counts
from quizapp.domain.errors import NotFound
from quizapp.domain.words import N_
from quizapp.services.quizzes.views import CohortName, quiz_settings
from quizapp.storage import cohorts as stored_cohorts
from quizapp.storage import gradebook as stored
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import transaction

NO_QUIZ = N_("There is no quiz %(quiz)s: name it by its id or its slug.")
NO_COHORT = N_("There is no cohort %(cohort)s.")


@dataclass(frozen=True)
class QuizScope:
    """A quiz, and the attempts that a report about it counts.

    Attributes:
        id: of the quiz.
        title: of the quiz.
        mode: practice or exam.
        pass_mark: in per cent; None without one.
        counts: which of somebody's attempts counts.
        cohorts: those that it is given to and the person may choose from, by code.
        cohort: the one chosen; None for all.
        within: ids of the cohorts whose attempts count; None for every attempt there is.
    """

    id: UUID
    title: Localised
    mode: str
    pass_mark: Decimal | None
    counts: Counts
    cohorts: tuple[CohortName, ...]
    cohort: CohortName | None
    within: frozenset[UUID] | None


def find(session: Session, actor: Actor | None, quiz_id: UUID, cohort_id: UUID | None) -> QuizScope:
    """A quiz for a report; one statement where the quiz is given to the cohort named.

    Args:
        session: of a transaction.
        actor: needs `quiz.report`, and `cohort.read` for the cohort; None is the command line.
        quiz_id: which quiz.
        cohort_id: only what was given to this cohort.

    Raises:
        NotFound: there is no such quiz or cohort, or the person may not know of it.
        Forbidden: the person may take the quiz, and not see reports about it.
    """
    rows = stored.quiz_with_cohorts(session, quiz_id)
    given = {row.Cohort.id: row.Cohort for row in rows if row.Cohort is not None}
    if not rows:
        raise NotFound
    quiz = rows[0].Quiz
    reach: frozenset[UUID] | None = None
    if actor is not None:
        ref = QuizRef(quiz.owner_id, quiz.mode, quiz.shared, frozenset(given))
        require(actor, "quiz.report", ref)
        if cohort_id is not None:
            require(actor, "cohort.read", CohortRef(cohort_id))
        if actor.role != "administrator":
            reach = actor.teaches
    chosen = None
    if cohort_id is not None:
        cohort = given.get(cohort_id) or session.get(Cohort, cohort_id)
        if cohort is None:
            raise NotFound
        chosen, reach = _name(cohort), frozenset({cohort_id})
    settings = quiz_settings(rows[0].settings, quiz.release)
    return QuizScope(
        id=quiz.id,
        title=Localised.model_validate(quiz.title),
        mode=quiz.mode,
        pass_mark=settings.pass_mark,
        counts=settings.counts,
        cohorts=tuple(
            _name(one)
            for one in given.values()
            if actor is None or may(actor, "cohort.read", CohortRef(one.id))
        ),
        cohort=chosen,
        within=reach,
    )


def named(quiz: str, cohort_code: str | None) -> tuple[UUID, UUID | None]:
    """The ids of a quiz by id or slug, and of a cohort by its short name: for the command line.

    Raises:
        NotFound: there is no such quiz or cohort.
    """
    with transaction(write=False) as session:
        quiz_id = stored.quiz_named(session, quiz, _as_id(quiz))
        if quiz_id is None:
            raise NotFound(NO_QUIZ, quiz=quiz)
        if cohort_code is None:
            return quiz_id, None
        cohort = stored_cohorts.find_cohort(session, cohort_code)
        if cohort is None:
            raise NotFound(NO_COHORT, cohort=cohort_code)
        return quiz_id, cohort.id


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _name(cohort: Cohort) -> CohortName:
    return CohortName(cohort.id, cohort.code, cohort.title, cohort.title_km)
