"""`quizapp report`: the gradebook and the items of a quiz, for a terminal, a script or a file."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from quizapp.cli.said import fail, said
from quizapp.domain.errors import DomainError
from quizapp.services.quizzes import scope as quiz_scope
from quizapp.services.reports import gradebook as grades
from quizapp.services.reports import quizzes as quiz_report
from quizapp.services.reports.downloads import gradebook_table, items_table
from quizapp.services.reports.quizzes import QuizReport
from quizapp.services.reports.tables import Table, as_csv, as_xlsx, plain

QUIZ = click.argument("quiz")
COHORT = click.option("--cohort", metavar="CODE", help="Only what was given to this cohort.")


@click.group("report")
def report() -> None:
    """Reports about a quiz. QUIZ is its id, or the slug of a shipped one."""


@report.command("gradebook")
@QUIZ
@COHORT
@click.option("--csv", "file_format", flag_value="csv", help="As CSV.")
@click.option("--xlsx", "file_format", flag_value="xlsx", help="As a workbook, on standard output.")
@with_appcontext
def gradebook(quiz: str, cohort: str | None, file_format: str | None) -> None:
    """Who was given the quiz or took it, and what they reached."""
    with _refusals(f"report gradebook {quiz}"):
        quiz_id, cohort_id = quiz_scope.named(quiz, cohort)
        page = grades.read(None, quiz_id, cohort_id=cohort_id, limit=None)
    table = gradebook_table(page, ZoneInfo(current_app.extensions["quizapp.settings"].time_zone))
    if file_format == "xlsx" and sys.stdout.isatty():
        fail(f"report gradebook {quiz}: a workbook is no text: send it to a file, with > FILE.xlsx")
    if file_format == "xlsx":
        click.echo(as_xlsx(table, "gradebook"), nl=False)
    else:
        _write(table, as_file=file_format == "csv")


@report.command("items")
@QUIZ
@COHORT
@click.option("--json", "file_format", flag_value="json", help="As one JSON document.")
@click.option("--csv", "file_format", flag_value="csv", help="As CSV.")
@with_appcontext
def items(quiz: str, cohort: str | None, file_format: str | None) -> None:
    """How hard each question was, with its n and 90 % interval, and what was answered.

    Below 10 answers no figure is given.
    """
    with _refusals(f"report items {quiz}"):
        quiz_id, cohort_id = quiz_scope.named(quiz, cohort)
        found = quiz_report.read(
            None, quiz_id, "en", now=datetime.now(UTC), cohort_id=cohort_id, limit=None
        )
    if file_format == "json":
        click.echo(json.dumps(_data(found), ensure_ascii=False, indent=1))
    else:
        _write(items_table(found), as_file=file_format == "csv")


@contextmanager
def _refusals(where: str) -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        fail(f"{where}: {said(error)}")


def _write(table: Table, *, as_file: bool) -> None:
    """A table as CSV, or with tabs between its cells for people and `cut`."""
    if as_file:
        # scripts read it: the mark that spreadsheets want would stand in the first name
        click.echo(as_csv(table, marked=False), nl=False)
        return
    writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(table.head)
    writer.writerows([plain(cell) for cell in row] for row in table.rows)


def _data(found: QuizReport) -> dict[str, Any]:
    return {
        "quiz": str(found.quiz.id),
        "title": found.quiz.title.model_dump(exclude_none=True),
        "cohort": found.quiz.cohort.code if found.quiz.cohort else None,
        "attempts": found.scores.count,
        "half_reached": found.scores.half,
        "scores": [
            {"from": band.low, "to": band.high, "attempts": band.count}
            for band in found.scores.bands
        ],
        "items": [
            {
                "question": item.question,
                "bank": item.bank,
                "version": item.version,
                "type": item.type,
                "n": item.facility.n,
                "answered": item.facility.answered,
                "facility": _rounded(item.facility.mean),
                "low": _rounded(item.facility.low),
                "high": _rounded(item.facility.high),
                "verdict": item.facility.verdict,
                "responses": {row.id: row.count for row in item.tally.rows},
            }
            for item in found.items
        ],
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
