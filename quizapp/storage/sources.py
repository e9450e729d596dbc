"""Source documents, their tasks, and the versions of their provisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.database import WithId


class SourceDocument(WithId):
    """A policy document that questions cite."""

    __tablename__ = "source_documents"
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Task(WithId):
    """One of the document's tasks; `number` is its id in the document ("1" to "5")."""

    __tablename__ = "tasks"
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_documents.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("source_id", "number"),)


class Provision(WithId):
    """A numbered statement; `version` is the current one."""

    __tablename__ = "provisions"
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    version: Mapped[int]

    __table_args__ = (UniqueConstraint("task_id", "number"),)


class ProvisionVersion(WithId):
    """The words of a provision at one version; never changed once stored."""

    __tablename__ = "provision_versions"
    provision_id: Mapped[UUID] = mapped_column(ForeignKey("provisions.id", ondelete="CASCADE"))
    version: Mapped[int]
    title: Mapped[dict[str, Any]]
    text: Mapped[dict[str, Any]]
    place: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("provision_id", "version"),)


def stamp(session: Session) -> tuple[int, datetime | None]:
    """Changes whenever a provision gets new words or a source document arrives."""
    row = session.execute(
        select(func.count(), func.max(ProvisionVersion.created_at)).select_from(ProvisionVersion)
    ).one()
    return (row[0], row[1])


def all_provisions(session: Session) -> Sequence[Any]:
    """Every task with its provisions at every version, in the documents' order.

    Columns: source_slug, source_title, task_id, task_number, task_title, provision_id, number,
    current, version, title, text, place. A task without provisions has one row with None in the
    provision's columns.
    """
    return session.execute(
        select(
            SourceDocument.slug.label("source_slug"),
            SourceDocument.title.label("source_title"),
            Task.id.label("task_id"),
            Task.number.label("task_number"),
            Task.title.label("task_title"),
            Provision.id.label("provision_id"),
            Provision.number,
            Provision.version.label("current"),
            ProvisionVersion.version,
            ProvisionVersion.title,
            ProvisionVersion.text,
            ProvisionVersion.place,
        )
        .join(Task, Task.source_id == SourceDocument.id)
        .outerjoin(Provision, Provision.task_id == Task.id)
        .outerjoin(ProvisionVersion, ProvisionVersion.provision_id == Provision.id)
        .order_by(
            SourceDocument.created_at,
            SourceDocument.slug,
            Task.position,
            Provision.position,
            ProvisionVersion.version,
        )
    ).all()


def lock_source(session: Session, slug: str) -> SourceDocument | None:
    """The source document, locked until the transaction ends."""
    return session.scalar(
        select(SourceDocument).where(SourceDocument.slug == slug).with_for_update()
    )


def tasks_of(session: Session, source_id: UUID) -> dict[str, Task]:
    """The tasks of a source document, by number."""
    found = session.scalars(select(Task).where(Task.source_id == source_id))
    return {task.number: task for task in found}


def provisions_of(
    session: Session, source_id: UUID
) -> dict[str, tuple[Provision, ProvisionVersion]]:
    """The provisions of a source document with their current words, by number."""
    found = session.execute(
        select(Provision, ProvisionVersion)
        .join(Task, Task.id == Provision.task_id)
        .join(
            ProvisionVersion,
            and_(
                ProvisionVersion.provision_id == Provision.id,
                ProvisionVersion.version == Provision.version,
            ),
        )
        .where(Task.source_id == source_id)
    )
    return {provision.number: (provision, words) for provision, words in found}
