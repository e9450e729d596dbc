"""Backup and restore: every row of every table, between both kinds of database, all or nothing."""

import hashlib
import json
import shutil
import stat
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product

import databases
import every_table
import pytest
from cast import SECRET, settings_for
from sqlalchemy import delete

from quizapp.app import create_app
from quizapp.resources import migrations_folder
from quizapp.services.operations import backup, schema
from quizapp.services.operations.backup import BackupUnusable, DatabaseInUse, NotMigrated
from quizapp.storage import dump
from quizapp.storage import schema as stored_schema
from quizapp.storage.database import Base, core_transaction, db, table
from quizapp.storage.people import Person

NOW = datetime(2026, 11, 25, 3, 4, tzinfo=UTC)
HEAD = f'"{stored_schema.head()}"'.encode()
LATER = '''"""A table and a column more."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    op.add_column("people", sa.Column("nickname", sa.String(20), server_default="none"))


def downgrade():
    with op.batch_alter_table("people") as table:
        table.drop_column("nickname")
'''


@contextmanager
def opened(url, folder):
    app = create_app(settings_for(url, folder))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def everything():
    with dump.snapshot() as connection:
        return {
            shape.name: sorted(map(repr, dump.read(connection, shape))) for shape in dump.shapes()
        }


def fill():
    with core_transaction(write=True) as connection:
        return every_table.fill(connection, Base.metadata)


def back_up(path, *, with_secret_key=False):
    return backup.back_up(
        path,
        secret_key=SECRET,
        with_secret_key=with_secret_key,
        version="0.0.1",
        now=NOW,
        told=lambda _table: None,
    )


def restore(path, *, secret_key=SECRET, replace=False):
    return backup.restore(path, secret_key=secret_key, replace=replace, told=lambda _table: None)


@pytest.fixture
def saved(app, tmp_path):
    """A backup of a database with rows in every table."""
    fill()
    path = tmp_path / "saved.zip"
    back_up(path)
    return path


@pytest.mark.parametrize(("source", "target"), list(product(databases.KINDS, repeat=2)))
def test_every_row_arrives_in_either_kind(source, target, database_of, tmp_path):
    path = tmp_path / "b.zip"
    with opened(database_of(source), tmp_path):
        filled = fill()
        done = back_up(path)
        before = everything()
        assert all(len(before[name]) == 2 for name in filled)
        assert (done.tables, done.rows) == (len(before), 2 * len(before))
    with opened(database_of(target), tmp_path):
        again = restore(path)
        assert everything() == before
        assert (again.rows, again.made_at, again.same_key) == (done.rows, NOW, True)
        assert schema.state().up_to_date


@pytest.mark.parametrize("kind", databases.KINDS)
def test_what_others_write_meanwhile_is_not_in_it(kind, database_of, tmp_path):
    with opened(database_of(kind), tmp_path):
        fill()
        before = everything()
        with dump.snapshot() as connection:
            shapes = {shape.name: shape for shape in dump.shapes()}
            assert len(list(dump.read(connection, shapes["cohorts"]))) == 2
            with core_transaction(write=True) as other:
                for name in ("bank_grants", "uploads"):
                    other.execute(delete(Base.metadata.tables[name]))
            for name in ("bank_grants", "uploads"):
                assert sorted(map(repr, dump.read(connection, shapes[name]))) == before[name]
        assert everything()["uploads"] == []


def test_the_owner_alone_can_read_it_and_it_replaces_the_one_before(saved):
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    first = saved.read_bytes()
    with core_transaction(write=True) as connection:
        connection.execute(delete(Base.metadata.tables["uploads"]))
    back_up(saved)
    assert saved.read_bytes() != first
    assert [path.name for path in saved.parent.iterdir() if "saved" in path.name] == ["saved.zip"]


def test_it_can_be_read_without_the_product(saved):
    with zipfile.ZipFile(saved) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        (people,) = [one for one in manifest["tables"] if one["name"] == "people"]
        lines = archive.read("tables/people.jsonl").decode().rstrip("\n").split("\n")
        rows = [dict(zip(people["columns"], json.loads(line), strict=True)) for line in lines]
    assert {row["role"] for row in rows} == {"trainee"}
    assert SECRET not in saved.read_bytes().decode("latin-1")


def test_rows_that_are_there_stay_unless_they_may_go(saved):
    before = everything()
    with pytest.raises(DatabaseInUse, match="2 in people"):
        restore(saved)
    assert everything() == before
    with core_transaction(write=True) as connection:
        connection.execute(delete(Base.metadata.tables["uploads"]))
    restore(saved, replace=True)
    assert everything() == before


def test_a_database_without_tables_is_filled_and_cannot_be_backed_up(saved, tmp_path):
    before = everything()
    schema.downgrade("base")
    with pytest.raises(NotMigrated):
        back_up(tmp_path / "none.zip")
    assert not (tmp_path / "none.zip").exists()
    restore(saved)
    assert everything() == before


def tamper(path, name, change):
    """Write the backup again with one member changed; None leaves it out."""
    other = path.with_name("tampered.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for member in source.namelist():
            data = source.read(member)
            data = change(data) if member == name else data
            if data is not None:
                target.writestr(member, data)
    return other


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("tables/people.jsonl", lambda data: data.replace(b"trainee", b"trainer"), "people is not"),
        ("tables/people.jsonl", lambda data: data + data, "people is not"),
        ("tables/people.jsonl", lambda _: None, "damaged"),
        ("manifest.json", lambda _: None, "damaged"),
        ("manifest.json", lambda _: b"{}", "manifest"),
        ("manifest.json", lambda data: data.replace(b'"format": 1', b'"format": 2'), "later"),
        ("manifest.json", lambda data: data.replace(HEAD, b'"8888"'), "install that one"),
        ("manifest.json", lambda data: data.replace(b'"time"', b'"moment"'), "kinds"),
    ],
)
def test_what_is_not_a_whole_backup_changes_nothing(saved, name, change, says):
    before = everything()
    with pytest.raises(BackupUnusable, match=says):
        restore(tamper(saved, name, change), replace=True)
    assert everything() == before
    assert schema.state().up_to_date


def test_neither_does_what_is_no_backup_at_all(app, tmp_path):
    path = tmp_path / "x.zip"
    for data in (b"", b"not a zip", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(data)
        with pytest.raises(BackupUnusable):
            restore(path)
    with pytest.raises(FileNotFoundError):
        restore(tmp_path / "none.zip")


def test_rows_that_break_a_rule_bring_everything_back_to_what_it_was(saved):
    """The file is whole, but its rows refer to nobody: a fault half-way, in one transaction."""
    before = everything()
    empty = tamper(saved, "tables/people.jsonl", lambda _: b"").rename(saved.with_name("e.zip"))
    with zipfile.ZipFile(saved) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    (people,) = [one for one in manifest["tables"] if one["name"] == "people"]
    people |= {"rows": 0, "sha256": hashlib.sha256(b"").hexdigest()}
    broken = tamper(empty, "manifest.json", lambda _: json.dumps(manifest).encode())
    with pytest.raises(Exception, match=r"(?i)foreign key|people|memberships"):
        restore(broken, replace=True)
    assert everything() == before


def test_the_key_is_in_it_when_asked_for(app, tmp_path):
    fill()
    path = tmp_path / "b.zip"
    back_up(path, with_secret_key=True)
    done = restore(path, secret_key="another key of this instance here", replace=True)
    assert (done.same_key, done.secret_key) == (False, SECRET)


def test_a_backup_of_an_earlier_version_is_migrated(saved, tmp_path, monkeypatch):
    folder = tmp_path / "later"
    shutil.copytree(migrations_folder(), folder)
    before = stored_schema.head()
    (folder / "versions" / "9999_later.py").write_text(LATER.format(before=before))
    monkeypatch.setattr(stored_schema, "migrations_folder", lambda: folder)
    stored_schema.revisions.cache_clear()
    try:
        assert restore(saved, replace=True).revision == before
        assert schema.state().current == "9999"
        with core_transaction(write=False) as connection:
            rows = connection.exec_driver_sql("SELECT nickname FROM people").all()
            assert [row[0] for row in rows] == ["none", "none"]
            assert connection.execute(table(Person).select()).all()
    finally:
        monkeypatch.undo()
        stored_schema.revisions.cache_clear()
