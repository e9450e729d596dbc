"""Mastery: what the first answers of each day say about a task or a provision, with its doubt.

The estimate is the mean mark, with a 90 % score interval (Wilson 1927) for answers that may earn
part of a mark. The words that a page shows follow from the interval and say no more than it does.
"""

from dataclasses import astuple, dataclass
from math import sqrt
from operator import add, sub
from typing import Literal

FULL = 10_000
"""A full mark; marks are integers in ten-thousandths."""

Z = 1.6448536269514722
"""The normal deviate that leaves 5 % in each tail: 90 % intervals."""

ENOUGH = 5
"""Different questions below which no figure is given."""

PASS = 0.60
SECURE = 0.80

State = Literal["none", "below", "beginning", "developing", "secure"]
STATES: tuple[State, ...] = ("none", "below", "beginning", "developing", "secure")


@dataclass(frozen=True, slots=True)
class Sums:
    """Sufficient statistics of some answers, in integers: they add up in any order, exactly.

    Attributes:
        answers: how many, one a question and day.
        questions: how many different questions these were.
        total: of the marks, in ten-thousandths.
        squares: of the squared marks.
    """

    answers: int = 0
    questions: int = 0
    total: int = 0
    squares: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        """The sums of both, where no question is in both."""
        return Sums(*map(add, astuple(self), astuple(other)))

    def __sub__(self, other: "Sums") -> "Sums":
        """What is left without the other; a difference may be below 0."""
        return Sums(*map(sub, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class Mastery:
    """What may be said of a scope. `mean`, `low` and `high` from 0 to 1; None without evidence.

    `state` is
    - `none`: fewer than five different questions, so nothing is said;
    - `secure`: the whole interval is at or above .80;
    - `below`: the whole interval is below .60, the pass line;
    - `developing`, `beginning`: neither is shown; the mean is at or above, or below, the pass line.
    """

    answers: int = 0
    questions: int = 0
    state: State = "none"
    mean: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def known(self) -> bool:
        """Whether there is enough evidence for a figure."""
        return self.mean is not None


def judge(sums: Sums) -> Mastery:
    """What may be said from these sums."""
    if sums.questions < ENOUGH:
        return Mastery(sums.answers, sums.questions)
    mean = sums.total / (sums.answers * FULL)
    low, high = interval(sums)
    return Mastery(sums.answers, sums.questions, _state(mean, low, high), mean, low, high)


def _state(mean: float, low: float, high: float) -> State:
    if low >= SECURE:
        return "secure"
    if high < PASS:
        return "below"
    return "developing" if mean >= PASS else "beginning"


def interval(sums: Sums, z: float = Z) -> tuple[float, float]:
    r"""The interval of the mean mark of at least one answer; of 90 % unless `z` says otherwise.

    With n answers, mean mark p and normal deviate z, Wilson's score interval (E. B.
    Wilson, Journal of the American Statistical Association 22, 1927) is

        (p + z²/2m ± z √(p(1 - p)/m + z²/4m²)) / (1 + z²/m)

    with m = n for marks of 0 or 1. It holds its level for small n and never leaves 0 to 1. Partial
    marks spread less than 0 and 1 do (Bhatia and Davis, American Mathematical Monthly 107, 2000),
    so such answers tell more: m = n · p̃(1 - p̃)/ṽ, where p̃ and ṽ are mean and variance after adding
    z²/2 answers of 0 and as many of 1 (the pseudo-answers of Agresti and Coull, The American
    Statistician 52, 1998), without which five equal marks would seem to leave no doubt. With marks
    of 0 and 1 alone ṽ = p̃(1 - p̃), and m = n. The extension is ours; `test_mastery.py` enumerates
    its coverage.

    Answers to one question on different days count as separate ones.
    """
    n = sums.answers
    mean = sums.total / (n * FULL)
    steady = n + z * z
    middle = (sums.total / FULL + z * z / 2) / steady
    spread = (sums.squares / FULL**2 + z * z / 2) / steady - middle * middle
    m = n * middle * (1 - middle) / spread
    width = z * sqrt(mean * (1 - mean) / m + z * z / (4 * m * m))
    scale = 1 + z * z / m
    centre = mean + z * z / (2 * m)
    return max(0.0, (centre - width) / scale), min(1.0, (centre + width) / scale)
