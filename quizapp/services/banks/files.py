"""Bank files in folders, checked without a database: what `quizapp bank lint` says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.lint import lint_bank
from quizapp.domain.bank.source import SourceDocument
from quizapp.formats import ReadResult
from quizapp.formats.source_yaml import read_source
from quizapp.services.banks.reading import read_file


@dataclass(frozen=True)
class CheckedFile:
    """A bank file with what was found in it."""

    path: Path
    bank: str | None
    questions: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many findings keep a question out."""
        return sum(finding.severity == "error" for finding in self.findings)


def bank_files(path: Path) -> Iterator[Path]:
    """The file itself, or of a folder the banks directly in it: YAML files with a line `bank:`."""
    if not path.is_dir():
        yield path
        return
    for found in sorted(path.glob("*.yaml")):
        if any(line.startswith(b"bank:") for line in found.read_bytes().splitlines()):
            yield found


def source_beside(
    path: Path, slug: str, shipped: Path | None
) -> tuple[SourceDocument | None, Path]:
    """The source document of a bank file: in `sources/` beside it, else among the shipped ones."""
    places = [path.parent / "sources", *([shipped / "sources"] if shipped else [])]
    file = places[0] / f"{slug}.yaml"
    for place in places:
        file = place / f"{slug}.yaml"
        if file.is_file():
            return read_source(file.read_bytes())[0], file
    return None, file


def lint_file(path: Path, *, shipped: Path | None, today: date | None = None) -> CheckedFile:
    """Check one bank file against the source document that it names.

    Raises:
        OSError: it cannot be read.
    """
    result, _ = read_file(path.read_bytes(), path.name)
    findings = [*result.findings, *_lint(result, path, shipped, today)]
    findings.sort(key=lambda f: (f.line or 0, f.question or ""))
    name = result.bank.bank if result.bank else None
    return CheckedFile(path, name, len(result.questions), tuple(findings))


def _lint(
    result: ReadResult, path: Path, shipped: Path | None, today: date | None
) -> Iterable[Finding]:
    slug = result.bank.source if result.bank else None
    document = source_beside(path, slug, shipped)[0] if slug and "/" not in slug else None
    lines = {read.question.id: read.line for read in result.questions if read.question}
    for finding in lint_bank(
        [r.question for r in result.questions if r.question], document, today=today
    ):
        yield finding.at(lines.get(finding.question or ""))
