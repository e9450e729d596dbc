"""What the tests of people share: cheap hashing, a clock, ways to make accounts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from quizapp.services.people import accounts, cohorts, joining, links, sessions
from quizapp.services.people.accounts import PersonForm
from quizapp.services.people.joining import SignUp
from quizapp.services.people.passwords import Passwords
from quizapp.services.people.sign_in import Desk, Device

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = "four plain words here"
DEVICE = Device("device-1", "Firefox, Linux")


def make_desk():
    """A desk whose hashes cost next to nothing; a new one forgets all failures."""
    return Desk(Passwords(memory_kib=64, time_cost=1))


def account(administrator, email, role="trainee", *, desk=None, now=NOW, **more):
    """An account; with a password, and as an Actor, where a desk is given."""
    form = PersonForm(email=email, name=more.pop("name", "Some Body"), role=role, **more)
    person_id = accounts.create_person(administrator, form, now=now)
    if desk is None:
        return person_id
    token = reset_token(administrator, person_id, now=now)
    signed_in = links.set_password(desk, token, PASSWORD, device=DEVICE, now=now)
    return sessions.actor_for_session(signed_in.session_id, now)


def reset_token(administrator, person_id, *, now=NOW):
    link = links.issue_reset(
        administrator, person_id, base_url="https://quiz.example.org/", now=now
    )
    return link.url.split("link=")[1]


def open_cohort(actor, code="P-1", *, days=7, now=NOW):
    """A cohort that is open for joining: (id, code)."""
    cohort_id = cohorts.make_cohort(actor, code=code, title="Third secretaries", now=now)
    actor = replace(actor, teaches=actor.teaches | {cohort_id})
    return cohort_id, cohorts.open_code(actor, cohort_id, days=days, now=now).code


def join_as(desk, code, email, *, now=NOW, **more):
    form = SignUp(code=code, name="New Comer", email=email, password=PASSWORD, **more)
    signed_in = joining.sign_up(desk, form, device=Device(email), now=now)
    return sessions.actor_for_session(signed_in.session_id, now)
