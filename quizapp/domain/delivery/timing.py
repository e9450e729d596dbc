"""When an attempt may start, when it ends, and whether a save still counts. All times are UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["in_time", "late", "closed"]
SITTING = timedelta(hours=12)
"""A window up to this long is one sitting: without a limit, its length is the time that one has."""


@dataclass(frozen=True)
class Accommodation:
    """What somebody is granted in every quiz they begin; the default is what everybody has.

    Attributes:
        time_percent: of the time that others have; 150 is half as long again.
        break_s: added to that, for breaks.
        opens_early_s: how much earlier than others they may begin.
        closes_late_s: how much later than others they may begin, and their time is cut.
        larger_text: whether the pages of an attempt are set larger.
    """

    time_percent: int = 100
    break_s: int = 0
    opens_early_s: int = 0
    closes_late_s: int = 0
    larger_text: bool = False

    @property
    def anything(self) -> bool:
        """Whether it differs from what everybody has."""
        return self != Accommodation()

    def more(self, time_s: int) -> int:
        """How many seconds are added to that many, rounded up."""
        return -(-time_s * (self.time_percent - 100) // 100) + self.break_s


NOTHING_GRANTED = Accommodation()


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

    def own(self, granted: Accommodation, let_in_until: datetime | None = None) -> "Window":
        """The window in which somebody may begin.

        Args:
            granted: their accommodation.
            let_in_until: they may begin until then by exception.
        """
        opens, closes = self.opens_at, self.closes_at
        if opens is not None:
            opens -= timedelta(seconds=granted.opens_early_s)
        if closes is not None:
            closes += timedelta(seconds=granted.closes_late_s)
            closes = max(closes, let_in_until or closes)
        return Window(opens, closes)

    def cutting(self, cuts: bool) -> "Window":
        """The window as far as it ends attempts: without an end where it does not cut them."""
        return self if cuts else Window(self.opens_at)


@dataclass(frozen=True)
class Ends:
    """When answers stop counting, and when the attempt stops taking them."""

    deadline: datetime | None
    closes_at: datetime | None


def ends(
    now: datetime,
    window: Window,
    *,
    time_limit_s: int | None,
    grace_s: int,
    granted: Accommodation = NOTHING_GRANTED,
    let_in_until: datetime | None = None,
) -> Ends:
    """Fix the end of an attempt that starts now: the limit, cut by the window's end.

    What is granted moves the cut too, so that nobody's longer time is cut off where the others'
    ends. Whoever is let in after the window has the whole time, counted from their start.

    Args:
        now: the start.
        window: everybody's.
        time_limit_s: everybody's; without one, the length of a window that is one sitting counts.
        grace_s: after the deadline, for answers on their way.
        granted: the person's accommodation.
        let_in_until: until when they might begin by exception.
    """
    own = window.own(granted)
    time_s = _sitting_s(window) if time_limit_s is None else time_limit_s
    more = timedelta(seconds=0 if time_s is None else granted.more(time_s))
    cut = None if own.closes_at is None else own.closes_at + more
    if let_in_until is not None and cut is not None:
        cut = None if time_limit_s is not None else max(cut, let_in_until)
    limits = [] if cut is None else [cut]
    if time_limit_s is not None:
        limits.append(now + timedelta(seconds=time_limit_s) + more)
    if not limits:
        return Ends(None, None)
    deadline = min(limits)
    return Ends(deadline, deadline + timedelta(seconds=grace_s))


def _sitting_s(window: Window) -> int | None:
    """The length of a window that is one sitting."""
    if window.opens_at is None or window.closes_at is None:
        return None
    length = window.closes_at - window.opens_at
    return int(length.total_seconds()) if length <= SITTING else None


def extended(deadline: datetime, by: timedelta, *, now: datetime) -> datetime:
    """The deadline with more minutes; they count from now where it has passed already."""
    return max(deadline, now) + by


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
