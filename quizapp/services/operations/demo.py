"""A cohort that never was: people, weeks of practice and a test, for demonstrations and tries.

All is done by the use cases themselves, at times in the past, so that every page shows what it
would show of real people.
"""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from quizapp.domain.access import Actor, Role
from quizapp.domain.answers.canonical import canonical_json
from quizapp.domain.questions import TYPES, ResponseRefused
from quizapp.services.attempts import saving, starting, submitting, taking
from quizapp.services.attempts.saving import SaveRequest
from quizapp.services.banks import index as bank_index
from quizapp.services.people import accounts, cohorts, sessions
from quizapp.services.people.accounts import PersonForm
from quizapp.services.people.sign_in import Desk
from quizapp.services.quizzes import assignments, making
from quizapp.storage.database import transaction
from quizapp.storage.people import Person

COHORT = "2026-B"
WEEKS = 4
ADMINISTRATOR = ("Chan Rithy", "ចាន់ រិទ្ធី")
INSTRUCTOR = ("Mao Dalin", "ម៉ៅ ដាលីន")
TRAINEES = (
    ("Chea Sophea", "ជា សុភា", 0.9),
    ("Keo Vannak", "កែវ វណ្ណៈ", 0.72),
    ("Lim Bopha", "លឹម បុប្ផា", 0.8),
    ("Long Theary", "ឡុង ធារី", 0.45),
    ("Mean Sokha", "មាន សុខា", 0.7),
    ("Nhem Ratana", "ញ៉ែម រតនា", 0.78),
    ("Ouk Pisey", "អ៊ុក ពិសី", 0.6),
    ("Ros Chanthy", "រស់ ចន្ធី", 0.82),
    ("Sok Dara", "សុខ ដារ៉ា", 0.68),
    ("Tep Rithy", "ទេព រិទ្ធី", 0.5),
    ("Va Sovann", "វ៉ា សុវណ្ណ", 0.75),
    ("Yim Nary", "យឹម ណារី", 0.88),
)
"""Invented people, with the share of answers that each gets right."""
ABSENT = 2
"""So many of them have not begun yet."""


@dataclass(frozen=True)
class Account:
    """How somebody of the demonstration signs in."""

    role: Role
    name: str
    email: str
    password: str


def fill(desk: Desk, *, now: datetime, seed: int = 7) -> tuple[Account, ...]:
    """Fill an empty database into which the shipped content has been loaded.

    Args:
        desk: hashes the passwords.
        now: the end of the weeks that are played.
        seed: of what everybody does; the passwords are random each time.
    """
    random = Random(seed)  # noqa: S311 - a play, no secret
    began = now - timedelta(weeks=WEEKS)
    _, administrator = _account(desk, "administrator", *ADMINISTRATOR, began=began, now=now)
    teacher, instructor = _account(desk, "instructor", *INSTRUCTOR, began=began, now=now)
    cohort = cohorts.make_cohort(
        teacher,
        code=COHORT,
        title="Third-secretary course",
        title_km="វគ្គលេខាធិការទីបី",
        now=began,
    )
    teacher = _again(teacher, now)
    cohorts.open_code(teacher, cohort, days=7, now=now)
    test = _give_test(teacher, cohort, now)
    accounts = [administrator, instructor]
    for number, (name, name_km, skill) in enumerate(TRAINEES):
        trainee, account = _account(
            desk, "trainee", name, name_km, began=began, now=now, cohort=COHORT
        )
        accounts.append(account)
        if number < len(TRAINEES) - ABSENT:
            _play(trainee, skill, test, random, began=began, now=now)
    return tuple(accounts)


def _account(
    desk: Desk,
    role: Role,
    name: str,
    name_km: str,
    *,
    began: datetime,
    now: datetime,
    cohort: str | None = None,
) -> tuple[Actor, Account]:
    """Somebody with a password, and a session that lasts beyond the weeks that are played."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    form = PersonForm(email=email, name=name, name_km=name_km, role=role)
    person_id = accounts.create_person(None, form, now=began)
    accounts.set_password_from_outside(desk, person_id, password, now=began)
    if cohort is not None:
        accounts.put_into_cohort(person_id, cohort, part="trainee", now=began)
    with transaction(write=True) as session:
        session_id = sessions.open_session(session, person_id, "demonstration", now)
    actor = sessions.actor_for_session(session_id, now)
    if actor is None:
        raise RuntimeError("a session that was just opened does not work")
    return actor, Account(role, name, email, password)


def _again(actor: Actor, now: datetime) -> Actor:
    """The person as they are now: with the cohorts that they have come to teach."""
    found = sessions.actor_for_session(actor.session_id, now) if actor.session_id else None
    return found or actor


def _give_test(teacher: Actor, cohort: UUID, now: datetime) -> UUID:
    with transaction(write=False) as session:
        slugs = sorted(slug for slug in bank_index.indexes(session) if slug.startswith("task-"))
    quiz = making.make(
        teacher,
        {
            "title": {"en": "Mid-course test, all five tasks", "km": "តេស្តពាក់កណ្តាលវគ្គ"},
            "mode": "practice",
            "pass_mark": 60,
            "attempts_allowed": 1,
            "time_limit_s": 1800,
            "sections": [{"bank": slug, "draw": 4} for slug in slugs],
        },
        now=now - timedelta(days=9),
    )
    assignments.give(
        teacher,
        quiz,
        cohort,
        opens_at=now - timedelta(days=8),
        closes_at=now + timedelta(days=2),
        now=now - timedelta(days=9),
    )
    return quiz


def _play(
    trainee: Actor, skill: float, test: UUID, random: Random, *, began: datetime, now: datetime
) -> None:
    """Some practice each week, by people who learn a little, and then the test."""
    practice = [one.id for one in making.list_quizzes(trainee).quizzes if one.shared]
    seen = [began]
    for week in range(WEEKS):
        for quiz in random.sample(practice, k=min(len(practice), random.randint(1, 3))):
            at = began + timedelta(weeks=week, hours=random.randint(1, 150))
            seen.append(min(at, now))
            _sit(trainee, quiz, min(0.97, skill + 0.03 * week), random, seen[-1])
    if random.random() < 0.8:
        seen.append(now - timedelta(days=random.randint(1, 7)))
        _sit(trainee, test, skill, random, seen[-1])
    with transaction(write=True) as session:
        session.get_one(Person, trainee.id).last_seen_at = max(seen)


def _sit(trainee: Actor, quiz: UUID, skill: float, random: Random, at: datetime) -> None:
    """Take a quiz from the start to the end; about one item in twenty is left blank."""
    if trainee.session_id is None:
        raise ValueError("a demonstration needs its people's sessions")
    attempt = starting.start(trainee, quiz, now=at).id
    for item in taking.read(trainee, attempt, "en", now=at).items:
        at += timedelta(seconds=random.randint(20, 70))
        if random.random() < 0.05:
            continue
        key = _key_of(item.bank, item.question)
        response = key if random.random() < skill else _mistaken(key, item.present, random)
        request = SaveRequest(response=response, revision=1, lang="en", spent_ms=30_000)
        # a mistake that the question cannot even take is left out: one more blank
        with suppress(ResponseRefused):
            saving.save(trainee.session_id, attempt, item.slot, request, device=None, now=at)
    submitting.submit(trainee, attempt, now=at)


def _key_of(bank: str, key: str) -> dict[str, Any]:
    with transaction(write=False) as session:
        index = bank_index.index(session, bank)
        if index is None:
            raise LookupError(bank)
        question = bank_index.version(session, index.by_key[key].version_id)
    # whatever a person would mark, the demonstration leaves blank
    return TYPES[question.type].key(question.content) or {}


def _mistaken(key: Mapping[str, Any], present: Mapping[str, Any], random: Random) -> dict[str, Any]:
    """The key with something changed: ids for others from the same list, other values a little."""
    for _ in range(8):
        changed = {name: _changed(value, present, random) for name, value in key.items()}
        if canonical_json(changed) != canonical_json(key):
            return changed
    return dict(key)


def _changed(value: Any, present: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + random.choice((-20, -5, 5, 10))
    if isinstance(value, dict):
        return {name: _changed(one, present, random) for name, one in value.items()}
    if isinstance(value, list):
        order = random.sample(value, k=len(value))
        return order if len(value) > 2 else [_changed(one, present, random) for one in value[:1]]
    if isinstance(value, str):
        ids = next((ids for ids in _id_lists(present) if value in ids), None)
        return random.choice(ids) if ids else f"{value} (?)"
    return value


def _id_lists(present: Any) -> list[list[str]]:
    """The ids in each list of what was shown, wherever it stands."""
    found: list[list[str]] = []
    if isinstance(present, dict):
        for one in present.values():
            found += _id_lists(one)
    elif isinstance(present, list):
        ids = [one["id"] for one in present if isinstance(one, dict) and "id" in one]
        found += [ids] if ids else []
        for one in present:
            found += _id_lists(one)
    return found
