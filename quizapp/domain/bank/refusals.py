"""What keeps a question out, said so that whoever wrote it can mend it."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from quizapp.domain.bank.findings import Finding, path
from quizapp.domain.questions import Problem
from quizapp.domain.words import N_

MOST = 20
"""Findings for one question; more would say nothing more."""

_NOT_A_BOOLEAN = (
    "not-a-boolean",
    N_("This is neither true nor false."),
    N_("Write true or false."),
)
_SAID = {
    "missing": ("missing-field", N_("This is missing."), N_("Write it.")),
    "string_type": ("not-text", N_("This is not a text."), N_("Write it as text, in quotes.")),
    "bool_type": _NOT_A_BOOLEAN,
    "bool_parsing": _NOT_A_BOOLEAN,
    "tuple_type": ("not-a-list", N_("This is not a list."), N_("Write a list, in [ ] say.")),
    "dict_type": (
        "not-a-mapping",
        N_("This is not a list of names with values."),
        N_("Write it as 'name: value'."),
    ),
    "model_type": (
        "not-a-mapping",
        N_("This is not a list of names with values."),
        N_("Write a text by language, as {en: ...}, and anything else as 'name: value'."),
    ),
    "string_too_long": (
        "too-long",
        N_("This text is too long: at most %(most)s characters are read."),
        N_("Shorten it."),
    ),
    "too_long": (
        "too-many",
        N_("These are too many: at most %(most)s are read."),
        N_("Leave some out, or make two questions of it."),
    ),
    "recursion_loop": ("too-deep", N_("This is nested too deeply."), N_("Write it flat.")),
}
_FORMS = {
    "id": N_("Use small Latin letters, digits and hyphens, at most 64, such as t3-fta-partners."),
    "not_with": N_("List the ids of questions, such as [t3-fta-partners]."),
    "cites": N_('Cite a provision with its version, such as "3.7@1".'),
    "of": N_("Write the eight characters that 'quizapp bank lint' says."),
    "tags": N_("Use words without commas and brackets."),
}


def refused(
    rule: str,
    message: str,
    remedy: str,
    question: str | None = None,
    where: str = "",
    **params: Any,
) -> Finding:
    """An error: what it is about is kept out."""
    return Finding(
        severity="error",
        rule=rule,
        message=message,
        remedy=remedy,
        params=params,
        question=question,
        where=where,
    )


def cannot_be_marked(problem: Problem, question: str | None, where: str) -> Finding:
    """The error that a type's problem is."""
    return refused(
        problem.code, problem.message, problem.remedy, question, where, **dict(problem.params)
    )


def said_id(value: object) -> str | None:
    """The id of an entry as far as it can be said."""
    if not isinstance(value, str | int) or isinstance(value, bool) or value == "":
        return None
    return str(value).encode("utf-8", "replace").decode().replace("\x00", "?")[:80]


def refused_fields(
    error: ValidationError | RecursionError, data: Any, question: str | None, known: Sequence[str]
) -> list[Finding]:
    """Say each field's refusal once, in words."""
    if isinstance(error, RecursionError):
        rule, message, remedy = _SAID["recursion_loop"]
        return [refused(rule, message, remedy, question)]
    found: dict[str, Finding] = {}
    for one in error.errors(include_url=False, include_input=False):
        where = path(_place(data, one["loc"]))
        where = where.encode("utf-8", "replace").decode().replace("\x00", "?")[:200]
        found.setdefault(where, _finding(one, question, where, known))
        if len(found) == MOST:
            break
    return list(found.values())


def _finding(one: Any, question: str | None, where: str, known: Sequence[str]) -> Finding:
    kind, context = one["type"], one.get("ctx") or {}
    field = next((str(part) for part in reversed(one["loc"]) if isinstance(part, str)), "")
    if kind == "extra_forbidden":
        name = where.rpartition(".")[2]
        near = get_close_matches(name, known, 1)
        return refused(
            "unknown-field",
            N_("There is no field '%(name)s' here."),
            N_("Did you mean '%(near)s'? Else leave it out.") if near else N_("Leave it out."),
            question,
            where,
            name=name,
            near=near[0] if near else "",
        )
    if kind == "literal_error":
        return refused(
            "unknown-value",
            N_("This value is not known."),
            N_("Use one of these: %(known)s."),
            question,
            where,
            known=str(context.get("expected", "")).replace("'", "").replace(" or ", ", "),
        )
    if kind == "string_pattern_mismatch":
        form = next((part for part in reversed(one["loc"]) if part in _FORMS), "")
        remedy = _FORMS.get(str(form), N_("Use letters, digits, hyphens and underscores."))
        return refused(
            "malformed", N_("This is not written as it has to be."), remedy, question, where
        )
    if kind in ("string_unicode", "value_error") and _unstorable(context):
        return refused(
            "unstorable-text",
            N_("This text holds a character that cannot be stored: NUL, or half a character."),
            N_("Remove it; typing the text anew is the surest way."),
            question,
            where,
        )
    if kind in _SAID:
        rule, message, remedy = _SAID[kind]
        most = context.get("max_length")
        return refused(rule, message, remedy, question, where, **({"most": most} if most else {}))
    return refused(
        "malformed",
        N_("This cannot be read: %(reason)s."),
        N_("Correct it as the example of this type shows."),
        question,
        where or field,
        reason=str(context.get("error") or one["msg"])[:200],
    )


def _unstorable(context: Any) -> bool:
    return not context or type(context.get("error")).__name__ == "UnstorableText"


def _place(data: Any, location: tuple[int | str, ...]) -> list[int | str]:
    """The part of pydantic's location that stands in the data, and the field that is missing."""
    place: list[int | str] = []
    for part in location:
        inside = isinstance(part, int) and isinstance(data, list | tuple) and part < len(data)
        if inside or (isinstance(data, dict) and part in data):
            data = data[part]  # either is checked above
            place.append(part)
        elif isinstance(data, dict) and isinstance(part, str) and part == location[-1]:
            place.append(part)
    return place or list(location[:1])
