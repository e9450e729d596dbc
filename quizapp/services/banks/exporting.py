"""Writing banks in any of the formats, and the templates that people fill in."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from quizapp.domain.access import Actor, BankRef, require
from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.bank import BankHeader
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import Question
from quizapp.domain.errors import Invalid, NotFound
from quizapp.domain.words import N_
from quizapp.formats import FORMATS
from quizapp.services.banks import index as bank_index
from quizapp.services.banks.catalogue import SLUG
from quizapp.services.banks.reading import read_file
from quizapp.storage import banks
from quizapp.storage.database import transaction


@dataclass(frozen=True)
class Written:
    """A bank as a file. `findings` say what the format could not express."""

    data: bytes
    file_name: str
    media_type: str
    findings: tuple[Finding, ...] = ()


def export(actor: Actor | None, slug: str, format_name: str) -> Written:
    """Write a bank's questions, retired ones left out.

    Args:
        actor: needs `bank.read`; None is whoever runs the server.
        slug: the bank.
        format_name: a name of FORMATS.

    Raises:
        NotFound: there is no such bank, or the person may not know of it.
        Invalid: there is no such format.
    """
    _check_format(format_name)
    with transaction(write=False) as session:
        found = None
        if SLUG.fullmatch(slug):
            found = banks.bank_with_right(session, slug, actor.id if actor else None)
        if found is None:
            raise NotFound
        bank, right = found
        if actor is not None:
            require(actor, "bank.read", BankRef(bank.shipped, right))  # type: ignore[arg-type]
        index = bank_index.index(session, slug)
        entries = [e for e in (index.entries if index else ()) if e.state != "retired"]
        words = bank_index.versions(session, [entry.version_id for entry in entries])
        header = BankHeader(
            bank=bank.slug, title=Localised.model_validate(bank.title), source=bank.source
        )
    return _write([words[e.version_id] for e in entries], header, format_name, slug)


def formats() -> tuple[str, ...]:
    """The formats a bank can be written in."""
    return tuple(FORMATS)


def template(format_name: str) -> Written:
    """A file with an example of each type that the format can hold, to be overwritten.

    Raises:
        NotFound: there is no template in that format.
    """
    if format_name not in FORMATS:
        raise NotFound
    return _template(format_name)


@cache
def _template(format_name: str) -> Written:
    data = files("quizapp.services.banks").joinpath("template.yaml").read_bytes()
    if format_name == "yaml":
        return Written(data, "template.yaml", FORMATS["yaml"].MEDIA_TYPE)
    result, _ = read_file(data, "template.yaml", "yaml")
    examples = [read.question for read in result.questions if read.question]
    header = result.bank or BankHeader(bank="template", title=Localised(en="Template"))
    return _write(examples, header, format_name, "template")


def _write(chosen: list[Question], header: BankHeader, format_name: str, stem: str) -> Written:
    module = FORMATS[format_name]
    data, findings = module.write(chosen, header)
    ending = module.EXTENSIONS[0]
    return Written(data, f"{stem}{ending}", module.MEDIA_TYPE, tuple(findings))


def _check_format(format_name: str) -> None:
    if format_name not in FORMATS:
        raise Invalid.field(
            "format",
            N_("There is no format %(format)s; these are known: %(known)s."),
            format=format_name,
            known=", ".join(FORMATS),
        )
