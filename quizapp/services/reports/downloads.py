"""The gradebook and the items of a quiz as tables; the heads are catalogue ids."""

from datetime import datetime
from zoneinfo import ZoneInfo

from quizapp.domain.words import N_
from quizapp.services.reports.gradebook import Entry, GradebookPage, Result
from quizapp.services.reports.quizzes import ItemReport, QuizReport
from quizapp.services.reports.tables import Cell, Table

GRADEBOOK = (
    N_("Name"),
    N_("Name in Khmer"),
    N_("Staff number"),
    N_("Email address"),
    N_("Attempts"),
    N_("Best score"),
    N_("Last score"),
    N_("Out of"),
    N_("Score that counts"),
    N_("Passed"),
    N_("Submitted"),
)
ITEMS = (
    N_("Bank"),
    N_("Question"),
    N_("Version"),
    N_("Type"),
    N_("Dealt"),
    N_("Answered"),
    N_("Facility"),
    N_("Interval from"),
    N_("Interval to"),
    N_("Responses"),
)


def gradebook_table(page: GradebookPage, zone: ZoneInfo) -> Table:
    """One row a person; `Submitted` is when the last attempt was, in `zone`."""
    return Table(GRADEBOOK, (_entry(entry, zone) for entry in page.entries))


def _entry(entry: Entry, zone: ZoneInfo) -> tuple[Cell, ...]:
    best, last = entry.best, entry.last
    return (
        entry.name,
        entry.name_km,
        entry.staff_number,
        entry.email,
        entry.attempts,
        _score(best),
        _score(last),
        last.max_score if last else None,
        _score(entry.counted),
        _passed(entry.counted),
        _moment(last.submitted_at, zone) if last else None,
    )


def _score(reached: Result | None) -> Cell:
    return reached.score if reached else None


def _passed(reached: Result | None) -> Cell:
    return None if reached is None or reached.passed is None else int(reached.passed)


def _moment(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone)


def items_table(report: QuizReport) -> Table:
    """One row a question version; no figures where there are too few answers."""
    return Table(ITEMS, (_item(item) for item in report.items))


def _item(item: ItemReport) -> tuple[Cell, ...]:
    measured = item.facility
    return (
        item.bank,
        item.question,
        item.version,
        item.type,
        measured.n,
        measured.answered,
        *(
            None if figure is None else f"{figure:.4f}"
            for figure in (measured.mean, measured.low, measured.high)
        ),
        "; ".join(f"{row.id}: {row.count}" for row in item.tally.rows),
    )
