"""Whether the key can be guessed by its shape: its length, and its place over a bank."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import exp, lgamma, log, sqrt

from quizapp.domain.answers.text import fold
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.parts import Choice, choices
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.rules import RULES

TIMES = 1.5
SHORTEST_KEY = 16
"""Characters: below, a longer key is no longer to look at ('2030' and 'in 2030')."""
LEAST_QUESTIONS = 10
LEAST_EXPECTED = 5
ALPHA = 0.01


def key_is_longest(question: Question) -> Iterator[Finding]:
    """Warn where the key is over 1.5 times as long as the mean of the wrong options."""
    for choice in choices(question):
        lengths = _lengths(choice) if choice.single else None
        if not lengths:
            continue
        key, others = lengths
        times = key / (sum(others) / len(others))
        if key >= SHORTEST_KEY and key > max(others) and times > TIMES:
            at = choice.options.index(choice.key)
            yield RULES["key-is-longest"].finding(
                question.id, f"{choice.where}[{at}].text", times=f"{times:.1f}"
            )


def keys_over_bank(questions: Iterable[Question]) -> list[Finding]:
    """Check lengths and places of the keys of all questions with one choice."""
    listed = [choice for question in questions for choice in choices(question) if choice.single]
    return [*_longest(listed), *_places(listed)]


def _lengths(choice: Choice) -> tuple[int, list[int]] | None:
    """Characters of the key and of each wrong option, in a language that all of them have."""
    for lang in ("en", "km"):
        key = len(fold(choice.key.text.get(lang) or ""))
        others = [len(fold(option.text.get(lang) or "")) for option in choice.wrong]
        if key and others and all(others):
            return key, others
    return None


def _longest(listed: list[Choice]) -> Iterator[Finding]:
    """Share of keys that are longest, against 1/k plus two standard errors (k options)."""
    measured = [(choice, lengths) for choice in listed if (lengths := _lengths(choice))]
    total = len(measured)
    if total < LEAST_QUESTIONS:
        return
    count = sum(key > max(others) for _, (key, others) in measured)
    chance = sum(1 / len(choice.options) for choice, _ in measured) / total
    if count / total > chance + 2 * sqrt(chance * (1 - chance) / total):
        yield RULES["keys-longest-over-bank"].finding(
            count=count, total=total, expected=round(chance * total)
        )


def _places(listed: list[Choice]) -> Iterator[Finding]:
    """Pearson's chi-square of the keys' places against equal chances; sparse places as one."""
    observed: Counter[int] = Counter()
    expected: Counter[int] = Counter()
    for choice in listed:
        observed[choice.options.index(choice.key)] += 1
        for place in range(len(choice.options)):
            expected[place] += 1 / len(choice.options)  # type: ignore[assignment]
    cells: list[tuple[float, float]] = []
    seen, hoped = 0.0, 0.0
    for place in sorted(expected):
        seen, hoped = seen + observed[place], hoped + expected[place]
        if hoped >= LEAST_EXPECTED:
            cells.append((seen, hoped))
            seen, hoped = 0.0, 0.0
    if hoped and cells:
        cells[-1] = (cells[-1][0] + seen, cells[-1][1] + hoped)
    if len(cells) == 1 or not cells:
        return
    statistic = sum((seen - hoped) ** 2 / hoped for seen, hoped in cells)
    p = chi_square_tail(statistic, len(cells) - 1)
    if p < ALPHA:
        place = observed.most_common(1)[0][0] + 1
        yield RULES["key-position-over-bank"].finding(place=place, p=f"{p:.2g}")


def chi_square_tail(statistic: float, freedom: int) -> float:
    """The chance of at least this chi-square with so many degrees of freedom.

    1 - P(a, x) with a = freedom / 2, x = statistic / 2: the regularised incomplete gamma function
    by its series, gamma(a, x) = x^a e^-x sum x^n / (a (a+1) ... (a+n)) (DLMF 8.7.1).
    """
    a, x = freedom / 2, statistic / 2
    if x <= 0:
        return 1.0
    if x > 300 + 10 * a:
        return 0.0
    term = total = 1 / a
    step = a
    while term > total * 1e-16:
        step += 1
        term *= x / step
        total += term
    return max(0.0, 1.0 - total * exp(a * log(x) - x - lgamma(a)))
