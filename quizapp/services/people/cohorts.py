"""Cohorts: making them, who is in them, and the codes that let people join."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, CohortRef, require
from quizapp.domain.errors import AlreadyExists, Invalid, NotFound
from quizapp.domain.people.fields import (
    Problems,
    clean_code,
    clean_name,
    clean_optional,
    sign_in_name,
)
from quizapp.domain.people.join_codes import BITS, make_join_code, show_join_code
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.people.accounts import PersonView, view
from quizapp.storage import cohorts as stored
from quizapp.storage import people as stored_people
from quizapp.storage.cohorts import Cohort, JoinCode
from quizapp.storage.database import transaction

PAGE = 50
CODE_DAYS = (1, 7, 30)
PARTS = ("trainee", "instructor")

CODE_TAKEN = N_("There is a cohort with this short name already.")


@dataclass(frozen=True)
class CohortView:
    """A cohort in a list; `open_until` where people can join it now."""

    id: UUID
    code: str
    title: str
    title_km: str | None
    trainees: int
    instructors: int
    open_until: datetime | None


@dataclass(frozen=True)
class CohortsPage:
    """Some cohorts, and where the next page starts."""

    cohorts: tuple[CohortView, ...]
    next: str | None


@dataclass(frozen=True)
class OpenCode:
    """A join code while it admits."""

    code: str
    opened_at: datetime
    expires_at: datetime

    @property
    def shown(self) -> str:
        """In two groups."""
        return show_join_code(self.code)


@dataclass(frozen=True)
class Member:
    """Somebody in a cohort."""

    person: PersonView
    part: str
    joined_at: datetime


@dataclass(frozen=True)
class CohortSettings:
    """A cohort as those who run it see it."""

    id: UUID
    code: str
    title: str
    title_km: str | None
    join: OpenCode | None
    members: tuple[Member, ...]

    @property
    def instructors(self) -> tuple[Member, ...]:
        """Who teaches it."""
        return tuple(one for one in self.members if one.part == "instructor")

    @property
    def trainees(self) -> tuple[Member, ...]:
        """Who attends it."""
        return tuple(one for one in self.members if one.part == "trainee")


@dataclass(frozen=True)
class Added:
    """What became of the names given: person ids, and what is nobody's."""

    added: tuple[UUID, ...]
    there_already: tuple[UUID, ...]
    unknown: tuple[str, ...]


def list_cohorts(
    actor: Actor, *, now: datetime, after: str | None = None, limit: int = PAGE
) -> CohortsPage:
    """The cohorts one teaches; all of them for an administrator."""
    require(actor, "cohort.list")
    among = None if actor.role == "administrator" else actor.teaches
    with transaction(write=False) as session:
        rows = stored.list_cohorts(session, among=among, after=after, now=now, limit=limit + 1)
    views = tuple(
        CohortView(
            row[0].id,
            row[0].code,
            row[0].title,
            row[0].title_km,
            int(row.trainees),
            int(row.instructors),
            row.open_until,
        )
        for row in rows[:limit]
    )
    return CohortsPage(views, views[-1].code if len(rows) > limit else None)


def make_cohort(
    actor: Actor | None,
    *,
    code: str,
    title: str,
    title_km: str = "",
    now: datetime,
    instructor: UUID | None = None,
) -> UUID:
    """Make a cohort; an instructor who makes one teaches it.

    Args:
        actor: needs `cohort.make`; None is the command line.
        code: its short name.
        title: in English or any Latin script.
        title_km: in Khmer.
        now: the time.
        instructor: who teaches it, from the command line.

    Raises:
        Invalid: a field will not do.
        AlreadyExists: the short name is taken.
    """
    if actor is not None:
        require(actor, "cohort.make")
    values = _cleaned(code, title, title_km)
    cohort_id = uuid4()
    teacher = actor.id if actor and actor.role == "instructor" else instructor
    with transaction(write=True) as session:
        made = stored.insert_cohort(session, {"id": cohort_id, "created_at": now, **values})
        if not made:
            raise AlreadyExists(CODE_TAKEN)
        audit.record(session, actor, "cohort.make", "cohort", cohort_id, None, now=now)
        if teacher is not None:
            _add(session, actor, cohort_id, teacher, "instructor", now)
    return cohort_id


def edit_cohort(
    actor: Actor, cohort_id: UUID, *, code: str, title: str, title_km: str, now: datetime
) -> None:
    """Change a cohort's names.

    Raises:
        Invalid: a field will not do.
        AlreadyExists: the short name is taken.
    """
    require(actor, "cohort.edit", CohortRef(cohort_id))
    values = _cleaned(code, title, title_km)
    try:
        with transaction(write=True) as session:
            cohort = _get(session, cohort_id)
            for name, value in values.items():
                setattr(cohort, name, value)
            audit.record(session, actor, "cohort.edit", "cohort", cohort_id, None, now=now)
    except IntegrityError as error:
        raise AlreadyExists(CODE_TAKEN) from error


def read_settings(actor: Actor, cohort_id: UUID, *, now: datetime) -> CohortSettings:
    """A cohort with its members and its open join code.

    Raises:
        NotFound: there is none, or the person does not teach it.
    """
    require(actor, "cohort.edit", CohortRef(cohort_id))
    with transaction(write=False) as session:
        cohort = _get(session, cohort_id)
        code = stored.open_code(session, cohort_id, now)
        members = stored_people.members_of(session, cohort_id)
    return CohortSettings(
        cohort.id,
        cohort.code,
        cohort.title,
        cohort.title_km,
        OpenCode(code.code, code.opened_at, code.expires_at) if code else None,
        tuple(Member(view(row[0]), row.part, row.joined_at) for row in members),
    )


def open_code(actor: Actor, cohort_id: UUID, *, days: int, now: datetime) -> OpenCode:
    """Open joining with a new code; one that was open stops working.

    Raises:
        Invalid: that is no offered span.
    """
    require(actor, "cohort.edit", CohortRef(cohort_id))
    if days not in CODE_DAYS:
        raise Invalid.field("days", N_("Choose one of the offered spans."))
    with transaction(write=True) as session:
        _get(session, cohort_id)
        stored.close_codes(session, cohort_id, now)
        row = JoinCode(
            id=uuid4(),
            cohort_id=cohort_id,
            code=make_join_code(secrets.randbits(BITS)),
            opened_by=actor.id,
            opened_at=now,
            expires_at=now + timedelta(days=days),
        )
        session.add(row)
        details = {"until": row.expires_at}
        audit.record(session, actor, "cohort.open", "cohort", cohort_id, details, now=now)
    return OpenCode(row.code, row.opened_at, row.expires_at)


def close_code(actor: Actor, cohort_id: UUID, *, now: datetime) -> None:
    """Close joining; closing what is closed is no error."""
    require(actor, "cohort.edit", CohortRef(cohort_id))
    with transaction(write=True) as session:
        _get(session, cohort_id)
        if stored.close_codes(session, cohort_id, now):
            audit.record(session, actor, "cohort.close", "cohort", cohort_id, None, now=now)


def add_members(
    actor: Actor, cohort_id: UUID, names: Iterable[str], *, part: str = "trainee", now: datetime
) -> Added:
    """Add people by address or staff number; who is in it already may change the part.

    Raises:
        NotFound: there is no such cohort.
        Forbidden: only administrators add people; instructors invite by code.
        Invalid: an unknown part, or an instructor who has no such role.
    """
    require(actor, "cohort.add_people", CohortRef(cohort_id))
    if part not in PARTS:
        raise Invalid.field("part", N_("Somebody attends or teaches a cohort."))
    typed = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    keys = {name: sign_in_name(name) for name in typed}
    found: dict[tuple[str, str], Any] = {}
    added: list[UUID] = []
    there: list[UUID] = []
    with transaction(write=True) as session:
        _get(session, cohort_id)
        wanted = [key for key in keys.values() if key]
        for person in stored_people.people_by_keys(
            session,
            [value for column, value in wanted if column == "email"],
            [value for column, value in wanted if column == "staff_number"],
        ):
            found["email", person.email] = person
            found["staff_number", person.staff_number or ""] = person
        people = {found[key].id: found[key] for key in wanted if key in found}
        if part == "instructor":
            _refuse_trainees(people.values())
        for person_id in people:
            done = _add(session, actor, cohort_id, person_id, part, now)
            (added if done else there).append(person_id)
    unknown = tuple(name for name, key in keys.items() if key is None or key not in found)
    return Added(tuple(added), tuple(there), unknown)


def remove_member(actor: Actor, cohort_id: UUID, person_id: UUID, *, now: datetime) -> None:
    """Take somebody out of a cohort; their attempts stay.

    Raises:
        NotFound: they are not in it.
    """
    require(actor, "cohort.add_people", CohortRef(cohort_id))
    with transaction(write=True) as session:
        if not stored.remove_member(session, cohort_id, person_id):
            raise NotFound
        details = {"person": person_id}
        audit.record(session, actor, "cohort.remove", "cohort", cohort_id, details, now=now)


def _add(
    session: Session,
    actor: Actor | None,
    cohort_id: UUID,
    person_id: UUID,
    part: str,
    now: datetime,
) -> bool:
    done = stored.add_member(session, cohort_id, person_id, part, now)
    if not done:
        stored.set_part(session, cohort_id, person_id, part)
    details = {"person": person_id, "part": part}
    audit.record(session, actor, "cohort.add", "cohort", cohort_id, details, now=now)
    return done


def _refuse_trainees(people: Iterable[Any]) -> None:
    names = [person.name for person in people if person.role == "trainee"]
    if names:
        raise Invalid.field(
            "names",
            N_("%(names)s cannot teach with the role of a trainee: change the role first."),
            names=", ".join(names),
        )


def _get(session: Session, cohort_id: UUID) -> Cohort:
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound
    return cohort


def _cleaned(code: str, title: str, title_km: str) -> dict[str, str | None]:
    problems = Problems()
    values: dict[str, str | None] = {}
    with problems:
        values["code"] = clean_code(code)
    with problems:
        values["title"] = clean_name("title", title)
    with problems:
        values["title_km"] = clean_optional("title_km", title_km)
    problems.raise_if_any()
    return values
