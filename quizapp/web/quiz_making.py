"""Making a quiz and changing it, with one form that works without scripts."""

import re
import secrets
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from quizapp.domain.errors import Conflict, Forbidden, Invalid
from quizapp.services.quizzes import choices as quiz_choices
from quizapp.services.quizzes import making
from quizapp.services.quizzes import samples as quiz_samples
from quizapp.services.quizzes.views import QuizView, SampleItem
from quizapp.web.answering import reading_language
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now
from quizapp.web.local_times import zone_words
from quizapp.web.quiz_form import QuizForm, SectionForm, of_quiz, sent

bp = Blueprint("quiz_making", __name__)

_ENTRY = re.compile(r"(?<=provisions|.questions)\[[0-9]+\]$")
Answer = str | tuple[str, int] | Response


@bp.get("/quizzes/new")
@access("quiz.make")
def new() -> str:
    """The form for a new quiz, from the bank named in the address."""
    bank = request.args.get("bank", "")[:80]
    return _page(QuizForm(sections=(SectionForm(bank=bank),)))


@bp.post("/quizzes/new")
@access("quiz.make")
def make() -> Answer:
    """Make the quiz, or show the form with another section, a list or a draw."""
    form = sent(request.form)
    if (page := _shown_again(form)) is not None:
        return page
    try:
        quiz_id = making.make(actor(), form.fields(), now=now())
    except Invalid as error:
        return _page(form, wrong=problems(error, "form")), 422
    flash(gettext("The quiz is made. Give it to a cohort, or try it first."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


@bp.get("/quizzes/<uuid:quiz_id>/edit")
@access("quiz.edit")
def edit(quiz_id: UUID) -> str:
    """The form of a quiz that is there."""
    quiz = _own_quiz(quiz_id)
    return _page(of_quiz(quiz), quiz)


@bp.post("/quizzes/<uuid:quiz_id>/edit")
@access("quiz.edit")
def save(quiz_id: UUID) -> Answer:
    """Save the changes, or show the form with another section, a list or a draw."""
    quiz = _own_quiz(quiz_id)
    form = sent(request.form)
    if not quiz.taken and (page := _shown_again(form, quiz)) is not None:
        return page
    changes = form.head_fields() if quiz.taken else form.fields()
    try:
        making.edit(actor(), quiz_id, changes, now=now())
    except (Invalid, Conflict) as error:
        return _page(form, quiz, wrong=problems(error, "form")), error.status
    flash(gettext("The quiz is saved."))
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


def _own_quiz(quiz_id: UUID) -> QuizView:
    quiz = making.read(actor(), quiz_id, now=now())
    if not quiz.may_edit:
        raise Forbidden
    return quiz


def _shown_again(form: QuizForm, quiz: QuizView | None = None) -> Answer | None:
    """The form after a button that only looks; None where it is to be stored."""
    do, _, place = typed("do").partition(".")
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
    if do == "add":
        form = form.add_section()
        return _page(form, quiz, focus=len(form.sections) - 1)
    if do == "drop":
        return _page(form.drop_section(number), quiz)
    if do == "list":
        return _page(form.naming(number), quiz, focus=number)
    if do == "preview":
        return _preview(form, quiz)
    return None


def _preview(form: QuizForm, quiz: QuizView | None) -> Answer:
    seed = secrets.randbits(31)
    lang = reading_language()
    try:
        sample = quiz_samples.sample_of_draft(
            actor(), form.fields(), seed=seed, lang=lang, now=now()
        )
    except Invalid as error:
        return _page(form, quiz, wrong=problems(error, "form")), 422
    return _page(form, quiz, sample=sample)


def _page(
    form: QuizForm,
    quiz: QuizView | None = None,
    *,
    wrong: dict[str, str] | None = None,
    sample: Sequence[SampleItem] = (),
    focus: int = -1,
) -> str:
    lang = reading_language()
    offered = quiz_choices.choices(
        actor(), form.wanted(), mode=form.checked_mode(), lang=lang, now=now()
    )
    wrong = {_field(name): words for name, words in (wrong or {}).items()}
    return render_template(
        "quizzes/form.html",
        form=form,
        quiz=quiz,
        choices=offered,
        problems=wrong,
        sample=sample,
        focus=focus,
        zone=zone_words(),
    )


def _field(name: str) -> str:
    """Where a problem is shown: of an entry at its list, of no field above them all."""
    if name == "title":
        return "title.en"
    return _ENTRY.sub("", name) or "form"
