"""Answers from a form without JavaScript: the fields of `templates/questions/`, as a response.

Which fields there are follows from the type's `Response`: a list is a name sent several times, a
map `name.key`, a verdict the words true and false. A list that is shown in an order nobody chose
yet has its fields under `initial.`; moving something in it, or confirming it, makes it an answer.
"""

import hashlib
import json
import re
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from quizapp.domain.answers.localised import Lang
from quizapp.domain.questions import TYPES

Form = MultiDict[str, str]
Shape = Literal["list", "map", "verdict", "text"]

_SURE = re.compile(r"0|1|0?\.[0-9]{1,4}|[01]\.0")
NOT_ASKED = "confidence"
"""What every response may carry beside its type's fields, where the quiz asks for it."""


def reading_language() -> Lang:
    """The language of the page."""
    locale = get_locale()
    return "km" if locale is not None and locale.language == "km" else "en"


def response_from_form(kind: str, form: Form, prefix: str = "") -> dict[str, Any] | None:
    """The response that a form holds; None where the question is left blank.

    Args:
        kind: the question type.
        form: what was sent.
        prefix: before every field's name, where a form has several questions.
    """
    found: dict[str, Any] = {}
    for name, shape in SHAPES[kind].items():
        value = _READERS[shape](form, prefix, name)
        if value not in ([], {}, "", None):
            found[name] = value
    sure = form.get(f"{prefix}{NOT_ASKED}", "")
    if found and _SURE.fullmatch(sure):
        found[NOT_ASKED] = float(sure)
    return found or None


def levels(kind: str, options: int) -> list[float]:
    """What can be chosen as one's confidence: from the chance of a guess to certain."""
    chance = {"true_false": 0.5, "single_choice": round(1 / max(options, 1), 2)}.get(kind, 0.0)
    return [chance, *(one for one in (0.5, 0.75, 0.9, 1.0) if one > chance)]


def is_pressed(form: Form, prefix: str = "") -> bool:
    """Say whether a button of the question was pressed: a move, or the order confirmed."""
    return f"{prefix}move" in form or f"{prefix}confirm" in form


def fingerprint(response: Any, *, confidence: bool = False) -> str:
    """The response as a form shows it, to tell later whether the form was edited.

    The order of a list counts nothing here: it changes by a move alone, and that is seen. Nor does
    the confidence where the form does not ask for it.
    """
    if response is None:
        return ""
    plain = {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in response.items()
        if confidence or name != NOT_ASKED
    }
    written = json.dumps(plain, sort_keys=True).encode()
    return hashlib.blake2s(written, digest_size=6).hexdigest()


def _list(form: Form, prefix: str, name: str) -> list[str]:
    listed = form.getlist(f"{prefix}{name}")
    if not listed and is_pressed(form, prefix):
        listed = form.getlist(f"{prefix}initial.{name}")
    return _moved(listed, form.get(f"{prefix}move", ""))


def _moved(listed: list[str], move: str) -> list[str]:
    """The list with one entry moved: `c.up` or `c.down`; as it is where that cannot be."""
    one, _, way = move.rpartition(".")
    if one not in listed or way not in ("up", "down"):
        return listed
    at = listed.index(one)
    to = at - 1 if way == "up" else at + 1
    if 0 <= to < len(listed):
        listed[at], listed[to] = listed[to], listed[at]
    return listed


def _map(form: Form, prefix: str, name: str) -> dict[str, str]:
    start = f"{prefix}{name}."
    return {
        field.removeprefix(start): value
        for field, value in form.items()
        if field.startswith(start) and value.strip()
    }


def _verdict(form: Form, prefix: str, name: str) -> bool | None:
    return {"true": True, "false": False}.get(form.get(f"{prefix}{name}", ""))


def _text(form: Form, prefix: str, name: str) -> str:
    # a form ends its lines as no script does; what was not edited must not look so
    value = form.get(f"{prefix}{name}", "").replace("\r\n", "\n")
    return value if value.strip() else ""


_READERS: dict[Shape, Callable[[Form, str, str], Any]] = {
    "list": _list,
    "map": _map,
    "verdict": _verdict,
    "text": _text,
}


def _shape(annotation: Any) -> Shape | None:
    """How a form sends what the annotation describes; None for what no form sends."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin in (Union, UnionType):
        kinds = [one for one in get_args(annotation) if one is not type(None)]
        return _shape(kinds[0]) if len(kinds) == 1 else None
    shapes: dict[Any, Shape] = {list: "list", dict: "map", bool: "verdict", str: "text"}
    return shapes.get(origin or annotation)


def _shapes(kind: str) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for name, field in TYPES[kind].Response.model_fields.items():
        shape = _shape(field.annotation)
        if shape is not None and name != NOT_ASKED:
            found[name] = shape
    return found


SHAPES: dict[str, dict[str, Shape]] = {kind: _shapes(kind) for kind in TYPES}
"""By type, the fields of its form and how each is sent; pages tell scripts the same."""
