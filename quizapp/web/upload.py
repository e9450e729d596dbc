"""Adding a question set: templates to fill in, the upload, its dry run, and the decision."""

import csv
import io
from collections import Counter
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as BaseResponse

from quizapp.domain.bank.findings import Finding
from quizapp.domain.errors import Invalid
from quizapp.services.banks import catalogue, uploads
from quizapp.services.banks import exporting as bank_export
from quizapp.services.banks.importing import ImportReport
from quizapp.services.banks.uploads import Checked
from quizapp.web.answering import reading_language
from quizapp.web.figures import say_figures
from quizapp.web.forms import problems, say
from quizapp.web.guard import access, actor, now

bp = Blueprint("upload", __name__)

AS_FILE_SAYS = ""
NEW_BANK = "+new"
SHOWN = 200
"""Findings on the page; the CSV has them all."""


@bp.get("/upload")
@access("bank.make")
def form() -> str:
    """The form, with the templates to start from."""
    return _form()


@bp.post("/upload")
@access("bank.make")
def send() -> tuple[str, int] | BaseResponse:
    """Keep the file and show what importing it would do."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _form({"file": gettext("Choose the file with the questions first.")}), 422
    limit = _limit()
    data = sent.stream.read(limit + 1)
    if len(data) > limit:
        too_large = gettext(
            "This file is larger than %(most)s MB. Cut it into parts: questions with ids that are "
            "here already are recognised.",
            most=limit // 1_000_000,
        )
        return _form({"file": too_large}), 413
    into = request.form.get("into", AS_FILE_SAYS)
    title = request.form.get("title", "").strip() or None
    try:
        upload_id = uploads.keep(
            actor(),
            sent.filename,
            data,
            now=now(),
            bank=into if into not in (AS_FILE_SAYS, NEW_BANK) else None,
            title=(title or "") if into == NEW_BANK else None,
        )
    except Invalid as error:
        return _form(problems(error, "file")), 422
    return redirect(url_for("upload.report", upload_id=upload_id), 303)


@bp.get("/upload/template/<name>")
@access("bank.make")
def template(name: str) -> Response:
    """A file to fill in, with an example of each type that the format can hold."""
    made = bank_export.template(name)
    return _download(made.data, made.file_name, made.media_type)


@bp.get("/upload/<uuid:upload_id>")
@access("bank.make")
def report(upload_id: UUID) -> tuple[str, int] | str:
    """What importing the file would do; nothing is changed by looking."""
    try:
        checked = uploads.check(actor(), upload_id, now=now())
    except Invalid as error:
        return _form(problems(error, "file")), 422
    return _report(checked)


@bp.get("/upload/<uuid:upload_id>/findings.csv")
@access("bank.make")
def findings_csv(upload_id: UUID) -> Response:
    """All findings as a table."""
    checked = uploads.check(actor(), upload_id, now=now())
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["severity", "line", "question", "rule", "message", "remedy"])
    for finding in checked.report.findings:
        table.writerow(
            _cell(value)
            for value in (
                finding.severity,
                "" if finding.line is None else str(finding.line),
                finding.question or "",
                finding.rule,
                said(finding.message, finding),
                said(finding.remedy, finding),
            )
        )
    return _download(out.getvalue().encode("utf-8-sig"), "findings.csv", "text/csv")


@bp.post("/upload/<uuid:upload_id>")
@access("bank.make")
def decide(upload_id: UUID) -> BaseResponse:
    """Import the file, or forget it."""
    if "cancel" in request.form:
        uploads.leave(actor(), upload_id, now=now())
        flash(gettext("The file is forgotten; everything is as it was."))
        return redirect(url_for("upload.form"), 303)
    done = uploads.confirm(actor(), upload_id, now=now())
    flash(news_of_import(done))
    return redirect(url_for("banks.show", slug=done.bank), 303)


def said(message: str, finding: Finding) -> str:
    """A finding's words in the reader's language."""
    return say(message, finding.params)


def news_of_import(done: ImportReport) -> str:
    """One sentence on what an import did."""
    if not done.ready:
        return gettext("Nothing was changed: all of it is here already.")
    return ngettext(
        "%(count)s question was imported. Next: make a quiz from this bank.",
        "%(count)s questions were imported. Next: make a quiz from this bank.",
        done.ready,
        count=say_figures(done.ready),
    )


def headline(report: ImportReport) -> str:
    """The news of a dry run."""
    ready = ngettext(
        "%(count)s question is ready to import",
        "%(count)s questions are ready to import",
        report.ready,
        count=say_figures(report.ready),
    )
    if report.ready and report.rejected:
        out = ngettext(
            "%(count)s is not",
            "%(count)s are not",
            report.rejected,
            count=say_figures(report.rejected),
        )
        return gettext("%(ready)s, %(out)s", ready=ready, out=out)
    if report.ready:
        return ready
    if report.rejected:
        return ngettext(
            "The only new question in this file cannot be imported",
            "None of the %(count)s new questions in this file can be imported",
            report.rejected,
            count=say_figures(report.rejected),
        )
    if report.unchanged:
        return gettext("Everything in this file is here already")
    return gettext("There is no question in this file that can be read")


def _report(checked: Checked) -> str:
    found = checked.report.findings
    return render_template(
        "upload/report.html",
        lang=reading_language(),
        upload=checked.upload,
        format=checked.format,
        report=checked.report,
        headline=headline(checked.report),
        findings=found[:SHOWN],
        more=max(0, len(found) - SHOWN),
        counts=Counter(finding.severity for finding in found),
        said=said,
    )


def _form(wrong: dict[str, str] | None = None) -> str:
    return render_template(
        "upload/form.html",
        lang=reading_language(),
        banks=[bank for bank in catalogue.list_banks(actor()) if bank.may_edit],
        templates=bank_export.formats(),
        limit=_limit() // 1_000_000,
        problems=wrong or {},
        into=request.form.get("into", request.args.get("into", AS_FILE_SAYS)),
        title=request.form.get("title", ""),
    )


def _limit() -> int:
    most: int = current_app.extensions["quizapp.settings"].upload_limit_bytes
    return most


def _cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _download(data: bytes, name: str, media_type: str) -> Response:
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
