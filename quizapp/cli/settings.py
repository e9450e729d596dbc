"""`quizapp settings`: what can be set, and what is."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click
from pydantic import SecretStr

from quizapp.config import PREFIX, Settings

HIDDEN = "********"


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def settings(as_json: bool) -> None:
    """List the settings, their values and defaults; secrets are not shown."""
    found = list(described(Settings()))
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in {one["name"] for one in found}
    )
    if as_json:
        click.echo(json.dumps({"settings": found, "unknown": unknown}, indent=2))
        return
    for one in found:
        click.echo(f"{one['name']}={'' if one['value'] is None else one['value']}")
        click.echo(f"    {one['description']}{'' if one['set'] else ' (default)'}")
    for name in unknown:
        click.echo(f"quizapp settings: there is no setting {name}", err=True)


def described(now: Settings) -> Iterator[dict[str, Any]]:
    """Each setting with its value; of a secret only whether there is one."""
    for name, field in Settings.model_fields.items():
        yield {
            "name": f"{PREFIX}{name.upper()}",
            "value": _shown(getattr(now, name)),
            "default": _shown(field.default),
            "set": name in now.model_fields_set,
            "description": field.description or "",
        }


def _shown(value: object) -> object:
    if isinstance(value, SecretStr):
        return HIDDEN if value.get_secret_value() else ""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str) and "@" in value and "://" in value:
        return _without_password(value)
    return value


def _without_password(address: str) -> str:
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return HIDDEN
    if password is None:
        return address
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}:{HIDDEN}@{host}"))
