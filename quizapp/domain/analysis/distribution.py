"""How scores lie: counts of whole per cents, in bands of ten, and the score that half reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

WIDTH = 10


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `low` to `high`, both whole per cents and inside."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Scores in bands of ten; `half` is None without scores."""

    count: int
    bands: tuple[Band, ...]
    half: int | None

    @property
    def fullest(self) -> int:
        """The highest count of a band."""
        return max(band.count for band in self.bands)


def distribution(counts: Mapping[int, int]) -> Distribution:
    """Put counts by whole per cent (rounded down) into ten bands; a full score is in the last."""
    starts = range(0, 100, WIDTH)
    ends = [low + WIDTH - 1 for low in starts]
    ends[-1] = 100
    bands = tuple(
        Band(low, high, sum(counts.get(percent, 0) for percent in range(low, high + 1)))
        for low, high in zip(starts, ends, strict=True)
    )
    return Distribution(sum(counts.values()), bands, half_reached(counts))


def half_reached(counts: Mapping[int, int]) -> int | None:
    """The highest whole per cent that at least half of the scores reach; None without scores."""
    count = sum(counts.values())
    falling = sorted((percent for percent, n in counts.items() if n), reverse=True)
    reached = accumulate(counts[percent] for percent in falling)
    return next((p for p, n in zip(falling, reached, strict=True) if 2 * n >= count), None)
