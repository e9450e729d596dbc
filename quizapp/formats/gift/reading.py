"""From a GIFT question to an entry of a bank file: never a key that the file does not mean."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from quizapp.domain.answers.number import parse_number, plain
from quizapp.domain.answers.text import is_khmer
from quizapp.domain.bank.findings import Finding, Severity
from quizapp.domain.bank.refusals import refused
from quizapp.domain.words import N_
from quizapp.formats.gift import html
from quizapp.formats.gift.parser import (
    Answer,
    Block,
    Text,
    answer,
    answers,
    divide,
    formatted,
    unescape,
)
from quizapp.formats.shared.ids import (
    paired_ids,
    part_ids,
    question_id,
    unique_id,
    unordered_ids,
)
from quizapp.formats.shared.result import Entry

BLANK = "_____"
FULL = 99.9
"""Per cent: weights are written with five decimals at most."""
_VERDICT = re.compile(r"(TRUE|T|FALSE|F)\s*(#.*)?$", re.I | re.S)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TAGGED = {"cites": True, "level": False, "use": False, "valid_until": False}


def entry_of(block: Block, taken: set[str]) -> Entry:
    """Read a question; what cannot be carried over is said in the entry's findings."""
    return _Reader(block).entry(taken)


class _Reader:
    def __init__(self, block: Block) -> None:
        self.block = block
        self.format = block.before.format or "moodle"
        self.findings: list[Finding] = []
        self.lost: set[str] = set()
        self.stem = self.plain(Text(self._stem(), self.format))
        khmer = sum("\u1780" <= c <= "\u17ff" for c in self.stem)
        latin = sum(c.isascii() and c.isalpha() for c in self.stem)
        self.lang = "km" if is_khmer(self.stem) and khmer > latin else "en"
        for tag in [tag for tag in block.tags if tag in ("lang:en", "lang:km")]:
            self.lang = tag[-2:]
            block.tags.remove(tag)

    def _stem(self) -> str:
        before, after = self.block.before.raw.strip(), self.block.after.strip()
        if not after:
            return before
        gap = "" if after[0] in ".,;:!?)" else " "
        return f"{before} {BLANK}{gap}{after}".strip()

    def entry(self, taken: set[str]) -> Entry:
        block = self.block
        own = self._content()
        if block.truncated:
            self._error(
                "braces-open",
                N_("The brace of the answers is not closed."),
                N_("Write } behind the last answer; in a text, write \\{ and \\}."),
            )
        said = (self.stem, block.body or "")
        wanted = block.id if block.id and _SLUG.fullmatch(block.id) else None
        wanted = wanted or question_id(block.name or "", said)
        data: dict[str, Any] = {
            "id": unique_id(wanted, said, taken),
            "stem": {self.lang: self.stem},
            **own,
        }
        if block.feedback is not None and (text := self.plain(block.feedback)):
            first = data.get("explanation", {}).get(self.lang)
            data["explanation"] = {self.lang: f"{text}\n{first}" if first else text}
        self._tags(data)
        if self.lost:
            self._say(
                "warning",
                "html-lost",
                N_("What these HTML tags hold or mean is not carried over: %(tags)s."),
                N_("Say in words what is missing, or leave it out if it does not matter."),
                tags=", ".join(sorted(self.lost)),
            )
        return Entry(data, block.line, None, self.findings)

    def _content(self) -> dict[str, Any]:  # noqa: PLR0911 - one way out for each kind of answers
        body = self.block.body
        if body is None:
            return self._refuse(
                "gift-description",
                N_("A text without a question cannot be carried over."),
                N_("Put it into the stems of the questions that need it."),
            )
        if body == "":
            return {"type": "essay"}
        if verdict := _VERDICT.match(body):
            return self._true_false(verdict[1], verdict[2] or "")
        if body.startswith("#"):
            return self._numeric(body[1:].strip())
        if body.startswith(">"):
            return self._ordering(body[1:])
        before, found = answers(body)
        if before and found:
            return self._refuse(
                "gift-answers",
                N_("There is text in the braces before the first answer: '%(text)s'."),
                N_("Begin each answer with = or ~, and write \\= and \\~ in a text."),
                text=before[:60],
            )
        if not found:
            found = [answer("=", before)]
        if any(one.mark == "~" for one in found):
            return self._choice(found)
        if all("->" in one.text.raw for one in found):
            return self._matching(found)
        return self._short(found)

    def plain(self, text: Text) -> str:
        """The words of a text, in whatever format it is."""
        words = unescape(text.raw).strip()
        written = text.format or self.format
        if written in ("html", "moodle") and html.is_html(words):
            source = words.replace("\n", " ") if written == "html" else words
            words, lost = html.to_text(source)
            self.lost.update(lost)
        return words

    def local(self, text: Text) -> dict[str, str]:
        return {self.lang: self.plain(text)}

    def rationale(self, feedback: Text | None) -> dict[str, Any]:
        words = self.plain(feedback) if feedback is not None else ""
        return {"rationale": {self.lang: words}} if words else {}

    def _true_false(self, verdict: str, rest: str) -> dict[str, Any]:
        own: dict[str, Any] = {"type": "true_false", "answer": verdict[0].upper() == "T"}
        if rest:
            wrong, right = divide(rest[1:])
            own |= self.rationale(formatted(wrong))
            if right and (words := self.plain(formatted(divide(right)[0]))):
                own["explanation"] = {self.lang: words}
        return own

    def _choice(self, found: list[Answer]) -> dict[str, Any]:
        weights = [
            one.weight if one.weight is not None else (100.0 if one.mark == "=" else 0.0)
            for one in found
        ]
        full = {at for at, weight in enumerate(weights) if weight >= FULL}
        positive = {at for at, weight in enumerate(weights) if weight > 0}
        negative = [weight for weight in weights if weight < 0]
        marked = any(one.mark == "=" for one in found)
        # one full answer beside wrong ones that take away is a multiple choice with one right
        if len(full) == 1 and (marked or positive != full or not negative):
            kind, right = "single_choice", full
            self._partial(len(positive - full))
            if negative:
                self._differs()
        elif full:
            kind, right = "multiple_choice", full
            self._partial(len(positive - full))
            if len(full) > 1:
                self._say(
                    "hold",
                    "gift-any-of-several",
                    N_("Each of %(count)s answers earns full marks in the file."),
                    N_("Here all of them have to be chosen: see whether that is what is meant."),
                    count=len(full),
                )
        elif positive and abs(sum(weights[at] for at in positive) - 100) <= 1:
            kind, right = "multiple_choice", positive
            shares = [weights[at] for at in positive]
            if max(shares) - min(shares) > 1:
                self._say(
                    "hold",
                    "gift-shares-differ",
                    N_("Right answers earn unequal shares in the file; here each earns the same."),
                    N_("See whether the question still asks what it should."),
                )
        else:
            return self._refuse(
                "gift-no-full-marks",
                N_("No choice of answers earns full marks."),
                N_("Mark the right answer with =, or give right answers weights that make 100."),
            )
        wrong = [weight for at, weight in enumerate(weights) if at not in right]
        if kind == "multiple_choice" and any(abs(w + 100 / len(wrong)) > 1 for w in wrong):
            self._differs()
        ids = part_ids(len(found), (self.stem, [one.text.raw for one in found]))
        options = [
            {
                "id": name,
                "text": self.local(one.text),
                **({"correct": True} if at in right else {}),
                **self.rationale(one.feedback),
            }
            for at, (one, name) in enumerate(zip(found, ids, strict=False))
        ]
        return {"type": kind, "options": options}

    def _partial(self, count: int) -> None:
        if count:
            self._say(
                "hold",
                "gift-credit-lost",
                N_("%(count)s answers earn a part of the points in the file, and nothing here."),
                N_("See whether the question still asks what it should."),
                count=count,
            )

    def _differs(self) -> None:
        self._say(
            "warning",
            "gift-marking-differs",
            N_("Wrong answers are weighted otherwise in the file than they are here."),
            N_("The key is the same; read how such questions are marked here."),
        )

    def _matching(self, found: list[Answer]) -> dict[str, Any]:
        pairs = []
        for one in found:
            left, _, right = one.text.raw.partition("->")
            if one.weight is not None:
                left = f"%{one.weight:g}%{left}"
            pairs.append((self.plain(Text(left, one.text.format)), self.plain(formatted(right))))
            self._feedback_lost(one)
        words = list(dict.fromkeys(right for left, right in pairs if left))
        spare = list(dict.fromkeys(right for left, right in pairs if not left))
        spare = [one for one in spare if one not in words]
        asked = [pair for pair in pairs if pair[0]]
        if len(words) == len(asked):
            prompt_ids, target_ids = paired_ids(len(words), len(spare), (self.stem, pairs))
        else:
            prompt_ids = part_ids(len(asked), (self.stem, "prompts"))
            target_ids = part_ids(len(words) + len(spare), (self.stem, "targets"))
        targets = dict(zip([*words, *spare], target_ids, strict=False))
        return {
            "type": "matching",
            "prompts": [
                {"id": name, "text": {self.lang: left}, "match": targets.get(right, "")}
                for name, (left, right) in zip(prompt_ids, asked, strict=False)
            ],
            "targets": [{"id": name, "text": {self.lang: text}} for text, name in targets.items()],
        }

    def _ordering(self, body: str) -> dict[str, Any]:
        head, *lines = body.split("\n")
        texts = [self.plain(Text(line)) for line in lines if line.strip()]
        ids = unordered_ids(len(texts), (self.stem, texts))
        count = re.match(r"\s*(\d{1,3})\b", head)
        if count and 0 < int(count[1]) < len(texts):
            self._say(
                "warning",
                "gift-marking-differs",
                N_("In the file only some of the items are shown, here all of them."),
                N_("Remove items if these are too many."),
            )
        items = [
            {"id": name, "text": {self.lang: text}} for name, text in zip(ids, texts, strict=False)
        ]
        return {
            "type": "ordering",
            "items": sorted(items, key=lambda item: str(item["id"])),
            "order": ids,
        }

    def _short(self, found: list[Answer]) -> dict[str, Any]:
        return {
            "type": "short_text",
            **self._credits(found, lambda one: {"text": self.plain(one.text)}),
        }

    def _numeric(self, body: str) -> dict[str, Any]:
        before, found = answers(body)
        if before or not found:
            found = [answer("=", before), *found]
        listed = []
        for one in found:
            if one.text.raw.strip() in ("", "*"):
                # 'any other number': its feedback has no place here
                self._feedback_lost(one)
            elif one.mark == "~" and one.weight is None:
                one.weight = 0.0
                listed.append(one)
            else:
                listed.append(one)
        return {"type": "numeric", **self._credits(listed, self._number)}

    def _number(self, one: Answer) -> dict[str, Any] | None:
        raw = unescape(one.text.raw).strip()
        low, dots, high = raw.partition("..")
        if dots:
            ends = parse_number(low), parse_number(high)
            if ends[0] is not None and ends[1] is not None:
                value, off = sum(ends) / 2, abs(ends[1] - ends[0]) / 2  # type: ignore[arg-type]  # both are there
                return {"value": plain(Fraction(value)), "tolerance": plain(off)}
        else:
            text, _, tolerance = raw.partition(":")
            number, within = parse_number(text), parse_number(tolerance or "0")
            if number is not None and within is not None:
                return {"value": plain(number), **({"tolerance": plain(within)} if within else {})}
        self._error(
            "gift-number",
            N_("'%(text)s' is not a number, a number with its tolerance, or a range."),
            N_("Write 1822, 1822:5 or 1817..1827."),
            text=raw[:60],
        )
        return None

    def _credits(
        self, found: list[Answer], read: Callable[[Answer], dict[str, Any] | None]
    ) -> dict[str, Any]:
        """Accepted answers by their weights; those that earn nothing are expected mistakes."""
        accept, mistakes = [], []
        for one in found:
            value = read(one)
            if value is None:
                continue
            credit = _share(one.weight)
            if credit > 0:
                accept.append({**value, **({"credit": str(credit)} if credit != 1 else {})})
                self._feedback_lost(one)
            elif rationale := self.rationale(one.feedback):
                mistakes.append({**value, **rationale})
        return {"accept": accept, **({"mistakes": mistakes} if mistakes else {})}

    def _feedback_lost(self, one: Answer) -> None:
        if one.feedback is not None and (words := self.plain(one.feedback)):
            self._say(
                "warning",
                "gift-feedback-lost",
                N_("The feedback '%(text)s' has no place here."),
                N_("Put it into the explanation if it matters."),
                text=words[:200],
            )

    def _tags(self, data: dict[str, Any]) -> None:
        tags = []
        for tag in self.block.tags:
            name, _, value = tag.partition(":")
            if name not in _TAGGED:
                tags.append(tag)
            elif _TAGGED[name]:
                data.setdefault(name, []).append(value)
            else:
                data[name] = value
        if self.block.category:
            words = re.sub(r"^(\$[a-z]+\$/)?(top/)?", "", self.block.category)
            tags.append(re.sub(r"[,\[\]]+", " ", words).strip()[:100])
        kept = list(dict.fromkeys(tag for tag in tags if tag))
        if kept:
            data["tags"] = kept

    def _say(self, severity: Severity, rule: str, message: str, remedy: str, **params: Any) -> None:
        finding = refused(rule, message, remedy, **params)
        self.findings.append(finding.model_copy(update={"severity": severity}))

    def _error(self, rule: str, message: str, remedy: str, **params: Any) -> None:
        self._say("error", rule, message, remedy, **params)

    def _refuse(self, rule: str, message: str, remedy: str, **params: Any) -> dict[str, Any]:
        self._error(rule, message, remedy, **params)
        return {}


def _share(weight: float | None) -> Fraction:
    """A weight in per cent as a share: 33.33333 is a third."""
    if weight is None:
        return Fraction(1)
    exact = Fraction(str(weight)) / 100
    near = exact.limit_denominator(60)
    return near if abs(near - exact) < Fraction(1, 1_000_000) else exact
