"""`quizapp backup` and `quizapp restore`: everything in the database, in one file."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from quizapp import __version__
from quizapp.cli.said import fail
from quizapp.config import KEY_FILE, Settings

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command("backup")
@FILE
@click.option(
    "--with-secret-key",
    is_flag=True,
    help="Put the secret key into the file too: then guard it as you guard the key.",
)
@with_appcontext
def backup(file: Path, with_secret_key: bool) -> None:
    """Write everything in the database to FILE, while the server may go on.

    The secret key is not in it unless asked for: keep a copy of it apart.
    """
    from quizapp.services.operations import backup as backups

    settings = _settings()
    try:
        done = backups.back_up(
            file,
            secret_key=settings.secret_key.get_secret_value(),
            with_secret_key=with_secret_key,
            version=__version__,
            now=datetime.now(UTC),
            told=_told,
        )
    except backups.NotMigrated:
        fail("backup: the database is not at this version's schema: run `quizapp db upgrade`")
    except OSError as error:
        fail(f"backup {file}: {error.strerror}")
    click.echo(f"{file}: {done.rows} rows of {done.tables} tables, schema {done.revision}")
    if not with_secret_key:
        click.echo(
            "The secret key is not in it. Without the key a restored instance works, but everybody "
            "signs in again, and new receipts are signed by a new key.",
            err=True,
        )


@click.command("restore")
@FILE
@click.option("--replace", is_flag=True, help="Delete what is in the database now.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Bring a backup back, all of it or nothing. Stop the server first."""
    from quizapp.services.operations import backup as backups

    settings = _settings()
    try:
        done = backups.restore(
            file,
            secret_key=settings.secret_key.get_secret_value(),
            replace=replace,
            told=_told,
        )
    except backups.BackupUnusable as error:
        fail(f"restore {file}: {error}")
    except backups.DatabaseInUse as error:
        fail(f"restore {file}: the database has rows ({error}); --replace deletes them")
    except OSError as error:
        fail(f"restore {file}: {error.strerror}")
    click.echo(f"{file}: {done.rows} rows, as they were at {done.made_at:%Y-%m-%d %H:%M} UTC")
    if not done.same_key:
        click.echo(_about_key(settings, done.secret_key), err=True)


def _about_key(settings: Settings, key: str | None) -> str:
    """Put the backup's key in its place where that can be done; say what is so."""
    if key is None:
        return (
            "NOTE: the backup was made under another secret key, which is not in it. Receipts that "
            "were given out stay valid; new ones are signed by a new key, and everybody signs in "
            "again. If you have the old key, set QUIZAPP_SECRET_KEY to it before the next start."
        )
    path = settings.instance_folder / KEY_FILE
    if not path.exists() or path.read_text() != settings.secret_key.get_secret_value() + "\n":
        return (
            "NOTE: QUIZAPP_SECRET_KEY is not the key that the backup was made under. That one is "
            "in the file `secret_key` of the backup, which is a zip: set the variable to it."
        )
    path.replace(path.with_name("secret_key.before-restore"))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(key + "\n")
    return f"The backup's secret key is in {path} now; the one before is beside it."


def _told(table: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"  {table}", err=True)


def _settings() -> Settings:
    found: Settings = current_app.extensions["quizapp.settings"]
    return found
