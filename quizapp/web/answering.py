"""Answers from a form without JavaScript: the fields of `templates/questions/`, as a response."""

from collections.abc import Callable
from typing import Any

from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from quizapp.domain.answers.localised import Lang

Form = MultiDict[str, str]


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
    return _READERS[kind](form, prefix)


def _choice(form: Form, prefix: str) -> dict[str, Any] | None:
    chosen = form.get(f"{prefix}choice")
    return {"choice": chosen} if chosen else None


def _choices(form: Form, prefix: str) -> dict[str, Any] | None:
    chosen = form.getlist(f"{prefix}choices")
    return {"choices": chosen} if chosen else None


def _verdict(form: Form, prefix: str) -> dict[str, Any] | None:
    value = form.get(f"{prefix}value")
    return {"value": value == "true"} if value in ("true", "false") else None


def _pairs(form: Form, prefix: str) -> dict[str, Any] | None:
    pairs = _fields(form, f"{prefix}pairs.")
    return {"pairs": pairs} if pairs else None


def _order(form: Form, prefix: str) -> dict[str, Any] | None:
    order = form.getlist(f"{prefix}order")
    return {"order": order} if order else None


def _text(form: Form, prefix: str) -> dict[str, Any] | None:
    text = form.get(f"{prefix}text", "")
    return {"text": text} if text.strip() else None


def _number(form: Form, prefix: str) -> dict[str, Any] | None:
    raw = form.get(f"{prefix}value", "")
    return {"raw": raw} if raw.strip() else None


def _blanks(form: Form, prefix: str) -> dict[str, Any] | None:
    blanks = _fields(form, f"{prefix}blanks.")
    return {"blanks": blanks} if blanks else None


def _fields(form: Form, start: str) -> dict[str, str]:
    return {
        name.removeprefix(start): value
        for name, value in form.items()
        if name.startswith(start) and value.strip()
    }


_READERS: dict[str, Callable[[Form, str], dict[str, Any] | None]] = {
    "single_choice": _choice,
    "multiple_choice": _choices,
    "true_false": _verdict,
    "matching": _pairs,
    "ordering": _order,
    "short_text": _text,
    "numeric": _number,
    "cloze": _blanks,
}
