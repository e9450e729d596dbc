"""Whether answers got better: the last four weeks beside the four before, with their doubt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from quizapp.domain.progress.evidence import ZONE, Answer, sums_of
from quizapp.domain.progress.mastery import Mastery, judge

SPAN = timedelta(weeks=4)

Verdict = Literal["unknown", "same", "better", "worse"]


@dataclass(frozen=True, slots=True)
class Trend:
    """Two spans of four weeks. `verdict` is `unknown` where one of them has too little evidence.

    `better` and `worse` are said only where the two likely ranges do not meet. That errs on the
    side of `same`: two 90 % ranges of equal width that just touch are apart at the 2 % level.
    """

    verdict: Verdict
    recent: Mastery
    before: Mastery


def trend(evidence: Iterable[Answer], now: datetime) -> Trend:
    """Compare the days of the last four weeks, today included, with the four weeks before them.

    Args:
        evidence: the first answers of each day within one scope.
        now: the time.
    """
    today = now.astimezone(ZONE).date()
    spans: tuple[list[Answer], list[Answer]] = ([], [])
    for one in evidence:
        age = today - one.key.day
        if age < 2 * SPAN:
            spans[age >= SPAN].append(one)
    recent, before = (judge(sums_of(span)) for span in spans)
    return Trend(_verdict(recent, before), recent, before)


def _verdict(recent: Mastery, before: Mastery) -> Verdict:
    if recent.low is None or recent.high is None or before.low is None or before.high is None:
        return "unknown"
    if recent.low > before.high:
        return "better"
    return "worse" if recent.high < before.low else "same"
