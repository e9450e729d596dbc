"""Importing people from a table: template, dry run, decision."""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from quizapp.domain.errors import Conflict, Invalid
from quizapp.domain.people.roster import COLUMNS
from quizapp.domain.words import N_
from quizapp.services.people import roster
from quizapp.web.forms import problems, say
from quizapp.web.guard import access, actor, now

bp = Blueprint("people_import", __name__)


@bp.get("/people/import")
@access("person.manage")
def form() -> str:
    """What the table looks like, and where to send it."""
    return render_template("people/import.html", columns=COLUMNS, problems={})


@bp.get("/people/import/template.csv")
@access("person.manage")
def template_csv() -> Response:
    """The table to fill in."""
    return _file(roster.template_csv(), "text/csv; charset=utf-8", "people.csv")


@bp.get("/people/import/template.xlsx")
@access("person.manage")
def template_xlsx() -> Response:
    """The same as a workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(roster.template_xlsx(), kind, "people.xlsx")


@bp.post("/people/import")
@access("person.manage")
def check() -> str | BaseResponse:
    """The dry run."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid.field("file", N_("Choose a file first."))
        data = sent.stream.read(roster.LARGEST + 1)
        report = roster.check_file(actor(), sent.filename, data, now=now())
    except Invalid as error:
        page = render_template(
            "people/import.html", columns=COLUMNS, problems=problems(error, "file")
        )
        return make_response(page, 422)
    return redirect(url_for("people_import.report", upload_id=report.upload_id), 303)


@bp.get("/people/import/<uuid:upload_id>")
@access("person.manage")
def report(upload_id: UUID) -> str:
    """What importing would do, line by line."""
    return render_template(
        "people/report.html", report=roster.read_report(actor(), upload_id), say=say, problem=None
    )


@bp.post("/people/import/<uuid:upload_id>")
@access("person.manage")
def confirm(upload_id: UUID) -> str | BaseResponse:
    """Do it."""
    try:
        done = roster.confirm(actor(), upload_id, now=now())
    except Conflict as error:
        page = render_template(
            "people/report.html",
            report=roster.read_report(actor(), upload_id),
            say=say,
            problem=problems(error, "file")["file"],
        )
        return make_response(page, 409)
    flash(
        gettext(
            "Imported: %(new)s new, %(changed)s changed, %(same)s as they were.",
            new=len(done.new),
            changed=done.changed,
            same=done.unchanged,
        )
    )
    if done.new:
        return redirect(url_for("people.without_password"), 303)
    return redirect(url_for("people.everybody"), 303)


def _file(data: bytes, kind: str, name: str) -> Response:
    answer = Response(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
