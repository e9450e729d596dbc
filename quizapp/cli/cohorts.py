"""`quizapp cohort`: making cohorts."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from quizapp.cli.said import fail, said
from quizapp.domain.errors import DomainError
from quizapp.services.people import accounts, cohorts


@click.group("cohort")
def cohort() -> None:
    """Cohorts: groups that are taught together."""


@cohort.command("add")
@click.argument("code")
@click.option("--title", required=True)
@click.option("--title-km", default="", help="The title in Khmer.")
@click.option("--instructor", metavar="EMAIL", help="Who teaches it.")
@with_appcontext
def add(code: str, title: str, title_km: str, instructor: str | None) -> None:
    """Make a cohort. CODE is its short name, not the code that lets people join."""
    try:
        teacher = accounts.find_instructor(instructor) if instructor else None
        cohorts.make_cohort(
            None,
            code=code,
            title=title,
            title_km=title_km,
            now=datetime.now(UTC),
            instructor=teacher,
        )
    except DomainError as error:
        fail(f"cohort add {code}: {said(error)}")
    click.echo(f"{code}: {title}{f', taught by {instructor}' if instructor else ''}")
