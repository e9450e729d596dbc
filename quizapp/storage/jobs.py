"""Work to be done soon: rows with leases, drained by `serve`'s thread and by `work`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.storage.database import WithId


class Job(WithId):
    """One thing to do. `subject` is what it is about (an attempt, say); one of a kind per subject.

    `person_id` and `quiz_id` let whoever reads the outcome fold their own scope first.
    """

    __tablename__ = "jobs"
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    quiz_id: Mapped[UUID | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any] | None]
    run_after: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("kind", "subject"), Index(None, "run_after"))
