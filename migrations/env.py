"""Alembic's environment: the application's own engine, SQLite's foreign keys off and checked."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import JSON, Connection, Engine

from quizapp.storage.database import Base, UtcDateTime

engine: Engine = current_app.extensions["migrate"].db.engine


def render(kind: str, value: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types as SQLAlchemy's: a migration must not change with our code."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return (
            "sa.JSON(none_as_null=True).with_variant("
            "postgresql.JSONB(none_as_null=True), 'postgresql')"
        )
    return False


def run(connection: Connection) -> None:
    """Run the migrations on one connection, in one transaction."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # rebuilding a table would delete what refers to it; the pragma is ignored inside BEGIN
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows refer to nothing after the migration: {broken[:5]}")
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


with engine.connect() as connection:
    run(connection)
