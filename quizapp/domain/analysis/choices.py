"""What was answered, in the words of the question: options, outcomes, or parts got right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from quizapp.domain.analysis.facility import hardly_used
from quizapp.domain.answers.localised import Lang, Said
from quizapp.domain.answers.problem import Part
from quizapp.domain.bank.question import Question
from quizapp.domain.questions import TYPES

Kind = Literal["options", "outcomes", "parts"]
BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of a tally.

    Attributes:
        id: the response class: an option's id, a part's id, or a word such as `correct`.
        text: the words of the option or part; None where the id is a word.
        count: how often it was given; of a part, how often it was got right.
        right: whether it earns points; None where that may not be told.
        unused: whether it is a distractor that hardly anybody chooses.
    """

    id: str
    text: Said | None
    count: int
    right: bool | None = None
    unused: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """What was answered. In `options` of a multiple choice the counts add up to more than `n`."""

    kind: Kind
    rows: tuple[Choice, ...]


def tally(
    question: Question, counts: Mapping[str, int], n: int, lang: Lang, *, tell_key: bool
) -> Tally:
    """Put the counts of a question's response classes into words.

    Which shape fits is read from the type's own key: `p1:t2` names a part and what belongs to it,
    the id of a part is an option, and anything else is an outcome.

    Args:
        question: the version that was dealt.
        counts: by class, as the type's `classify` gives them.
        n: how often it was dealt.
        lang: of the words.
        tell_key: whether the person may know which options are right.
    """
    kind = TYPES[question.type]
    parts = kind.explain(question.content, None, lang)
    key = kind.key(question.content)
    if key is None:
        return Tally("outcomes", _outcomes(counts, ()))
    right = kind.classify(question.content, key)
    ids = {part.id for part in parts}
    if all(one.partition(":")[0] in ids for one in right):
        if any(":" in one for one in right):
            return Tally("parts", _parts(parts, counts, right))
        return Tally("options", _options(parts, counts, right, n, tell_key=tell_key))
    return Tally("outcomes", _outcomes(counts, right))


def _options(
    parts: Sequence[Part],
    counts: Mapping[str, int],
    right: Sequence[str],
    n: int,
    *,
    tell_key: bool,
) -> tuple[Choice, ...]:
    rows = []
    for part in parts:
        count, is_right = counts.get(part.id, 0), part.id in right
        rows.append(
            Choice(
                part.id,
                part.text,
                count,
                is_right if tell_key else None,
                unused=tell_key and not is_right and hardly_used(count, n),
            )
        )
    if counts.get(BLANK):
        rows.append(Choice(BLANK, None, counts[BLANK], False))
    return tuple(rows)


def _parts(
    parts: Sequence[Part], counts: Mapping[str, int], right: Sequence[str]
) -> tuple[Choice, ...]:
    keys = {one.partition(":")[0]: one for one in right}
    return tuple(
        Choice(part.id, part.text, counts.get(keys[part.id], 0), True)
        for part in parts
        if part.id in keys
    )


def _outcomes(counts: Mapping[str, int], right: Sequence[str]) -> tuple[Choice, ...]:
    order = (*right, "partly", "wrong", BLANK)
    known = [one for one in order if counts.get(one)]
    others = sorted(one for one in counts if one not in order)
    return tuple(
        Choice(one, None, counts[one], one in right or one == "partly") for one in (*known, *others)
    )
