"""What was acknowledged, kept by the client alone, and what the rules say of a log (promises 2, 3).

Pure: nothing here asks a server or a database.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quizapp.domain.answers.canonical import canonical_json


class Fault(AssertionError):
    """The product broke a promise."""


@dataclass(frozen=True)
class Entry:
    """An answer as a device sends it."""

    device: UUID
    slot: int
    response: Any
    revision: int
    base: int | None = None
    age_s: float | None = None

    @property
    def key(self) -> tuple[int, int, str]:
        """What makes it the same save when it is sent again."""
        return self.slot, self.revision, canonical_json(self.response)


@dataclass(frozen=True)
class Row:
    """A row of the log, as it is stored."""

    slot: int
    revision: int
    outcome: str
    base: int | None
    body: str
    late: bool
    age_ms: int | None
    device: UUID | None
    saved_at: datetime
    receipt: str | None

    @property
    def key(self) -> tuple[int, int, str]:
        """The same as its entry's."""
        return self.slot, self.revision, self.body


@dataclass(frozen=True)
class Ended:
    """An attempt that is over, as it is stored."""

    state: str
    started_at: datetime
    deadline: datetime | None
    closes_at: datetime | None
    log: tuple[Row, ...]
    current: Mapping[int, tuple[int, str]]


@dataclass(frozen=True)
class Sent:
    """When an entry went out, and the highest revision of its slot acknowledged before."""

    clock: int
    before: int


@dataclass
class Ledger:
    """What the devices of one attempt were told. `clock` orders what they sent and heard."""

    clock: int = 0
    acknowledged: dict[tuple[int, int, str], str] = field(default_factory=dict)
    heard_at: dict[tuple[int, int, str], int] = field(default_factory=dict)
    first_sent: dict[tuple[int, int, str], int] = field(default_factory=dict)
    refused: list[tuple[Entry, str]] = field(default_factory=list)
    highest: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    submits_sent: int = 0
    ended_at: int | None = None
    saves: int = 0
    late: int = 0

    def send(self, entry: Entry) -> Sent:
        """Note that it goes out."""
        self.clock += 1
        self.first_sent.setdefault(entry.key, self.clock)
        return Sent(self.clock, self.highest[entry.slot])

    def accept(self, entry: Entry, said: Mapping[str, Any]) -> None:
        """It was acknowledged."""
        self.clock += 1
        self.saves += 1
        self.late += bool(said["late"])
        if said["revision"] != entry.revision or said["current_revision"] < entry.revision:
            raise Fault(f"{entry}: acknowledged as {said}")
        known = self.acknowledged.setdefault(entry.key, said["receipt"])
        if known != said["receipt"]:
            raise Fault(f"{entry}: two receipts for the same save")
        if self.ended_at is not None and self.first_sent[entry.key] > self.ended_at:
            raise Fault(f"{entry}: first sent after the attempt had ended, and acknowledged")
        self.heard_at.setdefault(entry.key, self.clock)
        self.highest[entry.slot] = max(self.highest[entry.slot], entry.revision)

    def refuse(self, entry: Entry, why: str, stands: int, sent: Sent) -> None:
        """It was refused, `stands` being shown as the current revision."""
        self.clock += 1
        self.refused.append((entry, why))
        if self.heard_at.get(entry.key, self.clock) < sent.clock:
            raise Fault(f"{entry}: refused ({why}) after it was acknowledged")
        self.look(entry.slot, stands, sent.before)

    def look(self, slot: int, stands: int, before: int) -> None:
        """A current revision was shown: nothing that was acknowledged may be forgotten."""
        if stands < before:
            raise Fault(f"slot {slot}: revision {stands} is shown, {before} was acknowledged")

    def end(self) -> None:
        """The end of the attempt was acknowledged."""
        self.clock += 1
        self.ended_at = self.clock


def problems(ended: Ended, ledger: Ledger) -> list[str]:
    """What is not as promised in an attempt that is over."""
    accepted = {row.key: row for row in ended.log if row.outcome == "accepted"}
    return [
        *_lost(accepted, ledger),
        *_wrong_current(accepted.values(), ended.current),
        *_wrongly_late(ended, accepted, ledger),
        *_wrongly_refused(ended, accepted, ledger),
    ]


def _lost(accepted: Mapping[tuple[int, int, str], Row], ledger: Ledger) -> Iterable[str]:
    for key, receipt in ledger.acknowledged.items():
        row = accepted.get(key)
        if row is None:
            yield f"{key} was acknowledged and is not in the log"
        elif row.receipt != receipt:
            yield f"{key} has another receipt in the log than was given out"
    for key in accepted:
        if key not in ledger.first_sent:
            yield f"{key} is in the log and nobody sent it"


def _wrong_current(
    accepted: Iterable[Row], current: Mapping[int, tuple[int, str]]
) -> Iterable[str]:
    """Revisions only rise, so that their order is the order of acceptance; the last one counts."""
    by_slot: dict[int, list[Row]] = defaultdict(list)
    for row in accepted:
        by_slot[row.slot].append(row)
    if by_slot.keys() != current.keys():
        yield f"slots {sorted(current)} have answers, {sorted(by_slot)} were accepted"
    for slot, rows in by_slot.items():
        rows.sort(key=lambda row: row.revision)
        before = 0
        for row in rows:
            if row.revision == before:
                yield f"slot {slot}: revision {before} was accepted twice"
            if row.base is not None and row.base != before:
                yield f"slot {slot}: {row.revision} was edited from {row.base}, not from {before}"
            before = row.revision
        if current.get(slot) != (rows[-1].revision, rows[-1].body):
            yield f"slot {slot}: {current.get(slot)} counts, not {rows[-1].key}"


def _wrongly_late(
    ended: Ended, accepted: Mapping[tuple[int, int, str], Row], ledger: Ledger
) -> Iterable[str]:
    """Nothing counts that arrived after the close, or was written after the deadline."""
    for key, row in accepted.items():
        in_time = ended.deadline is None or row.saved_at < ended.deadline
        if row.late == in_time:
            yield f"{key} is marked late: {row.late}"
        if in_time or ended.deadline is None:
            continue
        if ended.closes_at is None or row.saved_at >= ended.closes_at:
            yield f"{key} arrived at {row.saved_at}, after {ended.closes_at}, and counts"
        if row.age_ms is None:
            yield f"{key} arrived after the deadline without an age, and counts"
            continue
        heard = max(
            (
                one.saved_at
                for one in accepted.values()
                if one.device == row.device
                and ledger.heard_at.get(one.key, ledger.clock) < ledger.first_sent[key]
            ),
            default=ended.started_at,
        )
        oldest = max(row.saved_at - heard, timedelta())
        # the log keeps whole milliseconds, cut
        age = min(timedelta(milliseconds=row.age_ms + 1), oldest)
        if row.saved_at - age >= ended.deadline:
            yield f"{key} was written after the deadline, and counts"


def _wrongly_refused(
    ended: Ended, accepted: Mapping[tuple[int, int, str], Row], ledger: Ledger
) -> Iterable[str]:
    """Each refusal has its reason, and what was refused is kept."""
    kept = {(row.key, row.outcome) for row in ended.log}
    for entry, why in ledger.refused:
        if (entry.key, why) not in kept:
            yield f"{entry} was refused ({why}) and is not kept"
        revisions = [row.revision for row in accepted.values() if row.slot == entry.slot]
        if why == "stale-revision" and max(revisions, default=0) < entry.revision:
            yield f"{entry} was refused as stale, and nothing newer was accepted"
        if why == "conflict" and entry.base is None:
            yield f"{entry} was refused as a conflict, and names no base"
        if why == "conflict" and entry.base == 0 and not revisions:
            yield f"{entry} was refused as a conflict with nothing"
    for row in ended.log:
        closed_early = ended.deadline is None or row.saved_at < ended.deadline
        if row.outcome == "attempt-closed" and closed_early and not ledger.submits_sent:
            yield f"{row.key} was refused as too late before the deadline"
