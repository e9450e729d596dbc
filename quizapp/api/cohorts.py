"""Cohorts: the list of those one teaches, making one, and adding people to it."""

from typing import Literal

from pydantic import Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.paging import Listed, Page, cursor_of
from quizapp.api.shapes import Body, Id, Key, Line, Out, Path, Text, Time
from quizapp.services.people import cohorts
from quizapp.services.people.cohorts import CohortView

area = Area("cohorts", "Cohorts and who is in them")


class Cohort(Out):
    """A cohort. `code` is its short name; people can join it until `open_until`."""

    id: Id
    code: str
    title: str
    title_km: str | None
    trainees: int
    instructors: int
    open_until: Time | None


class Cohorts(Listed[Cohort]):
    """A page of cohorts."""


class CohortName(Out):
    """A cohort by its names."""

    id: Id
    code: str
    title: str
    title_km: str | None


class NewCohort(Body):
    """A cohort to be made."""

    code: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$", description="Short name, such as 2026-B.")
    title: Line = Field(description="In English or any Latin script.")
    title_km: Line | None = Field(None, description="In Khmer.")


class CohortPath(Path):
    """A cohort."""

    id: Key


class NewMembers(Body):
    """People to be added."""

    emails: list[Text] = Field(
        min_length=1, max_length=1000, description="Addresses, or staff numbers."
    )
    part: Literal["trainee", "instructor"] = "trainee"


class Members(Out):
    """What became of the names: ids of people, and what is nobody's."""

    added: list[Id]
    there_already: list[Id]
    unknown: list[str]


@area.get("/cohorts", action="cohort.list", gives={200: Cohorts})
def list_cohorts(query: Page) -> Cohorts:
    """The cohorts that one teaches; all of them for an administrator."""
    page = cohorts.list_cohorts(
        visitor.actor(), now=visitor.now(), after=query.after, limit=query.limit
    )
    return Cohorts(
        items=[Cohort.model_validate(one) for one in page.cohorts], next=cursor_of(page.next)
    )


@area.post("/cohorts", action="cohort.make", gives={201: Cohort}, refuses=(409,))
def make_cohort(body: NewCohort) -> Cohort:
    """Make a cohort; an instructor who makes one teaches it."""
    asking = visitor.actor()
    made = cohorts.make_cohort(
        asking,
        code=body.code,
        title=body.title,
        title_km=body.title_km or "",
        now=visitor.now(),
    )
    teachers = 1 if asking.role == "instructor" else 0
    return Cohort.model_validate(
        CohortView(made, body.code, body.title, body.title_km, 0, teachers, None)
    )


@area.post("/cohorts/<id>/members", action="cohort.add_people", gives={200: Members})
def add_members(path: CohortPath, body: NewMembers) -> Members:
    """Add people who have accounts; instructors invite by code instead."""
    done = cohorts.add_members(
        visitor.actor(), path.id, body.emails, part=body.part, now=visitor.now()
    )
    return Members.model_validate(done)
