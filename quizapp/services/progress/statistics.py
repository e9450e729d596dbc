"""Sufficient statistics of items and quizzes, folded forward (promise 9)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from quizapp.domain.analysis.sums import FinishedAttempt, counted, less, sum_up
from quizapp.services.banks import index as bank_index
from quizapp.storage import statistics as stored


def refold(session: Session, before: FinishedAttempt, after: FinishedAttempt) -> None:
    """Count an attempt as it is marked now that was counted as it was marked before.

    Args:
        session: of a writing transaction.
        before: with the marks with which it was folded.
        after: with its current marks.
    """
    if after.trial:
        return
    questions = bank_index.versions(session, {item.version_id for item in after.items})
    stored.add(session, less(sum_up([after], questions), sum_up([before], questions)))


def fold(session: Session, attempts: Iterable[FinishedAttempt]) -> None:
    """Add finished attempts to the sums of their quizzes. Trials count nowhere.

    The caller sees to it that each attempt comes once: a second time counts it twice.

    Args:
        session: of a writing transaction.
        attempts: with their current marks.
    """
    counting = counted(attempts)
    if not counting:
        return
    versions = dict.fromkeys(item.version_id for one in counting for item in one.items)
    sums = sum_up(counting, bank_index.versions(session, versions))
    stored.add(session, sums)
