"""Whoever asks: who they are, and what is theirs."""

from typing import Literal

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.cohorts import CohortName
from quizapp.api.shapes import Id, Out
from quizapp.domain.access import Role
from quizapp.services.people import accounts

area = Area("me", "Whoever asks")


class OwnCohort(CohortName):
    """A cohort somebody is in, and as what."""

    part: Literal["trainee", "instructor"]


class Me(Out):
    """Whoever asks."""

    id: Id
    email: str
    staff_number: str | None
    name: str
    name_km: str | None
    role: Role
    lang: str
    cohorts: list[OwnCohort]


@area.get("/me", action="account", gives={200: Me})
def read_me() -> Me:
    """Who asks."""
    asking = visitor.actor()
    return Me.model_validate(accounts.get_person(asking, asking.id))
