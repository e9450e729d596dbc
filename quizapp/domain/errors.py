"""What can go wrong in a use case, as facts; pages and the API turn each into their own answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quizapp.domain.words import N_


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field.

    `message` is a catalogue id with %(name)s places for `params`.
    """

    field: str
    message: str
    params: Mapping[str, object] | None = None


class DomainError(Exception):
    """The root of all refusals.

    `slug` is stable and public (the last part of a problem document's `type`); `title` and `detail`
    are catalogue ids, translated at the edge.
    """

    slug = "error"
    status = 400
    title = N_("This could not be done.")

    def __init__(self, detail: str | None = None, **params: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.params = params


class NotFound(DomainError):
    """It does not exist, or the person may not know that it does."""

    slug = "not-found"
    status = 404
    title = N_("There is nothing here.")


class Forbidden(DomainError):
    """It may be seen but not done."""

    slug = "forbidden"
    status = 403
    title = N_("You may not do this.")


class SignInRequired(DomainError):
    """No valid session or token came with the request."""

    slug = "sign-in-required"
    status = 401
    title = N_("Sign in first.")


class SignInRefused(DomainError):
    """The name and the password do not match; says nothing about which."""

    slug = "sign-in-refused"
    status = 401
    title = N_("That name and password do not match.")


class TooManyTries(DomainError):
    """A failure came before; the next try waits `seconds`."""

    slug = "too-many-tries"
    status = 429
    title = N_("Wait a moment before the next try.")

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class Invalid(DomainError):
    """What was sent cannot be taken; `problems` names each field."""

    slug = "invalid"
    status = 422
    title = N_("Some of this cannot be taken as it is.")

    def __init__(self, problems: Sequence[FieldProblem] = (), detail: str | None = None) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)

    @classmethod
    def field(cls, name: str, message: str, **params: object) -> "Invalid":
        """Build the error for a single field."""
        return cls([FieldProblem(name, message, params or None)])


class Conflict(DomainError):
    """The state of things does not allow it now."""

    slug = "conflict"
    status = 409
    title = N_("This does not fit what is there now.")


class AlreadyExists(Conflict):
    """A name that must be unique is taken."""

    slug = "already-exists"
    title = N_("That name is taken.")


class NotOpen(Conflict):
    """The quiz cannot be started now: its window, or the number of attempts, does not allow it."""

    slug = "not-open"
    title = N_("This quiz cannot be started now.")


class ChooseAssignment(Conflict):
    """More than one assignment of the quiz is open; the start must name one."""

    slug = "choose-assignment"
    title = N_("This quiz is given to you more than once: choose which one to start.")


@dataclass(frozen=True)
class CurrentResponse:
    """What the server holds for a slot at the time of a refusal."""

    revision: int
    response: Any
    saved_at: datetime | None


class SaveRefused(Conflict):
    """A save that changed nothing that counts; the refused body is in the log."""

    def __init__(self, current: CurrentResponse) -> None:
        super().__init__()
        self.current = current


class StaleRevision(SaveRefused):
    """The revision is at or below the one already saved."""

    slug = "stale-revision"
    title = N_("A newer answer to this question is already saved.")


class EditConflict(SaveRefused):
    """The answer was edited from another revision than the current one."""

    slug = "conflict"
    title = N_("This question was answered on another device in the meantime.")


class AttemptClosed(SaveRefused):
    """The attempt no longer takes answers."""

    slug = "attempt-closed"
    title = N_("This attempt is closed.")


class AnswerLocked(SaveRefused):
    """The feedback to this answer was looked at: what was answered before stands."""

    slug = "answer-locked"
    title = N_("You have seen the feedback to this question, so its answer stands.")


class SlotLeft(SaveRefused):
    """The quiz goes forward only, and the question was left before this was answered."""

    slug = "slot-left"
    title = N_("You have left this question, and this quiz goes forward only.")


class AttemptHeld(Conflict):
    """The deadline fell into an outage: nobody has decided yet what becomes of the attempt."""

    slug = "attempt-held"
    title = N_("The server was away when your time ended.")
