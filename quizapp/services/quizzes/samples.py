"""What a trainee might be dealt of a quiz: one possible draw, shown to those who make it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, require
from quizapp.domain.answers.localised import Lang
from quizapp.domain.delivery.assemble import assemble
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.services.banks import index as bank_index
from quizapp.services.quizzes import making
from quizapp.services.quizzes.pools import pools, read_indexes
from quizapp.services.quizzes.views import SampleItem, quiz_settings
from quizapp.storage.database import transaction


def sample(
    actor: Actor, quiz_id: UUID, *, seed: int, lang: Lang, now: datetime
) -> tuple[SampleItem, ...]:
    """The questions that one trainee might be dealt; another seed is another trainee.

    Raises:
        NotFound: there is no such quiz, or the person may not know of it.
        Forbidden: the person does not lead it.
        Invalid: the banks no longer hold what it asks for.
    """
    with transaction(write=False) as session:
        row, _ = making.find(session, actor, quiz_id, "quiz.try")
        settings = quiz_settings(row.settings, row.Quiz.release)
        return _draw(session, settings, row.Quiz.owner_id, seed=seed, lang=lang, now=now)


def sample_of_draft(
    actor: Actor, fields: Mapping[str, Any], *, seed: int, lang: Lang, now: datetime
) -> tuple[SampleItem, ...]:
    """The same for a quiz that is not made yet, from the fields that `making.make` takes.

    Raises:
        Invalid: as `making.make` would.
    """
    require(actor, "quiz.make")
    _, _, settings = making.read_fields(fields)
    with transaction(write=False) as session:
        making.check(session, actor, settings, owner_id=actor.id, now=now)
        return _draw(session, settings, actor.id, seed=seed, lang=lang, now=now)


def _draw(
    session: Session,
    settings: QuizSettings,
    owner_id: UUID | None,
    *,
    seed: int,
    lang: Lang,
    now: datetime,
) -> tuple[SampleItem, ...]:
    offered = pools(settings, read_indexes(session, settings, owner_id), today=now.date())
    chosen = assemble(settings.sections, offered, seed=seed, shuffle=settings.shuffle)
    words = bank_index.versions(session, [one.candidate.version_id for one in chosen])
    return tuple(
        SampleItem(
            bank=one.candidate.bank,
            key=one.candidate.key,
            type=one.candidate.type,
            stem=words[one.candidate.version_id].stem.pick(lang),
            points=Decimal(one.points) / 100,
        )
        for one in chosen
    )
