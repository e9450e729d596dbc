"""GIFT, the text format of Moodle and others."""

import re
from collections.abc import Sequence

from quizapp.domain.bank.bank import BankHeader
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.gift import parser, reading, writing
from quizapp.formats.shared.limits import LIMITS, Limits, decode
from quizapp.formats.shared.result import ReadResult, Written, collect, refuse

NAME = "gift"
EXTENSIONS = (".gift", ".txt")
MEDIA_TYPE = "text/plain"

_LOOKS = re.compile(
    r"(^::.+?::)|(^\$CATEGORY:)|(\{[^{}]*[=~#][^{}]*\})|(\{\s*(T|F|TRUE|FALSE)?\s*\})", re.M
)

_OTHER = re.compile(r"""\s*(<|[{\[]\s*["{\[])""")


def sniff(data: bytes) -> bool:
    """Say whether there is something like a GIFT question near the beginning."""
    text = data[:20_000].decode("utf-8-sig", "replace")
    # JSON and XML have braces and equals signs too
    return _OTHER.match(text) is None and _LOOKS.search(text) is not None


def read(data: bytes, limits: Limits = LIMITS) -> ReadResult:
    """Read questions; each becomes a question or a finding that says why it cannot."""
    text, refusal = decode(data, limits)
    if refusal:
        return refuse(refusal)
    taken: set[str] = set()
    entries = [reading.entry_of(block, taken) for block in parser.blocks(text)]
    if not entries:
        return refuse(
            refused(
                "no-questions",
                N_("There is no GIFT question in this file."),
                N_("Write the question, and its answers in braces: {=right ~wrong}."),
                where="file",
            )
        )
    return collect(entries, limits)


def write(questions: Sequence[Question], bank: BankHeader) -> Written:
    """Write questions; what GIFT cannot hold is left out, with a finding each."""
    return writing.write(questions)


__all__ = ["EXTENSIONS", "MEDIA_TYPE", "NAME", "read", "sniff", "write"]
