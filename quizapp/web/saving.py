"""Saving what a form holds, as pages without scripts do; choosing between two answers."""

from collections.abc import Collection
from dataclasses import dataclass, field

from flask import make_response, redirect, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from quizapp.domain.errors import (
    AnswerLocked,
    AttemptClosed,
    EditConflict,
    Invalid,
    SaveRefused,
    SlotLeft,
)
from quizapp.services.attempts import checking, moving, saving, taking
from quizapp.services.attempts.saving import SaveRequest
from quizapp.services.attempts.taking import AttemptView, ItemView, RefusedView
from quizapp.web.answering import fingerprint, is_pressed, reading_language, response_from_form
from quizapp.web.devices import device_key
from quizapp.web.forms import problems, showable, typed
from quizapp.web.guard import actor, now
from quizapp.web.sitting import Typed, attempt_path, draw, draw_page


@dataclass
class _Taken:
    """What came of a form: what was not taken, by slot, and what was left blank."""

    unfit: dict[int, Typed] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    blank: set[int] = field(default_factory=set)

    @property
    def refused(self) -> bool:
        """Whether anything was not taken."""
        return bool(self.late or self.unfit or self.twice)


def take(attempt: AttemptView, slot: int | None) -> str | Response:
    """Save what was edited in a form, then go where its button leads.

    Args:
        attempt: as it was before.
        slot: the question of the page; None where the page has all.
    """
    if "flagging" in request.form:
        return _flag_alone(attempt)
    taken = _Taken()
    for item in attempt.items if slot is None else attempt.items[slot - 1 : slot]:
        _take_item(attempt, item, "" if slot else f"{item.slot}.", taken)
    if taken.refused:
        return _refused(_again(attempt), slot, taken)
    if attempt.is_elsewhere(device_key()):
        return elsewhere(attempt, was_here=True)
    if slot is not None and attempt.navigation == "forward" and _number(typed("go")) is not None:
        return _forward(attempt, slot, is_blank=slot in taken.blank)
    return _onward(attempt, slot)


def _refused(attempt: AttemptView, slot: int | None, taken: _Taken) -> Response:
    if taken.late:
        return make_response(too_late(attempt, taken.late), 409)
    if taken.unfit:
        return make_response(draw(attempt, slot, taken.unfit), 422)
    return make_response(choose(attempt, taken.twice[0]), 409)


def _take_item(attempt: AttemptView, item: ItemView, prefix: str, taken: _Taken) -> None:
    form = request.form
    if f"{prefix}shown" not in form:
        if not item.answered:
            taken.blank.add(item.slot)
        return
    flagged = f"{prefix}flag" in form
    if flagged != item.flagged and attempt.state == "open":
        taking.set_flag(actor(), attempt.id, item.slot, flagged=flagged)
    if f"{prefix}base" not in form:  # it could only be read
        return
    response = response_from_form(item.type, form, prefix)
    if response is None:
        taken.blank.add(item.slot)
    if not is_pressed(form, prefix) and (
        fingerprint(response, confidence=attempt.confidence) == form[f"{prefix}shown"]
    ):
        return
    try:
        saving.save_form(
            actor(),
            attempt.id,
            item.slot,
            response,
            base=_number(form[f"{prefix}base"]) or 0,
            lang=reading_language(),
            device=device_key(),
            now=now(),
        )
    except EditConflict:
        taken.twice.append(item.slot)
    except (AttemptClosed, AnswerLocked, SlotLeft):
        taken.late.append(item.slot)
    except Invalid as error:
        shown = MultiDict((name, showable(value)) for name, value in form.items(multi=True))
        taken.unfit[item.slot] = Typed(
            response_from_form(item.type, shown, prefix),
            " ".join(problems(error, "response").values()),
        )


def _flag_alone(attempt: AttemptView) -> Response:
    """A script's way to flag: no answer comes with it."""
    slot = _number(typed("flagging")) or 0
    taking.set_flag(actor(), attempt.id, slot, flagged="flag" in request.form)
    return Response(status=204)


def _forward(attempt: AttemptView, slot: int, *, is_blank: bool) -> str | Response:
    """On to the next question for good; with one left blank, only once that is confirmed."""
    onward = slot + 1
    if slot != attempt.reached or typed("go") != str(onward) or onward > len(attempt.items):
        return redirect(attempt_path(attempt.id, str(attempt.reached)), 303)
    if is_blank and not typed("sure"):
        return draw_page(
            "attempts/leaving.html",
            attempt=attempt,
            slot=slot,
            here=attempt_path(attempt.id, str(slot)),
        )
    reached = moving.go_on(actor(), attempt.id, onward, now=now())
    return redirect(attempt_path(attempt.id, str(reached)), 303)


def elsewhere(attempt: AttemptView, *, was_here: bool = False) -> str:
    """An exam is taken on one device at a time: say so, and offer to go on with it here.

    Args:
        attempt: that is being taken on another device.
        was_here: this device sent something: it had the attempt before.
    """
    return draw_page("attempts/elsewhere.html", attempt=attempt, was_here=was_here)


def _onward(attempt: AttemptView, slot: int | None) -> Response:
    here = attempt_path(attempt.id, str(slot or "all"))
    check = _number(typed("check"))
    if check is not None:
        checking.check(actor(), attempt.id, check, now=now())
        prefix = "" if slot else f"{check}."
        return redirect(f"{here}#{prefix}outcome", 303)
    go = typed("go")
    if _number(go) is not None or go in ("end", "all"):
        return redirect(attempt_path(attempt.id, go), 303)
    places = {"leave": "/", "first": attempt_path(attempt.id, "")}
    return redirect(places.get(go, here), 303)


def too_late(attempt: AttemptView, slots: Collection[int]) -> str:
    """Nothing is taken any more: what was typed is shown all the same."""
    is_open = attempt.state == "open"
    if not is_open:
        headline = gettext("This attempt is closed, so the answer was not taken")
    elif any(attempt.is_left(slot) for slot in slots):
        headline = gettext("You have left this question for good, so the answer was not taken")
    else:
        headline = gettext("You have seen the feedback to this question, so its answer stands")
    return draw_page(
        "attempts/closed.html",
        attempt=attempt,
        headline=headline,
        refused=[one for one in attempt.refused if one.slot in slots],
        onward=attempt_path(attempt.id, str(min(slots)) if is_open else ""),
    )


def choose(attempt: AttemptView, slot: int) -> str | Response:
    """The page on which a person chooses between two answers; the question where there is one."""
    refused = refused_at(attempt, slot)
    if refused is None:
        return redirect(attempt_path(attempt.id, str(slot)), 303)
    locked = attempt.items[slot - 1].checked or attempt.is_left(slot)
    if attempt.state != "open" or locked:
        return too_late(attempt, (slot,))
    return draw_page(
        "attempts/both.html",
        attempt=attempt,
        item=attempt.items[slot - 1],
        refused=refused,
        here=attempt_path(attempt.id, f"{slot}/both"),
    )


def settle(attempt: AttemptView, item: ItemView) -> str | Response:
    """Let one of two answers count; either way it is a new revision, so that nobody asks again."""
    back = redirect(attempt_path(attempt.id, str(item.slot)), 303)
    refused = refused_at(attempt, item.slot)
    if refused is None:
        return back
    response = refused.response if typed("keep") == str(refused.revision) else item.response
    base = _number(typed("base")) or 0
    credential = actor().session_id
    assert credential is not None  # noqa: S101 - pages are for browsers, which have a session
    try:
        saving.save(
            credential,
            attempt.id,
            item.slot,
            SaveRequest(response, base + 1, base, reading_language()),
            device=device_key(),
            now=now(),
        )
    except SaveRefused:
        return make_response(choose(_again(attempt), item.slot), 409)
    return back


def _again(attempt: AttemptView) -> AttemptView:
    """The attempt with what has become of the form."""
    return taking.read(actor(), attempt.id, reading_language(), now=now())


def refused_at(attempt: AttemptView, slot: int) -> RefusedView | None:
    """The answer to a question that did not count and is newer than the one that does."""
    return next((one for one in attempt.refused if one.slot == slot), None)


def _number(text: str) -> int | None:
    """A whole number as a form sends it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
