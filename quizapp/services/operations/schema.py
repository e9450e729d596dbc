"""Bringing the database to the schema that this version needs, and back."""

from dataclasses import dataclass

from quizapp.storage import schema as stored
from quizapp.storage.database import core_transaction, db


@dataclass(frozen=True)
class SchemaState:
    """Where the database stands. `current` is None before the first migration."""

    current: str | None
    head: str

    @property
    def up_to_date(self) -> bool:
        """Whether this version can work with it."""
        return self.current == self.head

    @property
    def newer(self) -> bool:
        """Whether a later version of the product has migrated it."""
        return self.current is not None and self.current not in stored.revisions()


@dataclass(frozen=True)
class Moved:
    """The revisions before and after; None for an empty database."""

    before: str | None
    after: str | None


def state() -> SchemaState:
    """Compare the database with what this version needs."""
    with core_transaction(write=False) as connection:
        return SchemaState(stored.current(connection), stored.head())


def upgrade() -> Moved:
    """Migrate to what this version needs, all or nothing."""
    return _move(None)


def downgrade(to: str) -> Moved:
    """Migrate back to a revision, `-1` for one step, `base` for an empty database.

    What only the newer tables held is lost.

    Raises:
        ValueError: there is no such revision before the current one.
    """
    return _move(to)


def write_migration(message: str) -> str:
    """Write a migration from the database to the models, numbered after the last; give its name."""
    name = f"{int(stored.revisions()[-1]) + 1 if stored.revisions() else 1:04}"
    with stored.migrating(db.engine) as connection:
        stored.write_migration(connection, name, message)
    return name


def _move(down_to: str | None) -> Moved:
    with stored.migrating(db.engine) as connection:
        before = stored.current(connection)
        if down_to is None:
            stored.upgrade(connection)
        else:
            stored.downgrade(connection, down_to)
        return Moved(before, stored.current(connection))
