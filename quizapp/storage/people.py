"""People, their login sessions and tokens, and one-time links."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from quizapp.storage.cohorts import Cohort, Membership
from quizapp.storage.database import WithId
from quizapp.storage.prepared import Prepared

AnyRow = Row[*tuple[Any, ...]]


class Person(WithId):
    """Somebody with an account."""

    __tablename__ = "people"
    email: Mapped[str] = mapped_column(String(254), unique=True)
    staff_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_km: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(String(8), default="en")
    time_zone: Mapped[str | None] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("role IN ('trainee', 'instructor', 'administrator')", name="role"),
        Index(None, "role", "name"),
    )


class LoginSession(WithId):
    """A browser's session (`digest` NULL, named by the signed cookie) or an API token."""

    __tablename__ = "login_sessions"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class OneTimeLink(WithId):
    """A link that sets a password once; only its digest is kept."""

    __tablename__ = "one_time_links"
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), index=True
    )
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Mail(WithId):
    """A message waiting to be sent by a job; the body holds a link and is cleared once sent."""

    __tablename__ = "mails"
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(400))
    body: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def _whose(condition: Any) -> Any:
    return (
        select(
            LoginSession.id.label("session_id"),
            LoginSession.last_seen_at.label("seen_at"),
            LoginSession.digest,
            Person.id,
            Person.role,
            Person.name,
            Person.lang,
            Membership.cohort_id,
            Membership.part,
        )
        .join(Person, Person.id == LoginSession.person_id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .where(
            condition,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > bindparam("now"),
            Person.active,
        )
    )


# Built once: every request asks one of them.
_BY_SESSION = Prepared(
    _whose(and_(LoginSession.id == bindparam("session_id"), LoginSession.digest.is_(None)))
)
_BY_DIGEST = Prepared(_whose(LoginSession.digest == bindparam("digest")))


def session_rows(connection: Connection, session_id: UUID, now: datetime) -> Sequence[Any]:
    """A live browser session with its person, one row per cohort (or one with none)."""
    return _BY_SESSION.all(connection, {"session_id": session_id, "now": now})


def token_rows(connection: Connection, digest: str, now: datetime) -> Sequence[Any]:
    """A live API token with its person, one row per cohort (or one with none)."""
    return _BY_DIGEST.all(connection, {"digest": digest, "now": now})


def find_person(session: Session, column: str, value: str) -> Person | None:
    """The person with that `email` or `staff_number`."""
    return session.scalar(select(Person).where(getattr(Person, column) == value))


def lock_person(session: Session, person_id: UUID) -> Person | None:
    """The person, locked against other changes until the transaction ends."""
    return session.scalar(select(Person).where(Person.id == person_id).with_for_update())


def touch_session(
    session: Session, session_id: UUID, person_id: UUID, now: datetime, expires_at: datetime | None
) -> None:
    """Note that a session and its person were seen; `expires_at` moves a browser's end on."""
    values: dict[str, Any] = {"last_seen_at": now}
    if expires_at is not None:
        values["expires_at"] = expires_at
    session.execute(update(LoginSession).where(LoginSession.id == session_id).values(**values))
    session.execute(update(Person).where(Person.id == person_id).values(last_seen_at=now))


def live_sessions(session: Session, person_id: UUID, now: datetime) -> Sequence[LoginSession]:
    """The person's sessions and tokens that still work, last used first; at most 200."""
    return session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > now,
        )
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id)
        .limit(200)
    ).all()


def revoke_sessions(
    session: Session,
    person_id: UUID,
    now: datetime,
    *,
    only: UUID | None = None,
    keep: UUID | None = None,
    tokens: bool = True,
) -> int:
    """End the person's sessions: one, or all but one, or all; gives how many ended."""
    statement = update(LoginSession).where(
        LoginSession.person_id == person_id, LoginSession.revoked_at.is_(None)
    )
    if only is not None:
        statement = statement.where(LoginSession.id == only)
    if keep is not None:
        statement = statement.where(LoginSession.id != keep)
    if not tokens:
        statement = statement.where(LoginSession.digest.is_(None))
    done = session.execute(statement.values(revoked_at=now))
    return int(getattr(done, "rowcount", 0))


def lock_administrators(session: Session) -> list[UUID]:
    """The active administrators, locked, so that two of them cannot remove each other at once."""
    return list(
        session.scalars(
            select(Person.id)
            .where(Person.role == "administrator", Person.active)
            .order_by(Person.id)
            .with_for_update()
        )
    )


def has_administrator(session: Session) -> bool:
    """Say whether there is an active administrator."""
    found = session.scalar(
        select(Person.id).where(Person.role == "administrator", Person.active).limit(1)
    )
    return found is not None


def taken(
    session: Session, email: str, staff_number: str | None, but: UUID | None = None
) -> set[str]:
    """Which of `email` and `staff_number` somebody else has."""
    same = [Person.email == email]
    if staff_number:
        same.append(Person.staff_number == staff_number)
    statement = select(Person.email, Person.staff_number).where(or_(*same))
    if but is not None:
        statement = statement.where(Person.id != but)
    found = set()
    for row in session.execute(statement):
        if row.email == email:
            found.add("email")
        if staff_number and row.staff_number == staff_number:
            found.add("staff_number")
    return found


def list_people(
    session: Session,
    *,
    search: str | None,
    role: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Sequence[Person]:
    """People by name; `after` is the (name, id) of the last one seen."""
    statement = select(Person).order_by(Person.name, Person.id).limit(limit)
    if role:
        statement = statement.where(Person.role == role)
    if search:
        # folded in the database where it can: SQLite's lower() knows ASCII only, which does for
        # Latin names; Khmer has no case
        sample = "%" + _literal(search.lower()) + "%"
        statement = statement.where(
            or_(
                func.lower(Person.name).like(sample, escape="\\"),
                Person.name_km.like("%" + _literal(search) + "%", escape="\\"),
                Person.email.like(sample, escape="\\"),
                func.lower(Person.staff_number).like(sample, escape="\\"),
            )
        )
    if after is not None:
        name, person_id = after
        statement = statement.where(
            or_(Person.name > name, and_(Person.name == name, Person.id > person_id))
        )
    return session.scalars(statement).all()


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def people_by_keys(
    session: Session, emails: Iterable[str], staff_numbers: Iterable[str]
) -> Sequence[Person]:
    """Everybody with one of these addresses or staff numbers."""
    return session.scalars(
        select(Person).where(
            or_(Person.email.in_(list(emails)), Person.staff_number.in_(list(staff_numbers)))
        )
    ).all()


def people_by_ids(session: Session, ids: Iterable[UUID]) -> Sequence[Person]:
    """These people, by name."""
    return session.scalars(
        select(Person).where(Person.id.in_(list(ids))).order_by(Person.name, Person.id)
    ).all()


def without_password(session: Session, cohort: str | None, *, limit: int) -> Sequence[Person]:
    """Active people without a password, by name; of one cohort where its short name is given."""
    statement = (
        select(Person)
        .where(Person.password_hash.is_(None), Person.active)
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    if cohort is not None:
        inside = select(Membership.person_id).join(Cohort).where(Cohort.code == cohort)
        statement = statement.where(Person.id.in_(inside))
    return session.scalars(statement).all()


def drop_links(session: Session, purpose: str | None, person_ids: Iterable[UUID] | None) -> None:
    """Forget unused links: of these people, or (None) those of `purpose` that are nobody's yet."""
    statement = delete(OneTimeLink).where(OneTimeLink.used_at.is_(None))
    if person_ids is None:
        statement = statement.where(OneTimeLink.purpose == purpose, OneTimeLink.person_id.is_(None))
    else:
        statement = statement.where(OneTimeLink.person_id.in_(list(person_ids)))
    session.execute(statement)


def find_link(session: Session, digest: str, now: datetime) -> OneTimeLink | None:
    """The link, if it still works."""
    return session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.digest == digest,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )


def use_link(session: Session, digest: str, now: datetime) -> bool:
    """Use the link up; False where it does not work (any more), whoever else tries at once."""
    done = session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.digest == digest,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
    )
    return bool(getattr(done, "rowcount", 0))


def cohort_codes_of(session: Session, person_ids: Iterable[UUID]) -> Sequence[AnyRow]:
    """(person_id, cohort_id, code, title, title_km, part) of these people's cohorts, by code."""
    return session.execute(
        select(
            Membership.person_id,
            Cohort.id.label("cohort_id"),
            Cohort.code,
            Cohort.title,
            Cohort.title_km,
            Membership.part,
        )
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.person_id.in_(list(person_ids)))
        .order_by(Cohort.code)
    ).all()


def members_of(session: Session, cohort_id: UUID) -> Sequence[AnyRow]:
    """(Person, part, joined_at) of everybody in the cohort: instructors first, then by name."""
    return session.execute(
        select(Person, Membership.part, Membership.joined_at)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.cohort_id == cohort_id)
        .order_by(Membership.part, Person.name, Person.id)
        .limit(1000)
    ).all()


def purge(session: Session, before: datetime) -> None:
    """Forget sessions, tokens and links that ended before then, and mails sent before then."""
    for statement in (
        delete(LoginSession).where(
            or_(LoginSession.expires_at < before, LoginSession.revoked_at < before)
        ),
        delete(OneTimeLink).where(
            or_(OneTimeLink.expires_at < before, OneTimeLink.used_at < before)
        ),
        delete(Mail).where(Mail.sent_at < before),
    ):
        session.execute(statement)
