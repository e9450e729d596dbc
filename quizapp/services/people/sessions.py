"""Who is asking: browser sessions and API tokens, opened, seen, listed and revoked."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, Role, require
from quizapp.domain.errors import Invalid, NotFound
from quizapp.domain.people.fields import clean_line
from quizapp.domain.words import N_
from quizapp.services import audit
from quizapp.storage import people as stored
from quizapp.storage.database import core_transaction, transaction
from quizapp.storage.people import LoginSession

SESSION_LIFE = timedelta(days=14)
"""Counted from when the browser was last seen."""
TOKEN_LIFE = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=5)
KEPT_ENDED = timedelta(days=30)
MOST_TOKENS = 20
TOKEN_PREFIX = "qa_"  # noqa: S105 - no secret: lets scanners for leaked ones know a token


@dataclass(frozen=True)
class SessionView:
    """A place where somebody is signed in, or a token."""

    id: UUID
    kind: Literal["browser", "token"]
    label: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True)
class IssuedToken:
    """A token, told this once."""

    id: UUID
    token: str
    expires_at: datetime


def actor_for_session(session_id: UUID, now: datetime) -> Actor | None:
    """The person of a browser's session, with their cohorts; one statement.

    Every five minutes it is noted that the session was seen, which moves its end on.
    """
    with core_transaction(write=False) as connection:
        rows = stored.session_rows(connection, session_id, now)
    return _actor(rows, now)


def actor_for_token(token: str, now: datetime) -> Actor | None:
    """The person of an API token, with their cohorts; one statement."""
    if not token.startswith(TOKEN_PREFIX) or len(token) > 100:
        return None
    with core_transaction(write=False) as connection:
        rows = stored.token_rows(connection, digest(token), now)
    return _actor(rows, now)


def open_session(session: Session, person_id: UUID, label: str, now: datetime) -> UUID:
    """Open a browser's session within the caller's transaction."""
    opened = LoginSession(
        id=uuid4(),
        person_id=person_id,
        label=label[:200],
        created_at=now,
        last_seen_at=now,
        expires_at=now + SESSION_LIFE,
    )
    session.add(opened)
    return opened.id


def open_token(session: Session, person_id: UUID, label: str, now: datetime) -> IssuedToken:
    """Make a token within the caller's transaction; only its digest is kept."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = LoginSession(
        id=uuid4(),
        person_id=person_id,
        digest=digest(token),
        label=label[:200],
        created_at=now,
        last_seen_at=now,
        expires_at=now + TOKEN_LIFE,
    )
    session.add(row)
    return IssuedToken(row.id, token, row.expires_at)


def make_token(actor: Actor, label: str, *, now: datetime) -> IssuedToken:
    """Make a token for oneself.

    Raises:
        Invalid: no name for it, or too many that still work.
    """
    require(actor, "account")
    name = clean_line("label", label, longest=80)
    if not name:
        raise Invalid.field("label", N_("Say what the token is for."))
    with transaction(write=True) as session:
        kept = [one for one in stored.live_sessions(session, actor.id, now) if one.digest]
        if len(kept) >= MOST_TOKENS:
            raise Invalid.field(
                "label",
                N_("You have %(most)d tokens that work: revoke one first."),
                most=MOST_TOKENS,
            )
        issued = open_token(session, actor.id, name, now)
        audit.record(
            session, actor, "token.make", "person", actor.id, {"token": issued.id}, now=now
        )
    return issued


def list_sessions(
    actor: Actor, *, now: datetime, person_id: UUID | None = None
) -> tuple[SessionView, ...]:
    """Where the person is signed in, and their tokens; another's for administrators only."""
    require(actor, "account" if person_id in (None, actor.id) else "person.manage")
    with transaction(write=False) as session:
        return tuple(
            SessionView(
                one.id,
                "token" if one.digest else "browser",
                one.label,
                one.created_at,
                one.last_seen_at,
                one.expires_at,
                one.id == actor.session_id,
            )
            for one in stored.live_sessions(session, person_id or actor.id, now)
        )


def revoke(actor: Actor, session_id: UUID, *, now: datetime, person_id: UUID | None = None) -> None:
    """End one session or token: one's own, or anybody's as an administrator.

    Raises:
        NotFound: there is no such session of that person that still works.
    """
    owner = person_id or actor.id
    require(actor, "account" if owner == actor.id else "person.manage")
    with transaction(write=True) as session:
        if not stored.revoke_sessions(session, owner, now, only=session_id):
            raise NotFound
        if owner != actor.id:
            details = {"session": session_id}
            audit.record(session, actor, "session.revoke", "person", owner, details, now=now)


def revoke_others(actor: Actor, *, now: datetime) -> int:
    """End all of one's sessions but the one that asks; tokens stay. Gives how many ended."""
    require(actor, "account")
    with transaction(write=True) as session:
        return stored.revoke_sessions(session, actor.id, now, keep=actor.session_id, tokens=False)


def sign_out(actor: Actor, *, now: datetime) -> None:
    """End the session or token that asks."""
    if actor.session_id is not None:
        with transaction(write=True) as session:
            stored.revoke_sessions(session, actor.id, now, only=actor.session_id)


def purge(now: datetime) -> None:
    """Forget what ended a month ago: sessions, tokens, links and sent mail."""
    with transaction(write=True) as session:
        stored.purge(session, now - KEPT_ENDED)


def digest(secret: str) -> str:
    """What is kept of a token or a link: they are random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _actor(rows: Sequence[Any], now: datetime) -> Actor | None:
    if not rows:
        return None
    first = rows[0]
    if now - first.seen_at >= SEEN_EVERY:
        ends = now + SESSION_LIFE if first.digest is None else None
        with transaction(write=True) as session:
            stored.touch_session(session, first.session_id, first.id, now, ends)
    return Actor(
        id=first.id,
        role=cast(Role, first.role),
        teaches=frozenset(row.cohort_id for row in rows if row.part == "instructor"),
        attends=frozenset(row.cohort_id for row in rows if row.part == "trainee"),
        session_id=first.session_id,
        name=first.name,
        lang=first.lang,
    )
