"""Signing in by address or staff number, tokens by password, changing one's password."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from quizapp.domain.access import Actor, require
from quizapp.domain.errors import Invalid, SignInRefused, SignInRequired
from quizapp.domain.people.fields import sign_in_name
from quizapp.domain.people.passwords import check_password
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.people import sessions
from quizapp.services.people.passwords import Passwords
from quizapp.services.people.sessions import IssuedToken
from quizapp.services.people.throttle import Throttle, Try
from quizapp.storage import people as stored
from quizapp.storage.database import transaction
from quizapp.storage.people import Person


@dataclass(frozen=True)
class Desk:
    """What signing in needs beside the database: the hasher and the throttle of this process."""

    passwords: Passwords = field(default_factory=Passwords)
    throttle: Throttle = field(default_factory=Throttle)


@dataclass(frozen=True)
class Device:
    """The browser: `id` from a cookie of its own, `known` where this person signed in on it before.

    An address is not part of it: a class has one address, an attacker has many.
    """

    id: str | None = None
    label: str = ""
    knows: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SignedIn:
    """A session that was just opened."""

    session_id: UUID
    person_id: UUID
    lang: str
    mark: str
    """What the device remembers, so that strangers' failures do not slow this person here."""


def sign_in(desk: Desk, name: str, password: str, *, device: Device, now: datetime) -> SignedIn:
    """Open a session for whoever has this name and password.

    A wrong name and a wrong password give the same answer in the same time.

    Raises:
        SignInRefused: they do not match, or the account is closed.
        TooManyTries: a failure came too shortly before.
    """
    person, tried = _check(desk, name, password, device=device, now=now)
    renewed = _renewed(desk, person, password)
    with transaction(write=True) as session:
        row = stored.lock_person(session, person.id)
        # changed or closed while the password was being checked
        if row is None or not row.active or row.password_hash != person.password_hash:
            raise SignInRefused
        if renewed:
            row.password_hash = renewed
        row.last_seen_at = now
        session_id = sessions.open_session(session, person.id, device.label, now)
    desk.throttle.succeed(tried)
    return SignedIn(session_id, person.id, person.lang, device_mark(person.id))


def issue_token(
    desk: Desk, email: str, password: str, *, now: datetime, label: str = "API"
) -> IssuedToken:
    """Make an API token for whoever has this name and password.

    Raises:
        SignInRefused: they do not match, or the account is closed.
        TooManyTries: a failure came too shortly before.
    """
    person, tried = _check(desk, email, password, device=Device(), now=now)
    with transaction(write=True) as session:
        issued = sessions.open_token(session, person.id, label, now)
    desk.throttle.succeed(tried)
    return issued


def change_password(desk: Desk, actor: Actor, *, current: str, new: str, now: datetime) -> None:
    """Set a new password, and sign out everywhere else; tokens end too.

    Raises:
        Invalid: the current one is wrong, or the new one will not do.
        TooManyTries: the current one was wrong too often.
    """
    require(actor, "account")
    with transaction(write=False) as session:
        person = session.get(Person, actor.id)
    if person is None:
        raise SignInRequired
    tried = desk.throttle.begin("password", now, account=str(actor.id), device=None)
    if not desk.passwords.verify(person.password_hash, current):
        raise Invalid.field("current", N_("This is not your current password."))
    desk.throttle.succeed(tried)
    text = check_password(new, *known_of(person), field="new")
    encoded = desk.passwords.hash(text)
    with transaction(write=True) as session:
        row = stored.lock_person(session, actor.id)
        if row is None or row.password_hash != person.password_hash:
            raise SignInRequired
        row.password_hash = encoded
        stored.revoke_sessions(session, actor.id, now, keep=actor.session_id)
        stored.drop_links(session, None, [actor.id])
        audit.record(session, actor, "person.password", "person", actor.id, None, now=now)


def device_mark(person_id: UUID) -> str:
    """What a device keeps of a person who signed in on it."""
    return sessions.digest(f"device of {person_id}")[:12]


def known_of(person: Person) -> tuple[str | None, ...]:
    """What a password must not be made of."""
    return person.email, person.name, person.name_km, person.staff_number


def _check(
    desk: Desk, name: str, password: str, *, device: Device, now: datetime
) -> tuple[Person, Try]:
    asked = sign_in_name(name)
    person = None
    if asked:
        with transaction(write=False) as session:
            person = stored.find_person(session, *asked)
    # One account, whether its address or its number is typed; an unknown name counts as itself.
    account = str(person.id) if person else "|".join(asked or ("", name[:300]))
    if person and device.id and device_mark(person.id) in device.knows:
        account += f"@{device.id}"
    tried = desk.throttle.begin("sign-in", now, account=account, device=device.id)
    encoded = person.password_hash if person and person.active else None
    if not desk.passwords.verify(encoded, password) or person is None:
        raise SignInRefused
    return person, tried


def _renewed(desk: Desk, person: Person, password: str) -> str | None:
    if person.password_hash and desk.passwords.needs_rehash(person.password_hash):
        return desk.passwords.hash(password)
    return None
