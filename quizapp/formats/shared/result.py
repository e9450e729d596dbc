"""What every format takes and gives."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from quizapp.domain.bank.bank import BankHeader
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import Question, parse
from quizapp.domain.bank.refusals import refused, said_id
from quizapp.domain.words import N_
from quizapp.formats.shared.limits import Limits


@dataclass(frozen=True)
class Read:
    """An entry of a file; without a question where a finding says what keeps it out."""

    question: Question | None
    line: int | None = None


@dataclass(frozen=True)
class ReadResult:
    """What stands in a file: entries in order, all that is to be said, and the bank's header."""

    questions: Sequence[Read] = ()
    findings: Sequence[Finding] = ()
    bank: BankHeader | None = None


class Written(NamedTuple):
    """A file, and what it could not hold."""

    data: bytes
    findings: list[Finding]


class Format(Protocol):
    """A file format: a module. Reading never raises on bad data, and executes nothing."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The word on the command line and in the API."""

    @property
    def EXTENSIONS(self) -> tuple[str, ...]:  # noqa: N802 - a constant of the module
        """Endings of file names, with the dot; the first is used for writing."""

    @property
    def MEDIA_TYPE(self) -> str:  # noqa: N802 - a constant of the module
        """For a download."""

    def sniff(self, data: bytes) -> bool:
        """Say whether the content looks like this format."""

    def read(self, data: bytes, limits: Limits = ...) -> ReadResult:
        """Read a file."""

    def write(self, questions: Sequence[Question], bank: BankHeader) -> Written:
        """Write a file."""


@dataclass
class Entry:
    """What a format found where a question should be, before it is parsed.

    `line_of` gives the line of a place in it; `findings` belong to it, and an error among them
    keeps it out.
    """

    data: Mapping[str, Any] | Any
    line: int | None = None
    line_of: Callable[[str], int | None] | None = None
    findings: list[Finding] = field(default_factory=list)


def refuse(*findings: Finding) -> ReadResult:
    """The result of a file from which nothing is read."""
    return ReadResult(findings=findings)


def collect(
    entries: Iterable[Entry],
    limits: Limits,
    bank: BankHeader | None = None,
    findings: Iterable[Finding] = (),
) -> ReadResult:
    """Parse entries; an id that is there already, and what is beyond the limit, is kept out."""
    reads: list[Read] = []
    said = list(findings)
    seen: dict[str, int | None] = {}
    for number, entry in enumerate(entries):
        if number >= limits.questions:
            said.append(
                refused(
                    "too-many-questions",
                    N_("The file has more than %(most)s questions; the rest is left out."),
                    N_("Split it into several files."),
                    where="file",
                    most=limits.questions,
                ).at(entry.line)
            )
            break
        question, found = _parse(entry)
        if question is not None and question.id in seen:
            found.append(
                refused(
                    "duplicate-id",
                    N_("The id '%(id)s' is used again; it stands in line %(line)s already."),
                    N_("Give one of the two questions another id."),
                    where=question.id,
                    id=question.id,
                    line=seen[question.id],
                ).at(entry.line)
            )
            question = None
        if question is not None:
            seen[question.id] = entry.line
        said += found
        reads.append(Read(question, entry.line))
    return ReadResult(tuple(reads), tuple(said), bank)


def _parse(entry: Entry) -> tuple[Question | None, list[Finding]]:
    name = said_id(entry.data.get("id")) if isinstance(entry.data, Mapping) else None
    found = [
        one.model_copy(update={"question": one.question or name}).at(entry.line)
        for one in entry.findings
    ]
    if any(one.severity == "error" for one in found):
        return None, found
    question, problems = parse(entry.data)
    for one in problems:
        line = entry.line_of(one.where) if entry.line_of else None
        found.append(one.at(line if line is not None else entry.line))
    return question, found
