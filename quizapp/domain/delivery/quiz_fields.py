"""Reading a quiz from what somebody sent: its title and its settings, each problem at its field."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from quizapp.domain.answers.localised import LANGS
from quizapp.domain.delivery.quiz import QuizSettings
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.people.fields import Problems, clean_line, clean_name
from quizapp.domain.words import N_

_NUMBER = N_("Give a whole number.")
_MESSAGES: dict[str, str] = {
    "missing": N_("This is needed."),
    "extra_forbidden": N_("There is no such field."),
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_type": _NUMBER,
    "int_from_float": _NUMBER,
    "decimal_parsing": N_("Give a number."),
    "decimal_type": N_("Give a number."),
    "finite_number": N_("Give a number."),
    "greater_than": N_("Give more than %(gt)s."),
    "greater_than_equal": N_("Give at least %(ge)s."),
    "less_than": N_("Give less than %(lt)s."),
    "less_than_equal": N_("Give at most %(le)s."),
    "decimal_max_places": N_("Give at most two decimals."),
    "decimal_max_digits": N_("Give fewer digits."),
    "decimal_whole_digits": N_("Give fewer digits."),
    "literal_error": N_("Choose one of these: %(expected)s."),
    "too_short": N_("Give at least one."),
    "too_long": N_("Give at most %(max_length)s."),
    "string_too_short": N_("This cannot be empty."),
    "string_too_long": N_("This is longer than %(max_length)s characters."),
    "string_pattern_mismatch": N_("This holds a control character: type it again."),
}
_OTHER = N_("This cannot be taken: another kind of value is needed.")


def read_settings(data: Mapping[str, Any]) -> QuizSettings:
    """The settings of a quiz, with the defaults of its mode.

    Raises:
        Invalid: with one problem for each field, named like `sections[0].draw`.
    """
    try:
        return QuizSettings.model_validate(dict(data))
    except ValidationError as error:
        found = [_problem(one) for one in error.errors(include_url=False, include_input=False)]
        # of a list with a bad entry pydantic says, too, that it is too short
        fields = [one.field for one in found]
        inner = [one for one in found if not any(f.startswith(f"{one.field}[") for f in fields)]
        raise Invalid(inner) from error


def read_title(value: object) -> dict[str, str]:
    """A title in English, in Khmer or in both, as it is stored.

    Args:
        value: `{"en": ..., "km": ...}`, or one text whose script tells its language.

    Raises:
        Invalid: it is empty, too long, or no such thing.
    """
    if isinstance(value, str):
        words = clean_name("title", value)
        return {_script(words): words}
    if not isinstance(value, Mapping) or not set(value) <= set(LANGS):
        raise Invalid.field("title", N_("Give the title as a text, or as en and km."))
    title: dict[str, str] = {}
    problems = Problems()
    for lang in LANGS:
        with problems:
            if words := _line(f"title.{lang}", value.get(lang)):
                title[lang] = words
    problems.raise_if_any()
    if not title:
        raise Invalid.field("title", N_("This cannot be empty."))
    return title


def _line(field: str, value: object) -> str:
    if not isinstance(value, str | None):
        raise Invalid.field(field, _OTHER)
    return clean_line(field, value or "")


def _script(text: str) -> str:
    return "km" if any("\u1780" <= character <= "\u17ff" for character in text) else "en"


def _problem(error: Any) -> FieldProblem:
    context = dict(error.get("ctx") or {})
    if error["type"] == "value_error":
        return FieldProblem(path(error["loc"]), str(context["error"]))
    message = _MESSAGES.get(error["type"], _OTHER)
    params = {name: value for name, value in context.items() if f"%({name})" in message}
    return FieldProblem(path(error["loc"]), message, params or None)


def path(location: tuple[int | str, ...]) -> str:
    """Where in a document something is, as people write it: `sections[0].draw`."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(parts).removeprefix(".")
