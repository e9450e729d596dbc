"""What a page on which questions are answered shows: questions, navigator, where one can go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import current_app, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup

from quizapp.domain.answers.localised import Lang
from quizapp.services.attempts.presence import Message
from quizapp.services.attempts.review import review
from quizapp.services.attempts.taking import AttemptView, ItemView
from quizapp.translations.words import words
from quizapp.web.answering import fingerprint, levels, reading_language
from quizapp.web.asking import Asked, fields, sprite
from quizapp.web.figures import KHMER, say_figures
from quizapp.web.guard import actor, now
from quizapp.web.moments import local_day, say_clock, say_moment
from quizapp.web.outcomes import Outcome

NEW_FOR = timedelta(minutes=15)
"""So long a message stands open on every page of an attempt."""


@dataclass(frozen=True)
class Typed:
    """What a form held that was not taken, and why."""

    response: Any
    problem: str


@dataclass(frozen=True)
class ShownItem:
    """A question on the page.

    Attributes:
        item: the question with its saved answer.
        figure: its number, in the figures of the page's language.
        asked: the same as its fields show it.
        fields: drawn.
        both: where two answers to it are compared.
        refused: whether there is another answer that did not count.
        checks: whether its feedback can be asked for now.
        outcome: the feedback, once it was asked for.
        levels: of confidence, to choose from; none where it is not asked.
    """

    item: ItemView
    figure: str
    asked: Asked
    fields: Markup
    both: str
    refused: bool
    checks: bool
    outcome: Outcome | None = None
    levels: Sequence[float] = ()

    @property
    def sure(self) -> float | None:
        """How sure the person said to be."""
        return (self.asked.response or {}).get("confidence")

    @property
    def prefix(self) -> str:
        """Before every field's name and id."""
        return self.asked.prefix

    @property
    def shown(self) -> str:
        """What tells later whether the fields were edited from what is saved."""
        return fingerprint(self.item.response, confidence=bool(self.levels))


@dataclass(frozen=True)
class Cell:
    """A square of the navigator."""

    slot: int
    figure: str
    classes: str
    words: str
    here: bool


@dataclass(frozen=True)
class Sitting:
    """A page of an attempt: of one question (`slot`), or of all (`slot` None).

    `kept` is the page that a device keeps: nothing on it needs the server.
    """

    attempt: AttemptView
    lang: Lang
    slot: int | None = None
    typed: Mapping[int, Typed] = field(default_factory=dict)
    outcomes: Mapping[int, Outcome] = field(default_factory=dict)
    kept: bool = False

    @property
    def shown(self) -> Sequence[ItemView]:
        """The questions of this page."""
        items = self.attempt.items
        return items if self.slot is None else items[self.slot - 1 : self.slot]

    @cached_property
    def items(self) -> list[ShownItem]:
        """The questions of this page, drawn."""
        icons = sprite()
        refused = {one.slot for one in self.attempt.refused if one.reason != "slot-left"}
        return [self._draw(item, icons, item.slot in refused) for item in self.shown]

    def _draw(self, item: ItemView, icons: str, refused: bool) -> ShownItem:
        typed = self.typed.get(item.slot)
        asked = Asked(
            item.type,
            item.stem,
            item.present,
            item.rule,
            typed.response if typed else item.response,
            prefix="" if self.slot else f"{item.slot}.",
            locked=item.checked or self.attempt.state != "open",
            problem=typed.problem if typed else "",
        )
        return ShownItem(
            item,
            self._figure(item.slot),
            asked,
            fields(asked, self.lang, icons),
            both=f"{self.base}/{item.slot}/both",
            refused=refused,
            checks=self.attempt.feedback == "after_each" and not asked.locked and not self.kept,
            outcome=self.outcomes.get(item.slot),
            levels=levels(item.type, len(item.present.get("options", ())))
            if self.attempt.confidence
            else (),
        )

    @cached_property
    def base(self) -> str:
        """The attempt's own address."""
        return url_for("attempts.resume", attempt_id=self.attempt.id)

    @property
    def here(self) -> str:
        """This page's address."""
        return f"{self.base}/{self.slot or 'all'}"

    @property
    def size(self) -> int:
        """How many questions there are."""
        return len(self.attempt.items)

    @property
    def free(self) -> bool:
        """Whether one may go back."""
        return self.attempt.navigation == "free"

    @property
    def late(self) -> bool:
        """Whether an answer came after its question was left, and does not count."""
        return any(one.reason == "slot-left" for one in self.attempt.refused)

    @property
    def before(self) -> int | None:
        """The question before this one."""
        return self.slot - 1 if self.slot and self.slot > 1 and self.free else None

    @property
    def onward(self) -> str:
        """Where 'save and next' leads."""
        if self.slot is None:
            return "stay"
        return str(self.slot + 1) if self.slot < self.size else "end"

    @property
    def back(self) -> int:
        """Where the last look leads back to."""
        if not self.free:
            return self.attempt.reached
        return self.unanswered[0].slot if self.unanswered else self.size

    @property
    def saved_at(self) -> datetime | None:
        """When an answer on this page was saved last."""
        moments = [item.saved_at for item in self.shown if item.saved_at]
        return max(moments, default=None)

    @property
    def left(self) -> str:
        """The time left as a clock shows it; it stands still without scripts."""
        minutes, seconds = divmod(self.attempt.seconds_left or 0, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    @property
    def last_delivery(self) -> str:
        """Until when a device may deliver what was answered in time; with the day if another."""
        deadline, closes_at = self.attempt.deadline, self.attempt.closes_at
        if deadline is None or closes_at is None:
            return ""
        same_day = local_day(deadline) == local_day(closes_at)
        return say_clock(closes_at) if same_day else say_moment(closes_at)

    @property
    def revisions(self) -> str:
        """What this page knows of each slot, for scripts: `1:3 2:0`."""
        return " ".join(f"{item.slot}:{item.revision}" for item in self.attempt.items)

    @cached_property
    def cells(self) -> list[Cell]:
        """The navigator."""
        say = words(self.lang)
        return [self._cell(item, say) for item in self.attempt.items]

    def _cell(self, item: ItemView, say: Any) -> Cell:
        here = item.slot == self.slot
        left = self.attempt.is_left(item.slot)
        classes = ["cell"]
        if here:
            classes.append("now")
        elif item.answered:
            classes.append("done")
        if left:
            classes.append("past")
        if item.flagged:
            classes.append("nick")
        said = say(", answered") if item.answered else say(", open")
        if item.flagged:
            said += say(", flagged")
        if left:
            said += say(", left for good")
        return Cell(item.slot, self._figure(item.slot), " ".join(classes), said, here)

    def _figure(self, slot: int) -> str:
        """The number of a question; asking for the page's language each time would cost more."""
        return str(slot).translate(KHMER) if self.lang == "km" else str(slot)

    @property
    def in_room(self) -> bool:
        """Whether somebody may watch over it: an exam that is given, and whatever is paused."""
        is_given = self.attempt.assignment_id is not None
        return is_given and (self.attempt.mode == "exam" or self.attempt.paused)

    @property
    def new_messages(self) -> list[Message]:
        """What the invigilator said a short while ago."""
        return [one for one in self.attempt.messages if now() - one.sent_at < NEW_FOR]

    @property
    def old_messages(self) -> list[Message]:
        """What the invigilator said before."""
        return [one for one in self.attempt.messages if now() - one.sent_at >= NEW_FOR]

    @property
    def unanswered(self) -> list[ItemView]:
        """Questions without an answer."""
        return [item for item in self.attempt.items if not item.answered]

    @property
    def flagged(self) -> list[ItemView]:
        """Questions to come back to."""
        return [item for item in self.attempt.items if item.flagged]

    def tally(self) -> Markup:
        """How many questions are answered, open and flagged, each figure for scripts to change."""
        counts = {
            "answered": self.size - len(self.unanswered),
            "open": len(self.unanswered),
            "flagged": len(self.flagged),
        }
        places = {
            name: Markup('<span data-count="{}">{}</span>').format(name, say_figures(count))
            for name, count in counts.items()
        }
        sentence = gettext("%(answered)s answered, %(open)s open, %(flagged)s flagged.")
        return Markup(sentence) % places  # noqa: S704 - the catalogue's own words


def draw(attempt: AttemptView, slot: int | None, typed: Mapping[int, Typed] | None = None) -> str:
    """The page of one question, or of all where `slot` is None.

    Args:
        attempt: as it is now.
        slot: the question.
        typed: what could not be taken, by slot; it stays in the fields.
    """
    lang = reading_language()
    sitting = Sitting(attempt, lang, slot, typed or {}, _outcomes(attempt, lang, slot))
    return draw_page("attempts/question.html" if slot else "attempts/all.html", sitting=sitting)


def _outcomes(attempt: AttemptView, lang: Lang, slot: int | None) -> dict[int, Outcome]:
    """The feedback that was asked for, of the questions on the page."""
    wanted = {item.slot for item in attempt.items if item.checked and slot in (None, item.slot)}
    if not wanted:
        return {}
    found = review(actor(), attempt.id, lang, now=now())
    return {item.slot: Outcome(item) for item in found.items if item.slot in wanted}


def draw_page(template: str, **context: object) -> str:
    """A page of an attempt, with what its macros are handed."""
    settings = current_app.extensions["quizapp.settings"]
    lang = reading_language()
    return render_template(
        template, _=words(lang), icons=sprite(), time_zone=settings.time_zone, **context
    )


def first_open(attempt: AttemptView) -> int | None:
    """The first question without an answer."""
    return next((item.slot for item in attempt.items if not item.answered), None)


def attempt_path(attempt_id: UUID, place: str) -> str:
    """The address of a page of an attempt: a slot, `all`, `end`; or nothing, for where to go on."""
    base = url_for("attempts.resume", attempt_id=attempt_id)
    return f"{base}/{place}" if place else base
