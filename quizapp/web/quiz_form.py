"""The form of a quiz: what was typed into it, as it is shown again and as the service takes it.

The fields are named as the service names its problems (`sections[0].draw`), so that each problem
finds its field.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from quizapp.domain.answers.localised import LANGS
from quizapp.domain.answers.text import KHMER_DIGITS
from quizapp.domain.delivery.quiz import RELEASE_DEFAULTS, Mode, Section
from quizapp.services.quizzes.choices import Wanted
from quizapp.services.quizzes.views import QuizView
from quizapp.web.local_times import field_time, typed_time

MOST_SECTIONS = 50
NOTICES = ("instructions.en", "instructions.km", "honour.en", "honour.km")
RELEASED = ("score", "marks", "key", "rationale")
NUMBERS = ("grace_s", "attempts_allowed", "pass_mark")
_MINUTES = re.compile(r"[0-9]{1,7}(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class SectionForm:
    """A section as it was typed; `how` is `draw` or `name`."""

    bank: str = ""
    task: str = ""
    provisions: str = ""
    level: str = ""
    how: str = "draw"
    draw: str = "5"
    questions: tuple[str, ...] = ()
    points: str = "1"

    def listed_provisions(self) -> tuple[str, ...]:
        """The provisions typed, apart by commas or spaces."""
        return tuple(re.split(r"[\s,;]+", _figures(self.provisions).strip(" ,;")))

    def wanted(self) -> Wanted:
        """What the list of questions to choose from is narrowed by."""
        provisions = tuple(one for one in self.listed_provisions() if one)
        return Wanted(self.bank, self.task, provisions, self.level, self.questions)

    def fields(self) -> dict[str, Any]:
        """The section as the service takes it."""
        made: dict[str, Any] = {"points": _figures(self.points).strip()}
        if self.bank:
            made["bank"] = self.bank
        if self.how == "name":
            return made | {"questions": self.questions}
        for name in ("task", "level"):
            if value := getattr(self, name):
                made[name] = value
        if self.provisions.strip():
            made["provisions"] = self.listed_provisions()
        return made | {"draw": _figures(self.draw).strip()}


@dataclass(frozen=True)
class QuizForm:
    """A quiz as it was typed."""

    title_en: str = ""
    title_km: str = ""
    mode: str = "practice"
    time_limit: str = ""
    grace_s: str = "60"
    attempts_allowed: str = ""
    pass_mark: str = ""
    shuffle: bool = True
    confidence: bool = False
    window_cuts: str = "1"
    counts: str = "best"
    draws: str = "same"
    notices: Mapping[str, str] = field(default_factory=dict)
    navigation: str = "free"
    feedback: str = "at_end"
    closes_at: str = ""
    release: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[SectionForm, ...] = (SectionForm(),)

    def checked_mode(self) -> Mode:
        """The mode, practice where nothing else is clear."""
        return "exam" if self.mode == "exam" else "practice"

    def wanted(self) -> dict[int, Wanted]:
        """Per section that names its questions, what the list of them is narrowed by."""
        return {
            number: section.wanted()
            for number, section in enumerate(self.sections)
            if section.how == "name" and section.bank
        }

    def asks_public(self, shipped: Collection[str]) -> bool:
        """Whether an exam asks questions of shipped banks, which everybody can read."""
        banks = {section.bank for section in self.sections}
        return self.mode == "exam" and ("" in banks or not banks.isdisjoint(shipped))

    def head_fields(self) -> dict[str, Any]:
        """What may change at any time, as the service takes it."""
        usual = RELEASE_DEFAULTS[self.checked_mode()].model_dump()
        return {
            "title": {"en": self.title_en, "km": self.title_km},
            "release": usual | {name: when for name, when in self.release.items() if when},
            "closes_at": typed_time(self.closes_at),
        }

    def fields(self) -> dict[str, Any]:
        """The whole quiz as the service takes it."""
        made = self.head_fields() | {
            "mode": self.mode,
            "shuffle": self.shuffle,
            "confidence": self.confidence,
            "window_cuts": self.window_cuts != "0",
            "counts": self.counts,
            "draws": self.draws,
            "instructions": self._notice("instructions"),
            "honour": self._notice("honour"),
            "navigation": self.navigation,
            "feedback": self.feedback,
            "time_limit_s": _seconds(self.time_limit),
            "sections": [section.fields() for section in self.sections],
        }
        for name in NUMBERS:
            typed = _figures(getattr(self, name)).strip()
            if typed:
                made[name] = typed
        made.setdefault("attempts_allowed", None)
        made.setdefault("pass_mark", None)
        return made

    def _notice(self, name: str) -> dict[str, str] | None:
        """Words to the trainee, in the languages in which there are any."""
        typed = {lang: self.notices.get(f"{name}.{lang}", "").strip() for lang in LANGS}
        return {lang: words for lang, words in typed.items() if words} or None

    def add_section(self) -> "QuizForm":
        """The same with one more section, from the bank of the last."""
        if len(self.sections) >= MOST_SECTIONS:
            return self
        bank = self.sections[-1].bank if self.sections else ""
        return replace(self, sections=(*self.sections, SectionForm(bank=bank)))

    def drop_section(self, number: int) -> "QuizForm":
        """The same without one section; the last one stays."""
        left = tuple(one for place, one in enumerate(self.sections) if place != number)
        return replace(self, sections=left or (SectionForm(),))

    def naming(self, number: int) -> "QuizForm":
        """The same with one section that names its questions."""
        return replace(
            self,
            sections=tuple(
                replace(one, how="name") if place == number else one
                for place, one in enumerate(self.sections)
            ),
        )


def sent(form: MultiDict[str, str]) -> QuizForm:
    """What was sent."""
    count = _figures(form.get("count", "1"))[:3]
    number = min(int(count), MOST_SECTIONS) if count.isascii() and count.isdigit() else 1
    plain = ("mode", *NUMBERS, "window_cuts", "counts", "draws", "navigation", "feedback")
    return QuizForm(
        **{name: form[name] for name in (*plain, "closes_at") if name in form},
        time_limit=form.get("time_limit_s", ""),
        title_en=form.get("title.en", ""),
        title_km=form.get("title.km", ""),
        shuffle="shuffle" in form,
        confidence="confidence" in form,
        notices={name: form.get(name, "") for name in NOTICES},
        release={name: form.get(f"release.{name}", "") for name in RELEASED},
        sections=tuple(_section(form, f"sections[{place}]") for place in range(max(number, 1))),
    )


def _section(form: MultiDict[str, str], prefix: str) -> SectionForm:
    plain = ("bank", "task", "provisions", "level", "how", "draw", "points")
    found = {name: form[f"{prefix}.{name}"] for name in plain if f"{prefix}.{name}" in form}
    return SectionForm(**found, questions=tuple(form.getlist(f"{prefix}.questions")))


def of_quiz(view: QuizView) -> QuizForm:
    """The form of a quiz that is there."""
    limit = Decimal(view.time_limit_s) / 60 if view.time_limit_s else None
    settings = view.settings
    return QuizForm(
        title_en=view.title.en or "",
        title_km=view.title.km or "",
        mode=view.mode,
        time_limit=_plain(limit),
        grace_s=_plain(view.grace_s),
        attempts_allowed=_plain(view.attempts_allowed),
        pass_mark=_plain(view.pass_mark),
        shuffle=view.shuffle,
        confidence=view.confidence,
        window_cuts="1" if view.window_cuts else "0",
        counts=view.counts,
        draws=view.draws,
        notices=_notices(view),
        navigation=view.navigation,
        feedback=view.feedback,
        closes_at=field_time(view.closes_at),
        # what is usual stays so when the mode is changed
        release={} if view.release == RELEASE_DEFAULTS[view.mode] else view.release.model_dump(),
        sections=tuple(_of_section(one) for one in settings.sections) if settings else (),
    )


def _notices(view: QuizView) -> dict[str, str]:
    found = {"instructions": view.instructions, "honour": view.honour}
    return {
        f"{name}.{lang}": (words.get(lang) or "") if words else ""
        for name, words in found.items()
        for lang in LANGS
    }


def _of_section(section: Section) -> SectionForm:
    return SectionForm(
        bank=section.bank or "",
        task=section.task or "",
        provisions=", ".join(section.provisions),
        level=section.level or "",
        how="draw" if section.draw else "name",
        draw=_plain(section.draw) or "5",
        questions=section.questions,
        points=_plain(section.points),
    )


def _figures(text: str) -> str:
    """The text with figures 0 to 9: Khmer ones are typed too."""
    return text.translate(KHMER_DIGITS)


def _plain(value: int | Decimal | None) -> str:
    """A number without noughts behind the point."""
    if value is None:
        return ""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _seconds(minutes: str) -> int | str | None:
    """Seconds of the minutes typed; the text itself where it is no number, for its problem."""
    typed = _figures(minutes).strip()
    if not typed:
        return None
    return int(Decimal(typed) * 60) if _MINUTES.fullmatch(typed) else typed
