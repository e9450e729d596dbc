"""Reading YAML as plain data with line numbers: nothing is constructed, expanded or guessed at.

Of YAML 1.2's core schema: null, true, false and numbers; everything else is text, so `No` and
`2030-12-31` are what they look like. Aliases, anchors, tags, repeated keys and further documents
are refused, each with its line.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.shared.limits import Limits
from quizapp.formats.shared.scalars import TEXT_FIELDS

Place = tuple[str | int, ...]

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,2})?"
)
_WHOLE = re.compile(r"[-+]?[0-9]{1,30}")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
MOST_PROBLEMS = 50
_MESSAGES = {
    "yaml-alias": (
        N_("This uses a YAML anchor or alias (& or *)."),
        N_("Write the text out; in a text that begins with & or *, put it in quotes."),
    ),
    "yaml-tag": (
        N_("This uses a YAML tag (!)."),
        N_("Remove it; in a text that begins with !, put it in quotes."),
    ),
    "yaml-duplicate-key": (
        N_("'%(key)s' is written twice here."),
        N_("Keep one of the two."),
    ),
    "yaml-documents": (
        N_("A second document begins here (---)."),
        N_("Write one bank a file."),
    ),
    "yaml-depth": (N_("This is nested too deeply."), N_("Write it flat.")),
    "yaml-key": (
        N_("A name here is not a single text."),
        N_("Write 'name: value'; put text that begins with [, { or ? in quotes."),
    ),
}


@dataclass
class Tree:
    """What a YAML file holds, with the line of every place and what is wrong where."""

    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[tuple[Place, Finding]] = field(default_factory=list)

    def line_of(self, place: Place) -> int | None:
        """The line of a place, or of the nearest one around it."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = place[:-1]
        return self.lines.get(())

    def problem(self, rule: str, place: Place, line: int, **params: Any) -> None:
        """Note what is wrong."""
        message, remedy = _MESSAGES[rule]
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append((place, refused(rule, message, remedy, **params).at(line)))


@dataclass
class _Open:
    """A list or mapping that is being read; `key` is the name that waits for its value."""

    value: list[Any] | dict[str, Any]
    place: Place
    key: str | None = None
    repeated: bool = False


def read_tree(text: str, limits: Limits) -> Tree:
    """Read the first document; what is wrong stands in `problems`, at () if it is the file's."""
    tree = Tree()
    try:
        _Builder(tree, limits).build(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "?"
        line = mark.line + 1 if mark else _line_of_error(text, error)
        finding = refused(
            "yaml-syntax",
            N_("This is not YAML as it has to be: %(reason)s."),
            N_("Look at this line and the one before: indentation, quotes, and ': ' in a text."),
            where="file",
            reason=str(reason)[:200],
        ).at(line)
        tree.problems.append(((), finding))
    return tree


def _line_of_error(text: str, error: Exception) -> int | None:
    position = getattr(error, "position", None)
    return text.count("\n", 0, position) + 1 if isinstance(position, int) else None


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Stop(yaml.YAMLError):
    """Nothing further can be read."""


class _Builder:
    def __init__(self, tree: Tree, limits: Limits) -> None:
        self.tree = tree
        self.limits = limits
        self.open: list[_Open] = []

    def build(self, text: str) -> None:
        documents = 0
        try:
            for event in yaml.parse(text, Loader=_PARSER):
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self.tree.problem("yaml-documents", (), _line(event))
                        return
                elif isinstance(event, yaml.NodeEvent):
                    self._node(event)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self.open.pop()
        except _Stop:
            pass

    def _node(self, event: Any) -> None:
        line = _line(event)
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.value, dict) and parent.key is None:
            self._key(parent, event, line)
            return
        place = self._place(parent)
        self.tree.lines.setdefault(place, line)
        if event.anchor is not None:
            self.tree.problem("yaml-alias", place, line)
        value = self._value(event, place, line)
        if parent is None:
            self.tree.value = value
        elif isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is not None:
            if not parent.repeated:
                parent.value[parent.key] = value
            parent.key = None
        if isinstance(value, list | dict):
            if len(self.open) >= self.limits.depth:
                self.tree.problem("yaml-depth", place[:2], line)
                raise _Stop
            self.open.append(_Open(value, place))

    def _place(self, parent: _Open | None) -> Place:
        if parent is None:
            return ()
        if isinstance(parent.value, list):
            return (*parent.place, len(parent.value))
        return (*parent.place, parent.key or "")

    def _key(self, parent: _Open, event: Any, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            rule = "yaml-alias" if isinstance(event, yaml.AliasEvent) else "yaml-key"
            self.tree.problem(rule, (), line)
            raise _Stop
        if event.anchor is not None:
            self.tree.problem("yaml-alias", parent.place, line)
        if event.tag is not None and event.tag != "!":
            self.tree.problem("yaml-tag", parent.place, line)
        parent.key = event.value
        parent.repeated = event.value in parent.value
        if parent.repeated:
            self.tree.problem("yaml-duplicate-key", parent.place, line, key=event.value[:80])
        else:
            self.tree.lines[(*parent.place, event.value)] = line

    def _value(self, event: Any, place: Place, line: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag is not None and event.tag != "!":
            self.tree.problem("yaml-tag", place, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        text: str = event.value
        return _resolve(text, place) if event.implicit[0] else text


def _resolve(text: str, place: Place) -> Any:
    """What a plain scalar means at this place."""
    if text in ("", "~", "null"):
        return None
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    if name in TEXT_FIELDS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
