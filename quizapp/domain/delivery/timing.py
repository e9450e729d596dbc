"""When an attempt may start, when it ends, and whether a save still counts. All times are UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["in_time", "late", "closed"]


@dataclass(frozen=True)
class Window:
    """From when to when a quiz may be taken; None is open on that side."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Say whether an attempt may start now; the closing instant itself is outside."""
        return (self.opens_at is None or now >= self.opens_at) and (
            self.closes_at is None or now < self.closes_at
        )

    def within(self, closes_at: datetime | None) -> "Window":
        """The same window, ending no later than `closes_at`."""
        ends = [t for t in (self.closes_at, closes_at) if t is not None]
        return Window(self.opens_at, min(ends) if ends else None)


@dataclass(frozen=True)
class Ends:
    """When answers stop counting, and when the attempt stops taking them."""

    deadline: datetime | None
    closes_at: datetime | None


def ends(now: datetime, window: Window, *, time_limit_s: int | None, grace_s: int) -> Ends:
    """Fix the end of an attempt that starts now: the limit, cut by the window's end."""
    limits = [] if window.closes_at is None else [window.closes_at]
    if time_limit_s is not None:
        limits.append(now + timedelta(seconds=time_limit_s))
    if not limits:
        return Ends(None, None)
    deadline = min(limits)
    return Ends(deadline, deadline + timedelta(seconds=grace_s))


def judge(
    arrived: datetime,
    deadline: datetime | None,
    closes_at: datetime | None,
    *,
    age_s: float | None = None,
    heard: datetime | None = None,
) -> Verdict:
    """Say whether a save that arrived now counts (promise 3).

    Args:
        arrived: the server's clock at arrival.
        deadline: end of the attempt; None: never.
        closes_at: deadline plus grace.
        age_s: how old the answer is by the device's monotonic clock.
        heard: when that device was last heard in this attempt; an answer cannot be older than
            that, whatever the device says.

    Returns:
        `in_time`, `late` (counts, marked late) or `closed`.
    """
    if deadline is None or arrived < deadline:
        return "in_time"
    if closes_at is not None and arrived >= closes_at:
        return "closed"
    if age_s is None or heard is None:
        return "closed"
    age = min(max(age_s, 0.0), max((arrived - heard).total_seconds(), 0.0))
    return "late" if arrived - timedelta(seconds=age) < deadline else "closed"


def seconds_left(now: datetime, deadline: datetime | None) -> int | None:
    """Whole seconds until the deadline, never below 0; None without one."""
    return None if deadline is None else max(0, int((deadline - now).total_seconds()))


def given_back(
    started_at: datetime, deadline: datetime, began: datetime, ended: datetime, *, now: datetime
) -> timedelta:
    """How much later an attempt ends once the minutes of an outage are given back.

    Args:
        started_at: of the attempt.
        deadline: as it was.
        began: of the outage.
        ended: of the outage.
        now: when they are given back: an attempt whose deadline fell into the outage could not go
            on before, and goes on from here with the time that it had left.
    """
    ran_until = max(began, started_at)
    return now - ran_until if deadline <= ended else ended - ran_until
