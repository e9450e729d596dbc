"""What can be practised: how many questions may be asked on each provision outside exams."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from quizapp.domain.delivery.assemble import usable
from quizapp.services.banks import index as bank_index
from quizapp.services.memory import Kept, PerDatabase
from quizapp.storage import practice as stored

Numbers = Mapping[tuple[str, str], int]
"""How many questions cite a provision, by source document and number."""

_counted: PerDatabase[Kept[frozenset[tuple[str, int]], Numbers]] = PerDatabase(lambda: Kept(2))


def askable(session: Session) -> Numbers:
    """How many questions 'test me on this' can choose from; one statement while no bank changes.

    These are those of shipped banks: nobody reads an instructor's bank by practising on their own.
    """
    revisions = frozenset(stored.shipped_revisions(session))
    kept = _counted.of(session)
    found = kept.get(revisions)
    return found if found is not None else kept.put(revisions, _count(session, revisions))


def _count(session: Session, revisions: frozenset[tuple[str, int]]) -> Numbers:
    indexes = bank_index.indexes(session, [slug for slug, _ in revisions])
    return Counter(
        (one.source, number)
        for index in indexes.values()
        for one in index.candidates
        # no practice question runs out by a date
        if usable(one, "practice", today=date.min)
        for number in one.cites
    )
