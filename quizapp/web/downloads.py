"""Reports as files to download: names, types and the zone of their times."""

from zoneinfo import ZoneInfo

from flask import Response, current_app

from quizapp.services.reports.tables import CSV_TYPE, XLSX_TYPE, Table, as_csv, as_xlsx


def csv_file(table: Table, name: str) -> Response:
    """A table as CSV; `name` is without its ending."""
    return _file(as_csv(table), f"{name}.csv", CSV_TYPE)


def xlsx_file(table: Table, name: str) -> Response:
    """A table as a workbook; `name` is without its ending."""
    return _file(as_xlsx(table, "report"), f"{name}.xlsx", XLSX_TYPE)


def zone() -> ZoneInfo:
    """The zone in which pages and files show times."""
    return ZoneInfo(current_app.extensions["quizapp.settings"].time_zone)


def _file(data: bytes, name: str, media_type: str) -> Response:
    answer = Response(data, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
