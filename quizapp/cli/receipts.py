"""`quizapp receipts`: the keys that sign receipts."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from quizapp.services.attempts import receipts as keys


@click.group("receipts")
def receipts() -> None:
    """The keys that sign the receipts of saved answers."""


@receipts.command("keys")
@with_appcontext
def listed() -> None:
    """List the keys, the oldest first; all of them stay published."""
    found = keys.public_keys()
    for one in found:
        ends = f"retired {one.retired_at:%Y-%m-%d %H:%M} UTC" if one.retired_at else "signs"
        click.echo(f"{one.id}: made {one.created_at:%Y-%m-%d %H:%M} UTC, {ends}")
    if not found:
        click.echo("There is no key yet: the first save makes one.")


@receipts.command("rotate")
@with_appcontext
def rotate() -> None:
    """Sign with a new key from now on; what was signed stays valid.

    Servers that run notice within ten minutes, or at their next start.
    """
    click.echo(f"New receipts are signed by {keys.rotate(datetime.now(UTC))}.")
