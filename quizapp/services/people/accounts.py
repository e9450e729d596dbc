"""People: the administrator's list and page of each, creating, editing, closing accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import ROLES, Actor, Role, require
from quizapp.domain.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from quizapp.domain.people.fields import (
    Problems,
    clean_code,
    clean_email,
    clean_line,
    clean_name,
    clean_optional,
    clean_staff_number,
)
from quizapp.domain.people.passwords import check_password
from quizapp.domain.people.roster import read_lang
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.people.sign_in import Desk
from quizapp.storage import cohorts as stored_cohorts
from quizapp.storage import people as stored
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

PAGE = 50

EMAIL_TAKEN = N_("Somebody has this address already.")
NUMBER_TAKEN = N_("Somebody has this staff number already.")


class LastAdministrator(Conflict):
    """Without this person nobody could administer any more."""

    slug = "last-administrator"
    title = N_("This is the only administrator: make somebody else one first.")


@dataclass(frozen=True)
class CohortName:
    """A cohort somebody is in, and as what."""

    id: UUID
    code: str
    title: str
    title_km: str | None
    part: str


@dataclass(frozen=True)
class PersonView:
    """Somebody with an account."""

    id: UUID
    email: str
    staff_number: str | None
    name: str
    name_km: str | None
    role: Role
    lang: str
    active: bool
    has_password: bool
    created_at: datetime
    last_seen_at: datetime | None
    cohorts: tuple[CohortName, ...] = ()


@dataclass(frozen=True)
class PeoplePage:
    """Some people, and where the next page starts."""

    people: tuple[PersonView, ...]
    next: str | None


@dataclass(frozen=True)
class PersonForm:
    """What is typed about a person, as it was typed."""

    email: str = ""
    name: str = ""
    name_km: str = ""
    staff_number: str = ""
    role: str = "trainee"
    lang: str = "en"


def list_people(
    actor: Actor,
    *,
    search: str = "",
    role: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> PeoplePage:
    """A page of people by name; `search` looks into names, addresses and staff numbers."""
    require(actor, "person.manage")
    wanted = clean_line("search", search)
    with transaction(write=False) as session:
        start = session.get(Person, _uuid(after)) if after and _uuid(after) else None
        rows = stored.list_people(
            session,
            search=wanted or None,
            role=role if role in ROLES else None,
            after=(start.name, start.id) if start else None,
            limit=limit + 1,
        )
        shown = rows[:limit]
        cohorts = _cohorts_of(session, [one.id for one in shown])
    return PeoplePage(
        tuple(view(one, cohorts.get(one.id, ())) for one in shown),
        str(shown[-1].id) if len(rows) > limit else None,
    )


def list_without_password(actor: Actor, *, cohort: str | None = None) -> tuple[PersonView, ...]:
    """Open accounts that nobody can sign in to yet, by name; at most 200."""
    require(actor, "person.manage")
    code = clean_line("cohort", cohort or "")
    with transaction(write=False) as session:
        rows = stored.without_password(session, code or None, limit=200)
        cohorts = _cohorts_of(session, [one.id for one in rows])
    return tuple(view(one, cohorts.get(one.id, ())) for one in rows)


def get_person(actor: Actor, person_id: UUID) -> PersonView:
    """Somebody's account, for an administrator or for that person.

    Raises:
        NotFound: there is no such person.
    """
    require(actor, "account" if person_id == actor.id else "person.manage")
    with transaction(write=False) as session:
        person = session.get(Person, person_id)
        if person is None:
            raise NotFound
        return view(person, _cohorts_of(session, [person_id]).get(person_id, ()))


def create_person(actor: Actor | None, form: PersonForm, *, now: datetime) -> UUID:
    """Open an account without a password; a slip or link lets the person in.

    Args:
        actor: needs `person.manage`; None is the command line.
        form: as typed.
        now: the time.

    Raises:
        Invalid: a field will not do, or is somebody else's.
    """
    if actor is not None:
        require(actor, "person.manage")
    values = _cleaned(form)
    try:
        with transaction(write=True) as session:
            _refuse_taken(session, values["email"], values["staff_number"])
            person = Person(id=uuid4(), created_at=now, active=True, **values)
            session.add(person)
            details = {"role": person.role}
            audit.record(session, actor, "person.make", "person", person.id, details, now=now)
    except IntegrityError as error:
        raise Invalid.field("email", EMAIL_TAKEN) from error
    return person.id


def set_password_from_outside(desk: Desk, person_id: UUID, password: str, *, now: datetime) -> None:
    """Set a password from the command line.

    Raises:
        Invalid: it will not do.
    """
    with transaction(write=False) as session:
        person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    text = check_password(password, person.email, person.name, person.name_km, person.staff_number)
    encoded = desk.passwords.hash(text)
    with transaction(write=True) as session:
        row = stored.lock_person(session, person_id)
        if row is None:
            raise NotFound
        row.password_hash = encoded
        stored.revoke_sessions(session, person_id, now)
        audit.record(session, None, "person.password", "person", person_id, None, now=now)


def edit_person(
    actor: Actor, person_id: UUID, form: PersonForm, *, active: bool, now: datetime
) -> None:
    """Change an account as an administrator; a closed one is signed out at once.

    Raises:
        NotFound: there is no such person.
        Invalid: a field will not do, or is somebody else's.
        LastAdministrator: nobody would be left to administer.
    """
    require(actor, "person.manage")
    values = _cleaned(form)
    try:
        with transaction(write=True) as session:
            administrators = stored.lock_administrators(session)
            person = stored.lock_person(session, person_id)
            if person is None:
                raise NotFound
            stays = values["role"] == "administrator" and active
            if administrators == [person_id] and not stays:
                raise LastAdministrator
            if actor.id not in administrators:
                raise Forbidden
            _refuse_taken(session, values["email"], values["staff_number"], person_id)
            changed = sorted(name for name in values if getattr(person, name) != values[name])
            details = {
                "changed": [name for name in changed if name != "role"],
                "role": [person.role, values["role"]] if "role" in changed else None,
                "active": active if active != person.active else None,
            }
            details = {key: value for key, value in details.items() if value not in (None, [])}
            if not details:
                return
            for name in changed:
                setattr(person, name, values[name])
            if not active and person.active:
                stored.revoke_sessions(session, person_id, now)
                stored.drop_links(session, None, [person_id])
            person.active = active
            action = "person.role" if "role" in details else "person.edit"
            audit.record(session, actor, action, "person", person_id, details, now=now)
    except IntegrityError as error:
        raise Invalid.field("email", EMAIL_TAKEN) from error


def edit_self(actor: Actor, *, name: str, name_km: str, now: datetime) -> None:
    """Change one's own names.

    Raises:
        Invalid: a name will not do.
    """
    require(actor, "account")
    problems = Problems()
    with problems:
        name = clean_name("name", name)
    with problems:
        name_km = clean_optional("name_km", name_km) or ""
    problems.raise_if_any()
    with transaction(write=True) as session:
        person = stored.lock_person(session, actor.id)
        if person is None:
            raise NotFound
        if (person.name, person.name_km) != (name, name_km or None):
            person.name, person.name_km = name, name_km or None
            audit.record(session, actor, "person.edit", "person", actor.id, None, now=now)


def set_language(actor: Actor, lang: str) -> None:
    """Keep the language that somebody reads in.

    Raises:
        Invalid: there is no such language.
    """
    require(actor, "account")
    if chosen := read_lang(lang):
        with transaction(write=True) as session:
            person = stored.lock_person(session, actor.id)
            if person is not None:
                person.lang = chosen


def view(person: Person, cohorts: Iterable[CohortName] = ()) -> PersonView:
    """A row as others may hold it."""
    return PersonView(
        person.id,
        person.email,
        person.staff_number,
        person.name,
        person.name_km,
        cast(Role, person.role),
        person.lang,
        person.active,
        person.password_hash is not None,
        person.created_at,
        person.last_seen_at,
        tuple(cohorts),
    )


def _cohorts_of(session: Session, ids: list[UUID]) -> dict[UUID, list[CohortName]]:
    found: dict[UUID, list[CohortName]] = {}
    for row in stored.cohort_codes_of(session, ids):
        name = CohortName(row.cohort_id, row.code, row.title, row.title_km, row.part)
        found.setdefault(row.person_id, []).append(name)
    return found


def _cleaned(form: PersonForm) -> dict[str, str | None]:
    problems = Problems()
    values: dict[str, str | None] = {}
    with problems:
        values["email"] = clean_email(form.email)
    with problems:
        values["name"] = clean_name("name", form.name)
    with problems:
        values["name_km"] = clean_optional("name_km", form.name_km)
    with problems:
        values["staff_number"] = clean_staff_number(form.staff_number)
    with problems:
        if form.role not in ROLES:
            raise Invalid.field("role", N_("A role is trainee, instructor or administrator."))
        values["role"] = form.role
    with problems:
        values["lang"] = read_lang(form.lang) or "en"
    problems.raise_if_any()
    return values


def _refuse_taken(
    session: Session, email: str | None, staff_number: str | None, but: UUID | None = None
) -> None:
    taken = stored.taken(session, email or "", staff_number, but)
    said = {"email": EMAIL_TAKEN, "staff_number": NUMBER_TAKEN}
    if taken:
        raise Invalid([FieldProblem(name, said[name]) for name in sorted(taken)])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def put_into_cohort(person_id: UUID, code: str, *, part: str, now: datetime) -> None:
    """Add somebody to a cohort from the command line.

    Raises:
        Invalid: there is no such cohort.
    """
    with transaction(write=True) as session:
        cohort = stored_cohorts.find_cohort(session, clean_code(code))
        if cohort is None:
            raise Invalid.field("cohort", N_("There is no cohort %(code)s."), code=code)
        if stored_cohorts.add_member(session, cohort.id, person_id, part, now):
            details = {"person": person_id, "part": part}
            audit.record(session, None, "cohort.add", "cohort", cohort.id, details, now=now)


def check_new_password(form: PersonForm, password: str) -> None:
    """Say whether a new account could have the password.

    Raises:
        Invalid: it will not do.
    """
    check_password(password, form.email, form.name, form.name_km, form.staff_number)


def check_cohort(code: str) -> None:
    """Say whether there is a cohort with that short name.

    Raises:
        Invalid: there is none.
    """
    wanted = clean_code(code)
    with transaction(write=False) as session:
        if stored_cohorts.find_cohort(session, wanted) is None:
            raise Invalid.field("cohort", N_("There is no cohort %(code)s."), code=code)


def find_instructor(email: str) -> UUID:
    """Who has the address, and may teach.

    Raises:
        Invalid: nobody has it, or only a trainee.
    """
    address = clean_email(email)
    with transaction(write=False) as session:
        person = stored.find_person(session, "email", address)
    if person is None:
        raise Invalid.field("instructor", N_("Nobody has the address %(email)s."), email=address)
    if person.role == "trainee":
        raise Invalid.field("instructor", N_("A trainee cannot teach: change the role first."))
    return person.id
