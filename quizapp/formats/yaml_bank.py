"""Bank files: the product's own format, which holds everything."""

import re
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.bank import FORMAT, BankHeader
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import SLUG, Question
from quizapp.domain.bank.refusals import refused, refused_fields
from quizapp.domain.words import N_
from quizapp.formats.shared.limits import LIMITS, Limits, decode
from quizapp.formats.shared.result import Entry, ReadResult, Written, collect, refuse
from quizapp.formats.shared.yaml_tree import Tree, read_tree

NAME = "yaml"
EXTENSIONS = (".yaml", ".yml")
MEDIA_TYPE = "application/yaml"
HEADER = ("format", "bank", "title", "source", "questions")

_LOOKS = re.compile(rb"""^[\s{,]*["']?questions["']?\s*:""", re.M)


def sniff(data: bytes) -> bool:
    """Say whether there is a line `questions:` near the beginning."""
    return _LOOKS.search(data[:65536]) is not None


def read(data: bytes, limits: Limits = LIMITS) -> ReadResult:
    """Read a bank file; each question that is wrong is kept out with findings, the rest is read."""
    text, refusal = decode(data, limits)
    if refusal:
        return refuse(refusal)
    tree = read_tree(text, limits)
    of_file = [finding for place, finding in tree.problems if place[:1] != ("questions",)]
    whole = tree.value
    if not isinstance(whole, dict) or not isinstance(whole.get("questions"), list):
        return refuse(*(of_file or [_no_bank(tree)]))
    header, found = _header(whole, tree)
    if any(one.severity == "error" for one in (*of_file, *found)):
        # a file that cannot be read to its end may lack anything: nothing of it is taken
        return ReadResult(findings=(*of_file, *found), bank=header)
    return collect(_entries(whole["questions"], tree), limits, header, (*of_file, *found))


def _entries(questions: list[Any], tree: Tree) -> list[Entry]:
    wrong: dict[int, list[Finding]] = {}
    for place, finding in tree.problems:
        if len(place) > 1 and isinstance(place[1], int):
            wrong.setdefault(place[1], []).append(finding)
    return [
        Entry(
            data,
            tree.line_of(("questions", number)),
            lambda where, number=number: tree.line_of(  # type: ignore[misc]  # a default is no argument
                ("questions", number, *_parts(where))
            ),
            wrong.get(number, []),
        )
        for number, data in enumerate(questions)
    ]


def _parts(where: str) -> list[str | int]:
    """The path back from its written form."""
    found = re.findall(r"\[(\d+)\]|([^.\[\]]+)", where)
    return [int(number) if number else name for number, name in found]


def _header(whole: dict[str, Any], tree: Tree) -> tuple[BankHeader, list[Finding]]:
    found: list[Finding] = []
    for name in whole:
        if name not in HEADER:
            finding = refused(
                "unknown-field",
                N_("A bank has no field '%(name)s'."),
                N_("Leave it out."),
                where=name[:80],
                name=name[:80],
            )
            found.append(
                finding.model_copy(update={"severity": "warning"}).at(tree.lines.get((name,)))
            )
    if whole.get("format", FORMAT) != FORMAT:
        found.append(
            refused(
                "unknown-version",
                N_("This is not version %(format)s of the bank format."),
                N_("Write format: %(format)s."),
                where="format",
                format=FORMAT,
            ).at(tree.line_of(("format",)))
        )
    names: dict[str, str | None] = {}
    for name in ("bank", "source"):
        value = whole.get(name)
        if value is not None and not (isinstance(value, str) and re.match(SLUG, value)):
            found.append(
                refused(
                    "malformed",
                    N_("The name of a bank or source is written in small letters and hyphens."),
                    N_("Use small Latin letters, digits and hyphens, at most 64."),
                    where=name,
                ).at(tree.line_of((name,)))
            )
            value = None
        names[name] = value
    title = None
    if whole.get("title") is not None:
        try:
            title = Localised.model_validate(whole["title"])
        except ValidationError as error:
            found += [
                one.model_copy(update={"where": "title"}).at(tree.line_of(("title",)))
                for one in refused_fields(error, whole["title"], None, ("en", "km"))[:1]
            ]
    return BankHeader(names["bank"], title, names["source"]), found


def _no_bank(tree: Tree) -> Finding:
    return refused(
        "no-questions",
        N_("There is no list of questions in this file."),
        N_("Write a line 'questions:' and below it one entry for each question, with '- id: ...'."),
        where="questions",
    ).at(tree.line_of(("questions",)))


def write(questions: Sequence[Question], bank: BankHeader) -> Written:
    """Write a bank file; reading it gives the same questions."""
    title = bank.title.model_dump(exclude_none=True) if bank.title else None
    header = {"format": FORMAT, "bank": bank.bank, "title": title, "source": bank.source}
    whole: dict[str, Any] = {name: value for name, value in header.items() if value is not None}
    whole["questions"] = [question.to_data() for question in questions]
    text = yaml.dump(
        whole, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, indent=2
    )
    return Written(text.encode(), [])


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # either of two
    """Never writes anchors, which `read` refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
