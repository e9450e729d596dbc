"""`quizapp user`: opening accounts, one by one or from a table."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from quizapp.cli.said import fail, said
from quizapp.domain.access import ROLES
from quizapp.domain.errors import DomainError
from quizapp.services.people import accounts, roster
from quizapp.services.people.accounts import PersonForm


@click.group("user")
def user() -> None:
    """People: open accounts."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", help="The name in Latin letters; else what stands before the @.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@click.option("--cohort", metavar="CODE", help="The short name of a cohort to put them into.")
@with_appcontext
def add(email: str, role: str, name: str | None, password_stdin: bool, cohort: str | None) -> None:
    """Open an account. Without a password, an administrator's link lets the person in."""
    now = datetime.now(UTC)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    form = PersonForm(email=email, name=name or email.split("@", maxsplit=1)[0], role=role)
    desk = current_app.extensions["quizapp.desk"]
    try:
        # all is checked first: an account with half of what was asked for would be in the way
        if password is not None:
            accounts.check_new_password(form, password)
        if cohort is not None:
            accounts.check_cohort(cohort)
        person_id = accounts.create_person(None, form, now=now)
        if password is not None:
            accounts.set_password_from_outside(desk, person_id, password, now=now)
        if cohort is not None:
            part = "trainee" if role == "trainee" else "instructor"
            accounts.put_into_cohort(person_id, cohort, part=part, now=now)
    except DomainError as error:
        fail(f"user add {email}: {said(error)}")
    click.echo(f"{email}: {role}{f' in {cohort}' if cohort else ''}")


@user.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def import_file(file: Path) -> None:
    """Open accounts from a CSV or XLSX table; a line that cannot be taken is left out and named.

    Exit status 1 where a line was left out.
    """
    now = datetime.now(UTC)
    try:
        data = file.read_bytes()
    except OSError as error:
        fail(f"user import {file}: {error.strerror}")
    try:
        report = roster.check_file(None, file.name, data, now=now)
        done = roster.import_table(None, roster.read_table(data, file.name), now=now)
    except DomainError as error:
        fail(f"user import {file}: {said(error)}")
    for remark in report.remarks:
        words = f"{remark.message % dict(remark.params)} {remark.remedy}"
        click.echo(f"{file}:{remark.line}: {remark.field}: {words}", err=True)
    click.echo(
        f"{len(done.new)} new, {done.changed} changed, {done.unchanged} unchanged, "
        f"{report.refused} left out"
    )
    if report.refused:
        sys.exit(1)
