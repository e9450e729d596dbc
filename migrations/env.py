"""Alembic's environment: `quizapp.storage.schema` calls it with a connection in a transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

import quizapp.storage  # noqa: F401 - importing it makes all tables known
from quizapp.storage.database import Base, UtcDateTime


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


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
