"""Whether a save counts: the rules of revisions (promise 2)."""

from dataclasses import dataclass
from typing import Literal

Refusal = Literal["attempt-closed", "answer-locked", "slot-left", "stale-revision", "conflict"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a device says of the answer that it sends.

    Attributes:
        revision: of this answer, from 1; gaps are allowed.
        base: the revision it was edited from, 0 for none; None where the device does not say.
    """

    revision: int
    base: int | None = None


def refusal(
    edit: Edit, current: int, *, closed: bool = False, locked: bool = False, left: bool = False
) -> Refusal | None:
    """Why a save does not count; None where it does.

    What was saved exactly so before is answered with its first receipt, and never comes here.

    Args:
        edit: what was sent.
        current: the slot's current revision; 0 where nothing is saved.
        closed: whether the attempt takes no more answers.
        locked: whether the slot's feedback was looked at.
        left: whether the slot was left behind for good before this was answered.
    """
    if closed:
        return "attempt-closed"
    if locked:
        return "answer-locked"
    if left:
        return "slot-left"
    if edit.revision <= current:
        return "stale-revision"
    if edit.base is not None and edit.base != current:
        return "conflict"
    return None
