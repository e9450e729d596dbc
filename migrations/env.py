"""Alembic's environment: the caller's connection, or one of the application's own engine."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, Connection

from quizapp.storage.database import Base, UtcDateTime, db
from quizapp.storage.schema import migrating


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
    """Run the migrations within the connection's transaction."""
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


if given := context.config.attributes.get("connection"):
    run(given)
else:
    with migrating(db.engine) as own:
        run(own)
