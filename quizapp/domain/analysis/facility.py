"""How hard an item was for those who were dealt it, and which options draw nobody."""

from dataclasses import dataclass
from typing import Literal

from quizapp.domain.progress.mastery import FULL, Sums, interval

ENOUGH = 10
"""Answers below which no facility is given: the interval of 10 is half the scale wide."""

ENOUGH_FOR_OPTIONS = 50
"""Answers below which no option is called hardly used: fewer may miss one in twenty by chance."""

HARD = 0.20
EASY = 0.80
"""Ebel and Frisbie's bounds. Hard calls for a review; easy, after teaching, can be success."""

HARDLY_USED = 0.05
"""Share of those dealt the item below which a distractor does no work (Tarrant et al. 2009)."""

Verdict = Literal["unknown", "hard", "fair", "easy"]


@dataclass(frozen=True, slots=True)
class Facility:
    """The mean share of the points that an item earned; what was left blank earned nothing.

    Attributes:
        n: how often it was dealt.
        answered: how often any part of it was answered.
        verdict: `unknown` below `ENOUGH`; then the figures are None.
        mean: from 0 to 1.
        low: lower end of the 90 % interval.
        high: upper end.
    """

    n: int
    answered: int
    verdict: Verdict = "unknown"
    mean: float | None = None
    low: float | None = None
    high: float | None = None


def facility(n: int, answered: int, total: int, squares: int) -> Facility:
    """Judge an item from its sums; marks and their squares in ten-thousandths of the points."""
    if n < ENOUGH:
        return Facility(n, answered)
    mean = total / (n * FULL)
    verdict: Verdict = "hard" if mean < HARD else "easy" if mean > EASY else "fair"
    return Facility(n, answered, verdict, mean, *interval(Sums(n, n, total, squares)))


def hardly_used(chosen: int, n: int) -> bool:
    """Say whether an option that is not the key draws too few to be worth its place."""
    return n >= ENOUGH_FOR_OPTIONS and chosen < HARDLY_USED * n
