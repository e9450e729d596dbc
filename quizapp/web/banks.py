"""Banks in the browser: lists, questions, trying one, retiring, rights, export."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from quizapp.domain.access import RIGHTS
from quizapp.domain.errors import AlreadyExists, Conflict, Invalid
from quizapp.domain.questions import ResponseRefused
from quizapp.services.banks import catalogue
from quizapp.services.banks import exporting as bank_export
from quizapp.services.banks import keeping as bank_keeping
from quizapp.services.banks.views import Filters
from quizapp.services.quizzes import trying
from quizapp.web.answering import reading_language, response_from_form
from quizapp.web.asking import Asked, fields, sprite
from quizapp.web.forms import problems, typed
from quizapp.web.guard import access, actor, now
from quizapp.web.upload import said

bp = Blueprint("banks", __name__)

FILTERS = ("task", "provision", "level", "type", "state")


@bp.get("/banks")
@access("bank.list")
def all_banks() -> str:
    """The banks the person may use."""
    return _page("banks/list.html", banks=catalogue.list_banks(actor()))


@bp.get("/banks/new")
@access("bank.make")
def new() -> str:
    """The form for an empty bank."""
    return _page("banks/new.html", problems={}, title="")


@bp.post("/banks/new")
@access("bank.make")
def make() -> tuple[str, int] | BaseResponse:
    """Make an empty bank."""
    title = typed("title")
    try:
        slug = catalogue.make_bank(actor(), title=title, now=now())
    except (Invalid, AlreadyExists) as error:
        wrong = problems(error, "title")
        return _page("banks/new.html", problems=wrong, title=title), 422
    return redirect(url_for("banks.show", slug=slug), 303)


@bp.get("/banks/<slug>")
@access("bank.read")
def show(slug: str) -> str:
    """A bank: what it holds, what it covers, its questions."""
    chosen = {name: request.args.get(name) or None for name in FILTERS}
    number = request.args.get("page", "1")[:6]
    page = int(number) if number.isascii() and number.isdigit() else 1
    found = catalogue.read_bank(actor(), slug, Filters(**chosen), page=page, now=now())
    return _page("banks/show.html", page=found, formats=bank_export.formats(), chosen=chosen)


@bp.get("/banks/<slug>/export")
@access("bank.read")
def export(slug: str) -> Response:
    """The bank as a file."""
    made = bank_export.export(actor(), slug, request.args.get("format", "yaml"))
    answer = Response(made.data, mimetype=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return answer


@bp.get("/banks/<slug>/questions/<key>")
@access("bank.read")
def question(slug: str, key: str) -> str:
    """A question as its authors see it."""
    return _question(slug, key)


@bp.post("/banks/<slug>/questions/<key>/try")
@access("bank.read")
def try_it(slug: str, key: str) -> str:
    """Answer a question and see the mark; nothing is kept anywhere."""
    return _question(slug, key, tried=True)


@bp.post("/banks/<slug>/questions/<key>/retire")
@access("bank.edit")
def retire(slug: str, key: str) -> tuple[str, int] | BaseResponse:
    """Take a question out of use."""
    try:
        bank_keeping.retire(actor(), slug, key, typed("reason"), now=now())
    except (Invalid, Conflict) as error:
        return _question(slug, key, wrong=problems(error, "reason")), error.status
    flash(gettext("The question is retired. Attempts that were dealt it keep it."))
    return redirect(url_for("banks.question", slug=slug, key=key), 303)


@bp.post("/banks/<slug>/questions/<key>/bring-back")
@access("bank.edit")
def bring_back(slug: str, key: str) -> BaseResponse:
    """Bring a retired question back."""
    try:
        bank_keeping.bring_back(actor(), slug, key, now=now())
    except Conflict:
        pass
    else:
        flash(gettext("The question is back."))
    return redirect(url_for("banks.question", slug=slug, key=key), 303)


@bp.get("/banks/<slug>/people")
@access("bank.own")
def people(slug: str) -> str:
    """Who has which right on the bank."""
    return _people(slug)


@bp.post("/banks/<slug>/people")
@access("bank.own")
def grant(slug: str) -> tuple[str, int] | BaseResponse:
    """Give somebody a right."""
    email, right = typed("email"), typed("right")
    try:
        bank_keeping.grant(actor(), slug, email, right, now=now())
    except Invalid as error:
        return _people(slug, problems(error, "email")), 422
    return redirect(url_for("banks.people", slug=slug), 303)


@bp.post("/banks/<slug>/people/<uuid:person_id>/withdraw")
@access("bank.own")
def withdraw(slug: str, person_id: UUID) -> tuple[str, int] | BaseResponse:
    """Take somebody's right away."""
    try:
        bank_keeping.withdraw(actor(), slug, person_id, now=now())
    except Invalid as error:
        return _people(slug, problems(error, "right")), 422
    return redirect(url_for("banks.people", slug=slug), 303)


def _people(slug: str, wrong: dict[str, str] | None = None) -> str:
    return _page(
        "banks/people.html",
        bank=catalogue.get_bank(actor(), slug),
        grants=bank_keeping.grants(actor(), slug),
        rights=RIGHTS,
        problems=wrong or {},
        email=typed("email"),
        right=request.form.get("right", "user"),
    )


def _question(
    slug: str, key: str, *, tried: bool = False, wrong: dict[str, str] | None = None
) -> str:
    page = catalogue.read_question(actor(), slug, key, now=now())
    lang = reading_language()
    shown = trying.show(page.question, lang)
    wrong = dict(wrong or {})
    outcome, response = None, None
    if tried:
        response = response_from_form(page.question.type, request.form)
        try:
            outcome = trying.mark(page.question, response, lang)
        except ResponseRefused as error:
            wrong["response"] = " ".join(problems(error, "response").values())
    asked = Asked(
        page.question.type,
        shown.stem,
        shown.present,
        shown.rule,
        response,
        problem=wrong.get("response", ""),
    )
    return _page(
        "banks/question.html",
        page=page,
        fields=fields(asked, lang, sprite()),
        tried=outcome,
        explained=trying.explain(page.question, lang),
        said=said,
        problems=wrong,
        reason=typed("reason"),
    )


def _page(template: str, **context: object) -> str:
    return render_template(template, lang=reading_language(), **context)
