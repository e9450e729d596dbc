"""What to do next: one step for each task, and one over all. No choice is by chance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from quizapp.domain.progress.mastery import Mastery

Reason = Literal["unmet", "weakest", "thin", "secure"]
Kind = Literal["resume", "assignment", "provision", "nothing"]


@dataclass(frozen=True, slots=True)
class Place:
    """A provision as something to practise. `askable` questions may be dealt in practice now."""

    number: str
    mastery: Mastery
    askable: int


@dataclass(frozen=True, slots=True)
class Practice:
    """A provision to practise next, and why.

    `reason` is
    - `unmet`: there is no figure yet, and it has questions that were not met yet;
    - `weakest`: of those with a figure that are not secure, its mean is the lowest;
    - `thin`: there is no figure yet, and no new question either: only other days add to it;
    - `secure`: all is secure; here the low end of the likely range is the lowest.
    """

    place: Place
    reason: Reason


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt that still takes answers."""

    id: UUID
    started_at: datetime
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """An assignment that can be begun now."""

    id: UUID
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """The one suggested step: `id` of an attempt or assignment, or a provision to practise."""

    kind: Kind
    id: UUID | None = None
    practice: Practice | None = None
    ends: bool = False
    """Whether time runs out for it."""


_NEVER = datetime.max.replace(tzinfo=UTC)
_RANKS: tuple[Reason, ...] = ("unmet", "weakest", "thin", "secure")


def practise(places: Iterable[Place]) -> Practice | None:
    """The provision to practise next among these, in their order where nothing else decides.

    First those without a figure that new questions can still give one, least evidence first; then
    the weakest. What has no question to ask is never suggested.
    """
    found = [Practice(place, _reason(place)) for place in places if place.askable]
    return min(found, key=_urgency, default=None)


def _reason(place: Place) -> Reason:
    if place.mastery.known:
        return "secure" if place.mastery.state == "secure" else "weakest"
    return "unmet" if place.askable > place.mastery.questions else "thin"


def _urgency(one: Practice) -> tuple[int, float]:
    mastery = one.place.mastery
    if one.reason in ("unmet", "thin"):
        within = float(mastery.questions)
    else:
        within = (mastery.low if one.reason == "secure" else mastery.mean) or 0.0
    return _RANKS.index(one.reason), within


def next_step(
    attempts: Sequence[OpenAttempt], due: Sequence[Due], practice: Practice | None
) -> Step:
    """The one step to suggest: what is begun, else what closes first, else what to practise.

    Args:
        attempts: that take answers now. Those whose time runs come first, then the newest.
        due: what can be begun now. What closes first comes first, then in the order given.
        practice: of `practise` over all tasks.
    """
    if attempts:
        first = min(attempts, key=lambda a: (a.deadline or _NEVER, -a.started_at.timestamp()))
        return Step("resume", first.id, ends=first.deadline is not None)
    if due:
        soonest = min(due, key=lambda one: one.closes_at or _NEVER)
        return Step("assignment", soonest.id, ends=soonest.closes_at is not None)
    if practice is not None:
        return Step("provision", practice=practice)
    return Step("nothing")
