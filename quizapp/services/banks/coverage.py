"""What banks cover of their source documents, for the command line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from quizapp.domain.bank.coverage import LEVELS, Coverage, cover
from quizapp.domain.errors import NotFound
from quizapp.domain.words import N_
from quizapp.services.banks import index as bank_index
from quizapp.services.banks import sources
from quizapp.storage.database import transaction


@dataclass(frozen=True)
class BankCoverage:
    """The coverage of one bank; None where it names no source document that is here."""

    bank: str
    questions: int
    coverage: Coverage | None


def of_banks(slugs: Iterable[str] | None = None) -> list[BankCoverage]:
    """Coverage of the banks named, or of all; retired questions do not count.

    Raises:
        NotFound: one of them does not exist.
    """
    wanted = None if slugs is None else tuple(slugs)
    with transaction(write=False) as session:
        documents = sources.read(session).documents
        found = bank_index.indexes(session, wanted)
        missing = [slug for slug in wanted or () if slug not in found]
        if missing:
            raise NotFound(N_("There is no bank %(bank)s."), bank=missing[0])
        result = []
        for slug in sorted(found):
            ids = [e.version_id for e in found[slug].entries if e.state != "retired"]
            words = bank_index.versions(session, ids).values()
            document = documents.get(found[slug].source or "")
            result.append(
                BankCoverage(slug, len(ids), cover(words, document) if document else None)
            )
    return result


def data(found: Sequence[BankCoverage]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "banks": [
            {
                "bank": one.bank,
                "questions": one.questions,
                **(asdict(one.coverage) if one.coverage else {"source": None, "provisions": []}),
            }
            for one in found
        ]
    }


def table(found: Sequence[BankCoverage]) -> Iterator[str]:
    """The same as lines of text: every provision of the tasks that the bank touches."""
    for one in found:
        yield f"{one.bank}: {one.questions} questions"
        if one.coverage is None:
            yield "  names no source document that is here"
            continue
        touched = {p.task for p in one.coverage.provisions if p.total or p.stale}
        for p in one.coverage.provisions:
            if p.task not in touched:
                continue
            levels = ", ".join(f"{p.levels[n]} {n}" for n in (*LEVELS, "none") if p.levels.get(n))
            stale = f", {p.stale} of an older version" if p.stale else ""
            yield f"  {p.provision:8}{p.total:4}  {levels or 'none'}{stale}"
        if one.coverage.uncited:
            yield f"  without a citation: {one.coverage.uncited}"
        for number, count in sorted(one.coverage.unknown.items()):
            yield f"  {number:8}{count:4}  cited, but not in the source document"
