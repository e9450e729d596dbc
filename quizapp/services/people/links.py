"""One-time links: to set a password, and to create the first administrator."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, Role, require
from quizapp.domain.errors import Invalid, NotFound
from quizapp.domain.people.fields import Problems, clean_email, clean_name, clean_optional
from quizapp.domain.people.passwords import check_password
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.services.people import sessions
from quizapp.services.people.sign_in import Desk, Device, SignedIn, device_mark, known_of
from quizapp.storage import people as stored
from quizapp.storage.database import transaction
from quizapp.storage.people import OneTimeLink, Person

RESET_LIFE = timedelta(hours=24)
SLIP_LIFE = timedelta(days=7)
"""Of printed slips for accounts that have no password yet: they are handed out in a class."""
MOST_SLIPS = 200


class LinkSpent(NotFound):
    """The link was used, is too old, or was replaced by a newer one."""

    slug = "link-spent"
    status = 404
    title = N_("This link does not work any more.")


@dataclass(frozen=True)
class LinkView:
    """What a link is for, as its holder may know it."""

    purpose: str
    name: str
    sign_in_name: str


@dataclass(frozen=True)
class IssuedLink:
    """A link, told this once."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class Slip:
    """What is printed for one person."""

    person_id: UUID
    name: str
    name_km: str | None
    sign_in_name: str
    cohorts: tuple[str, ...]
    link: IssuedLink


def first_administrator_link(now: datetime, base_url: str) -> str | None:
    """A link that creates the first administrator; None where there is one.

    One that was printed before and not used stops working.
    """
    with transaction(write=True) as session:
        if stored.has_administrator(session):
            return None
        stored.drop_links(session, "first", None)
        return _issue(session, None, "first", base_url, now, RESET_LIFE, by=None).url


def read_link(token: str, *, now: datetime) -> LinkView:
    """What the link is for.

    Raises:
        LinkSpent: it does not work.
    """
    with transaction(write=False) as session:
        link = stored.find_link(session, sessions.digest(token), now)
        person = session.get(Person, link.person_id) if link and link.person_id else None
    if link is None or (link.purpose != "first" and (person is None or not person.active)):
        raise LinkSpent
    if person is None:
        return LinkView(link.purpose, "", "")
    return LinkView(link.purpose, person.name, person.email)


def set_password(
    desk: Desk, token: str, password: str, *, device: Device, now: datetime
) -> SignedIn:
    """Use a link: set the password, sign out everywhere, and sign in here.

    Raises:
        LinkSpent: it does not work.
        Invalid: the password will not do; the link still works.
    """
    hashed = sessions.digest(token)
    with transaction(write=False) as session:
        link = stored.find_link(session, hashed, now)
        person = session.get(Person, link.person_id) if link and link.person_id else None
    if person is None or not person.active:
        raise LinkSpent
    encoded = desk.passwords.hash(check_password(password, *known_of(person)))
    with transaction(write=True) as session:
        row = stored.lock_person(session, person.id)
        if row is None or not row.active or not stored.use_link(session, hashed, now):
            raise LinkSpent
        row.password_hash = encoded
        row.last_seen_at = now
        stored.revoke_sessions(session, row.id, now)
        session_id = sessions.open_session(session, row.id, device.label, now)
        by = Actor(row.id, cast(Role, row.role))
        audit.record(session, by, "person.password", "person", row.id, {"by": "link"}, now=now)
    return SignedIn(session_id, person.id, person.lang, device_mark(person.id))


def create_first_administrator(
    desk: Desk,
    token: str,
    *,
    email: str,
    name: str,
    name_km: str | None,
    password: str,
    lang: str,
    device: Device,
    now: datetime,
) -> SignedIn:
    """Use the first start's link: create the administrator and sign in.

    Raises:
        LinkSpent: it does not work, or there is an administrator.
        Invalid: a field will not do; the link still works.
    """
    if read_link(token, now=now).purpose != "first":
        raise LinkSpent
    problems = Problems()
    with problems:
        email = clean_email(email)
    with problems:
        name = clean_name("name", name)
    with problems:
        name_km = clean_optional("name_km", name_km)
    with problems:
        password = check_password(password, email, name, name_km)
    problems.raise_if_any()
    encoded = desk.passwords.hash(password)
    with transaction(write=True) as session:
        if not stored.use_link(session, sessions.digest(token), now):
            raise LinkSpent
        if stored.has_administrator(session):
            raise LinkSpent
        if stored.taken(session, email, None):
            raise Invalid.field("email", N_("Somebody has this address already."))
        person = Person(
            id=uuid4(),
            email=email,
            name=name,
            name_km=name_km,
            role="administrator",
            password_hash=encoded,
            lang=lang,
            created_at=now,
            last_seen_at=now,
        )
        session.add(person)
        session.flush()
        session_id = sessions.open_session(session, person.id, device.label, now)
        audit.record(session, None, "person.first", "person", person.id, None, now=now)
    return SignedIn(session_id, person.id, lang, device_mark(person.id))


def issue_reset(actor: Actor, person_id: UUID, *, base_url: str, now: datetime) -> IssuedLink:
    """A link to hand to somebody who forgot the password; earlier ones stop working.

    Raises:
        NotFound: there is no such person, or the account is closed.
    """
    return issue_slips(actor, [person_id], base_url=base_url, now=now)[0].link


def issue_slips(
    actor: Actor, person_ids: Iterable[UUID], *, base_url: str, now: datetime
) -> tuple[Slip, ...]:
    """Links for several people, to print; earlier ones of theirs stop working.

    Who has a password gets a link of 24 hours, who has none yet one of seven days.

    Raises:
        NotFound: none of them is an open account.
        Invalid: more than can be printed at once.
    """
    require(actor, "person.manage")
    wanted = list(dict.fromkeys(person_ids))
    if len(wanted) > MOST_SLIPS:
        raise Invalid.field("people", N_("Print at most %(most)d slips at once."), most=MOST_SLIPS)
    with transaction(write=True) as session:
        found = [one for one in stored.people_by_ids(session, wanted) if one.active]
        if not found:
            raise NotFound
        ids = [one.id for one in found]
        cohorts: dict[UUID, list[str]] = {}
        for row in stored.cohort_codes_of(session, ids):
            cohorts.setdefault(row.person_id, []).append(row.code)
        stored.drop_links(session, None, ids)
        slips = tuple(
            Slip(
                one.id,
                one.name,
                one.name_km,
                one.staff_number or one.email,
                tuple(cohorts.get(one.id, ())),
                issue_for(session, one, base_url, now, by=actor),
            )
            for one in found
        )
        for one in ids:
            audit.record(session, actor, "person.link", "person", one, None, now=now)
    return slips


def issue_for(
    session: Session, person: Person, base_url: str, now: datetime, by: Actor | None
) -> IssuedLink:
    """A link for a person within the caller's transaction."""
    life = RESET_LIFE if person.password_hash else SLIP_LIFE
    return _issue(session, person.id, "reset", base_url, now, life, by=by)


def _issue(
    session: Session,
    person_id: UUID | None,
    purpose: str,
    base_url: str,
    now: datetime,
    life: timedelta,
    *,
    by: Actor | None,
) -> IssuedLink:
    token = secrets.token_urlsafe(24)
    session.add(
        OneTimeLink(
            digest=sessions.digest(token),
            purpose=purpose,
            person_id=person_id,
            created_by=by.id if by else None,
            created_at=now,
            expires_at=now + life,
        )
    )
    # in the query, not the path: logs and statistics keep paths
    return IssuedLink(f"{base_url.rstrip('/')}/reset?link={token}", now + life)
