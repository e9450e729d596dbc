"""Joining a cohort by its code: as somebody new, or with the account one has."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, require
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.people.fields import (
    Problems,
    clean_email,
    clean_name,
    clean_optional,
    clean_staff_number,
)
from quizapp.domain.people.join_codes import read_join_code
from quizapp.domain.people.passwords import check_password
from quizapp.domain.people.roster import read_lang
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.people import sessions
from quizapp.services.people.sign_in import Desk, Device, SignedIn, device_mark
from quizapp.services.people.throttle import Try
from quizapp.storage import cohorts as stored
from quizapp.storage import people as stored_people
from quizapp.storage.cohorts import Cohort
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

WRONG_CODE = N_(
    "No cohort has this code open now. Check each letter, and ask whether joining is still open."
)
EMAIL_TAKEN = N_("There is an account with this address: sign in first, then enter the code.")
NUMBER_TAKEN = N_("There is an account with this number: sign in first, then enter the code.")


@dataclass(frozen=True)
class SignUp:
    """What somebody new types."""

    code: str = ""
    name: str = ""
    name_km: str = ""
    email: str = ""
    staff_number: str = ""
    password: str = ""
    lang: str = "en"


@dataclass(frozen=True)
class Joined:
    """The cohort that somebody is in now; `already` where they were before."""

    cohort_id: UUID
    title: str
    title_km: str | None
    already: bool


def sign_up(desk: Desk, form: SignUp, *, device: Device, now: datetime) -> SignedIn:
    """Open a trainee's account with a cohort's code, and sign in.

    Raises:
        Invalid: the code or a field will not do.
        TooManyTries: a wrong code came too shortly before.
    """
    tried, _ = _find(desk, form.code, device=device, actor=None, now=now)
    desk.throttle.succeed(tried)
    problems = Problems()
    email = name = ""
    name_km = staff_number = None
    with problems:
        email = clean_email(form.email)
    with problems:
        name = clean_name("name", form.name)
    with problems:
        name_km = clean_optional("name_km", form.name_km)
    with problems:
        staff_number = clean_staff_number(form.staff_number)
    with problems:
        check_password(form.password, email, name, name_km, staff_number)
    problems.raise_if_any()
    with transaction(write=False) as session:
        _refuse_taken(session, email, staff_number)
    encoded = desk.passwords.hash(form.password)
    try:
        with transaction(write=True) as session:
            cohort = _open(session, form.code, now)
            _refuse_taken(session, email, staff_number)
            person = Person(
                id=uuid4(),
                email=email,
                name=name,
                name_km=name_km,
                staff_number=staff_number,
                role="trainee",
                password_hash=encoded,
                lang=read_lang(form.lang) or "en",
                active=True,
                created_at=now,
                last_seen_at=now,
            )
            session.add(person)
            session.flush()
            stored.add_member(session, cohort.id, person.id, "trainee", now)
            session_id = sessions.open_session(session, person.id, device.label, now)
            _note(session, person.id, cohort.id, now)
    except IntegrityError as error:
        raise Invalid.field("email", EMAIL_TAKEN) from error
    return SignedIn(session_id, person.id, person.lang, device_mark(person.id))


def join(desk: Desk, actor: Actor, code: str, *, device: Device, now: datetime) -> Joined:
    """Enter a further cohort with the account one has.

    Raises:
        Invalid: no cohort has this code open.
        TooManyTries: a wrong code came too shortly before.
    """
    require(actor, "account")
    tried, cohort = _find(desk, code, device=device, actor=actor, now=now)
    desk.throttle.succeed(tried)
    with transaction(write=True) as session:
        cohort = _open(session, code, now)
        done = stored.add_member(session, cohort.id, actor.id, "trainee", now)
        if done:
            _note(session, actor.id, cohort.id, now)
    return Joined(cohort.id, cohort.title, cohort.title_km, not done)


def _find(
    desk: Desk, code: str, *, device: Device, actor: Actor | None, now: datetime
) -> tuple[Try, Cohort]:
    account = str(actor.id) if actor else None
    tried = desk.throttle.begin("join", now, account=account, device=device.id)
    with transaction(write=False) as session:
        return tried, _open(session, code, now)


def _open(session: Session, typed: str, now: datetime) -> Cohort:
    code = read_join_code(typed)
    cohort = stored.cohort_of_code(session, code, now) if code else None
    if cohort is None:
        raise Invalid.field("code", WRONG_CODE)
    return cohort


def _refuse_taken(session: Session, email: str, staff_number: str | None) -> None:
    taken = stored_people.taken(session, email, staff_number)
    said = {"email": EMAIL_TAKEN, "staff_number": NUMBER_TAKEN}
    if taken:
        raise Invalid([FieldProblem(name, said[name]) for name in sorted(taken)])


def _note(session: Session, person_id: UUID, cohort_id: UUID, now: datetime) -> None:
    by = Actor(person_id, "trainee")
    details = {"person": person_id, "part": "trainee", "by": "code"}
    audit.record(session, by, "cohort.add", "cohort", cohort_id, details, now=now)
