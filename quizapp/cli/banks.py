"""`quizapp bank`: lint, import, export, coverage, and the schema of bank files."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from quizapp.cli.said import fail, said
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.schema import bank_schema
from quizapp.domain.errors import DomainError
from quizapp.formats import FORMATS
from quizapp.resources import questions_folder
from quizapp.services.banks import coverage, sources
from quizapp.services.banks import exporting as bank_export
from quizapp.services.banks import importing as bank_import
from quizapp.services.banks.files import CheckedFile, bank_files, lint_file, source_beside
from quizapp.services.banks.importing import ImportReport, place_of
from quizapp.services.banks.reading import read_file

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("bank")
def bank() -> None:
    """Question banks: check, import, export, and see what they cover."""


@bank.command("lint")
@PATHS
@AS_JSON
def lint(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check bank files; needs no database. Exit status 1 where something cannot be used."""
    checked = [_lint(path) for path in _files(paths)]
    errors = sum(file.errors for file in checked)
    if as_json:
        _print_json(
            {
                "files": len(checked),
                "questions": sum(file.questions for file in checked),
                "errors": errors,
                "findings": [
                    finding_data(finding, file=str(file.path))
                    for file in checked
                    for finding in file.findings
                ],
            }
        )
    else:
        for file in checked:
            for finding in file.findings:
                click.echo(_line(finding, str(file.path)))
        total = sum(len(file.findings) for file in checked)
        click.echo(
            f"{len(checked)} banks, {sum(f.questions for f in checked)} questions, "
            f"{total} findings, {errors} of them errors"
        )
    if errors:
        sys.exit(1)


@bank.command("import")
@PATHS
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), help="Of all files.")
@click.option("--bank", "slug", help="The bank, for formats that carry no name.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and store nothing.")
@click.option("--retire-missing", is_flag=True, help="Retire what the file no longer has.")
@AS_JSON
@with_appcontext
def import_files(
    *,
    paths: tuple[Path, ...],
    format_name: str | None,
    slug: str | None,
    dry_run: bool,
    retire_missing: bool,
    as_json: bool,
) -> None:
    """Bring bank files into the database. Running it again changes nothing."""
    now = datetime.now(UTC)
    reports = []
    files = _files(paths)
    for number, path in enumerate(files, start=1):
        if sys.stderr.isatty():
            click.echo(f"{number} of {len(files)}: {path}", err=True)
        try:
            result, _ = read_file(_bytes(path), path.name, format_name)
            if not dry_run:
                _bring_source(path, result.bank.source if result.bank else None, now)
            reports.append(
                bank_import.import_bank(
                    None,
                    result,
                    now=now,
                    bank=slug,
                    dry_run=dry_run,
                    retire_missing=retire_missing,
                )
            )
        except DomainError as error:
            fail(f"bank {path}: {said(error)}")
    if as_json:
        _print_json(_report_data(reports))
        return
    for report in reports:
        for finding in report.findings:
            click.echo(_line(finding, report.bank))
        would = "would be " if dry_run else ""
        click.echo(
            f"{report.bank}: {would}{report.created} created, {report.updated} updated, "
            f"{report.unchanged} unchanged, {report.retired} retired, {report.held} held as "
            f"drafts, {report.rejected} rejected"
        )


@bank.command("export")
@click.argument("slug", metavar="BANK")
@click.option("--format", "format_name", required=True, type=click.Choice(list(FORMATS)))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; else stdout.")
@with_appcontext
def export(slug: str, format_name: str, output: Path | None) -> None:
    """Write a bank in one of the formats. What the format cannot hold is said on stderr."""
    try:
        written = bank_export.export(None, slug, format_name)
    except DomainError as error:
        fail(f"bank {slug}: {said(error)}")
    for finding in written.findings:
        click.echo(_line(finding, slug), err=True)
    if output is None:
        sys.stdout.buffer.write(written.data)
        return
    try:
        output.write_bytes(written.data)
    except OSError as error:
        fail(f"bank {output}: {error.strerror}")


@bank.command("coverage")
@click.argument("slugs", metavar="[BANK]...", nargs=-1)
@AS_JSON
@with_appcontext
def show_coverage(slugs: tuple[str, ...], as_json: bool) -> None:
    """Say how many questions rest on each provision, by level; all banks where none is named."""
    try:
        found = coverage.of_banks(slugs or None)
    except DomainError as error:
        fail(f"bank {', '.join(slugs)}: {said(error)}")
    if as_json:
        _print_json(coverage.data(found))
        return
    for line in coverage.table(found):
        click.echo(line)


@bank.command("schema")
def schema() -> None:
    """Print the JSON Schema of bank files."""
    _print_json(bank_schema())


def finding_data(finding: Finding, **more: object) -> dict[str, Any]:
    """A finding as the API gives it."""
    return {
        "severity": finding.severity,
        "where": place_of(finding),
        "message": in_english(finding.message, finding),
        "remedy": in_english(finding.remedy, finding),
        "rule": finding.rule,
        "question": finding.question,
        "line": finding.line,
        **more,
    }


def in_english(message: str, finding: Finding) -> str:
    """A finding's words."""
    return message % finding.params if finding.params else message


def _report_data(reports: Sequence[ImportReport]) -> dict[str, Any]:
    counted = ("created", "updated", "unchanged", "retired", "held", "rejected")
    return {
        **{name: sum(getattr(report, name) for report in reports) for name in counted},
        "dry_run": any(report.dry_run for report in reports),
        "findings": [
            finding_data(finding, bank=report.bank)
            for report in reports
            for finding in report.findings
        ],
        "banks": [
            {"bank": report.bank, **{name: getattr(report, name) for name in counted}}
            for report in reports
        ],
    }


def _lint(path: Path) -> CheckedFile:
    try:
        return lint_file(path, shipped=questions_folder(), today=datetime.now(UTC).date())
    except OSError as error:
        fail(f"bank {path}: {error.strerror}")


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            fail(f"bank {path}: there is no such file or folder")
        inside = list(bank_files(path))
        if not inside:
            fail(f"bank {path}: there is no bank (*.yaml with a line 'bank:') in this folder")
        found += inside
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fail(f"bank {path}: {error.strerror}")


def _bring_source(path: Path, slug: str | None, now: datetime) -> None:
    """Import the source document that stands beside the bank, unless there is one already."""
    if not slug or "/" in slug or slug in sources.policy_map().documents:
        return
    document, _ = source_beside(path, slug, questions_folder())
    if document is not None:
        sources.import_source(document, now=now)


def _line(finding: Finding, place: str) -> str:
    line = f":{finding.line}" if finding.line else ""
    where = ": ".join(part for part in (finding.question, finding.where) if part)
    message, remedy = in_english(finding.message, finding), in_english(finding.remedy, finding)
    return f"{place}{line}: {finding.severity}: {where}: {message} {remedy} [{finding.rule}]"


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
