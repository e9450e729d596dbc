"""What is said of banks and their questions: the values that services give to pages and the API."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quizapp.domain.access import Right
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import Question
from quizapp.services.banks.index import Entry
from quizapp.services.banks.sources import ProvisionView, TaskView


@dataclass(frozen=True)
class BankSummary:
    """A bank in a list. Counts are of questions; `drafts` includes those in review."""

    id: UUID
    slug: str
    title: Localised
    source: str | None
    shipped: bool
    right: Right | None
    may_edit: bool
    may_own: bool
    questions: int = 0
    approved: int = 0
    drafts: int = 0
    retired: int = 0

    @property
    def asked(self) -> int:
        """How many questions can be asked in practice."""
        return self.approved + self.drafts


@dataclass(frozen=True)
class Filters:
    """Which questions of a bank to show; None is all."""

    task: str | None = None
    provision: str | None = None
    level: str | None = None
    type: str | None = None
    state: str | None = None

    def admit(self, entry: Entry) -> bool:
        """Say whether a question is to be shown."""
        return (
            (self.task is None or self.task in entry.tasks)
            and (self.provision is None or self.provision in entry.provisions)
            and (self.level is None or self.level == entry.level)
            and (self.type is None or self.type == entry.type)
            and (self.state is None or self.state == entry.state)
        )

    @property
    def any(self) -> bool:
        """Whether anything is filtered."""
        return self != Filters()


@dataclass(frozen=True)
class QuestionRow:
    """A question in a list."""

    entry: Entry
    stem: Localised
    expired: bool


@dataclass(frozen=True)
class CoverageCell:
    """How many questions of a bank that can be asked cite a provision."""

    provision: ProvisionView
    count: int


@dataclass(frozen=True)
class CoverageRow:
    """A task's provisions with what a bank has on each."""

    task: TaskView
    cells: tuple[CoverageCell, ...]

    @property
    def bare(self) -> tuple[ProvisionView, ...]:
        """Provisions that no question cites."""
        return tuple(cell.provision for cell in self.cells if not cell.count)


@dataclass(frozen=True)
class BankPage:
    """A bank with one page of its questions."""

    bank: BankSummary
    rows: tuple[QuestionRow, ...]
    found: int
    page: int
    pages: int
    filters: Filters
    types: tuple[str, ...]
    levels: tuple[str, ...]
    states: tuple[str, ...]
    coverage: tuple[CoverageRow, ...]


@dataclass(frozen=True)
class Citation:
    """What a question cites. `provision` is None where the source has none of that number."""

    cite: str
    provision: ProvisionView | None

    @property
    def stale(self) -> bool:
        """Whether the question cites earlier words."""
        return self.provision is not None and self.provision.cite != self.cite


@dataclass(frozen=True)
class VersionRow:
    """A version of a question in its history."""

    version: int
    reason: str
    made_by: str | None
    made_at: datetime


@dataclass(frozen=True)
class QuestionPage:
    """A question with all that its page says."""

    bank: BankSummary
    entry: Entry
    question: Question
    findings: tuple[Finding, ...]
    citations: tuple[Citation, ...]
    versions: tuple[VersionRow, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class GrantRow:
    """A person's right on a bank."""

    person_id: UUID
    name: str
    email: str
    right: str
