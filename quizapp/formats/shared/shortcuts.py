"""What people may leave out of a table: ids, languages, which option is right. Filled in here."""

import re
from typing import Any, TypeGuard

from quizapp.domain.answers.text import is_khmer
from quizapp.formats.shared.ids import (
    paired_ids,
    part_ids,
    question_id,
    unordered_ids,
)

_LOCALISED = ("stem", "explanation", "rationale", "unit", "title")
_PLAIN_TEXT = ("accept", "mistakes")
"""Lists in which `text` is the answer itself, in any language."""


def fill_in(data: dict[str, Any]) -> dict[str, Any]:
    """Bring a row's shorthand into the form of a bank file; what is there is never changed."""
    kind = re.sub(r"[\s-]+", "_", str(data.get("type", "")).strip().lower())
    if kind:
        data["type"] = kind
    _spread(data)
    _localise(data, inside="")
    said = _said(data)
    answer = data.get("answer")
    if kind != "true_false" and answer is not None:
        del data["answer"]
        _answer(data, str(answer).strip())
    _identify(data, kind, said)
    if "id" not in data:
        data["id"] = question_id("", said)
    return data


def _spread(data: dict[str, Any]) -> None:
    """A part that is only a text becomes a part with that text."""
    for name in ("options", "prompts", "targets", "items"):
        if isinstance(data.get(name), list):
            data[name] = [{"text": one} if isinstance(one, str) else one for one in data[name]]
    if isinstance(data.get("accept"), list):
        field = "value" if data.get("type") == "numeric" else "text"
        data["accept"] = [{field: one} if isinstance(one, str) else one for one in data["accept"]]
    if isinstance(data.get("blanks"), list):
        for blank in data["blanks"]:
            if isinstance(blank, dict):
                _spread(blank)


def _localise(value: Any, inside: str) -> None:
    """A text without a language is in the language of its script."""
    if isinstance(value, list):
        for one in value:
            _localise(one, inside)
        return
    if not isinstance(value, dict):
        return
    for name, one in value.items():
        localised = name in _LOCALISED or (name == "text" and inside not in _PLAIN_TEXT)
        if localised and isinstance(one, str):
            value[name] = {"km" if is_khmer(one) else "en": one}
        elif not localised:
            _localise(one, name)


def _said(data: dict[str, Any]) -> str:
    """What ids are made of: the question's words, without what a row may add later."""
    parts = [data.get(name) for name in ("type", "stem", "options", "prompts", "items", "accept")]
    return repr(parts)


def _answer(data: dict[str, Any], answer: str) -> None:
    """Read the column `answer`: numbers or letters of the right options, else what is accepted."""
    options = data.get("options")
    if isinstance(options, list) and not any(_is_right(one) for one in options):
        for place in _places(answer, options):
            options[place]["correct"] = True
    elif "options" not in data and "accept" not in data and answer:
        field = "value" if data.get("type") == "numeric" else "text"
        data["accept"] = [{field: answer}]


def _is_right(option: Any) -> bool:
    return isinstance(option, dict) and option.get("correct") is True


def _places(answer: str, options: list[Any]) -> list[int]:
    """The places of options that are named by number, by letter, or by their whole text."""
    whole = [place for place, one in enumerate(options) if _texts(one) & {answer}]
    if whole:
        return whole
    found = []
    for word in re.split(r"[\s,;]+", answer):
        if re.fullmatch(r"[0-9]{1,2}", word):
            place = int(word) - 1
        elif re.fullmatch(r"[A-Za-z]", word):
            place = ord(word.upper()) - ord("A")
        else:
            return []
        if not (0 <= place < len(options) and isinstance(options[place], dict)):
            return []
        found.append(place)
    return found


def _texts(part: Any) -> set[str]:
    text = part.get("text") if isinstance(part, dict) else None
    return set(text.values()) if isinstance(text, dict) else set()


def _identify(data: dict[str, Any], kind: str, said: str) -> None:
    """Give ids to parts where none of a list has one."""
    for name in ("options", "targets", "items"):
        parts = data.get(name)
        if _without_ids(parts):
            ordered = name == "items" and "order" not in data
            choose = unordered_ids if ordered else part_ids
            ids = choose(len(parts), (said, name))
            for part, one in zip(parts, ids, strict=False):
                part["id"] = one
            if ordered:
                data["order"] = ids
    if kind == "matching" and _without_ids(data.get("prompts")):
        _pair(data, said)
    blanks = data.get("blanks")
    if isinstance(blanks, list):
        for number, blank in enumerate(blanks, start=1):
            if isinstance(blank, dict):
                blank.setdefault("id", str(number))
                _identify(blank, "", f"{said}{number}")


def _pair(data: dict[str, Any], said: str) -> None:
    """Prompts without ids: `match` may be the target's words."""
    prompts = data["prompts"]
    targets = data.get("targets")
    if not targets:
        words = list(dict.fromkeys(str(p.get("match", "")) for p in prompts))
        targets = [{"text": {"km" if is_khmer(one) else "en": one}} for one in words if one]
        data["targets"] = targets
    named = {text: target for target in targets for text in _texts(target)}
    known = {target.get("id") for target in targets}
    by_words = all(str(p.get("match")) in named and p.get("match") not in known for p in prompts)
    prompt_ids, target_ids = paired_ids(len(prompts), max(0, len(targets) - len(prompts)), said)
    for prompt, one in zip(prompts, prompt_ids, strict=False):
        prompt["id"] = one
    if by_words:
        for target, one in zip(targets, target_ids, strict=False):
            target["id"] = one
        for prompt in prompts:
            prompt["match"] = named[str(prompt["match"])]["id"]


def _without_ids(parts: Any) -> TypeGuard[list[dict[str, Any]]]:
    return (
        isinstance(parts, list)
        and bool(parts)
        and all(isinstance(part, dict) and "id" not in part for part in parts)
    )
