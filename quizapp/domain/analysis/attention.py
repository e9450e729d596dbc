"""Which trainees need attention, and why: five rules, each a fact that an instructor can check.

- `no_attempt`: in the cohort for three days or more, and has answered nothing at all.
- `not_seen`: not seen for 14 days or more; from joining on where there was no visit yet.
- `below`: the whole likely range of a task lies below the pass line (see `progress.mastery`).
- `missed`: an assignment closed after the person joined, and they never began it.
- `falling`: each of the last three scores was lower than the one before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal

Rule = Literal["no_attempt", "not_seen", "below", "missed", "falling"]

SETTLING = timedelta(days=3)
UNSEEN = timedelta(days=14)
FALLS = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules look at, of one trainee in one cohort.

    Attributes:
        joined_at: when they joined the cohort.
        seen_at: when they were last seen; None for never.
        answers: pieces of evidence that there are, self-chosen practice included.
        attempts: finished attempts given through the cohort.
        below: numbers of the tasks whose mastery is below the pass line.
        missed: how many assignments closed without them.
        scores: shares of the points of given attempts, newest first; `FALLS` + 1 are enough.
    """

    joined_at: datetime
    seen_at: datetime | None = None
    answers: int = 0
    attempts: int = 0
    below: tuple[str, ...] = ()
    missed: int = 0
    scores: Sequence[Fraction] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why attention is needed; `count` is of days, tasks, assignments or falls, by rule."""

    rule: Rule
    count: int = 0
    tasks: tuple[str, ...] = ()


def reasons(standing: Standing, now: datetime) -> tuple[Reason, ...]:
    """Apply the rules, in the order above. Nothing to say, no attention needed."""
    found: list[Reason] = []
    if not standing.answers and not standing.attempts and now - standing.joined_at >= SETTLING:
        found.append(Reason("no_attempt"))
    unseen = now - max(standing.seen_at or standing.joined_at, standing.joined_at)
    if unseen >= UNSEEN:
        found.append(Reason("not_seen", unseen.days))
    if standing.below:
        found.append(Reason("below", len(standing.below), standing.below))
    if standing.missed:
        found.append(Reason("missed", standing.missed))
    if falls(standing.scores):
        found.append(Reason("falling", FALLS))
    return tuple(found)


def falls(scores: Sequence[Fraction]) -> bool:
    """Say whether the last `FALLS` scores, newest first, were each lower than the one before."""
    latest = scores[: FALLS + 1]
    return len(latest) > FALLS and all(newer < older for newer, older in pairwise(latest))
