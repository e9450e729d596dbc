"""How a quiz went, for those who lead it: scores, items, and the gradebook with its files."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from quizapp.services.quizzes.scope import QuizScope
from quizapp.services.reports import gradebook
from quizapp.services.reports import quizzes as quiz_report
from quizapp.services.reports.downloads import gradebook_table, items_table
from quizapp.services.reports.gradebook import GradebookPage
from quizapp.services.reports.quizzes import QuizReport
from quizapp.services.reports.tables import Table
from quizapp.web import charts, quiz_news
from quizapp.web.answering import reading_language
from quizapp.web.asked import asked_id, page_number
from quizapp.web.downloads import csv_file, xlsx_file, zone
from quizapp.web.guard import access, actor, now

bp = Blueprint("reports", __name__)


@bp.get("/quizzes/<uuid:quiz_id>/report")
@access("quiz.report")
def show(quiz_id: UUID) -> str:
    """How scores lie, and how hard each item was."""
    report = _report(quiz_id, page=page_number())
    return _page(
        "reports/quiz.html",
        report.quiz,
        report=report,
        news=quiz_news.news(report),
        charts=charts,
    )


@bp.get("/quizzes/<uuid:quiz_id>/report/items.csv")
@access("quiz.report")
def items_csv(quiz_id: UUID) -> Response:
    """Every item as a table."""
    report = _report(quiz_id, limit=None)
    return csv_file(_said(items_table(report)), f"items-{_file_name(report.quiz)}")


@bp.get("/quizzes/<uuid:quiz_id>/report/gradebook")
@access("quiz.report")
def grades(quiz_id: UUID) -> str:
    """Who was given the quiz or took it, and what they reached."""
    after = asked_id("after")
    page = gradebook.read(actor(), quiz_id, cohort_id=asked_id("cohort"), after=after)
    return _page(
        "reports/gradebook.html",
        page.quiz,
        page=page,
        news=quiz_news.news_of_gradebook(page),
        first=after is None,
    )


@bp.get("/quizzes/<uuid:quiz_id>/report/gradebook.csv")
@access("quiz.report")
def grades_csv(quiz_id: UUID) -> Response:
    """The whole gradebook as CSV."""
    page = _all_grades(quiz_id)
    return csv_file(_said(gradebook_table(page, zone())), f"gradebook-{_file_name(page.quiz)}")


@bp.get("/quizzes/<uuid:quiz_id>/report/gradebook.xlsx")
@access("quiz.report")
def grades_xlsx(quiz_id: UUID) -> Response:
    """The whole gradebook as a workbook."""
    page = _all_grades(quiz_id)
    return xlsx_file(_said(gradebook_table(page, zone())), f"gradebook-{_file_name(page.quiz)}")


def _report(quiz_id: UUID, *, page: int = 1, limit: int | None = quiz_report.PAGE) -> QuizReport:
    return quiz_report.read(
        actor(),
        quiz_id,
        reading_language(),
        now=now(),
        cohort_id=asked_id("cohort"),
        page=page,
        limit=limit,
    )


def _all_grades(quiz_id: UUID) -> GradebookPage:
    return gradebook.read(actor(), quiz_id, cohort_id=asked_id("cohort"), limit=None)


def _said(table: Table) -> Table:
    return Table(tuple(gettext(name) for name in table.head), table.rows)


def _file_name(quiz: QuizScope) -> str:
    return f"{quiz.id}-{quiz.cohort.code}" if quiz.cohort else str(quiz.id)


def _page(template: str, quiz: QuizScope, **context: Any) -> str:
    """A page about a quiz; `asked` keeps the cohort chosen in every link."""
    asked = {"cohort": quiz.cohort.id} if quiz.cohort else {}
    return render_template(template, quiz=quiz, asked=asked, **context)
