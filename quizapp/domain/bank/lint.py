"""Checking questions and banks by the rules that need no answers."""

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches

from quizapp.domain.bank.duplicates import answers_in_stems, near_duplicates
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.keys import key_is_longest, keys_over_bank
from quizapp.domain.bank.parts import choices, texts
from quizapp.domain.bank.question import Question
from quizapp.domain.bank.rules import RULES
from quizapp.domain.bank.source import SourceDocument
from quizapp.domain.bank.wording import wording

FEWEST, MOST = 3, 5
LEAST = 2
"""Right options, and wrong ones, of a question with several choices."""


def lint_question(
    question: Question, source: SourceDocument | None = None, *, today: date | None = None
) -> list[Finding]:
    """Check a question by itself.

    Args:
        question: parsed, so it can be marked: errors are found by `parse`.
        source: the document that its bank rests on.
        today: for facts with an end; without it they are not checked.
    """
    found = [
        *_grounds(question),
        *_citations(question, source),
        *wording(question),
        *_counts(question),
        *key_is_longest(question),
        *_translation(question),
    ]
    if today is not None and question.valid_until is not None and question.valid_until < today:
        found.append(
            RULES["past-valid-until"].finding(
                question.id, "valid_until", date=question.valid_until.isoformat()
            )
        )
    return [*_allowed(question, found), *_bad_allowances(question)]


def lint_bank(
    questions: Sequence[Question],
    source: SourceDocument | None = None,
    *,
    beside: Sequence[Question] = (),
    today: date | None = None,
) -> list[Finding]:
    """Check questions by themselves and among one another.

    Args:
        questions: those to be checked.
        source: the document that the bank rests on.
        beside: further questions of the bank to compare them with; no finding is about these.
        today: for facts with an end; without it they are not checked.
    """
    among = [*near_duplicates(questions, beside), *answers_in_stems(questions, beside)]
    about: dict[str | None, list[Finding]] = {}
    for finding in among:
        about.setdefault(finding.question, []).append(finding)
    found: list[Finding] = []
    for question in questions:
        found += lint_question(question, source, today=today)
        found += _allowed(question, about.get(question.id, []))
    return found + keys_over_bank([*questions, *beside])


def _allowed(question: Question, found: list[Finding]) -> list[Finding]:
    """Leave out the warnings that the question allows with a reason; holds stay."""
    allowed = {rule for rule, reason in question.allow.items() if reason.strip()}
    return [one for one in found if one.severity != "warning" or one.rule not in allowed]


def _bad_allowances(question: Question) -> Iterator[Finding]:
    for rule, reason in question.allow.items():
        if rule not in RULES or not reason.strip():
            yield RULES["unknown-rule-allowed"].finding(question.id, f"allow.{rule}", rule=rule)


def _grounds(question: Question) -> Iterator[Finding]:
    if question.explanation is None or not question.explanation.langs:
        yield RULES["no-explanation"].finding(question.id, "explanation")
    if not question.cites:
        yield RULES["no-citation"].finding(question.id, "cites")
    content = question.content
    if "rationale" in type(content).model_fields and not getattr(content, "rationale"):  # noqa: B009 - of whichever type has one
        yield RULES["no-rationale"].finding(question.id, "rationale")
    for choice in choices(question):
        for index, option in enumerate(choice.options):
            unexplained = option.rationale is None or not option.rationale.langs
            if not option.correct and unexplained and not choice.explained:
                yield RULES["no-rationale"].finding(
                    question.id, f"{choice.where}[{index}].rationale"
                )


def _citations(question: Question, source: SourceDocument | None) -> Iterator[Finding]:
    if source is None:
        if question.cites:
            yield RULES["unknown-source"].finding(question.id, "cites")
        return
    versions = {p.id: p.version for task in source.tasks for p in task.provisions}
    for index, cite in enumerate(question.cites):
        number, _, cited = cite.partition("@")
        where = f"cites[{index}]"
        version = versions.get(number)
        if version is None:
            near = get_close_matches(number, versions, 3, 0.5) or list(versions)[-3:]
            yield RULES["unknown-provision"].finding(
                question.id, where, provision=number, near=", ".join(near)
            )
        elif not cited:
            yield RULES["citation-without-version"].finding(
                question.id, where, provision=number, version=version
            )
        elif int(cited) < version:
            yield RULES["stale-citation"].finding(
                question.id, where, provision=number, cited=cited, version=version
            )
        elif int(cited) > version:
            yield RULES["unknown-provision"].finding(
                question.id, where, provision=cite, near=f"{number}@{version}"
            )


def _counts(question: Question) -> Iterator[Finding]:
    for choice in choices(question):
        right, wrong = len(choice.options) - len(choice.wrong), len(choice.wrong)
        if choice.single and not FEWEST <= len(choice.options) <= MOST:
            yield RULES["option-count"].finding(
                question.id, choice.where, count=len(choice.options)
            )
        elif question.type == "multiple_choice" and min(right, wrong) < LEAST:
            yield RULES["too-few-right-or-wrong"].finding(
                question.id, choice.where, right=right, wrong=wrong
            )


def _translation(question: Question) -> Iterator[Finding]:
    listed = list(texts(question))
    missing = [where for where, text in listed if text.en and not (text.km or "").strip()]
    if missing:
        yield RULES["translation-missing"].finding(
            question.id, f"{missing[0]}.km", count=len(missing)
        )
        return
    if not any(text.en for _, text in listed):
        return
    record = question.translation.get("km")
    digest = question.english_digest()
    if record is None:
        yield RULES["translation-unrecorded"].finding(question.id, "translation", digest=digest)
    elif record.of != digest:
        yield RULES["translation-old"].finding(question.id, "translation.km.of", digest=digest)
