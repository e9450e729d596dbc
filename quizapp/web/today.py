"""What the home page says: the news in its headline, when things end, why a step is suggested."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext, ngettext

from quizapp.domain.progress.next_step import Practice
from quizapp.services.progress.home import StaffHome, TraineeHome
from quizapp.services.progress.mastery import TaskTrend
from quizapp.services.quizzes.views import AssignmentView
from quizapp.web.moments import local_day, say_clock, say_moment, say_weekday
from quizapp.web.standing import in_words


def news_of_trainee(home: TraineeHome, now: datetime) -> str:
    """What is so for a trainee today, in one sentence."""
    ends = [one.deadline for one in home.begun] + [one.begin_until for one in home.due]
    today = sum(1 for end in ends if end is not None and local_day(end) == local_day(now))
    waiting = len(home.begun) + len(home.due)
    provisions = home.policy.provisions
    secure = sum(one.mastery.state == "secure" for one in provisions)
    words: str
    if today:
        words = ngettext(
            "%(count)s quiz closes today",
            "%(count)s quizzes close today",
            today,
            count=in_words(today),
        )
    elif home.due:
        words = ngettext(
            "%(count)s quiz is waiting for you",
            "%(count)s quizzes are waiting for you",
            waiting,
            count=in_words(waiting),
        )
    elif home.begun:
        words = ngettext(
            "%(count)s attempt is begun and not handed in",
            "%(count)s attempts are begun and not handed in",
            waiting,
            count=in_words(waiting),
        )
    elif secure:
        words = gettext(
            "Nothing is due, and you hold %(some)s of %(all)s provisions",
            some=in_words(secure),
            all=in_words(len(provisions)),
        )
    elif home.policy.answers:
        words = gettext("Nothing is due, and the map is filling")
    else:
        words = gettext("Nothing is due: the map is yours to fill")
    return _sentence(words)


def news_of_staff(home: StaffHome, now: datetime) -> str:
    """What needs a hand, in one sentence: the most pressing thing alone."""
    today = sum(1 for one in home.closing if local_day(one.closes_at) == local_day(now))
    quiet = sum(1 for one in home.cohorts if one.quiet or one.silent)
    words: str
    if not home.cohorts:
        words = gettext("Begin with a cohort: trainees, a code and a quiz follow")
    elif home.held:
        words = ngettext(
            "%(count)s attempt waits for a decision: the server was away",
            "%(count)s attempts wait for a decision: the server was away",
            home.held,
            count=in_words(home.held),
        )
    elif home.unreleased:
        words = ngettext(
            "%(count)s exam is over and waits to be released",
            "%(count)s exams are over and wait to be released",
            len(home.unreleased),
            count=in_words(len(home.unreleased)),
        )
    elif today:
        words = ngettext(
            "%(count)s quiz closes today",
            "%(count)s quizzes close today",
            today,
            count=in_words(today),
        )
    elif quiet:
        words = ngettext(
            "In %(count)s cohort somebody has gone quiet",
            "In %(count)s cohorts somebody has gone quiet",
            quiet,
            count=in_words(quiet),
        )
    elif not home.trainees:
        words = gettext("Nobody has joined yet")
    else:
        words = ngettext(
            "%(count)s trainee is at work, and nobody has gone quiet",
            "%(count)s trainees are at work, and nobody has gone quiet",
            home.trainees,
            count=in_words(home.trainees),
        )
    return _sentence(words)


class When(NamedTuple):
    """A moment in two lines; `in_words` where the large one is a word and no hour."""

    large: str
    small: str
    in_words: bool


def when(moment: datetime, now: datetime) -> When:
    """A moment as the docket has it: the hour of today, else the day with its hour."""
    days = (local_day(moment) - local_day(now)).days
    if days == 0:
        return When(say_clock(moment), gettext("today"), in_words=False)
    if days == 1:
        return When(gettext("Tomorrow"), say_clock(moment), in_words=True)
    within_a_week = 1 < days < 7
    small = say_clock(moment) if within_a_week else say_moment(moment)
    return When(say_weekday(moment), small, in_words=True)


def full_until(given: AssignmentView, now: datetime) -> datetime | None:
    """By when to begin to have the full time, where the end of the window will cut it short."""
    if given.time_limit_s is None or given.closes_at is None or not given.window_cuts:
        return None
    last = given.closes_at - timedelta(seconds=given.time_limit_s)
    return last if now < last and local_day(last) == local_day(now) else None


def news_of_progress(trends: Sequence[TaskTrend]) -> str:
    """How the last weeks went, in one sentence."""
    verdicts = [one.trend.verdict for one in trends]
    better, worse = verdicts.count("better"), verdicts.count("worse")
    words: str
    if better:
        words = ngettext(
            "Better than four weeks ago in %(count)s task",
            "Better than four weeks ago in %(count)s tasks",
            better,
            count=in_words(better),
        )
    elif worse:
        words = ngettext(
            "Lower than four weeks ago in %(count)s task",
            "Lower than four weeks ago in %(count)s tasks",
            worse,
            count=in_words(worse),
        )
    elif "same" in verdicts:
        words = gettext("No task has surely moved in the last weeks")
    else:
        words = gettext("There are too few answers yet to see a movement")
    return _sentence(words)


def why_practise(practice: Practice) -> str:
    """Why just this provision, in one sentence."""
    words: str
    match practice.reason:
        case "unmet" if not practice.place.mastery.answers:
            words = gettext("You have answered nothing on it yet.")
        case "unmet":
            words = gettext("Too few different questions are answered for a figure.")
        case "weakest":
            words = gettext("Of what you have a figure for, this is the lowest.")
        case "thin":
            words = gettext("There are few questions on it: another day adds to the evidence.")
        case _:
            words = gettext("All you practised is secure; this is the least so.")
    return words


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
