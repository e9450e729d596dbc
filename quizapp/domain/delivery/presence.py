"""How somebody stands in an exam's room, from when they were last heard."""

from datetime import datetime, timedelta
from typing import Literal

Standing = Literal["absent", "here", "working", "silent", "held", "submitted", "closed"]
STANDINGS: tuple[Standing, ...] = (
    "absent",
    "here",
    "working",
    "silent",
    "held",
    "submitted",
    "closed",
)
SILENT_AFTER = timedelta(seconds=75)
"""A page is heard twice a minute, once while answers are saved: then something is wrong."""
SEEN_WITHIN = timedelta(minutes=10)
"""That somebody is signed in is noted every five minutes only."""


def standing(
    state: str | None,
    *,
    heard: datetime | None,
    seen: datetime | None,
    held: bool,
    now: datetime,
) -> Standing:
    """Say how somebody stands.

    Args:
        state: of their latest attempt; None where they have not begun.
        heard: when their page, or an answer, was last heard.
        seen: when they last asked for anything.
        held: whether an outage holds the attempt.
        now: the time.
    """
    if state is None:
        return "here" if seen is not None and now - seen <= SEEN_WITHIN else "absent"
    if state != "open":
        return "submitted" if state == "submitted" else "closed"
    if held:
        return "held"
    return "working" if heard is not None and now - heard <= SILENT_AFTER else "silent"
