"""A cohort for those who teach it: how it stands, and how each trainee does."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from quizapp.services.reports import cohorts as cohort_report
from quizapp.services.reports import trainees as trainee_report
from quizapp.services.reports.cohorts import CohortReport, TraineeRow
from quizapp.services.reports.tables import Cell, Table
from quizapp.web import charts, mastery_words, standing
from quizapp.web.asked import page_number
from quizapp.web.downloads import csv_file, zone
from quizapp.web.guard import access, actor, now

bp = Blueprint("cohorts", __name__)


@bp.get("/cohorts/<uuid:cohort_id>")
@access("cohort.read")
def show(cohort_id: UUID) -> str:
    """Who needs attention and why, mastery by trainee and task, what is given."""
    only = request.args.get("show") == "attention"
    report = cohort_report.read(
        actor(), cohort_id, now=now(), page=page_number(), only_attention=only
    )
    return render_template(
        "cohorts/show.html",
        report=report,
        news=standing.news_of_cohort(report),
        why=standing.why,
        seen=lambda moment: standing.seen(moment, now()),
        charts=charts,
    )


@bp.get("/cohorts/<uuid:cohort_id>/mastery.csv")
@access("cohort.read")
def mastery_csv(cohort_id: UUID) -> Response:
    """The whole cohort as a table."""
    report = cohort_report.read_all(actor(), cohort_id, now=now())
    return csv_file(_table(report), f"mastery-{report.cohort.code}")


@bp.get("/cohorts/<uuid:cohort_id>/trainees/<uuid:person_id>")
@access("cohort.read")
def trainee(cohort_id: UUID, person_id: UUID) -> str:
    """What a trainee holds, and the attempts that were given to them."""
    report = trainee_report.read(actor(), cohort_id, person_id, now=now(), page=page_number())
    return render_template(
        "cohorts/trainee.html",
        report=report,
        news=standing.news_of_trainee(report),
        why=standing.why,
        seen=lambda moment: standing.seen(moment, now()),
        charts=charts,
        said=mastery_words,
    )


def _table(report: CohortReport) -> Table:
    head = (
        gettext("Name"),
        gettext("Name in Khmer"),
        gettext("Staff number"),
        *(gettext("Task %(number)s", number=task.number) for task in report.tasks),
        gettext("All tasks"),
        gettext("Attempts"),
        gettext("Last seen"),
        gettext("Why attention is needed"),
    )
    return Table(head, (_row(row) for row in report.rows))


def _row(row: TraineeRow) -> tuple[Cell, ...]:
    return (
        row.name,
        row.name_km,
        row.staff_number,
        *(_percent(one.mean) for one in row.mastery),
        _percent(row.overall),
        row.attempts,
        row.seen_at.astimezone(zone()) if row.seen_at else None,
        standing.why(row.reasons),
    )


def _percent(share: float | None) -> int | None:
    return None if share is None else charts.percent(share)
