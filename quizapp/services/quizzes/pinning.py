"""What an exam's window fixes when it opens: the quiz version and every question it may deal.

The first start in the window fixes it. What is edited, imported or retired afterwards changes
nothing for those who start later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from quizapp.domain.delivery.assemble import Candidate
from quizapp.services.memory import Kept, PerDatabase
from quizapp.storage import starting as stored

Pools = Mapping[int, Sequence[Candidate]]
"""By section the questions that it may use."""


@dataclass(frozen=True)
class Pinned:
    """What was fixed for an assignment."""

    version_id: UUID
    pools: Pools


_pinned: PerDatabase[Kept[UUID, Pinned]] = PerDatabase(lambda: Kept(50))


def pinned(connection: Connection, assignment_id: UUID) -> Pinned:
    """What the window of an assignment fixed; no statement where it is in memory."""
    kept = _pinned.of(connection)
    found = kept.get(assignment_id)
    if found is None:
        found = kept.put(assignment_id, _read(stored.pinned_of(connection, assignment_id) or {}))
    return found


def pins(fixed: Pinned, now: datetime) -> dict[str, Any]:
    """What is to be fixed, in its stored form."""
    return {
        "at": now.isoformat(),
        "quiz_version": str(fixed.version_id),
        "pools": [
            [_to_data(one) for one in fixed.pools[section]] for section in sorted(fixed.pools)
        ],
    }


def _read(data: dict[str, Any]) -> Pinned:
    pools = {
        section: [_candidate(one) for one in pool] for section, pool in enumerate(data["pools"])
    }
    return Pinned(UUID(data["quiz_version"]), pools)


def _to_data(one: Candidate) -> dict[str, Any]:
    """What a draw and a deal need to know; filters and approval were looked at before."""
    data = {
        "question": str(one.question_id),
        "version": str(one.version_id),
        "key": one.key,
        "bank": one.bank,
        "source": one.source,
        "type": one.type,
    }
    return data | ({"not_with": sorted(one.not_with)} if one.not_with else {})


def _candidate(data: dict[str, Any]) -> Candidate:
    return Candidate(
        question_id=UUID(data["question"]),
        version_id=UUID(data["version"]),
        key=data["key"],
        bank=data["bank"],
        source=data["source"],
        type=data["type"],
        level=None,
        use="exam",
        state="approved",
        not_with=frozenset(data.get("not_with", ())),
    )
