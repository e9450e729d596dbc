"""The JSON Schema of bank files, put together from what each question type says of itself."""

from typing import Any

from pydantic import BaseModel

from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.bank import FORMAT
from quizapp.domain.bank.question import SLUG, Common
from quizapp.domain.questions import TYPES

_REF = "#/$defs/{model}"


def bank_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a bank file; every type of TYPES is in it."""
    defs: dict[str, Any] = {}
    slug = {"type": "string", "pattern": SLUG}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Question bank",
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "bank", "questions"],
        "properties": {
            "format": {"const": FORMAT},
            "bank": slug,
            "title": _schema(Localised, defs, "Localised"),
            "source": slug,
            "questions": {
                "type": "array",
                "items": {"oneOf": [_question(name, defs) for name in TYPES]},
            },
        },
        "$defs": defs,
    }


def _question(name: str, defs: dict[str, Any]) -> dict[str, Any]:
    common = _common(defs)
    own = _schema(TYPES[name].Content, defs, name, inline=True)
    defs[f"question_{name}"] = {
        "title": name,
        "description": own.get("description", ""),
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "type", "stem", *own.get("required", [])],
        "properties": {
            **common,
            "type": {"const": name, "description": "The question type."},
            **own.get("properties", {}),
        },
    }
    return {"$ref": _REF.format(model=f"question_{name}")}


def _common(defs: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = _schema(Common, defs, "common", inline=True)["properties"]
    return properties


def _schema(
    model: type[BaseModel], defs: dict[str, Any], name: str, *, inline: bool = False
) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF)
    for inner, definition in schema.pop("$defs", {}).items():
        # equal names of two types are equal models today; a clash must not pass unseen
        if defs.setdefault(inner, definition) != definition:
            defs[f"{name}_{inner}"] = definition
            schema = _renamed(schema, inner, f"{name}_{inner}")
    if inline:
        return schema
    defs[name] = schema
    return {"$ref": _REF.format(model=name)}


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {
            k: _REF.format(model=new)
            if k == "$ref" and v == _REF.format(model=old)
            else _renamed(v, old, new)
            for k, v in value.items()
        }
    return [_renamed(one, old, new) for one in value] if isinstance(value, list) else value
