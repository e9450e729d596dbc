"""What a set of questions covers of a source document, and at which levels."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from quizapp.domain.bank.question import Question
from quizapp.domain.bank.source import SourceDocument

LEVELS = ("recall", "understand", "apply")


@dataclass(frozen=True)
class ProvisionCoverage:
    """How many questions cite a provision: at its current version by level, use and type."""

    task: str
    provision: str
    version: int
    total: int = 0
    stale: int = 0
    levels: dict[str, int] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Coverage:
    """Coverage of a source document, provision by provision."""

    source: str
    provisions: tuple[ProvisionCoverage, ...]
    uncited: int
    unknown: dict[str, int]

    @property
    def bare(self) -> tuple[ProvisionCoverage, ...]:
        """Provisions that no question cites at their current version."""
        return tuple(one for one in self.provisions if not one.total)


def cover(questions: Iterable[Question], source: SourceDocument) -> Coverage:
    """Count questions by the provisions they cite.

    A question that cites several provisions counts for each; `uncited` are those that cite none,
    `unknown` counts citations of provisions that the document does not have.
    """
    totals: Counter[str] = Counter()
    stale: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    split: dict[str, dict[str, Counter[str]]] = {}
    versions = {p.id: p.version for task in source.tasks for p in task.provisions}
    uncited = 0
    for question in questions:
        uncited += not question.cites
        for number, _, version in {cite.partition("@") for cite in question.cites}:
            if number not in versions:
                unknown[number] += 1
            elif version != str(versions[number]):
                stale[number] += 1
            else:
                totals[number] += 1
                counts = split.setdefault(number, {k: Counter() for k in ("level", "use", "type")})
                counts["level"][question.level or "none"] += 1
                counts["use"][question.use] += 1
                counts["type"][question.type] += 1
    return Coverage(
        source=source.source,
        provisions=tuple(
            ProvisionCoverage(
                task=task.id,
                provision=p.id,
                version=p.version,
                total=totals[p.id],
                stale=stale[p.id],
                levels=dict(split.get(p.id, {}).get("level", {})),
                uses=dict(split.get(p.id, {}).get("use", {})),
                types=dict(split.get(p.id, {}).get("type", {})),
            )
            for task in source.tasks
            for p in task.provisions
        ),
        uncited=uncited,
        unknown=dict(unknown),
    )
