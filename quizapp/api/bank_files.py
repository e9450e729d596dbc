"""Banks as files: importing questions in any of the formats, and writing them out."""

from dataclasses import dataclass
from typing import Annotated, Any, Self

from flask import current_app
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.banks import BankPath
from quizapp.api.problems import TooLarge
from quizapp.api.shapes import Out, Query, may_be_left_out
from quizapp.api.words import say
from quizapp.domain.bank import findings
from quizapp.domain.bank.question import SLUG
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.words import N_
from quizapp.formats import FORMATS, ReadResult
from quizapp.services.banks import exporting as bank_export
from quizapp.services.banks import importing as bank_import
from quizapp.services.banks.importing import ImportReport, place_of
from quizapp.services.banks.reading import read_file

area = Area("bank_files", "Banks as files")

FormatName = Annotated[str, WithJsonSchema({"type": "string", "enum": list(FORMATS)})]
"""One of the formats; the service says which there are."""


@dataclass(frozen=True)
class Sent:
    """A file as it was sent."""

    name: str
    data: bytes


def _sent(value: Any) -> Sent:
    if isinstance(value, FileStorage):
        limit = current_app.extensions["quizapp.settings"].upload_limit_bytes
        data = value.stream.read(limit + 1)
        if len(data) > limit:
            raise TooLarge(N_("Send at most %(most)d bytes."), most=limit)
        return Sent(value.filename or "", data)
    # a part without a file name is a field to the parser; its content is a file all the same
    return Sent("", str(value).encode("utf-8", "replace"))


def _switched(value: Any) -> bool:
    if value not in SWITCH:
        raise ValueError(N_("write true or false"))
    return SWITCH[value]


SWITCH = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}
Switch = Annotated[
    bool, BeforeValidator(_switched), WithJsonSchema({"type": "string", "enum": list(SWITCH)})
]

File = Annotated[
    Sent, BeforeValidator(_sent), WithJsonSchema({"type": "string", "format": "binary"})
]


class ImportForm(Query):
    """What to import, and where it goes."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: File
    format: FormatName = may_be_left_out(description="As the content shows, where left out.")
    bank: str = may_be_left_out(
        pattern=SLUG, description="Where the questions go: else to the bank that the file names."
    )
    dry_run: Switch = Field(False, description="Say what would happen, and store nothing.")


class Finding(Out):
    """One thing that the import has to say.

    An error keeps a question out, a hold keeps it a draft.
    """

    severity: findings.Severity
    rule: str
    where: str = Field(description="The question, the place in it, and the line of the file.")
    message: str
    remedy: str
    question: str | None
    line: int | None

    @classmethod
    def of(cls, found: findings.Finding) -> Self:
        """The finding, said in the language of whoever asks."""
        return cls(
            severity=found.severity,
            rule=found.rule,
            where=place_of(found),
            message=say(found.message, found.params),
            remedy=say(found.remedy, found.params),
            question=found.question,
            line=found.line,
        )


class Report(Out):
    """What an import did, or would do. `held` are those created and updated that stay drafts."""

    bank: str | None
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    retired: int
    held: int
    rejected: int
    findings: list[Finding]


class ExportQuery(Query):
    """What to write."""

    format: FormatName = Field("yaml", description="In which format.")


WRITTEN = {
    "description": "The file.",
    "content": {one.MEDIA_TYPE: {} for one in FORMATS.values()},
}


@area.post("/banks/import", action="bank.make", gives={200: Report}, refuses=(404,))
def import_file(form: ImportForm) -> Report:
    """Import questions; the same file again changes nothing."""
    asking, now = visitor.actor(), visitor.now()
    result, _ = read_file(form.file.data, form.file.name, form.format)
    try:
        done = bank_import.import_bank(
            asking, result, now=now, bank=form.bank, dry_run=form.dry_run
        )
    except Invalid as refusal:
        # what is wrong with the file's own words is a finding, as everything else in it
        return _report_of_refusal(result, refusal, form)
    return _report(done)


@area.get("/banks/<bank_slug:slug>/export", action="bank.read", gives={200: WRITTEN})
def export_bank(path: BankPath, query: ExportQuery) -> Response:
    """A bank as a file, retired questions left out."""
    made = bank_export.export(visitor.actor(), path.slug, query.format)
    answer = current_app.response_class(made.data, mimetype=made.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=made.file_name)
    return answer


def _report(done: ImportReport) -> Report:
    return Report(
        bank=done.bank,
        dry_run=done.dry_run,
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        retired=done.retired,
        held=done.held,
        rejected=done.rejected,
        findings=[Finding.of(one) for one in done.findings],
    )


def _report_of_refusal(result: ReadResult, refusal: Invalid, form: ImportForm) -> Report:
    problems = refusal.problems or (FieldProblem("file", refusal.detail or refusal.title),)
    said = [
        findings.Finding(
            severity="error",
            rule=f"no-{one.field}",
            message=one.message,
            params=dict(one.params or {}),
            remedy=N_("Name the bank in the file, or send its short name as `bank`."),
        )
        for one in problems
    ]
    return Report(
        bank=form.bank,
        dry_run=form.dry_run,
        created=0,
        updated=0,
        unchanged=0,
        retired=0,
        held=0,
        rejected=len(result.questions),
        findings=[Finding.of(one) for one in (*said, *result.findings)],
    )
