"""The lines of an exam's room in words: said on the page, and sent again while it is open."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

from quizapp.domain.delivery.presence import Standing
from quizapp.services.attempts.room import Room, Sitter
from quizapp.web.figures import say_figures
from quizapp.web.moments import say_clock

SHOWS = ("all", "not-started", "no-connection", "not-submitted")


@dataclass(frozen=True)
class Line:
    """Somebody in the room, in words."""

    sitter: Sitter
    standing: str
    answered: str
    saved: str
    left: str
    refused: str

    def to_data(self) -> list[str]:
        """What may change, as it is sent."""
        return [
            self.sitter.standing,
            self.standing,
            self.answered,
            self.saved,
            self.left,
            self.refused,
        ]


def lines(room: Room) -> list[Line]:
    """Everybody in the room; the words are looked up once, not for each."""
    words = standing_words()
    size = say_figures(room.size)
    answered = gettext("%(count)s of %(all)s answered")
    saved = gettext("saved %(time)s")
    left = gettext("%(minutes)s min left")
    refused = gettext("%(count)s not taken")
    over = gettext("ended %(time)s")
    until = gettext("may begin until %(time)s")
    found = []
    for one in room.sitters:
        end = ""
        if one.seconds_left is not None:
            end = left % {"minutes": say_figures(-(-one.seconds_left // 60))}
        elif one.submitted_at is not None:
            end = over % {"time": say_clock(one.submitted_at)}
        elif not one.started and one.let_in_until is not None:
            end = until % {"time": say_clock(one.let_in_until)}
        found.append(
            Line(
                sitter=one,
                standing=words[one.standing],
                answered=answered % {"count": say_figures(one.answered), "all": size}
                if one.started
                else "",
                saved=saved % {"time": say_clock(one.saved_at)} if one.saved_at else "",
                left=end,
                refused=refused % {"count": say_figures(one.refused)} if one.refused else "",
            )
        )
    return found


def standing_words() -> dict[Standing, str]:
    """How somebody stands, in words."""
    return {
        "absent": gettext("not started"),
        "here": gettext("not started, signed in"),
        "working": gettext("at work"),
        "silent": gettext("no connection"),
        "held": gettext("held by an outage"),
        "submitted": gettext("handed in"),
        "closed": gettext("ended"),
    }


def is_shown(sitter: Sitter, show: str) -> bool:
    """Whether somebody is among those that a filter shows."""
    match show:
        case "not-started":
            return not sitter.started
        case "no-connection":
            return sitter.standing == "silent"
        case "not-submitted":
            return sitter.is_open or not sitter.started
        case _:
            return True


def news(room: Room) -> str:
    """How the room stands, in one sentence."""
    counts = room.counts
    at_work = counts["working"] + counts["silent"] + counts["held"]
    silent = counts["silent"]
    words: str
    if room.paused_at is not None:
        words = gettext("Paused: time stands still since %(time)s", time=say_clock(room.paused_at))
    elif not room.sitters:
        words = gettext("Nobody attends this cohort yet")
    elif silent:
        words = ngettext(
            "%(count)s at work, %(silent)s of them without a connection",
            "%(count)s at work, %(silent)s of them without a connection",
            at_work,
            count=say_figures(at_work),
            silent=say_figures(silent),
        )
    elif at_work:
        words = ngettext(
            "%(count)s trainee is at work",
            "%(count)s trainees are at work",
            at_work,
            count=say_figures(at_work),
        )
    elif counts["submitted"] + counts["closed"]:
        words = gettext("Nobody is at work any more")
    else:
        words = gettext("Nobody has begun yet")
    return words


def tally(room: Room) -> dict[str, str]:
    """The figures over the list."""
    counts = room.counts
    return {
        "not-started": say_figures(counts["absent"] + counts["here"]),
        "at-work": say_figures(counts["working"] + counts["silent"] + counts["held"]),
        "no-connection": say_figures(counts["silent"]),
        "submitted": say_figures(counts["submitted"] + counts["closed"]),
    }


def state(room: Room, show: str, said: Sequence[Line]) -> dict[str, Any]:
    """All that may change on the page while it is open; `shown` has a 1 for each line shown."""
    return {
        "roster": roster(room),
        "news": news(room),
        "counts": tally(room),
        "shown": "".join("1" if is_shown(one.sitter, show) else "0" for one in said),
        "lines": [one.to_data() for one in said],
    }


def roster(room: Room) -> str:
    """Who is in the list, whether it is paused, what was said: the page as a whole."""
    what = [str(one.person_id) for one in room.sitters]
    what += [str(room.paused_at), str(len(room.messages)), _last(room)]
    return hashlib.sha256("|".join(what).encode()).hexdigest()[:16]


def _last(room: Room) -> str:
    moment: datetime | None = room.messages[0].sent_at if room.messages else None
    return str(moment)
