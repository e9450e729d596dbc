"""The `quizapp` command: its subcommands, loaded when asked for, and one line for each error."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click
from flask.cli import ScriptInfo
from pydantic import ValidationError

import quizapp
from quizapp.cli.said import fail, said
from quizapp.domain.errors import DomainError

if TYPE_CHECKING:
    from flask import Flask

COMMANDS = {
    "serve": "serve:serve",
    "work": "work:work",
    "demo": "demo:demo",
    "db": "db:db",
    "settings": "settings:settings",
    "user": "users:user",
    "cohort": "cohorts:cohort",
    "outage": "outages:outage",
    "receipts": "receipts:receipts",
    "bank": "banks:bank",
    "report": "reports:report",
    "backup": "backup:backup",
    "restore": "backup:restore",
}
"""Module of quizapp.cli and command in it, by name."""


class Commands(click.Group):
    """A group that imports a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a product's life, not the alphabet's."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import it; None where there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"quizapp.cli.{module}"), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(quizapp.__version__)
def group() -> None:
    """Quizzes and exams for the training of diplomats.

    Settings come from QUIZAPP_* variables: see `quizapp settings`.
    """


def main() -> None:
    """Run the command; an error is one line on stderr, exit status 2 for usage, 1 for the rest."""
    try:
        status = group.main(
            prog_name="quizapp", standalone_mode=False, obj=ScriptInfo(create_app=_create_app)
        )
    except click.UsageError as error:
        # 'quizapp bank lint', as it was typed
        path = error.ctx.command_path if error.ctx else "quizapp"
        click.echo(f"{path}: {' '.join(error.format_message().split())}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except ValidationError as error:
        fail(settings_problem(error))
    except DomainError as error:
        fail(said(error))
    except BrokenPipeError:
        # the reader of our output has gone; that is its own affair
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        problem = database_problem(error)
        if problem is None:
            raise
        fail(problem)
    sys.exit(status if isinstance(status, int) else 0)


def _create_app() -> "Flask":
    from quizapp.app import create_app

    return create_app(pages=False)  # a command answers no requests


def settings_problem(error: ValidationError) -> str:
    """What is wrong with which variables; not what was in them, which may be a secret."""
    from quizapp.config import PREFIX

    found = []
    for one in error.errors(include_input=False, include_url=False):
        name = PREFIX + "_".join(str(part) for part in one["loc"]).upper() if one["loc"] else ""
        found.append(f"{name}: {one['msg']}" if name else one["msg"])
    return f"settings: {'; '.join(found)}"


def database_problem(error: Exception) -> str | None:
    """What is wrong with the database, where that is what is wrong."""
    from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

    if isinstance(error, ArgumentError):
        return "settings: QUIZAPP_DATABASE_URL: not the address of a database"
    if not isinstance(error, OperationalError | ProgrammingError):
        return None
    words = str(error.orig).strip() or type(error.orig).__name__
    if "no such table" in words or "does not exist" in words:
        return f"database: {words.splitlines()[0]}; if it is new or old, run `quizapp db upgrade`"
    return f"database: {words}"
