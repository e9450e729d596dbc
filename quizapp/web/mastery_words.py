"""Mastery in words: the figure with its doubt, and what a square of the policy map says."""

from math import ceil, floor

from flask_babel import gettext, ngettext

from quizapp.domain.progress.mastery import Mastery
from quizapp.web.charts import percent
from quizapp.web.figures import say_figures


def say_state(mastery: Mastery) -> str:
    """What the interval shows, in a word or two."""
    words: str
    match mastery.state:
        case "secure":
            words = gettext("secure")
        case "developing":
            words = gettext("developing")
        case "beginning":
            words = gettext("beginning")
        case "below":
            words = gettext("below the pass line")
        case _:
            words = gettext("not enough evidence")
    return words


def say_mastery(mastery: Mastery) -> str:
    """The mean of 100 with its likely range and the number of answers, or how little there is."""
    words: str
    if mastery.known:
        low, high = likely(mastery)
        words = gettext(
            "%(mean)s of 100, likely %(low)s to %(high)s, from %(count)s answers",
            mean=say_figures(percent(mastery.mean or 0.0)),
            low=say_figures(low),
            high=say_figures(high),
            count=say_figures(mastery.answers),
        )
    elif mastery.answers:
        words = ngettext(
            "No figure yet: %(count)s answer",
            "No figure yet: %(count)s answers",
            mastery.answers,
            count=say_figures(mastery.answers),
        )
    else:
        words = gettext("No figure yet: no answers")
    return words


def likely(mastery: Mastery) -> tuple[int, int]:
    """The likely range in whole per cents, rounded outwards: it never seems narrower than it is.

    So 'secure' always reads 'likely 80' or more.
    """
    return floor((mastery.low or 0.0) * 100), ceil((mastery.high or 0.0) * 100)
