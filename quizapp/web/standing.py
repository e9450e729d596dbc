"""How a cohort and its trainees stand, in words."""

from datetime import datetime, timedelta

from flask_babel import gettext, ngettext

from quizapp.domain.analysis.attention import Reason
from quizapp.domain.words import N_
from quizapp.services.reports.cohorts import CohortReport
from quizapp.services.reports.trainees import TraineeReport
from quizapp.web.figures import say_figures
from quizapp.web.moments import local_day, say_clock, say_date

NUMBERS = (
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
    N_("eleven"),
    N_("twelve"),
)


def in_words(number: int) -> str:
    """A number as a headline has it: in words up to twelve, in figures from there on."""
    if 1 <= number <= len(NUMBERS):
        words: str = gettext(NUMBERS[number - 1])
        return words
    return say_figures(number)


def why(reasons: tuple[Reason, ...]) -> str:
    """Why attention is needed, a sentence a reason."""
    return " ".join(_reason(one) for one in reasons)


def _reason(reason: Reason) -> str:
    count, tasks = say_figures(reason.count), say_figures(", ".join(reason.tasks))
    words: str
    match reason.rule:
        case "no_attempt":
            words = gettext("No attempt yet.")
        case "not_seen":
            words = ngettext(
                "Not seen for %(count)s day.",
                "Not seen for %(count)s days.",
                reason.count,
                count=count,
            )
        case "below":
            words = ngettext(
                "Below the pass line in task %(tasks)s.",
                "Below the pass line in %(count)s tasks: %(tasks)s.",
                reason.count,
                count=count,
                tasks=tasks,
            )
        case "missed":
            words = ngettext(
                "Missed an assignment that closed.",
                "Missed %(count)s assignments that closed.",
                reason.count,
                count=count,
            )
        case "falling":
            words = gettext("Scores have fallen %(count)s times in a row.", count=count)
    return words


def seen(moment: datetime | None, now: datetime) -> str:
    """When somebody was last seen: today with the hour, yesterday, or the day."""
    words: str
    if moment is None:
        words = gettext("never")
    elif local_day(moment) == local_day(now):
        words = gettext("today, %(time)s", time=say_clock(moment))
    elif local_day(moment) == local_day(now) - timedelta(days=1):
        words = gettext("yesterday")
    else:
        words = say_date(moment)
    return words


def news_of_cohort(report: CohortReport) -> str:
    """What is so in a cohort, in one sentence."""
    words: str
    if not report.trainees:
        words = gettext("Nobody is in this cohort yet")
    elif not report.answered:
        words = (
            gettext("Nobody has answered anything yet")
            if report.given
            else gettext("Nothing is given to this cohort yet")
        )
    elif not report.attention:
        words = gettext("No trainee needs attention now")
    else:
        words = ngettext(
            "%(some)s of %(all)s trainees needs attention",
            "%(some)s of %(all)s trainees need attention",
            report.attention,
            some=in_words(report.attention),
            all=in_words(report.trainees),
        )
    return _sentence(words)


def news_of_trainee(report: TraineeReport) -> str:
    """What is so of a trainee, in one sentence."""
    name = report.trainee.name
    states = [one.mastery.state for one in report.tasks]
    secure, known = states.count("secure"), len(states) - states.count("none")
    words: str
    if report.trainee.reasons:
        words = gettext("%(name)s needs attention", name=name)
    elif not report.trainee.answered:
        words = gettext("%(name)s has not answered anything yet", name=name)
    elif not known:
        words = gettext("%(name)s has not answered enough for a figure yet", name=name)
    elif secure:
        words = gettext(
            "%(name)s is secure in %(some)s of %(all)s tasks",
            name=name,
            some=in_words(secure),
            all=in_words(len(states)),
        )
    else:
        words = gettext("%(name)s is on the way, and secure in no task yet", name=name)
    return words


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
