"""`quizapp db`, `quizapp backup` and `quizapp restore`."""

import json
import zipfile

import every_table
import pytest
from cast import SECRET

from quizapp.cli import backup as backups
from quizapp.cli.db import db as group
from quizapp.config import KEY_FILE
from quizapp.services.operations import schema
from quizapp.storage.database import Base, core_transaction


@pytest.fixture
def run(app):
    def call(command, *arguments):
        return app.test_cli_runner().invoke(command, [str(one) for one in arguments])

    return call


@pytest.fixture
def filled(app):
    with core_transaction(write=True) as connection:
        every_table.fill(connection, Base.metadata)


def test_check_upgrade_and_downgrade(run):
    head = schema.state().head
    assert run(group, "check").stdout == f"The database is up to date at {head}.\n"
    assert run(group, "downgrade", "base", "--yes").exit_code == 0
    done = run(group, "check")
    assert done.exit_code == 1
    assert "at nothing" in done.stderr
    assert "quizapp db upgrade" in done.stderr
    assert run(group, "downgrade", "--yes").exit_code == 1
    assert "from nothing to" in run(group, "upgrade").stderr
    assert "up to date" in run(group, "upgrade").stderr
    assert run(group, "check").exit_code == 0


def test_downgrade_to_what_is_not_there(run):
    done = run(group, "downgrade", "7777", "--yes")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert schema.state().up_to_date


@pytest.mark.usefixtures("filled")
def test_backup_and_restore(run, tmp_path):
    path = tmp_path / "b.zip"
    done = run(backups.backup, path)
    assert (done.exit_code, done.stdout.split(":")[0]) == (0, str(path))
    assert "secret key is not in it" in done.stderr
    refused = run(backups.restore, path)
    assert refused.exit_code == 1
    assert "--replace" in refused.stderr
    again = run(backups.restore, path, "--replace")
    assert (again.exit_code, again.stderr) == (0, "")
    assert "as they were at" in again.stdout


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("path", ["none/b.zip", "."])
def test_a_place_that_cannot_be_written_or_read_is_said(run, tmp_path, path):
    for command in (backups.backup, backups.restore):
        done = run(command, tmp_path / path)
        assert done.exit_code in (1, 2)
        assert "Traceback" not in done.stderr


def under_another_key(path):
    """The same backup, as if another instance had made it."""
    other = path.with_name("other.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for member in source.namelist():
            data = source.read(member)
            if member == "manifest.json":
                data = json.dumps(json.loads(data) | {"secret": "0" * 16}).encode()
            if member == KEY_FILE:
                data = b"the key of the other instance, long enough"
            target.writestr(member, data)
    return other


@pytest.mark.usefixtures("filled")
def test_without_the_key_it_says_what_that_means(run, tmp_path):
    run(backups.backup, tmp_path / "b.zip")
    done = run(backups.restore, under_another_key(tmp_path / "b.zip"), "--replace")
    assert done.exit_code == 0
    assert "another secret key" in done.stderr


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("kept", [True, False])
def test_the_key_takes_its_place_where_that_is_a_file(run, app, kept):
    folder = app.extensions["quizapp.settings"].instance_folder
    if kept:
        (folder / KEY_FILE).write_text(SECRET + "\n")
    path = folder / "b.zip"
    run(backups.backup, path, "--with-secret-key")
    done = run(backups.restore, under_another_key(path), "--replace")
    assert done.exit_code == 0
    if kept:
        assert (folder / KEY_FILE).read_text() == "the key of the other instance, long enough\n"
        assert (folder / f"{KEY_FILE}.before-restore").read_text() == SECRET + "\n"
    else:
        assert "QUIZAPP_SECRET_KEY is not the key" in done.stderr
        assert not (folder / KEY_FILE).exists()
