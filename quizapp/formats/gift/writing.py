"""From questions to GIFT. What GIFT has no place for is left out, and said."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.number import plain, said_number
from quizapp.domain.bank.findings import Finding
from quizapp.domain.bank.parts import texts
from quizapp.domain.bank.question import Question
from quizapp.domain.words import N_
from quizapp.formats.gift.parser import escape
from quizapp.formats.shared.result import Written

_HEAD = "// Exported questions. Lines that begin with // are comments.\n\n"
_WEIGHT_LIKE = re.compile(r"%-?[0-9.]+%")


class _CannotWriteError(Exception):
    """GIFT has no way to say it."""


def write(questions: Sequence[Question]) -> Written:
    """Write what can be written, in the order given."""
    written: list[str] = []
    findings: list[Finding] = []
    for question in questions:
        try:
            written.append(_question(question, findings))
        except _CannotWriteError as error:
            findings.append(
                _finding(
                    "not-in-format",
                    str(error),
                    N_("Export it as YAML."),
                    question,
                    kind=question.type,
                )
            )
    return Written((_HEAD + "\n\n".join(written) + "\n").encode(), findings)


def _finding(rule: str, message: str, remedy: str, question: Question, **params: object) -> Finding:
    return Finding(
        severity="warning",
        rule=rule,
        message=message,
        remedy=remedy,
        params={"format": "GIFT", **params},
        question=question.id,
    )


def _question(question: Question, findings: list[Finding]) -> str:
    kind = _KINDS.get(question.type)
    if kind is None:
        raise _CannotWriteError(
            N_("A question of the type %(kind)s cannot be written as %(format)s.")
        )
    lang: Lang = "en" if (question.stem.en or "").strip() else "km"
    writer = _Writer(question, lang)
    body = kind(writer)
    stem = writer.text(question.stem, first=True)
    general = f"\n\t####{writer.text(question.explanation)}" if question.explanation else ""
    comment = "".join(f" [tag:{tag}]" for tag in _tags(question, lang))
    if writer.lost:
        findings.append(
            _finding(
                "left-out",
                N_("Left out, as %(format)s has no place for it: %(what)s."),
                N_("Export it as YAML to keep everything."),
                question,
                what=", ".join(dict.fromkeys(writer.lost)),
            )
        )
    lines = f"//{comment}\n" if comment else ""
    return f"{lines}::{escape(question.id)}::{writer.prefix}{stem}{{{body}{general}\n}}"


def _tags(question: Question, lang: Lang) -> list[str]:
    """What other programs show as tags, and `read` understands."""
    tags = [f"cites:{cite}" for cite in question.cites if not set("[]\\") & set(cite)]
    if question.level:
        tags.append(f"level:{question.level}")
    if question.use != "both":
        tags.append(f"use:{question.use}")
    if question.valid_until:
        tags.append(f"valid_until:{question.valid_until.isoformat()}")
    tags.append(f"lang:{lang}")
    return [*tags, *(tag for tag in question.tags if not set("[]\\") & set(tag))]


class _Writer:
    def __init__(self, question: Question, lang: Lang) -> None:
        self.question = question
        self.content: Any = question.content
        self.lang = lang
        self.lost: list[str] = []
        said = [text.pick(lang).text for _, text in texts(question)]
        for name in ("accept", "mistakes"):
            said += [getattr(one, "text", "") for one in getattr(self.content, name, ())]
        if any(re.search(r"[<&]", text) for text in said):
            self.prefix = "[plain]"
        else:
            self.prefix = "[markdown]" if any("**" in text for text in said) else ""
        if any(text.get("km" if lang == "en" else "en") for _, text in texts(question)):
            self.lost.append("km" if lang == "en" else "en")
        self.lost += [name for name in ("not_with", "allow") if getattr(question, name)]

    def text(self, text: Localised, *, first: bool = False) -> str:
        """A text in the question's language, else in the one it has."""
        return self.words(text.pick(self.lang).text, first=first)

    def words(self, words: str, *, first: bool = False) -> str:
        if not words.strip():
            raise _CannotWriteError(N_("A text of it is empty in the language that is written."))
        # what begins like a format would be read as one
        guard = "[plain]" if words.lstrip().startswith("[") and not (first and self.prefix) else ""
        return guard + escape(words.strip())

    def feedback(self, text: Localised | None) -> str:
        return f"#{self.text(text)}" if text is not None and text.langs else ""

    def weight(self, per_cent: float) -> str:
        return f"%{per_cent:.5f}".rstrip("0").rstrip(".") + "%"

    def choice(self) -> str:
        options = self.content.options
        right = sum(option.correct for option in options)
        single = self.question.type == "single_choice"
        if any(option.pin for option in options):
            self.lost.append("pin")
        if getattr(self.content, "all_or_nothing", False):
            self.lost.append("all_or_nothing")
        lines = []
        for option in options:
            text = self.text(option.text)
            if single:
                mark = "=" if option.correct else "~"
                if _WEIGHT_LIKE.match(text):
                    mark += "%100%" if option.correct else "%0%"
            elif option.correct:
                mark = "~" + self.weight(100 / right)
            else:
                mark = "~" + self.weight(-100 / (len(options) - right))
            lines.append(f"\n\t{mark}{text}{self.feedback(option.rationale)}")
        return "".join(lines)

    def true_false(self) -> str:
        verdict = "TRUE" if self.content.answer else "FALSE"
        return verdict + self.feedback(self.content.rationale)

    def matching(self) -> str:
        words = {target.id: self.text(target.text) for target in self.content.targets}
        lines = []
        for prompt in self.content.prompts:
            text = self.text(prompt.text)
            if "->" in text or _WEIGHT_LIKE.match(text):
                raise _CannotWriteError(
                    N_("A prompt of it looks like a sign of %(format)s: -> or %%.")
                )
            lines.append(f"\n\t={text} -> {words[prompt.match]}")
            if prompt.rationale:
                self.lost.append("rationale")
        used = {prompt.match for prompt in self.content.prompts}
        lines += [f"\n\t= -> {text}" for name, text in words.items() if name not in used]
        return "".join(lines)

    def short_text(self) -> str:
        if self.content.case_sensitive:
            self.lost.append("case_sensitive")
        if any("->" in one.text for one in self.content.accept):
            raise _CannotWriteError(N_("An answer of it looks like a sign of %(format)s: ->."))
        lines = [
            f"\n\t={self.weight(float(one.credit * 100))}{self.words(one.text)}"
            for one in self.content.accept
            if one.credit
        ]
        return "".join([*lines, *self._mistakes(lambda one: self.words(one.text))])

    def essay(self) -> str:
        names = ("words_min", "words_max", "guide", "sample")
        self.lost += [name for name in names if getattr(self.content, name)]
        return ""

    def numeric(self) -> str:
        if self.content.unit:
            self.lost.append("unit")

        def number(one: Any) -> str:
            if "/" in said_number(one.value) + said_number(one.tolerance):
                raise _CannotWriteError(N_("A number of it has no end in decimals."))
            return f"{plain(one.value)}:{plain(one.tolerance)}"

        lines = [
            f"\n\t={self.weight(float(one.credit * 100))}{number(one)}"
            for one in self.content.accept
            if one.credit
        ]
        return "#" + "".join([*lines, *self._mistakes(number)])

    def _mistakes(self, said: Callable[[Any], str]) -> list[str]:
        return [
            f"\n\t=%0%{said(one)}{self.feedback(one.rationale)}" for one in self.content.mistakes
        ]


_KINDS: dict[str, Callable[[_Writer], str]] = {
    "single_choice": _Writer.choice,
    "multiple_choice": _Writer.choice,
    "true_false": _Writer.true_false,
    "matching": _Writer.matching,
    "short_text": _Writer.short_text,
    "numeric": _Writer.numeric,
    "essay": _Writer.essay,
}
