"""The migrations: up, down and over rows, on both databases; they make what the models say."""

import shutil
from contextlib import contextmanager

import every_table
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cast import settings_for

from quizapp.app import create_app
from quizapp.resources import migrations_folder
from quizapp.services.operations import schema as use_cases
from quizapp.storage import schema
from quizapp.storage.database import Base, db

REBUILDS = '''"""Rebuilds the table of people, which others refer to."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade():
    with op.batch_alter_table("people") as table:
        table.alter_column("name", existing_type=sa.String(), type_=sa.Text())
        table.add_column(sa.Column("nickname", sa.String(20)))
    {more}


def downgrade():
    with op.batch_alter_table("people") as table:
        table.drop_column("nickname")
'''


@contextmanager
def opened(url, folder):
    """The application's context on a database that may be at any revision."""
    app = create_app(settings_for(url, folder))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@contextmanager
def looking():
    with db.engine.connect() as connection:
        yield connection


@pytest.fixture
def own_migrations(tmp_path, monkeypatch):
    """A copy of the migrations to which a test adds its own."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_folder(), folder)
    monkeypatch.setattr(schema, "migrations_folder", lambda: folder)
    schema.revisions.cache_clear()

    def add(more=""):
        before = schema.head()
        text = REBUILDS.format(revision="9999", before=before, more=more)
        (folder / "versions" / "9999_rebuilds.py").write_text(text)
        schema.revisions.cache_clear()
        return before

    yield add
    monkeypatch.undo()
    schema.revisions.cache_clear()


def counts(connection, tables):
    return {
        name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
        for name in tables
    }


def test_they_are_one_chain_as_alembic_reads_it():
    script = ScriptDirectory(str(migrations_folder()))
    assert schema.revisions() == tuple(one.revision for one in script.walk_revisions())[::-1]
    assert schema.head() == script.get_current_head()


def test_each_goes_up_and_down_over_rows(database_url, tmp_path):
    with opened(database_url, tmp_path):
        use_cases.downgrade("base")
        assert use_cases.state().current is None
        with looking() as connection:
            assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
        before = {}
        for revision in schema.revisions():
            with schema.migrating(db.engine) as connection:
                older = set(sa.inspect(connection).get_table_names())
                schema.upgrade(connection, revision)
                there = sa.inspect(connection).get_table_names()
                kept = {name: rows for name, rows in before.items() if name in there}
                assert counts(connection, kept) == kept
                metadata = every_table.reflected(connection)
                for table in reversed(metadata.sorted_tables):
                    if table.name != "alembic_version":
                        connection.execute(table.delete())
                before = every_table.fill(connection, metadata)
            if revision != schema.revisions()[0]:
                use_cases.downgrade("-1")
                with schema.migrating(db.engine) as connection:
                    schema.upgrade(connection, revision)
                # what only the newer tables held is lost on the way down
                before = {name: rows if name in older else 0 for name, rows in before.items()}
        with looking() as connection:
            assert counts(connection, before) == before
        assert use_cases.state().up_to_date
        use_cases.downgrade("base")
        moved = use_cases.upgrade()
        assert (moved.before, moved.after) == (None, schema.head())
        assert use_cases.upgrade().before == schema.head()


def test_the_migrated_schema_is_that_of_the_models(database_url, tmp_path):
    with opened(database_url, tmp_path), looking() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_so_are_its_checks_and_what_happens_on_delete(database_kind, new_database, tmp_path):
    with opened(new_database(), tmp_path):
        with looking() as connection:
            migrated = constraints(connection)
        use_cases.downgrade("base")
        with db.engine.begin() as connection:
            Base.metadata.create_all(connection)
        with looking() as connection:
            assert constraints(connection) == migrated


def constraints(connection):
    inspector = sa.inspect(connection)
    return {
        name: {
            "checks": sorted(
                (one["name"], " ".join(one["sqltext"].split()))
                for one in inspector.get_check_constraints(name)
            ),
            "keys": sorted(
                (one["name"], one["referred_table"], str(one["options"]))
                for one in inspector.get_foreign_keys(name)
            ),
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(
                (one["name"], one["column_names"]) for one in inspector.get_unique_constraints(name)
            ),
            "null": {one["name"]: one["nullable"] for one in inspector.get_columns(name)},
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def test_a_rebuilt_table_keeps_the_rows_that_refer_to_it(own_migrations, database_url, tmp_path):
    with opened(database_url, tmp_path):
        with schema.migrating(db.engine) as connection:
            filled = every_table.fill(connection, Base.metadata)
        before = own_migrations()
        assert use_cases.upgrade().before == before
        with looking() as connection:
            assert counts(connection, filled) == filled
            if db.engine.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        use_cases.downgrade("-1")
        with looking() as connection:
            assert counts(connection, filled) == filled


def test_a_migration_that_leaves_rows_behind_changes_nothing(own_migrations, tmp_path, database_of):
    with opened(database_of("sqlite"), tmp_path):
        with schema.migrating(db.engine) as connection:
            filled = every_table.fill(connection, Base.metadata)
        before = own_migrations('op.execute("DELETE FROM people")')
        with pytest.raises(schema.RowsReferToNothing, match="memberships"):
            use_cases.upgrade()
        assert use_cases.state().current == before
        with looking() as connection:
            assert counts(connection, filled) == filled


def test_a_database_of_a_later_version_is_known_as_such(own_migrations, database_url, tmp_path):
    with opened(database_url, tmp_path):
        own_migrations()
        use_cases.upgrade()
        (schema.migrations_folder() / "versions" / "9999_rebuilds.py").unlink()
        schema.revisions.cache_clear()
        state = use_cases.state()
        assert (state.up_to_date, state.newer) == (False, True)
