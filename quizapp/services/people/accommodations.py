"""Accommodations: granted once per person, in force for every quiz that they begin from then on.

Administrators grant them, since they outlive every cohort and rest on papers that the institute
holds; who teaches the person sees them, and can give more minutes in a single exam. Nobody else
learns of them, and why somebody has one is not kept.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from quizapp.domain.access import Actor, PersonRef, require
from quizapp.domain.delivery.granting import read_accommodation
from quizapp.domain.delivery.timing import NOTHING_GRANTED, Accommodation
from quizapp.domain.errors import NotFound
from quizapp.services import audit
from quizapp.storage import accommodations as stored
from quizapp.storage.database import transaction
from quizapp.storage.people import Person, lock_person


@dataclass(frozen=True)
class Granted:
    """What somebody is granted, and since when; None where it never was anything."""

    person_id: UUID
    name: str
    name_km: str | None
    accommodation: Accommodation
    changed_at: datetime | None


def read(actor: Actor, person_id: UUID) -> Granted:
    """What a person is granted: for themselves, for who teaches them, and for administrators.

    Raises:
        NotFound: there is no such person that `actor` may know of.
    """
    with transaction(write=False) as session:
        if person_id != actor.id:
            require(actor, "person.read", PersonRef(person_id, stored.attends(session, person_id)))
        person = session.get(Person, person_id)
        if person is None:
            raise NotFound
        row = stored.accommodation_of(session, person_id)
        return Granted(
            person_id, person.name, person.name_km, of(row), row.changed_at if row else None
        )


def own(actor: Actor) -> Accommodation:
    """What the person who asks is granted; one statement."""
    with transaction(write=False) as session:
        return of(stored.accommodation_of(session, actor.id))


def grant(actor: Actor, person_id: UUID, fields: Mapping[str, str], *, now: datetime) -> None:
    """Set what a person is granted, from the fields of the form; open attempts keep their end.

    Raises:
        NotFound: there is no such person.
        Invalid: a figure will not do.
    """
    require(actor, "person.manage")
    wanted = read_accommodation(fields)
    with transaction(write=True) as session:
        if lock_person(session, person_id) is None:
            raise NotFound
        row = stored.accommodation_of(session, person_id)
        before = of(row)
        if wanted == before:
            return
        _put(session, row, person_id, wanted, actor, now)
        details = {"before": asdict(before), "after": asdict(wanted)}
        audit.record(session, actor, "person.accommodation", "person", person_id, details, now=now)


def of(row: Any) -> Accommodation:
    """The value of a row that has its columns; everybody's where they, or the row, are missing."""
    if row is None or row.time_percent is None:
        return NOTHING_GRANTED
    return Accommodation(
        time_percent=row.time_percent,
        break_s=row.break_s,
        opens_early_s=row.opens_early_s,
        closes_late_s=row.closes_late_s,
        larger_text=row.larger_text,
    )


def _put(
    session: Session,
    row: stored.Accommodation | None,
    person_id: UUID,
    wanted: Accommodation,
    actor: Actor,
    now: datetime,
) -> None:
    values = asdict(wanted) | {"changed_by": actor.id, "changed_at": now}
    if row is None:
        session.add(stored.Accommodation(person_id=person_id, **values))
        return
    for name, value in values.items():
        setattr(row, name, value)
