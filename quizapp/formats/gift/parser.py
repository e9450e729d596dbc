r"""Taking GIFT text apart: questions, their names, stems, answers, weights and feedback.

Questions are set apart by blank lines; lines that begin with // are comments. A backslash takes
the meaning from ~ = # { } : and from itself; \n is a new line. Nothing is interpreted here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ESCAPES = "~=#{}:\\"
_NAME = re.compile(r"::(.*?)(?<!\\)::", re.S)
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.I)
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_COMMENT_ID = re.compile(r"\[id:([^\]\\]{1,100})\]")
_COMMENT_TAG = re.compile(r"\[tag:([^\]\\]{1,100})\]")
_CLOSER = "}"


@dataclass
class Text:
    """Text as written, with the format it is in; None where the question's is meant."""

    raw: str
    format: str | None = None


@dataclass
class Answer:
    """What follows = or ~ . `weight` in per cent, None where none is written."""

    mark: str
    text: Text
    weight: float | None = None
    feedback: Text | None = None


@dataclass
class Block:
    """One question. `body` is what stands in the braces, None where there are none."""

    line: int
    name: str | None = None
    id: str | None = None
    tags: list[str] = field(default_factory=list)
    category: str | None = None
    before: Text = field(default_factory=lambda: Text(""))
    after: str = ""
    body: str | None = None
    feedback: Text | None = None
    truncated: bool = False


def blocks(text: str) -> Iterator[Block]:
    """The questions of a file, in order."""
    category: str | None = None
    comment_id: str | None = None
    tags: list[str] = []
    for first, lines in _chunks(text):
        kept: list[str] = []
        start = first
        for number, line in enumerate(lines, start=first):
            bare = line.strip()
            if bare.startswith("//"):
                if found := _COMMENT_ID.search(bare):
                    comment_id = found[1].strip()
                tags += [tag.strip() for tag in _COMMENT_TAG.findall(bare)]
            elif bare.startswith("$CATEGORY:") and not kept:
                category = bare.removeprefix("$CATEGORY:").strip()
            else:
                if not kept:
                    start = number
                kept.append(line)
        body = "\n".join(kept).strip()
        if not body:
            continue
        block = _block(body, start)
        block.category, block.id, block.tags = category, comment_id, tags
        comment_id, tags = None, []
        yield block


def _chunks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that belong together: blank lines part them, but not inside braces.

    A name in braces that are never closed begins a new chunk: one broken question is one broken
    question.
    """
    lines: list[str] = []
    first = 1
    depth = 0
    blank = False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        bare = line.strip()
        named = bare.startswith("::")
        closed = any(_CLOSER in one for one in lines) if named and depth == 0 and lines else False
        if lines and ((not bare and depth == 0) or (named and ((depth and blank) or closed))):
            yield first, lines
            lines, depth = [], 0
        if not bare:
            blank = True
            if lines:
                lines.append("")
            continue
        if not lines:
            first = number
        blank = False
        lines.append(line)
        if not bare.startswith("//"):
            depth = max(0, depth + _count(line, "{") - _count(line, "}"))
    if lines:
        yield first, lines


def _count(line: str, brace: str) -> int:
    return sum(1 for at in _free(line, brace))


def _free(text: str, wanted: str) -> Iterator[int]:
    """Places of characters of `wanted` that no backslash stands before."""
    escaped = False
    for at, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in wanted:
            yield at


def _block(body: str, line: int) -> Block:
    block = Block(line)
    if name := _NAME.match(body):
        block.name = unescape(name[1]).strip()
        body = body[name.end() :]
    opened = next(_free(body, "{"), None)
    if opened is None:
        block.before = formatted(body)
        return block
    closed = next((at for at in _free(body, "}") if at > opened), None)
    block.before = formatted(body[:opened])
    block.truncated = closed is None
    block.body = body[opened + 1 : closed].strip()
    block.after = body[closed + 1 :] if closed is not None else ""
    general = _general(block.body)
    if general is not None:
        block.feedback = formatted(block.body[general + 4 :])
        block.body = block.body[:general].strip()
    return block


def _general(body: str) -> int | None:
    places = list(_free(body, "#"))
    return next(
        (at for at in places if all(at + further in places for further in range(1, 4))), None
    )


def formatted(raw: str) -> Text:
    """A text and the format that it says it is in, if any."""
    raw = raw.strip()
    if found := _FORMAT.match(raw):
        return Text(raw[found.end() :].strip(), found[1].lower())
    return Text(raw)


def answers(body: str) -> tuple[str, list[Answer]]:
    """What stands before the first = or ~ , and the answers."""
    places = list(_free(body, "=~"))
    if not places:
        return body.strip(), []
    found = []
    for at, end in zip(places, [*places[1:], len(body)], strict=True):
        found.append(answer(body[at], body[at + 1 : end]))
    return body[: places[0]].strip(), found


def answer(mark: str, raw: str) -> Answer:
    """One answer: weight, text, feedback."""
    raw = raw.strip()
    weight = None
    if found := _WEIGHT.match(raw):
        weight = float(found[1])
        raw = raw[found.end() :]
    text, feedback = divide(raw)
    return Answer(
        mark, formatted(text), weight, formatted(feedback) if feedback is not None else None
    )


def divide(raw: str) -> tuple[str, str | None]:
    """Text and feedback, at the first # ."""
    at = next(_free(raw, "#"), None)
    return (raw, None) if at is None else (raw[:at].strip(), raw[at + 1 :].strip())


def unescape(raw: str) -> str:
    r"""Text without its backslashes; line breaks of the file are spaces, \n is a line break."""
    joined = re.sub(r"[ \t]*\n[ \t\n]*", " ", raw)

    def plain(found: re.Match[str]) -> str:
        character = found[1]
        if character == "n":
            return "\n"
        return character if character in ESCAPES else "\\" + character

    return re.sub(r"\\(.)", plain, joined)


def escape(text: str) -> str:
    """Text that `unescape` gives back."""
    guarded = re.sub(r"([~=#{}:\\])", r"\\\1", text)
    return guarded.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
