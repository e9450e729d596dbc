"""Who may do what: one table of actions, one function `may(person, action, object)`.

An action without an object asks whether the role may do it at all; with an object it also asks
whether this very object is within reach. Services call `require`, routes declare their action.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from quizapp.domain.errors import Forbidden, NotFound

Role = Literal["trainee", "instructor", "administrator"]
ROLES: tuple[Role, ...] = ("trainee", "instructor", "administrator")
Right = Literal["user", "reviewer", "editor", "owner"]
RIGHTS: tuple[Right, ...] = ("user", "reviewer", "editor", "owner")


@dataclass(frozen=True)
class Actor:
    """The person who asks. `teaches` and `attends` are cohort ids."""

    id: UUID
    role: Role
    teaches: frozenset[UUID] = frozenset()
    attends: frozenset[UUID] = frozenset()
    session_id: UUID | None = None
    name: str = ""
    lang: str = "en"


@dataclass(frozen=True)
class AttemptRef:
    """An attempt as access sees it; `cohort_id` is set where an assignment gave it."""

    person_id: UUID
    cohort_id: UUID | None = None


@dataclass(frozen=True)
class BankRef:
    """A bank as access sees it; `right` is the asking person's grant, if any."""

    shipped: bool = False
    right: Right | None = None


@dataclass(frozen=True)
class CohortRef:
    """A cohort."""

    id: UUID


@dataclass(frozen=True)
class PersonRef:
    """A person, with the cohorts they attend."""

    id: UUID
    attends: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class QuizRef:
    """A quiz; `cohorts` are those it is given to, `owner_id` is None for shipped practice."""

    owner_id: UUID | None
    mode: str = "practice"
    shared: bool = False
    cohorts: frozenset[UUID] = field(default_factory=frozenset)


Object = AttemptRef | BankRef | CohortRef | PersonRef | QuizRef | None
Check = Callable[[Actor, Object], bool]


@dataclass(frozen=True)
class Rule:
    """Roles that may do it at all, and the reach of each within an object."""

    roles: frozenset[Role]
    reach: Check
    sees: Check


def _always(_actor: Actor, _object: Object) -> bool:
    return True


def _own(actor: Actor, thing: Object) -> bool:
    return isinstance(thing, AttemptRef) and thing.person_id == actor.id


def _reads_attempt(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, AttemptRef):
        return False
    if thing.person_id == actor.id or actor.role == "administrator":
        return True
    return actor.role == "instructor" and thing.cohort_id in actor.teaches


def _marks_attempt(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, AttemptRef) or thing.person_id == actor.id:
        return False
    return actor.role == "administrator" or thing.cohort_id in actor.teaches


def _teaches(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, CohortRef):
        return False
    return actor.role == "administrator" or thing.id in actor.teaches


def _knows_person(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, PersonRef):
        return False
    if actor.role == "administrator" or thing.id == actor.id:
        return True
    return actor.role == "instructor" and bool(actor.teaches & thing.attends)


def _has_right(least: Right) -> Check:
    def check(actor: Actor, thing: Object) -> bool:
        if not isinstance(thing, BankRef):
            return False
        if actor.role == "administrator":
            return True
        if actor.role != "instructor":
            return False
        if least == "user" and thing.shipped:
            return True
        return thing.right is not None and RIGHTS.index(thing.right) >= RIGHTS.index(least)

    return check


def _knows_quiz(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, QuizRef):
        return False
    if thing.shared or actor.role == "administrator" or thing.owner_id == actor.id:
        return True
    if actor.role == "instructor" and bool(thing.cohorts & actor.teaches):
        return True
    return bool(thing.cohorts & actor.attends)


def _leads_quiz(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, QuizRef) or actor.role == "trainee":
        return False
    if actor.role == "administrator" or thing.owner_id == actor.id or thing.shared:
        return True
    return bool(thing.cohorts & actor.teaches)


def _owns_quiz(actor: Actor, thing: Object) -> bool:
    if not isinstance(thing, QuizRef) or actor.role == "trainee":
        return False
    return actor.role == "administrator" or thing.owner_id == actor.id


_EVERYONE: frozenset[Role] = frozenset(ROLES)
_STAFF: frozenset[Role] = frozenset({"instructor", "administrator"})
_ADMIN: frozenset[Role] = frozenset({"administrator"})


def _rule(roles: frozenset[Role], reach: Check = _always, sees: Check | None = None) -> Rule:
    return Rule(roles, reach, sees or reach)


ACTIONS: dict[str, Rule] = {
    "home": _rule(_EVERYONE),
    "account": _rule(_EVERYONE),
    "provision.read": _rule(_EVERYONE),
    "attempt.take": _rule(_EVERYONE, _own, _reads_attempt),
    "attempt.read": _rule(_EVERYONE, _reads_attempt),
    "attempt.mark": _rule(_STAFF, _marks_attempt, _reads_attempt),
    "quiz.start": _rule(_EVERYONE, _knows_quiz),
    "quiz.read": _rule(_EVERYONE, _knows_quiz),
    "quiz.make": _rule(_STAFF),
    "quiz.try": _rule(_STAFF, _leads_quiz, _knows_quiz),
    "quiz.report": _rule(_STAFF, _leads_quiz, _knows_quiz),
    "quiz.give": _rule(_STAFF, _leads_quiz, _knows_quiz),
    "quiz.edit": _rule(_STAFF, _owns_quiz, _knows_quiz),
    "cohort.list": _rule(_STAFF),
    "cohort.make": _rule(_STAFF),
    "cohort.read": _rule(_STAFF, _teaches),
    "cohort.edit": _rule(_STAFF, _teaches),
    "cohort.invigilate": _rule(_STAFF, _teaches),
    "cohort.add_people": _rule(_ADMIN, _teaches),
    "person.read": _rule(_STAFF, _knows_person),
    "person.manage": _rule(_ADMIN),
    "outage.read": _rule(_STAFF),
    "outage.settle": _rule(_ADMIN),
    "bank.list": _rule(_STAFF),
    "bank.make": _rule(_STAFF),
    "bank.read": _rule(_STAFF, _has_right("user")),
    "bank.edit": _rule(_STAFF, _has_right("editor"), _has_right("user")),
    "bank.own": _rule(_STAFF, _has_right("owner"), _has_right("user")),
}


def may(actor: Actor, action: str, thing: Object = None) -> bool:
    """Say whether `actor` may do `action`, to `thing` where one is given.

    Raises:
        KeyError: the action is not in ACTIONS; there is no default.
    """
    rule = ACTIONS[action]
    if actor.role not in rule.roles:
        return False
    return thing is None or rule.reach(actor, thing)


def require(actor: Actor, action: str, thing: Object = None) -> None:
    """Raise unless `actor` may do it.

    Raises:
        NotFound: the thing may not be known of.
        Forbidden: it may be seen, but not done.
    """
    if may(actor, action, thing):
        return
    if thing is not None and not ACTIONS[action].sees(actor, thing):
        raise NotFound
    raise Forbidden
