"""What makes a question impossible to mark, and what explains an answer part by part."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quizapp.domain.answers.localised import LANGS, Localised, Said
from quizapp.domain.words import N_


@dataclass(frozen=True)
class Problem:
    """Something that cannot be marked.

    `code` is a stable slug, `path` leads to the place in the question's data (`options.2.text`);
    `message` and `remedy` are catalogue ids with %(name)s places for `params`.
    """

    code: str
    path: str
    message: str
    remedy: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One option, prompt, item or blank after marking.

    Attributes:
        id: of the part within the question.
        text: the part in words.
        chosen: whether the response took it or filled it.
        right: whether what was done with it is right; None where nothing was done.
        key: whether it belongs to the key.
        rationale: why it is wrong (or what is behind it), if the author said so.
        given: for parts that are filled: what was given.
        answer: for parts that are filled: what is right. As secret as the key.
    """

    id: str
    text: Said
    chosen: bool
    right: bool | None
    key: bool
    rationale: Said | None = None
    given: Said | None = None
    answer: Said | None = None


def too_few(path: str, least: int, found: int) -> list[Problem]:
    """Report a list that is shorter than `least`."""
    if found >= least:
        return []
    return [
        Problem(
            "too-few-parts",
            path,
            N_("There are %(found)s of at least %(least)s that this type needs."),
            N_("Add what is missing, or choose another question type."),
            {"found": found, "least": least},
        )
    ]


def repeated_ids(path: str, ids: Iterable[str]) -> list[Problem]:
    """Report ids that are used more than once in a list."""
    return [
        Problem(
            "duplicate-id",
            path,
            N_("The id '%(id)s' is used more than once."),
            N_("Give each its own id."),
            {"id": one},
        )
        for one, count in Counter(ids).items()
        if count > 1
    ]


def unknown_id(path: str, one: str) -> Problem:
    """Report a key that points nowhere."""
    return Problem(
        "unknown-id",
        path,
        N_("The key names '%(id)s', which is not in the question."),
        N_("Use an id that the question has."),
        {"id": one},
    )


def bad_texts(path: str, texts: Iterable[Localised]) -> list[Problem]:
    """Report parts with a blank text, and parts that cannot be told apart by their words."""
    found: list[Problem] = []
    listed = list(texts)
    for lang in LANGS:
        seen: dict[str, int] = {}
        for index, text in enumerate(listed):
            words = text.get(lang)
            if words is None:
                continue
            here = f"{path}.{index}.text.{lang}"
            if not words.strip():
                found.append(blank_text(here))
            elif seen.setdefault(words.strip(), index) != index:
                found.append(
                    Problem(
                        "duplicate-text",
                        here,
                        N_("'%(text)s' stands here twice: nobody can tell the two apart."),
                        N_("Remove one of the two, or reword it."),
                        {"text": words.strip()[:80]},
                    )
                )
    return found


def blank_text(path: str) -> Problem:
    """Report a text without words."""
    return Problem(
        "empty-text",
        path,
        N_("There is no text here."),
        N_("Write the text, or remove the entry."),
    )
