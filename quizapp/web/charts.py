"""Figures of reports as shapes and short words; lengths in per cent, for SVG without styles."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor

from quizapp.domain.analysis.distribution import Distribution
from quizapp.domain.progress.mastery import Mastery
from quizapp.web.figures import say_figures

CUTS = (40, 60, 75, 88)
"""Where a stronger tint begins, in per cent."""
CELLS = {"none": "m0", "below": "m1", "beginning": "m1", "developing": "m2", "secure": "m3"}
TALLEST = 78.0
"""Height of the tallest column, in per cent; above it stands its count, below it the scale."""
GROUND = 88.0
GAP = 1.0


@dataclass(frozen=True)
class Column:
    """One column of a chart of scores; all but the counts in per cent of the picture."""

    low: int
    high: int
    count: int
    x: float
    width: float
    y: float
    height: float


def percent(share: float) -> int:
    """A share from 0 to 1 in whole per cents, half up."""
    return floor(share * 100 + 0.5)


def heat(mastery: Mastery) -> str:
    """The class of a cell by its figure: `h1` to `h5`, and `h0` where there is none."""
    if mastery.mean is None:
        return "h0"
    return f"h{1 + sum(percent(mastery.mean) >= cut for cut in CUTS)}"


def cell(mastery: Mastery) -> str:
    """The class of a provision's cell by what its interval shows."""
    return CELLS[mastery.state]


def say_share(share: float) -> str:
    """A share with two decimals and no nought before the point: .58."""
    rounded = Decimal(str(share)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return say_figures(f"{rounded:f}".removeprefix("0"))


def columns(scores: Distribution) -> list[Column]:
    """The bands of ten per cent, side by side; the fullest is `TALLEST`."""
    made = []
    for band in scores.bands:
        height = TALLEST * band.count / (scores.fullest or 1)
        made.append(
            Column(
                low=band.low,
                high=band.high,
                count=band.count,
                x=band.low + GAP / 2,
                width=10 - GAP,
                y=round(GROUND - height, 2),
                height=round(height, 2),
            )
        )
    return made
