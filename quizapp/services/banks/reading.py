"""Reading files: which format they are in, and what stands in them. No database."""

from pathlib import PurePath

from quizapp.domain.bank.findings import Finding
from quizapp.domain.errors import Invalid
from quizapp.domain.words import N_
from quizapp.formats import FORMATS, LIMITS, ReadResult


def read_file(
    data: bytes, file_name: str, format_name: str | None = None
) -> tuple[ReadResult, str | None]:
    """Read a file in the format named, else the one its content shows, else the one of its name.

    Gives what was read, and the format's name; None where no format fits, and a finding says so.

    Raises:
        Invalid: there is no format of the name given.
    """
    if format_name is not None and format_name not in FORMATS:
        raise Invalid.field(
            "format",
            N_("There is no format %(format)s; these are known: %(known)s."),
            format=format_name,
            known=", ".join(FORMATS),
        )
    chosen = format_name or guess(data, file_name)
    if chosen is None:
        return ReadResult(findings=(_unknown(file_name),)), None
    return FORMATS[chosen].read(data, LIMITS), chosen


def guess(data: bytes, file_name: str) -> str | None:
    """The format of a file: what name and content agree on, else the name's, else the content's.

    `.txt` says nothing of the content, so there the content goes first.
    """
    ending = PurePath(file_name).suffix.lower()
    by_name = [name for name, module in FORMATS.items() if ending in module.EXTENSIONS]
    by_content = [name for name, module in FORMATS.items() if module.sniff(data)]
    agreed = [name for name in by_name if name in by_content]
    rest = (*by_content, *by_name) if ending == ".txt" else (*by_name, *by_content)
    return next(iter((*agreed, *rest)), None)


def _unknown(file_name: str) -> Finding:
    return Finding(
        severity="error",
        rule="unknown-format",
        message=N_("The format of this file is not known."),
        remedy=N_("Save it as one of these: %(known)s. The templates show how each begins."),
        params={"known": ", ".join(FORMATS), "file": file_name[:80]},
    )
