"""Reading requests: bodies, queries, addresses and forms, each into the model a route declares."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from quizapp.api.problems import Malformed, TooLarge, UnsupportedMediaType
from quizapp.domain.answers.canonical import UnstorableText, storable
from quizapp.domain.bank.findings import path
from quizapp.domain.errors import DomainError, FieldProblem, Invalid, NotFound
from quizapp.domain.words import N_

LARGEST_BODY = 1_000_000
"""Bytes of a JSON body; files have the limit of the settings."""

Model = TypeVar("Model", bound=BaseModel)

MOST_PROBLEMS = 50

UNKNOWN = N_("There is no such field here.")
MESSAGES = {
    "missing": N_("This is missing."),
    "extra_forbidden": UNKNOWN,
    "string_too_long": N_("This is too long."),
    "string_too_short": N_("This is too short."),
    "string_pattern_mismatch": N_("This does not have the form that it needs."),
    "too_long": N_("There are too many of these."),
    "too_short": N_("There are too few of these."),
    "literal_error": N_("This is none of the values that it can have."),
    "enum": N_("This is none of the values that it can have."),
    "uuid_parsing": N_("This is no id."),
    "greater_than_equal": N_("This number is out of range."),
    "greater_than": N_("This number is out of range."),
    "less_than_equal": N_("This number is out of range."),
    "timezone_aware": N_("Give the time with its zone, such as 2026-11-24T08:00:00Z."),
}
"""By pydantic's type of an error, the catalogue id of what is said; else what pydantic says."""


def read_body(model: type[Model]) -> Model:
    """The JSON body; it may be left out where nothing in it is required.

    Raises:
        UnsupportedMediaType: it is declared as something else.
        TooLarge: it is larger than 1 MB.
        Malformed: it is no JSON.
        Invalid: it does not fit the model, or holds what cannot be stored.
        NotFound: it fits but for an id that cannot be one of ours.
    """
    request.max_content_length = LARGEST_BODY
    try:
        data = request.get_data()
    except RequestEntityTooLarge as error:
        raise TooLarge(N_("Send at most %(most)d bytes."), most=LARGEST_BODY) from error
    if not data and not any(field.is_required() for field in model.model_fields.values()):
        return model()
    if not request.is_json:
        raise UnsupportedMediaType(N_("Send the body as application/json."))
    # escapes are rare; only they can hold what cannot be stored
    if b"\\u" in data:
        _refuse_unstorable(_parsed(data))
    try:
        return model.model_validate_json(data, strict=True)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] == "json_invalid":
            # what Python's parser takes all the same is NaN, half a character, or too deep
            _refuse_unstorable(_parsed(data))
            raise Malformed(N_("The body is no JSON.")) from error
        raise refused(error, _parsed(data)) from error


def read_query(model: type[Model]) -> Model:
    """The query.

    Raises:
        Invalid: an unknown name, one given twice, or a value that does not fit.
        NotFound: an id that cannot be one of ours.
    """
    return _from_text(model, _single(request.args.to_dict(flat=False)))


def read_form(model: type[Model]) -> Model:
    """The fields of a multipart form beside its files.

    Raises:
        UnsupportedMediaType: it is no such form.
        Invalid: an unknown name, one given twice, or a value that does not fit.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(N_("Send the file as multipart/form-data."))
    fields: dict[str, Any] = _single(request.form.to_dict(flat=False))
    files = _single(request.files.to_dict(flat=False))
    twice = fields.keys() & files.keys()
    if twice:
        raise Invalid.field(min(twice), N_("This is given twice."))
    return _from_text(model, fields, files)


def read_path(model: type[Model], parts: Mapping[str, str]) -> Model:
    """The parts of the address.

    Raises:
        NotFound: one of them cannot be one of ours.
    """
    try:
        return model.model_validate_strings(dict(parts))
    except ValidationError as error:
        raise NotFound from error


def read_nothing() -> None:
    """Check that no query came to a route that takes none.

    Raises:
        Invalid: one came.
    """
    if request.query_string:
        _refuse_names(request.args)


def refused(error: ValidationError, data: Any) -> DomainError:
    """What pydantic refused in the data, as a refusal of ours: one problem for each field.

    Where all that is wrong is an id that cannot be one of ours, that thing is not there.
    """
    problems: dict[str, FieldProblem] = {}
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if all(one["type"] == "uuid_parsing" for one in errors):
        return NotFound()
    for one in errors:
        location = one["loc"]
        names = _place(data, location)
        if one["type"] == "missing":
            names.append(str(location[-1]))
        field = printable(path(names)) or "body"
        words = one["msg"].removeprefix("Value error, ")
        problems.setdefault(field, FieldProblem(field, MESSAGES.get(one["type"], words)))
        if len(problems) == MOST_PROBLEMS:
            break
    return Invalid(list(problems.values()))


def _place(data: Any, location: tuple[int | str, ...]) -> list[str]:
    """The part of pydantic's location that stands in the data.

    Pydantic adds the name of each alternative that it tried, which says nothing to a caller.
    """
    names: list[str] = []
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            continue
        names.append(str(part))
    return names


def printable(name: str) -> str:
    """A name that a client made up, as it can be written."""
    return name.encode("utf-8", "replace").decode().replace("\x00", "?")[:80]


def _from_text(
    model: type[Model], fields: Mapping[str, str], files: Mapping[str, Any] | None = None
) -> Model:
    for name, value in fields.items():
        _storable(name, printable(name))
        _storable(value, printable(name))
    try:
        if files is None:
            return model.model_validate_strings(dict(fields))
        return model.model_validate({**fields, **files})
    except ValidationError as error:
        raise refused(error, fields) from error


def _single(fields: Mapping[str, list[Any]]) -> dict[str, Any]:
    for name, values in fields.items():
        if len(values) > 1:
            raise Invalid.field(printable(name), N_("This is given twice."))
    return {name: values[0] for name, values in fields.items()}


def _refuse_names(names: Any) -> None:
    raise Invalid([FieldProblem(printable(name), UNKNOWN) for name in names])


def _parsed(data: bytes) -> Any:
    """The body as Python's parser reads it, which takes more than JSON.

    Raises:
        Malformed: not even that can be read.
        Invalid: it is nested too deeply.
    """
    try:
        return json.loads(data, parse_int=_whole)
    except RecursionError as error:
        raise Invalid(detail=N_("This is nested too deeply.")) from error
    except ValueError as error:
        raise Malformed(N_("The body is no JSON.")) from error


def _whole(digits: str) -> int:
    # reading them costs the square of their number; Python itself stops at 4300
    if len(digits) > 4000:
        raise Invalid(detail=N_("This is not a number that can be stored."))
    return int(digits)


def _refuse_unstorable(value: Any, field: str = "") -> None:
    stack = [(field, value)]
    while stack:
        place, one = stack.pop()
        match one:
            case str():
                _storable(one, place or "body")
            case dict():
                for name, below in one.items():
                    inner = f"{place}.{printable(name)}" if place else printable(name)
                    _storable(name, inner)
                    stack.append((inner, below))
            case list():
                stack += [(f"{place}[{index}]", below) for index, below in enumerate(one)]
            case float() if not isfinite(one):
                message = N_("This is not a number that can be stored.")
                raise Invalid.field(place or "body", message)


def _storable(text: str, field: str) -> None:
    try:
        storable(text)
    except UnstorableText as error:
        raise Invalid.field(field, error.detail or error.title) from error
