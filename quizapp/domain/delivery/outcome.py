"""From responses to marks to a score, and what of it may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from quizapp.domain.delivery.quiz import Release, When
from quizapp.domain.errors import Invalid
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_

FULL = 10_000
"""A full mark, in ten-thousandths of the item's points."""

MILLION = 1_000_000
"""Scores are in millionths of a point: hundredths of points times ten-thousandths of a mark."""


NEVER = datetime.max.replace(tzinfo=UTC)


def mark_response(type_name: str, content: Any, response: dict[str, Any] | None) -> int | None:
    """Mark one response: ten-thousandths of the item's points, rounded half up.

    None where a person has to give the mark.

    The exact fraction is a pure function of version, scheme and response; only its stored form is
    rounded, to a ten-thousandth.
    """
    exact = TYPES[type_name].mark(content, response)
    return None if exact is None else int(exact * FULL + Fraction(1, 2))


def given_mark(earned: Decimal, points: int) -> int:
    """The mark of somebody who gives `earned` of an item's points (in hundredths), half up.

    Raises:
        Invalid: they are fewer than none, more than there are, or have more than two decimals.
    """
    hundredths = earned * 100
    if not hundredths.is_finite() or hundredths != hundredths.to_integral_value():
        raise Invalid.field("points", N_("Give at most two decimals."))
    if not 0 <= hundredths <= points:
        most = shown_points(points * FULL)
        raise Invalid.field("points", N_("Give between 0 and %(most)s points."), most=most)
    return int(Fraction(int(hundredths) * FULL, points) + Fraction(1, 2))


def item_score(points: int, mark: int) -> int:
    """Millionths of a point earned by an item of `points` hundredths with `mark`."""
    return points * mark


def shown_points(millionths: int) -> Decimal:
    """A score as shown: two decimals, half up."""
    return (Decimal(millionths) / MILLION).quantize(Decimal("0.01"), ROUND_HALF_UP)


def passed(score: int, max_score: int, pass_mark: Decimal | None) -> bool | None:
    """Compare the unrounded score with the pass mark (per cent); None without one."""
    if pass_mark is None:
        return None
    return Fraction(score) * 100 >= Fraction(pass_mark) * max_score


def last_close(ends: Sequence[datetime | None], quiz_closes_at: datetime | None) -> datetime | None:
    """When nobody can begin a quiz any more; None where it has no window that ends.

    Where some of its windows have an end and others do not, somebody may still start at any time:
    it never ends.

    Args:
        ends: of each assignment that stands, the latest that holds for anybody it is given to.
        quiz_closes_at: the quiz's own end, for those to whom it is not given.
    """
    known = [end for end in ends if end is not None]
    if not known:
        return quiz_closes_at
    return max(known) if len(known) == len(ends) else NEVER


@dataclass(frozen=True)
class Shown:
    """Which parts of an outcome the trainee may see now."""

    score: bool
    marks: bool
    key: bool
    rationale: bool

    @property
    def everything(self) -> bool:
        """Whether nothing is held back."""
        return self.score and self.marks and self.key and self.rationale


EVERYTHING = Shown(score=True, marks=True, key=True, rationale=True)
NOTHING = Shown(score=False, marks=False, key=False, rationale=False)


@dataclass(frozen=True)
class Moment:
    """What release depends on, beside the policy."""

    now: datetime
    finished: bool
    last_close: datetime | None
    marked: bool
    released: bool


def shown(release: Release, moment: Moment) -> Shown:
    """Apply the release policy (promise 4). Nothing is shown before the attempt is over."""

    def open_now(when: When) -> bool:
        if not moment.finished:
            return False
        match when:
            case "at_once":
                return True
            case "after_close":
                return moment.last_close is None or moment.now >= moment.last_close
            case "after_marking":
                return moment.marked
            case "by_hand":
                return moment.released
            case _:
                return False

    return Shown(
        score=open_now(release.score),
        marks=open_now(release.marks),
        key=open_now(release.key),
        rationale=open_now(release.rationale),
    )
