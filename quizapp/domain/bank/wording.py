"""Rules about English words in stems and options; they are silent about Khmer."""

import re
from collections.abc import Iterator

from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.parts import Choice, choices
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.rules import RULES

_ALL = re.compile(r"\ball (of )?(the )?(above|these|them|options|answers)\b", re.I)
_NONE = re.compile(r"\b(none|neither) of (the )?(above|these|them|options|answers)\b", re.I)
_WHOLE = 5
"""'All of these countries' is an answer of its own; 'all of these are right' is not."""
_NEGATIVE = re.compile(r"\b(not|except|neither|nor|\w+n['’]t)\b", re.I)
_EMPHASISED = re.compile(r"(\*\*.+?\*\*|__.+?__|\*.+?\*|\b_.+?_\b)", re.S)
_ABSOLUTE = re.compile(
    r"\b(always|never|usually|often|sometimes|generally|frequently|rarely|seldom|typically"
    r"|invariably|occasionally)\b",
    re.I,
)
_WORD = re.compile(r"[a-z]+(?:['’-][a-z]+)*", re.I)
_COMMON = frozenset(
    """about above after again against also among another because been before being between both
    cambodia cambodia's could diplomacy direction does doing down during each every following from
    further have having here into itself just more most named names only other others over policy
    same should some such task than that their them then there these they this those through under
    until upon very want wants were what when where which while whom whose will with within without
    would your does shall says answer option question statement describe describes best correct
    right true false""".split()  # noqa: SIM905 - a list of 90 words reads better as text
)
_SHORTEST = 4


def wording(question: Question) -> Iterator[Finding]:
    """Check the words of a question's choices."""
    stem = question.stem.en or ""
    for choice in choices(question):
        texts = [option.text.en or "" for option in choice.options]
        yield from _of_options(question, choice, texts)
        if choice.where != "options":
            continue
        lead_in = _EMPHASISED.sub(" ", _lead_in(stem))
        negative = next((m for m in _NEGATIVE.finditer(lead_in) if not m[0].isupper()), None)
        if negative:
            yield RULES["negative-lead-in"].finding(question.id, "stem.en", word=negative[0])
        if choice.single and all(texts):
            yield from _cues(question, choice, stem, texts)


def _lead_in(stem: str) -> str:
    """The last sentence: what comes before it is a case, where 'not' is only a word."""
    return re.split(r"(?<=[.!?:])\s+", stem.strip())[-1]


def _of_options(question: Question, choice: Choice, texts: list[str]) -> Iterator[Finding]:
    for index, text in enumerate(texts):
        where = f"{choice.where}[{index}].text.en"
        short = len(text.split()) <= _WHOLE
        if short and _ALL.search(text):
            yield RULES["all-of-the-above"].finding(question.id, where)
        elif short and _NONE.search(text):
            yield RULES["none-of-the-above"].finding(question.id, where)
        elif absolute := _ABSOLUTE.search(text):
            yield RULES["absolute-term"].finding(question.id, where, word=absolute[0])


def _cues(question: Question, choice: Choice, stem: str, texts: list[str]) -> Iterator[Finding]:
    at = choice.options.index(choice.key)
    if _grammar_fits_one(stem, texts):
        yield RULES["grammar-cue"].finding(question.id, "stem.en")
    others = {word for index, text in enumerate(texts) if index != at for word in _content(text)}
    repeated = [word for word in _content(texts[at]) if word in _content(stem) - others]
    if repeated:
        yield RULES["word-repeated-in-key"].finding(
            question.id, f"{choice.where}[{at}].text.en", word=repeated[0]
        )


def _content(text: str) -> set[str]:
    return {
        _singular(word)
        for word in (found.lower().replace("’", "'") for found in _WORD.findall(text))
        if len(word) >= _SHORTEST and word not in _COMMON
    }


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    if word.endswith("ies") and len(word) > len("flies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _grammar_fits_one(stem: str, texts: list[str]) -> bool:
    words = re.sub(r"[\s_.…:?]+$", "", stem).lower().split()
    last = words[-1] if words else ""
    if last in ("a", "an"):
        fits = [(text[:1].lower() in "aeiou") is (last == "an") for text in texts]
    elif last in ("is", "was", "has", "are", "were", "have"):
        plural = last in ("are", "were", "have")
        fits = [_is_plural(text) is plural for text in texts]
    else:
        return False
    return fits.count(True) == 1


def _is_plural(text: str) -> bool:
    words = text.lower().split()
    if not words or words[0] in ("a", "an", "one"):
        return False
    return " and " in text or (
        words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))
    )
