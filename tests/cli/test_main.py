"""The `quizapp` command itself: its parts, and how it says what is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from quizapp import __version__
from quizapp.cli.main import COMMANDS, Commands, group, main
from quizapp.cli.settings import described
from quizapp.config import Settings

QUIZAPP = Path(sys.executable).with_name("quizapp")


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    """An empty current folder, and no settings in the environment."""
    for name in [name for name in os.environ if name.startswith("QUIZAPP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(empty_folder, monkeypatch, capsys):
    """Runs the command in this process; gives its status, output and errors."""

    def call(*arguments, **settings):
        with monkeypatch.context() as patch:
            patch.setattr("sys.argv", ["quizapp", *map(str, arguments)])
            for name, value in settings.items():
                patch.setenv(f"QUIZAPP_{name.upper()}", str(value))
            with pytest.raises(SystemExit) as ended:
                main()
        return subprocess.CompletedProcess([], ended.value.code or 0, *capsys.readouterr())

    return call


@pytest.fixture
def installed(empty_folder):
    """Runs the command as it is installed."""

    def call(*arguments):
        return subprocess.run(
            [QUIZAPP, *arguments],
            cwd=empty_folder, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return call


def all_commands(command=group, path="quizapp"):
    """Every command that there is, with its words."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if not found.hidden:
                yield from all_commands(found, f"{path} {name}")
    else:
        yield path, command


def test_every_command_says_what_it_does():
    found = dict(all_commands())
    assert isinstance(group, Commands)
    assert {path.split()[1] for path in found} == set(COMMANDS)
    for path, command in found.items():
        assert command.get_short_help_str(), path
        for option in command.params:
            if isinstance(option, click.Option) and option.name not in ("help", "role", "title"):
                assert option.help or option.name in ("host", "port", "format_name"), (path, option)


def test_help_and_version_need_nothing(installed, run, tmp_path):
    done = installed("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    assert run("--version").stdout.strip().endswith(__version__)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nonsense"], "quizapp: No such command 'nonsense'."),
        (["bank", "lint"], "quizapp bank lint: Missing argument 'PATHS...'."),
        (["serve", "--port", "x"], "quizapp serve: Invalid value for '--port'"),
        (["db", "upgrade", "--x"], "quizapp db upgrade: No such option '--x'."),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(run, arguments, line):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(line)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"trusted_proxies": "many"}, "quizapp settings: QUIZAPP_TRUSTED_PROXIES: "),
        ({"base_url": "ftp://x"}, "quizapp settings: QUIZAPP_BASE_URL: "),
        ({"time_zone": "Mars/Olympus"}, "quizapp settings: QUIZAPP_TIME_ZONE: "),
        ({"secret_key": "tooshort"}, "quizapp settings: "),
        ({"database_url": "nonsense"}, "quizapp settings: QUIZAPP_DATABASE_URL: "),
        ({"database_url": "oracle://x/y"}, "quizapp settings: QUIZAPP_DATABASE_URL: "),
        ({"database_url": "sqlite:////no/such/folder/x.db"}, "quizapp database: "),
        ({"database_url": "postgresql://x@127.0.0.1:1/x"}, "quizapp database: "),
    ],
)
def test_a_wrong_setting_is_one_line_and_status_1(run, settings, line):
    done = run("db", "check", **settings)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(line)
    assert "tooshort" not in done.stderr


def test_settings_are_listed_and_secrets_hidden(run, tmp_path):
    address = "postgresql://quiz:s3cret@db.example.org/quiz"
    key = "a key of more than thirty-two characters"
    done = run("settings", "--json", database_url=address, secret_key=key, bogus=1)
    data = json.loads(done.stdout)
    found = {one["name"]: one for one in data["settings"]}
    assert list(found) == [f"QUIZAPP_{name.upper()}" for name in Settings.model_fields]
    assert (
        found["QUIZAPP_DATABASE_URL"]["value"] == "postgresql://quiz:********@db.example.org/quiz"
    )
    assert found["QUIZAPP_DATABASE_URL"]["set"] is True
    assert found["QUIZAPP_THREADS"] | {"description": ""} == {
        "name": "QUIZAPP_THREADS", "value": 8, "default": 8, "set": False, "description": "",
    }  # fmt: skip
    assert data["unknown"] == ["QUIZAPP_BOGUS"]
    plain = run("settings", secret_key=key, bogus=1)
    assert "QUIZAPP_SECRET_KEY=********" in plain.stdout
    assert "QUIZAPP_BOGUS" in plain.stderr
    for text in (done.stdout, plain.stdout):
        assert key not in text
        assert "s3cret" not in text
    assert list(tmp_path.iterdir()) == []


def test_every_setting_says_what_it_is():
    for one in described(Settings()):
        assert len(one["description"]) > 20, one["name"]
        assert one["description"].endswith("."), one["name"]


def test_lint_schema_and_settings_make_no_database(run, tmp_path):
    bank = tmp_path / "b.yaml"
    bank.write_text("format: 1\nbank: b\n", encoding="utf-8")
    run("bank", "lint", bank)
    assert json.loads(run("bank", "schema").stdout)["type"] == "object"
    assert [path.name for path in tmp_path.iterdir()] == ["b.yaml"]


def test_a_database_without_tables_says_what_to_do(installed):
    done = installed("user", "add", "a@example.org", "--role", "trainee")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "quizapp db upgrade" in done.stderr
