"""How a quiz went, in one sentence."""

from flask_babel import gettext, ngettext

from quizapp.services.reports.gradebook import GradebookPage
from quizapp.services.reports.quizzes import QuizReport
from quizapp.web.figures import say_figures


def news_of_gradebook(page: GradebookPage) -> str:
    """How many of those it is given to have taken it."""
    words: str
    if page.given:
        words = taken_by(page.taken, page.given)
    elif page.entries:
        words = gettext("Who took it, and what they reached")
    else:
        words = gettext("Nobody is in this gradebook yet")
    return words


def taken_by(taken: int, given: int) -> str:
    """So many of so many."""
    words: str = ngettext(
        "Taken by %(taken)s of %(given)s trainee",
        "Taken by %(taken)s of %(given)s trainees",
        given,
        taken=say_figures(taken),
        given=say_figures(given),
    )
    return words


def news(report: QuizReport) -> str:
    """Who took the quiz, and what half of them reached; a single score is no headline."""
    scores = report.scores
    words: str
    if not scores.count:
        words = (
            gettext("Nobody has taken this quiz yet")
            if report.given
            else gettext("This quiz is given to nobody yet")
        )
    elif report.given:
        words = taken_by(report.taken, report.given)
    else:
        words = ngettext(
            "%(count)s attempt has been made",
            "%(count)s attempts have been made",
            scores.count,
            count=say_figures(scores.count),
        )
    if scores.count > 1 and scores.half is not None:
        half = gettext("half scored %(half)s %% or more", half=say_figures(scores.half))
        words = f"{words}, {half}"
    return words
