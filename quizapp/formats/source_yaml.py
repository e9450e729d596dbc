"""Source documents' files."""

from pydantic import ValidationError

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.refusals import refused, refused_fields
from quizapp.domain.bank.source import SourceDocument
from quizapp.domain.words import N_
from quizapp.formats.shared.limits import LIMITS, Limits, decode
from quizapp.formats.shared.yaml_tree import read_tree


def read_source(
    data: bytes, limits: Limits = LIMITS
) -> tuple[SourceDocument | None, list[Finding]]:
    """Read a source document, or say all that keeps it out. Never raises on bad data."""
    text, refusal = decode(data, limits)
    if refusal:
        return None, [refusal]
    tree = read_tree(text, limits)
    found = [finding for _, finding in tree.problems]
    if found:
        return None, found
    try:
        document = SourceDocument.model_validate(tree.value)
    except ValidationError as error:
        known = ("source", "title", "tasks", "provisions", "id", "version", "text", "where")
        return None, refused_fields(error, tree.value, None, known)
    numbers: set[str] = set()
    for task in document.tasks:
        for provision in task.provisions:
            if provision.id in numbers:
                found.append(
                    refused(
                        "duplicate-id",
                        N_("Provision %(provision)s stands here twice."),
                        N_("Give one of the two another number."),
                        where=provision.id,
                        provision=provision.id,
                    )
                )
            numbers.add(provision.id)
    return (None if found else document), found
