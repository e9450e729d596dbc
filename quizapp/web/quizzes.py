"""Quizzes in the browser: the list, a quiz's page for those who take it and those who lead it."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.access import may
from quizapp.domain.errors import Invalid
from quizapp.services.attempts import starting
from quizapp.services.people import accommodations, cohorts
from quizapp.services.quizzes import assignments, making
from quizapp.services.quizzes import samples as quiz_samples
from quizapp.services.quizzes.views import AssignmentView, State
from quizapp.web.answering import reading_language
from quizapp.web.forms import problems
from quizapp.web.guard import access, actor, now
from quizapp.web.local_times import zone_words

bp = Blueprint("quizzes", __name__)

LARGEST_SEED = 2**31
MOST_COHORTS = 200
ORDER: tuple[State, ...] = ("open", "upcoming", "closed")


@bp.get("/quizzes")
@access("quiz.read")
def all_quizzes() -> str:
    """What one can take, or has made."""
    after = _quiz_id(request.args.get("after", ""))
    makes = may(actor(), "quiz.make")
    return render_template(
        "quizzes/list.html",
        page=making.list_quizzes(actor(), after=after),
        given=_given(makes) if after is None else (),
        first=after is None,
        makes=makes,
        zone=zone_words(),
    )


@bp.get("/quizzes/<uuid:quiz_id>")
@access("quiz.read")
def show(quiz_id: UUID) -> str:
    """A quiz: its rules and windows; for those who lead it, its sections and all one can do."""
    return quiz_page(quiz_id)


@bp.get("/quizzes/<uuid:quiz_id>/preview")
@access("quiz.try")
def preview(quiz_id: UUID) -> str:
    """What one trainee might get."""
    quiz = making.read(actor(), quiz_id, now=now())
    seed = _seed(request.args.get("seed", "1"))
    sample, wrong = None, ""
    try:
        sample = quiz_samples.sample(
            actor(), quiz_id, seed=seed, lang=reading_language(), now=now()
        )
    except Invalid as error:
        wrong = " ".join(problems(error, "form").values())
    return render_template(
        "quizzes/preview.html", quiz=quiz, sample=sample, seed=seed, problem=wrong
    )


@bp.post("/quizzes/<uuid:quiz_id>/try")
@access("quiz.try")
def try_it(quiz_id: UUID) -> Response:
    """Take a quiz as a trainee would; it counts nowhere."""
    started = starting.start(actor(), quiz_id, trial=True, now=now())
    return redirect(url_for("attempts.resume", attempt_id=started.id), 303)


@bp.post("/quizzes/<uuid:quiz_id>/release")
@access("quiz.edit")
def release(quiz_id: UUID) -> Response:
    """Show the trainees what waits for a release by hand."""
    making.release(actor(), quiz_id, now=now())
    flash(gettext("The results are released. Trainees see them now."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


@bp.post("/quizzes/<uuid:quiz_id>/withhold")
@access("quiz.edit")
def withhold(quiz_id: UUID) -> Response:
    """Hide again what was released by hand."""
    making.withhold(actor(), quiz_id, now=now())
    flash(gettext("The results are hidden again."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


def quiz_page(
    quiz_id: UUID,
    *,
    wrong: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> str:
    """The page of a quiz, with what was typed into its form: to give it, or to begin it.

    Args:
        quiz_id: which quiz.
        wrong: problems of that form, by field.
        typed: what stood in its fields.
    """
    quiz = making.read(actor(), quiz_id, now=now())
    listed = assignments.list_assignments(actor(), now=now(), quiz_id=quiz_id)
    given = listed.assignments
    if quiz.settings is None:
        standing = sorted(given, key=lambda one: ORDER.index(one.state))
        return render_template(
            "quizzes/take.html",
            granted=accommodations.own(actor()),
            quiz=quiz,
            given=standing,
            typed=typed or {},
            problems=wrong or {},
            zone=zone_words(),
        )
    taught = cohorts.list_cohorts(actor(), now=now(), limit=MOST_COHORTS).cohorts
    return render_template(
        "quizzes/show.html",
        quiz=quiz,
        given=given,
        cohorts=taught if quiz.may_give else (),
        typed=typed or {},
        problems=wrong or {},
        zone=zone_words(),
    )


def _given(makes: bool) -> Sequence[AssignmentView]:
    """What is not closed: by when it is due for a trainee, newest first for others."""
    if not makes:
        return assignments.due(actor(), now=now())
    listed = assignments.list_assignments(actor(), now=now()).assignments
    return [one for one in listed if one.state != "closed"]


def _quiz_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _seed(text: str) -> int:
    digits = text[:10]
    return int(digits) % LARGEST_SEED if digits.isascii() and digits.isdigit() else 1
