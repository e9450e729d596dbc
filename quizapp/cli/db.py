"""`quizapp db`: the schema of the database."""

import sys

import click
from flask.cli import with_appcontext

from quizapp.cli.said import fail


@click.group("db")
def db() -> None:
    """The database's schema: upgrade, downgrade, check."""


@db.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the database to what this version needs. Running it again changes nothing."""
    from quizapp.services.operations import schema

    if schema.state().newer:
        fail(f"db upgrade: {TOO_NEW}")
    moved = schema.upgrade()
    if moved.before == moved.after:
        click.echo(f"The database is up to date at {moved.after}.", err=True)
    else:
        click.echo(
            f"The database went from {moved.before or 'nothing'} to {moved.after}.", err=True
        )


@db.command("downgrade")
@click.argument("revision", default="-1")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def downgrade(revision: str, yes: bool) -> None:
    """Go back to REVISION, by default one step; `base` empties the database.

    What only the newer tables hold is lost.
    """
    from quizapp.services.operations import schema

    current = schema.state().current
    if current is None:
        fail("db downgrade: the database is empty")
    if not yes and sys.stdin.isatty():
        click.confirm(f"Go back from {current}, and lose what is only in it?", abort=True)
    try:
        moved = schema.downgrade(revision)
    except ValueError as error:
        fail(f"db downgrade {revision}: {error}")
    click.echo(f"The database went from {moved.before} to {moved.after or 'nothing'}.", err=True)


@db.command("check")
@with_appcontext
def check() -> None:
    """Say whether the database is what this version needs; exit status 1 where it is not."""
    from quizapp.services.operations import schema

    state = schema.state()
    if state.newer:
        fail(f"db check: {TOO_NEW}")
    if not state.up_to_date:
        fail(
            f"db check: the database is at {state.current or 'nothing'}, "
            f"this version needs {state.head}: run `quizapp db upgrade`"
        )
    click.echo(f"The database is up to date at {state.head}.")


@db.command("migration", hidden=True)
@click.argument("message")
@with_appcontext
def migration(message: str) -> None:
    """Write the migration from the database, which is up to date, to changed models.

    For developers, in a checkout; read what it wrote before it is committed.
    """
    from quizapp.services.operations import schema

    click.echo(f"Wrote migration {schema.write_migration(message)}.", err=True)


TOO_NEW = "a later version of quizapp has migrated the database: install that one"
