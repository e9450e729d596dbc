"""How much is read of a file, and reading its bytes as text."""

import re
from dataclasses import dataclass

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The largest file that is read. `unpacked`, `entries` and `ratio` are about zipped files."""

    size: int = 5 * MEGABYTE
    questions: int = 5000
    depth: int = 20
    columns: int = 1000
    rows: int = 20_000
    cells: int = 2_000_000
    unpacked: int = 60 * MEGABYTE
    entries: int = 500
    ratio: int = 200


LIMITS = Limits()


def too_large(data: bytes, limits: Limits) -> Finding | None:
    """The refusal of a file that is too large, or has nothing in it."""
    if not data.strip():
        return refused("empty-file", N_("The file is empty."), N_("Choose another file."))
    if len(data) <= limits.size:
        return None
    return refused(
        "file-too-large",
        N_("The file has %(size)s MB; at most %(most)s are read."),
        N_("Split it into several files."),
        size=f"{len(data) / MEGABYTE:.1f}",
        most=f"{limits.size / MEGABYTE:.0f}",
    )


def decode(data: bytes, limits: Limits = LIMITS) -> tuple[str, Finding | None]:
    """Read UTF-8, with or without a byte order mark; else say what the file is and what to do."""
    if finding := too_large(data, limits):
        return "", finding
    if (
        data.startswith((b"\xff\xfe", b"\xfe\xff"))
        or data[:200].count(b"\0") > len(data[:200]) // 4
    ):
        return "", refused(
            "not-utf-8",
            N_("The text is in UTF-16."),
            N_("Save it as UTF-8: 'Save as' and the encoding UTF-8, or in Excel 'CSV UTF-8'."),
            where="file",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", refused(
            "not-utf-8",
            N_("The text is not in UTF-8: byte %(byte)s cannot be read."),
            N_("Save it as UTF-8: 'Save as' and the encoding UTF-8, or in Excel 'CSV UTF-8'."),
            where="file",
            byte=f"0x{data[error.start]:02x}",
        ).at(line)
    unseen = re.search("\0", text)
    if unseen:
        return "", refused(
            "unstorable-text",
            N_("The text holds the character NUL, which cannot be stored."),
            N_("Remove it; typing the line anew is the surest way."),
            where="file",
        ).at(text.count("\n", 0, unseen.start()) + 1)
    return text, None
