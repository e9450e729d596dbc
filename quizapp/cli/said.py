"""Refusals of commands: one line on stderr, exit status 1."""

import sys
from typing import NoReturn

import click

from quizapp.domain.errors import DomainError, Invalid


def said(error: DomainError) -> str:
    """A refusal in one line, in English."""
    if isinstance(error, Invalid) and error.problems:
        return "; ".join(
            f"{one.field}: {one.message % dict(one.params) if one.params else one.message}"
            for one in error.problems
        )
    text = error.detail or error.title
    return text % error.params if error.params else text


def fail(message: str) -> NoReturn:
    """Say what is wrong and where, and end with status 1."""
    line = " ".join(message.split()).encode("utf-8", "backslashreplace").decode()
    click.echo(f"quizapp {line}", err=True)
    sys.exit(1)
