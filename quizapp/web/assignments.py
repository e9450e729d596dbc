"""Giving a quiz to a cohort, changing the window, and taking it back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Invalid
from quizapp.domain.words import N_
from quizapp.services.quizzes import assignments
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now
from quizapp.web.local_times import field_time, typed_time, zone_words
from quizapp.web.quizzes import quiz_page

bp = Blueprint("assignments", __name__)

TIMES = ("opens_at", "last_entry_at", "closes_at")
TERMS = (*TIMES, "access_code")


@bp.post("/quizzes/<uuid:quiz_id>/assignments")
@access("quiz.give")
def give(quiz_id: UUID) -> tuple[str, int] | Response:
    """Give a quiz to a cohort."""
    values = {name: typed(name) for name in ("cohort", *TERMS)}
    try:
        assignments.give(
            actor(),
            quiz_id,
            _cohort(values["cohort"]),
            **_terms(values),
            now=now(),
        )
    except Invalid as error:
        return quiz_page(quiz_id, wrong=problems(error, "cohort"), typed=values), 422
    flash(gettext("The quiz is given. Trainees of the cohort see it now."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


@bp.get("/assignments/<uuid:assignment_id>")
@access("quiz.give")
def window(assignment_id: UUID) -> str:
    """The form for another window."""
    return _window_page(assignment_id)


@bp.post("/assignments/<uuid:assignment_id>")
@access("quiz.give")
def change(assignment_id: UUID) -> tuple[str, int] | Response:
    """Give the assignment another window."""
    values = {name: typed(name) for name in TERMS}
    try:
        quiz_id = assignments.change_window(
            actor(),
            assignment_id,
            **_terms(values),
            now=now(),
        )
    except Invalid as error:
        return _window_page(assignment_id, problems(error, "closes_at"), values), 422
    flash(gettext("The window is saved."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


@bp.post("/assignments/<uuid:assignment_id>/withdraw")
@access("quiz.give")
def withdraw(assignment_id: UUID) -> Response:
    """Take an assignment back."""
    quiz_id = assignments.withdraw(actor(), assignment_id, now=now())
    flash(gettext("It is taken back. Attempts and their results stay."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


def _window_page(
    assignment_id: UUID,
    wrong: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
) -> str:
    one = assignments.read(actor(), assignment_id, now=now())
    standing = {name: field_time(getattr(one, name)) for name in TIMES}
    standing["access_code"] = one.access_code or ""
    return render_template(
        "quizzes/window.html",
        one=one,
        typed=values or standing,
        problems=wrong or {},
        zone=zone_words(),
    )


def _terms(values: dict[str, str]) -> dict[str, Any]:
    """The terms as the service takes them."""
    times = {name: typed_time(values[name]) for name in TIMES}
    return times | {"access_code": values["access_code"]}


def _cohort(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid.field("cohort", N_("Choose a cohort.")) from error
