"""Marking by people: what waits at a quiz, and one answer after the other."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Invalid
from quizapp.services.marking import giving
from quizapp.services.marking.giving import MarkedMeanwhile
from quizapp.web.answering import reading_language
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now

bp = Blueprint("marking", __name__)


@bp.get("/quizzes/<uuid:quiz_id>/marking")
@access("quiz.report")
def waiting(quiz_id: UUID) -> str:
    """What waits to be marked, the first handed in first."""
    return render_template("marking/list.html", to_mark=giving.waiting(actor(), quiz_id))


@bp.get("/attempts/<uuid:attempt_id>/<int:slot>/marking")
@access("attempt.mark")
def answer(attempt_id: UUID, slot: int) -> str:
    """One answer, with what to look for."""
    return _page(attempt_id, slot)


@bp.post("/attempts/<uuid:attempt_id>/<int:slot>/marking")
@access("attempt.mark")
def give(attempt_id: UUID, slot: int) -> tuple[str, int] | Response:
    """Give points, then on to the next answer."""
    values = {name: typed(name) for name in ("points", "comment")}
    try:
        giving.give(actor(), attempt_id, slot, **values, seen=_number(typed("seen")), now=now())
    except (Invalid, MarkedMeanwhile) as error:
        return _page(attempt_id, slot, problems(error, "points"), values), error.status
    read = giving.read(actor(), attempt_id, slot, reading_language())
    flash(gettext("The mark is given."))
    if read.following is None:
        return redirect(url_for("marking.waiting", quiz_id=read.quiz_id), 303)
    following = read.following
    path = url_for("marking.answer", attempt_id=following.attempt_id, slot=following.slot)
    return redirect(path, 303)


def _page(
    attempt_id: UUID,
    slot: int,
    wrong: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
) -> str:
    return render_template(
        "marking/answer.html",
        one=giving.read(actor(), attempt_id, slot, reading_language()),
        problems=wrong or {},
        typed=values,
    )


def _number(text: str) -> int:
    digits = text[:6]
    return int(digits) if digits.isascii() and digits.isdigit() else 0
