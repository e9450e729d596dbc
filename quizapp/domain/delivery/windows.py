"""Reading the times of a window: each is an instant that can be reckoned with."""

from datetime import UTC, datetime

from quizapp.domain.delivery.timing import Window
from quizapp.domain.errors import Invalid
from quizapp.domain.people.fields import Problems
from quizapp.domain.words import N_

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def read_instant(field: str, value: object) -> datetime | None:
    """An instant in UTC; None where none is given.

    Raises:
        Invalid: it is no time, has no zone, or is centuries away: a limit is added to it later.
    """
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Invalid.field(field, N_("Give a date and a time."))
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        instant = LATEST
    if not EARLIEST <= instant < LATEST:
        raise Invalid.field(field, N_("Give a date between 2000 and 2200."))
    return instant


def read_last_entry(value: object, window: Window) -> datetime | None:
    """From when on nobody begins any more; None: until the window closes.

    Raises:
        Invalid: it is no time, or lies outside of the window.
    """
    instant = read_instant("last_entry_at", value)
    if instant is None:
        return None
    if window.opens_at is not None and instant <= window.opens_at:
        raise Invalid.field(
            "last_entry_at", N_("Nobody could begin: choose a time after it opens.")
        )
    if window.closes_at is not None and instant > window.closes_at:
        raise Invalid.field("last_entry_at", N_("It is closed by then: choose an earlier time."))
    return instant


def read_window(opens_at: object, closes_at: object, *, now: datetime) -> Window:
    """A window in which something can still be taken; None is open on that side.

    Raises:
        Invalid: one of the times will not do, it ends before it begins, or it is over already.
    """
    opens: datetime | None = None
    closes: datetime | None = None
    problems = Problems()
    with problems:
        opens = read_instant("opens_at", opens_at)
    with problems:
        closes = read_instant("closes_at", closes_at)
    problems.raise_if_any()
    if closes is not None and opens is not None and closes <= opens:
        raise Invalid.field("closes_at", N_("It closes before it opens: choose a later end."))
    if closes is not None and closes <= now:
        raise Invalid.field("closes_at", N_("This time is over: choose a later end."))
    return Window(opens, closes)
