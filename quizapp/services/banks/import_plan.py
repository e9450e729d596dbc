"""What an import would do with each question: pure decisions, made again when storing."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from quizapp.domain.answers.text import canonical_json
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import Question
from quizapp.domain.words import N_

Decision = Literal["create", "update", "unchanged", "left_alone"]

BATCH_QUESTIONS = 40
BATCH_BYTES = 200_000


class Stand(Protocol):
    """A question as it stands in the bank."""

    @property
    def id(self) -> UUID:
        """Its id in the database."""

    @property
    def key(self) -> str:
        """Its id in the bank file."""

    @property
    def version(self) -> int:
        """The current version."""

    @property
    def state(self) -> str:
        """Draft, in_review, approved or retired."""

    @property
    def edited_here(self) -> bool:
        """Whether somebody changed it in the browser since the last import."""

    @property
    def digest(self) -> str:
        """The digest of the current version's document."""


@dataclass(frozen=True)
class Incoming:
    """A question that can be stored, with what stored form and state it would get."""

    question: Question
    document: dict[str, Any]
    digest: str
    size: int
    held: bool
    line: int | None = None

    @property
    def key(self) -> str:
        """Its id in the bank file."""
        return self.question.id


def incoming(question: Question, *, held: bool, line: int | None = None) -> Incoming:
    """Prepare a question for storing; the digest covers everything the file says of it."""
    text = canonical_json(question.to_data())
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Incoming(question, json.loads(text), digest, len(text), held, line)


def decide(arriving: Incoming, stand: Stand | None) -> Decision:
    """Say what becomes of an arriving question."""
    if stand is None:
        return "create"
    if stand.digest == arriving.digest:
        return "unchanged"
    return "left_alone" if stand.edited_here else "update"


def state_after(arriving: Incoming, stand: Stand | None) -> str:
    """The state of a question once stored: a retired one stays retired, a held one is a draft."""
    if stand is not None and stand.state == "retired":
        return "retired"
    return "draft" if arriving.held else "approved"


def batches(arriving: Sequence[Incoming]) -> Iterator[list[Incoming]]:
    """Cut into what one short transaction stores."""
    batch: list[Incoming] = []
    size = 0
    for one in arriving:
        if batch and (len(batch) == BATCH_QUESTIONS or size + one.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def missing(stands: Iterable[Stand], named: Collection[str]) -> list[Stand]:
    """Questions of the bank that the file does not name and that are not retired yet."""
    return [s for s in stands if s.key not in named and s.state != "retired"]


def findings_of_plan(
    arriving: Sequence[Incoming], stands: Mapping[str, Stand], gone: Sequence[Stand]
) -> list[Finding]:
    """What the person should know about questions that the bank keeps as they are."""
    found: list[Finding] = []
    for one in arriving:
        stand = stands.get(one.key)
        if stand is None:
            continue
        if decide(one, stand) == "left_alone":
            found.append(
                _finding(
                    "edited-here",
                    N_("It was edited here since the last import, and is left as it is."),
                    N_("Export the bank, carry your change over, and import that file."),
                    one.key,
                    one.line,
                )
            )
        elif stand.state == "retired":
            found.append(
                _finding(
                    "retired-here",
                    N_("It is retired here, and stays retired."),
                    N_("Bring it back on its page if it is to be asked again."),
                    one.key,
                    one.line,
                )
            )
    found += [
        _finding(
            "edited-here",
            N_("The file no longer has it, but it was edited here; it is not retired."),
            N_("Retire it on its page if it is no longer to be asked."),
            stand.key,
            None,
        )
        for stand in gone
        if stand.edited_here
    ]
    return found


def _finding(rule: str, message: str, remedy: str, key: str, line: int | None) -> Finding:
    return Finding(
        severity="warning",
        rule=rule,
        message=message,
        remedy=remedy,
        question=key,
        line=line,
    )
