"""The database: its base class, its column types, and the one way to begin and commit."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Row,
    String,
    Table,
    TypeDecorator,
    Uuid,
    event,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


AnyRow = Row[*tuple[Any, ...]]
"""A row of whichever columns."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database on either kind."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are a mistake wherever they come from."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json: TypeEngine[Any] = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Base(DeclarativeBase):
    """The root of all tables."""

    # Flask-SQLAlchemy copies this body: what is in the registry survives that, a map beside it not.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime,
            UUID: Uuid,
            str: String,
            dict[str, Any]: Json,
            list[Any]: Json,
        },
    )


class WithId(Base):
    """A table keyed by one UUID."""

    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)


def table(model: type[Base]) -> Table:
    """The table of a model, for statements without the ORM."""
    return cast(Table, model.__table__)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

# SQLite lets one writer in at a time; waiting here in turn keeps the tail of saves short, where the
# busy handler's sleeps do not. Correctness is BEGIN IMMEDIATE's, this lock is only fairness.
_sqlite_writer = threading.Lock()


IDLE_S = 5.0
"""A connection to a server that rested longer is tried before it is used."""


def prepare_engine(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Give an engine what every one of its connections needs."""
    if engine.dialect.name == "sqlite":
        _prepare_file(engine, synchronous)
    else:
        _try_idle_connections(engine)


def _try_idle_connections(engine: Engine) -> None:
    """Try connections after a rest: a trial before every use would be a round trip each time."""

    @event.listens_for(engine, "checkin")
    def _on_checkin(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < IDLE_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool opens another


def _prepare_file(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver must not begin on its own: `_on_begin` decides which kind of BEGIN.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "busy_timeout=10000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        # the driver's own, since SQLAlchemy's way there takes ten times as long
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _writer(engine: Engine, write: bool) -> Iterator[None]:
    if write and engine.dialect.name == "sqlite":
        with _sqlite_writer:
            yield
    else:
        yield


@contextmanager
def transaction(*, write: bool) -> Iterator[Session]:
    """Begin, yield an ORM session, commit; roll back on any error.

    `write=True` takes SQLite's write lock at once, so that no transaction fails half-way by
    wanting to write after it read. Transactions do not nest.
    """
    engine = db.engine
    with (
        _writer(engine, write),
        engine.connect().execution_options(write=write) as connection,
        Session(connection, expire_on_commit=False, autoflush=True) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def core_transaction(*, write: bool) -> Iterator[Connection]:
    """The same without the ORM, for the hot path: one connection, one transaction."""
    engine = db.engine
    with (
        _writer(engine, write),
        engine.connect().execution_options(write=write) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def one_at_a_time(work: int) -> Iterator[None]:
    """Let one process of all do a work of several transactions; the others wait for their turn.

    On SQLite there is but one process. A process that dies gives way by that.

    Args:
        work: a number of its own.
    """
    if db.engine.dialect.name == "sqlite":
        yield
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock(work)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(work)))


def upsert(dialect: str) -> Callable[..., Any]:
    """The dialect's own INSERT that knows ON CONFLICT."""
    return postgresql_insert if dialect == "postgresql" else sqlite_insert


def database_now(session: Session) -> datetime | None:
    """The database server's clock; None where the database runs in this very process."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalars(select(func.clock_timestamp(type_=UtcDateTime()))).one()
