"""Tables with one row a question, a column for each place in a bank file's entry.

The columns are named by these places, list entries counted from 1: `stem.en`, `options.2.text.km`.
A new question type needs nothing here.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.question import COMMON, Question
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.shared.cells import as_percent, as_value, unguard, written
from quizapp.formats.shared.ids import unique_id
from quizapp.formats.shared.limits import Limits
from quizapp.formats.shared.result import Entry, ReadResult, collect, refuse
from quizapp.formats.shared.scalars import LIST_FIELDS, TEXT_FIELDS
from quizapp.formats.shared.shortcuts import fill_in

FIRST = ("id", "type", "use", "cites", "level", "stem")
Row = tuple[int, Sequence[str]]
"""The line it begins in, and its cells."""
GUIDE = (
    ("id", N_("Small letters, digits and hyphens; stays the same when the question is reworded.")),
    ("type", N_("single_choice, multiple_choice, true_false, matching, ordering and so on.")),
    ("use", N_("practice, exam or both.")),
    ("cites", N_("Numbers of provisions with their version, such as 3.7@1, 3.2@1.")),
    ("level", N_("recall, understand or apply.")),
    ("stem.en, stem.km", N_("What is asked, in English and in Khmer. 'stem' alone will do.")),
    ("options.1.text.en", N_("The first option. 'options.1' alone will do.")),
    ("options.1.correct", N_("true for a right option; or name right ones under 'answer': 1, 3.")),
    ("options.1.rationale.en", N_("Why somebody might choose it and is wrong.")),
    ("options.1.id", N_("May stay empty; export fills it in.")),
    ("answer", N_("true or false; the right options, as 2 or B or 1, 3; or the answer itself.")),
    ("prompts.1.text.en", N_("Matching: what is to be matched.")),
    ("prompts.1.match", N_("Matching: the words of its partner, or the id of a target.")),
    ("items.1.text.en", N_("Ordering: the items, in the right order if 'order' is empty.")),
    ("accept.1.text", N_("Short text: an accepted answer. * stands for anything.")),
    ("accept.1.value", N_("Number: an accepted number; accept.1.tolerance: how far off.")),
    ("accept.1.credit", N_("Share of the points: 1, 0.5, 1/2 or 50%.")),
    ("blanks.1.accept.1.text", N_("Blanks: what is accepted at [[1]] in the stem.")),
    ("explanation.en", N_("Why the key is right.")),
    ("valid_until", N_("The last day of a fact that ends, as 2030-12-31.")),
)
"""What the columns mean; shown on the sheet beside the questions."""


def read_rows(rows: Iterable[Row], limits: Limits, findings: Iterable[Finding] = ()) -> ReadResult:
    """Read a table; the first row that is no comment names the columns."""
    said = list(findings)
    kept = ((line, cells) for line, cells in rows if _counts(cells))
    first = next(kept, None)
    if first is None:
        return refuse(*said, _no_columns(None))
    line, names = first
    if len(names) > limits.columns:
        return refuse(*said, _no_columns(line))
    columns = [_place(name) for name in names]
    if ["type"] not in columns and ["stem"] not in [column[:1] for column in columns]:
        return refuse(*said, _no_columns(line))
    said += _check_columns(columns, names, line)
    taken: set[str] = set()
    return collect((_entry(columns, row, taken) for row in kept), limits, None, said)


def _counts(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell.strip()), "")
    return bool(first) and not first.lstrip().startswith("#")


def _place(name: str) -> list[str]:
    return [part for part in re.split(r"[.\s]+", name.strip().lower()) if part]


def _no_columns(line: int | None) -> Finding:
    return refused(
        "no-columns",
        N_("The first row does not name the columns."),
        N_("Start from the template: the first row has id, type, stem.en and so on."),
        where="file",
    ).at(line)


def _check_columns(columns: list[list[str]], names: Sequence[str], line: int) -> list[Finding]:
    found: list[Finding] = []
    seen: set[tuple[str, ...]] = set()
    for column, name in zip(columns, names, strict=True):
        if column and tuple(column) in seen:
            found.append(
                refused(
                    "duplicate-column",
                    N_("Two columns are named '%(name)s'; the first is read."),
                    N_("Rename or remove one of the two."),
                    where=name[:80],
                    name=name[:80],
                )
                .model_copy(update={"severity": "warning"})
                .at(line)
            )
        seen.add(tuple(column))
    return found


def _entry(columns: list[list[str]], row: Row, taken: set[str]) -> Entry:
    line, cells = row
    data: dict[str, Any] = {}
    findings: list[Finding] = []
    for index, cell in enumerate(cells):
        if not cell.strip():
            continue
        column = columns[index] if index < len(columns) else []
        if not column:
            findings.append(_nameless(index))
        elif not _put(data, column, _value(column, unguard(cell))):
            findings.append(_clash(".".join(column)))
    data = _listed(data)
    named = "id" in data
    data = fill_in(data)
    if not named:
        data["id"] = unique_id(data["id"], repr(data), taken)
    return Entry(data, line, None, findings)


def _value(column: list[str], text: str) -> Any:
    name = next((part for part in reversed(column) if not part.isdigit()), "")
    if column[-1] in LIST_FIELDS:
        return [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if name in ("en", "km", "text") or column[0] in ("stem", "explanation", "allow"):
        return text
    if name in TEXT_FIELDS:
        return text.strip()
    percent = as_percent(text) if name == "credit" else None
    return str(percent) if percent is not None else as_value(text)


def _put(data: dict[str, Any], column: list[str], value: Any) -> bool:
    """Put a value at its place; false where something else stands there already."""
    for part in column[:-1]:
        inner = data.setdefault(part, {})
        if isinstance(inner, str):
            # 'stem' beside 'stem.km': the one without a language is the English one
            inner = data[part] = {"en": inner}
        if not isinstance(inner, dict):
            return False
        data = inner
    last = column[-1]
    if last in data:
        # the same column twice is told of the header row
        if isinstance(data[last], dict) and isinstance(value, str):
            return bool(data[last].setdefault("en", value) == value)
        return not isinstance(data[last], dict)
    data[last] = value
    return True


def _listed(value: Any) -> Any:
    """Make lists of what is numbered, without gaps."""
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() and name.isascii() for name in value):
        return [_listed(value[name]) for name in sorted(value, key=lambda name: (len(name), name))]
    return {name: _listed(one) for name, one in value.items()}


def _nameless(index: int) -> Finding:
    return refused(
        "nameless-column",
        N_("There is something in column %(column)s, which has no name."),
        N_("Name the column in the first row, or empty it."),
        where=f"[{index}]",
        column=index + 1,
    )


def _clash(name: str) -> Finding:
    return refused(
        "clashing-columns",
        N_("Column '%(name)s' contradicts another column."),
        N_("Name the columns as the template does."),
        where=name[:80],
        name=name[:80],
    )


def rows_of(questions: Sequence[Question]) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and a row of cells for each question."""
    flat = [dict(_flat(question.to_data(), ())) for question in questions]
    names = sorted({name for row in flat for name in row}, key=_rank)
    return [".".join(name) for name in names], [
        [row.get(name, "") for name in names] for row in flat
    ]


def _flat(value: Any, place: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(one, (*place, str(name)))
    elif isinstance(value, list) and place[-1] in LIST_FIELDS:
        yield place, written(", ".join(str(one) for one in value))
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _flat(one, (*place, str(number)))
    else:
        yield place, written(value)


_INNER = ("id", "text", "value", "tolerance", "credit", "correct", "match", "en", "km", "rationale")


def _rank(name: tuple[str, ...]) -> tuple[Any, ...]:
    """First what every question has, then the types' own columns, last what explains them."""
    if name[0] in FIRST:
        group = FIRST.index(name[0])
    else:
        group = 20 + COMMON.index(name[0]) if name[0] in COMMON else 10
    inner = [
        (0, int(part), "")
        if part.isdecimal()
        else (1, _INNER.index(part) if part in _INNER else 99, part)
        for part in name[1:]
    ]
    return group, name[0], inner
