"""How one answer was marked, in words: for results, and for feedback after each question."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from flask import url_for
from flask_babel import gettext

from quizapp.domain.answers.localised import Said
from quizapp.domain.answers.problem import Part
from quizapp.services.attempts.review import ReviewItem
from quizapp.web.figures import say_figures

State = Literal["right", "part", "wrong", "blank", "unmarked", "unknown"]
ICONS: dict[State, str] = {"right": "check", "part": "part", "wrong": "cross", "blank": "cross"}
TONES: dict[State, str] = {"right": "ok", "part": "warn", "wrong": "bad", "blank": "bad"}


@dataclass(frozen=True)
class Cite:
    """A provision that carries the key."""

    path: str
    figure: str
    title: Said | None


@dataclass(frozen=True)
class Outcome:
    """One answer with its mark and reasons, as far as they may be seen."""

    item: ReviewItem

    @property
    def stem(self) -> Said:
        """What was asked, its blanks by number."""
        return plain_stem(self.item.stem)

    @property
    def state(self) -> State:
        """What became of it; `unknown` where the mark is not shown."""
        share = self.item.share
        if share is None:
            return "unmarked" if self.item.waits else "unknown"
        if share == 1:
            return "right"
        if share > 0:
            return "part"
        return "wrong" if self.item.answered else "blank"

    @property
    def icon(self) -> str:
        """Its sign."""
        return ICONS.get(self.state, "")

    @property
    def tone(self) -> str:
        """Its class."""
        return TONES.get(self.state, "")

    @property
    def words(self) -> str:
        """The mark in words, without praise or blame."""
        points = {"mark": say_figures(self.item.mark), "points": say_figures(self.item.points)}
        if self.item.marked_by_person and self.item.mark is not None:
            return gettext("%(mark)s of %(points)s points", **points)
        said: dict[State, str] = {
            "unmarked": gettext("Somebody reads it and gives the points."),
            "right": gettext("Right, %(mark)s of %(points)s", **points),
            "part": gettext("In part, %(mark)s of %(points)s", **points),
            "wrong": gettext("Not right, %(mark)s of %(points)s", **points),
            "blank": gettext("Not answered, %(mark)s of %(points)s", **points),
        }
        return said.get(self.state, "")

    @property
    def key(self) -> Sequence[str]:
        """The key in words, where the answer is not the key itself."""
        return () if self.state == "right" else self.item.key_lines

    @property
    def reasons(self) -> list[Part]:
        """What was chosen or filled, with what is behind it."""
        return [part for part in self.item.parts if part.chosen and part.rationale]

    @property
    def named(self) -> bool:
        """Whether a reason must say which part it is about."""
        return sum(part.chosen for part in self.item.parts) > 1

    @property
    def cites(self) -> list[Cite]:
        """The provisions that it rests on."""
        return [
            Cite(url_for("provisions.show", number=one.number), say_figures(one.number), one.title)
            for one in self.item.cites
        ]


def plain_stem(stem: Said) -> Said:
    """A stem where nothing is filled in: its blanks are numbers in brackets."""
    return Said(stem.text.replace("[[", "[").replace("]]", "]"), stem.lang)


def tally(outcomes: Iterable[Outcome]) -> str:
    """How many answers became what: '14 right, 2 in part, 3 not right'."""
    counts = Counter(one.state for one in outcomes)
    said: dict[State, str] = {
        "right": gettext("%(count)s right", count=say_figures(counts["right"])),
        "part": gettext("%(count)s in part", count=say_figures(counts["part"])),
        "wrong": gettext("%(count)s not right", count=say_figures(counts["wrong"])),
        "blank": gettext("%(count)s not answered", count=say_figures(counts["blank"])),
        "unmarked": gettext("%(count)s to be marked", count=say_figures(counts["unmarked"])),
    }
    return ", ".join(words for state, words in said.items() if counts[state])
