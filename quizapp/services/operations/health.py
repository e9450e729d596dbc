"""Whether this process can serve: the database answers, is migrated, and its clock agrees."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from quizapp.services.operations import schema
from quizapp.storage.database import database_now, transaction

LARGEST_SKEW = timedelta(seconds=1)
"""Deadlines are decided by this server's clock and compared with what others stored."""
Verdict = Literal["ok", "failed", "unknown"]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """Each check's verdict; `unknown` where an earlier one failed. `skew_s` as measured."""

    database: Verdict
    migrations: Verdict
    clock: Verdict
    skew_s: float | None = None

    @property
    def ready(self) -> bool:
        """Whether all is well."""
        return {self.database, self.migrations, self.clock} == {"ok"}


def readiness(clock: Callable[[], datetime]) -> Readiness:
    """Check all that a request needs.

    Args:
        clock: the server's; it is read before and after the database's, and the middle compared.
    """
    try:
        migrations: Verdict = "ok" if schema.state().up_to_date else "failed"
        with transaction(write=False) as session:
            before = clock()
            theirs = database_now(session)
            ours = before + (clock() - before) / 2
    except SQLAlchemyError as error:
        _log.warning("the database does not answer: %s", type(error).__name__)
        return Readiness("failed", "unknown", "unknown")
    if theirs is None:
        return Readiness("ok", migrations, "ok")
    skew = theirs - ours
    return Readiness(
        "ok",
        migrations,
        "ok" if abs(skew) <= LARGEST_SKEW else "failed",
        round(skew.total_seconds(), 3),
    )
