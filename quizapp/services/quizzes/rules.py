"""The rules of quiz versions in memory: a version never changes."""

from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.services.memory import Kept, PerDatabase
from quizapp.storage import sittings as stored

_rules: PerDatabase[Kept[UUID, QuizSettings]] = PerDatabase(lambda: Kept(500))


def rules(session: Session | Connection, version_id: UUID) -> QuizSettings:
    """What a quiz version fixes; no statement where it is in memory.

    Its `release` is the mode's default: the one that counts stands with the quiz.
    """
    kept = _rules.of(session)
    found = kept.get(version_id)
    if found is None:
        data = stored.settings_of(session, version_id)
        found = kept.put(version_id, QuizSettings.model_validate(data))
    return found
