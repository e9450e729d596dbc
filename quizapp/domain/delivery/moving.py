"""Going through an attempt forward only: which questions are left behind, and since when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody has gone; `left_at` says of slot 1, 2, ... when each was left."""

    left_at: tuple[datetime, ...] = ()

    @classmethod
    def from_data(cls, data: Any) -> "Progress":
        """From its stored form: a list of milliseconds since 1970; None where nothing is left."""
        return cls(tuple(datetime.fromtimestamp(at / 1000, UTC) for at in data or ()))

    def to_data(self) -> list[int]:
        """In its stored form."""
        return [round(at.timestamp() * 1000) for at in self.left_at]

    @property
    def slot(self) -> int:
        """The question that one is at."""
        return len(self.left_at) + 1

    def left(self, slot: int) -> datetime | None:
        """When a question was left; None where it was not."""
        return self.left_at[slot - 1] if slot < self.slot else None

    def to(self, slot: int, now: datetime) -> "Progress":
        """The same after going on to a question; nobody goes back."""
        return Progress(self.left_at + (now,) * (slot - self.slot))


def is_too_late(
    arrived: datetime, left_at: datetime | None, *, age_s: float | None, grace_s: int
) -> bool:
    """Say whether an answer to a question came after the person had left it.

    An answer that was given before and is still on its way when the next page is opened counts:
    its age is believed for as long after leaving as the grace lasts, and no longer. That the
    device was heard meanwhile says nothing here, since answers overtake one another.

    Args:
        arrived: the server's clock at arrival.
        left_at: when the question was left; None: it was not.
        age_s: how old the answer is by the device's monotonic clock; None where it does not say.
        grace_s: of the quiz.
    """
    if left_at is None or arrived <= left_at:
        return False
    if age_s is None or arrived - left_at > timedelta(seconds=grace_s):
        return True
    return age_s <= (arrived - left_at).total_seconds()
