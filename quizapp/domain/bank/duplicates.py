"""Questions that are nearly the same, and questions that answer one another."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

from quizapp.domain.answers.text import fold
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.parts import answers, asked_texts
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.rules import RULES

GRAM = 5
WARN, HOLD = 0.6, 0.8
SHORTEST_PHRASE, SHORTEST_WORD = 8, 5
"""Letters of an answer that is looked for in other stems: shorter ones stand everywhere."""
MOST_STEMS = 2
"""A single word that more stems have gives nothing away."""
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_KHMER = re.compile("[\u1780-\u17ff]+")


def near_duplicates(
    questions: Sequence[Question], beside: Sequence[Question] = ()
) -> Iterator[Finding]:
    """Compare stem and options of each question with those before it, and with those beside.

    Jaccard similarity of 5-grams: of words; of characters where the text is Khmer, which sets no
    spaces between words. The grams of each are sorted by rarity and only as many are indexed as a
    pair needs to reach .6 (prefix filtering), so a bank of thousands takes seconds.
    """
    listed = [*beside, *questions]
    grams = [_grams(question) for question in listed]
    frequency = Counter(gram for one in grams for gram in one)
    index: dict[int, list[int]] = defaultdict(list)
    for at, one in enumerate(grams):
        ranked = sorted(one, key=lambda gram: (frequency[gram], gram))
        prefix = ranked[: len(one) - ceil(WARN * len(one)) + 1]
        near = {other for gram in prefix for other in index[gram]}
        if at >= len(beside):
            yield from _nearest(listed, grams, at, near)
        for gram in prefix:
            index[gram].append(at)


def _nearest(
    listed: Sequence[Question], grams: Sequence[frozenset[int]], at: int, near: set[int]
) -> Iterator[Finding]:
    best, twin = 0.0, -1
    for other in sorted(near):
        small, large = sorted((len(grams[at]), len(grams[other])))
        if small < WARN * large:
            continue
        shared = len(grams[at] & grams[other])
        share = shared / (small + large - shared)
        if share > best:
            best, twin = share, other
    if best >= WARN:
        yield RULES["near-duplicate"].finding(
            listed[at].id,
            "stem",
            severity="hold" if best >= HOLD else "warning",
            other=listed[twin].id,
            share=int(best * 100),
        )


def _grams(question: Question) -> frozenset[int]:
    texts = list(asked_texts(question))
    lang = "en" if texts[0].en else "km"
    stem, *parts = (fold(text.get(lang) or "") for text in texts)  # type: ignore[arg-type]
    whole = " ".join((stem, *sorted(parts)))
    tokens: Sequence[str] = whole.replace(" ", "") if _KHMER.search(whole) else _WORD.findall(whole)
    last = max(1, len(tokens) - GRAM + 1)
    return frozenset(hash(tuple(tokens[start : start + GRAM])) for start in range(last))


def answers_in_stems(
    questions: Sequence[Question], beside: Sequence[Question] = ()
) -> Iterator[Finding]:
    """Warn where the English answer of a question stands, word for word, in another's stem.

    Pairs that `not_with` keeps apart are left out, and so are answers of one short or common word.
    """
    stems = {q.id: _WORD.findall(fold(q.stem.en or "")) for q in (*beside, *questions)}
    holding: dict[str, set[str]] = defaultdict(set)
    for name, words in stems.items():
        for word in words:
            holding[word].add(name)
    apart = {q.id: set(q.not_with) for q in (*beside, *questions)}
    for question in questions:
        said: set[str] = set()
        for answer in answers(question, "en"):
            words = _WORD.findall(fold(answer))
            if not _tells(words, holding):
                continue
            rarest = min(words, key=lambda word: len(holding.get(word, ())))
            for other in sorted(holding.get(rarest, set()) - {question.id} - said):
                kept_apart = other in apart[question.id] or question.id in apart[other]
                if not kept_apart and _stands(words, stems[other]):
                    said.add(other)
                    yield RULES["answer-in-other-stem"].finding(
                        question.id, "", answer=answer[:80], other=other
                    )


def _tells(words: list[str], holding: dict[str, set[str]]) -> bool:
    """Say whether an answer is particular: two words, or a long one that few stems have."""
    if len(words) > 1:
        return sum(map(len, words)) >= SHORTEST_PHRASE
    return (
        bool(words)
        and len(words[0]) >= SHORTEST_WORD
        and len(holding.get(words[0], ())) <= MOST_STEMS
    )


def _stands(words: list[str], stem: list[str]) -> bool:
    first = words[0]
    return any(
        word == first and stem[at : at + len(words)] == words for at, word in enumerate(stem)
    )
