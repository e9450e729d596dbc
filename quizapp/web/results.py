"""What came of an attempt, as far as it may be seen; and again with what was missed."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.services.attempts import own_practice
from quizapp.services.attempts.review import ReviewView, review
from quizapp.web.answering import reading_language
from quizapp.web.figures import say_figures
from quizapp.web.guard import access, actor, now
from quizapp.web.outcomes import Outcome, tally
from quizapp.web.sitting import attempt_path, draw_page

bp = Blueprint("results", __name__)


@dataclass(frozen=True)
class Result:
    """A finished attempt on its page."""

    view: ReviewView

    @property
    def headline(self) -> str:
        """The news, from what may be seen."""
        view = self.view
        if view.attempt.state == "open":
            return gettext("This attempt is still being taken")
        if view.score is None and view.shown.score:
            return gettext("Handed in: somebody reads it before there is a score")
        if view.score is None:
            return gettext("Submitted: the score is released later")
        points = {"score": say_figures(view.score), "most": say_figures(view.max_score)}
        if view.passed is None:
            return gettext("%(score)s of %(most)s points", **points)
        if view.passed:
            return gettext("Passed, with %(score)s of %(most)s", **points)
        return gettext("Not passed, with %(score)s of %(most)s", **points)

    @property
    def waits_for_person(self) -> bool:
        """Whether something of it has to be read by somebody yet."""
        return any(one.waits for one in self.view.items)

    @property
    def outcomes(self) -> list[Outcome]:
        """Every answer with its mark."""
        return [Outcome(item) for item in self.view.items]

    @property
    def tally(self) -> str:
        """How many answers became what; nothing where marks are not shown."""
        return tally(self.outcomes)

    @property
    def pass_points(self) -> str | None:
        """The pass mark in points; None where there is none."""
        if self.view.pass_mark is None:
            return None
        return say_figures(self.view.pass_mark * self.view.max_score / 100)

    @property
    def score_at(self) -> str:
        """Where the score stands on the line, in per cent."""
        most = self.view.max_score
        return f"{100 * (self.view.score or 0) / most:.1f}%" if most else "0%"

    @property
    def pass_at(self) -> str:
        """Where the pass mark stands on the line, in per cent."""
        return f"{self.view.pass_mark:.1f}%"

    @property
    def is_own(self) -> bool:
        """Whether the reader took it."""
        return self.view.attempt.person_id == actor().id


@bp.get("/attempts/<uuid:attempt_id>/results")
@access("attempt.read")
def show(attempt_id: UUID) -> str | Response:
    """The result; one's own attempt that is still open is gone on with."""
    found = review(actor(), attempt_id, reading_language(), now=now())
    result = Result(found)
    if found.attempt.state == "open" and result.is_own:
        return redirect(attempt_path(attempt_id, ""), 303)
    return draw_page("attempts/results.html", result=result)


@bp.post("/attempts/<uuid:attempt_id>/again")
@access("attempt.take")
def again(attempt_id: UUID) -> Response:
    """Start a practice of what was missed."""
    started = own_practice.start_missed(actor(), attempt_id, now=now())
    return redirect(attempt_path(started.id, ""), 303)
