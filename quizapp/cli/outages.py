"""`quizapp outage`: deciding about exams whose time ended while the server was away."""

from datetime import UTC, datetime
from uuid import UUID

import click
from flask.cli import with_appcontext

from quizapp.cli.said import fail, said
from quizapp.domain.errors import DomainError
from quizapp.services.attempts import outages


@click.group("outage")
def outage() -> None:
    """Times when the server was away; exams that ended in one wait for a decision."""


@outage.command("list")
@with_appcontext
def listed() -> None:
    """List the outages that wait for a decision."""
    found = outages.list_unsettled(None)
    for one in found:
        began, ended = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (one.began_at, one.ended_at))
        click.echo(f"{one.id}: {began} to {ended} UTC, {one.attempts} open exams")
    if not found:
        click.echo("No outage waits for a decision.")


@outage.command("give-back")
@click.argument("outage_id", metavar="OUTAGE", type=click.UUID)
@with_appcontext
def give_back(outage_id: UUID) -> None:
    """Give the minutes back: open exams go on with the time that they had left."""
    try:
        count = outages.give_back(None, outage_id, now=datetime.now(UTC))
    except DomainError as error:
        fail(f"outage give-back {outage_id}: {said(error)}")
    click.echo(f"Minutes given back to {count} open exams.")


@outage.command("close")
@click.argument("outage_id", metavar="OUTAGE", type=click.UUID)
@with_appcontext
def close(outage_id: UUID) -> None:
    """Let the exams close whose time ended in it: what was saved is marked."""
    try:
        outages.close(None, outage_id, now=datetime.now(UTC))
    except DomainError as error:
        fail(f"outage close {outage_id}: {said(error)}")
    click.echo("They close within seconds.")
