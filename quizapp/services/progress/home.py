"""Home: what is due and what is known to a trainee, what needs a hand to those who run things."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from quizapp.domain.access import Actor, require
from quizapp.domain.analysis.attention import SETTLING, UNSEEN
from quizapp.domain.answers.localised import Localised
from quizapp.domain.delivery.quiz import Release
from quizapp.domain.progress.next_step import Due, OpenAttempt, Step, next_step
from quizapp.services.progress import folding, mastery
from quizapp.services.progress.mastery import PolicyMap
from quizapp.services.quizzes import assignments
from quizapp.services.quizzes.views import AssignmentView
from quizapp.storage import home as stored
from quizapp.storage import outages, practice
from quizapp.storage.database import transaction

SOON = timedelta(days=7)
MOST = 20

FirstHour = Literal["cohort", "code", "set", "quiz"]


@dataclass(frozen=True)
class Begun:
    """An attempt that takes answers now; `saved` of its `items` have an answer."""

    id: UUID
    title: Localised
    mode: str
    assignment_id: UUID | None
    started_at: datetime
    deadline: datetime | None
    items: int
    saved: int


@dataclass(frozen=True)
class TraineeHome:
    """What a trainee finds: what is begun and due, the policy map, the one suggested step.

    Attributes:
        begun: what takes answers now, what ends first first.
        due: what can be begun now, by when it closes; what is begun is not among it.
        upcoming: what opens later, what opens first first.
        policy: the map with what their answers say.
        step: the one suggestion.
        attends: whether they are in a cohort.
    """

    begun: tuple[Begun, ...]
    due: tuple[AssignmentView, ...]
    upcoming: tuple[AssignmentView, ...]
    policy: PolicyMap
    step: Step
    attends: bool


@dataclass(frozen=True)
class CohortStanding:
    """A cohort at a glance.

    Attributes:
        trainees: how many attend it.
        open_until: until when people can join it; None where its code is closed.
        given: how many quizzes are given to it.
        quiet: trainees not seen for two weeks.
        silent: trainees who joined three days ago or earlier and answered nothing yet.
    """

    id: UUID
    code: str
    title: str
    title_km: str | None
    trainees: int
    instructors: int
    open_until: datetime | None
    given: int
    quiet: int
    silent: int


@dataclass(frozen=True)
class Closing:
    """A given quiz that closes soon; `begun` of the cohort's `trainees` have begun it."""

    assignment_id: UUID
    quiz_id: UUID
    cohort_id: UUID
    title: Localised
    mode: str
    code: str
    closes_at: datetime
    trainees: int
    begun: int


@dataclass(frozen=True)
class Unreleased:
    """An exam that is over and whose results wait for somebody's word."""

    id: UUID
    title: Localised
    attempts: int


@dataclass(frozen=True)
class PeopleCounts:
    """Open accounts."""

    trainees: int
    instructors: int
    without_password: int
    without_cohort: int


@dataclass(frozen=True)
class StaffHome:
    """What an instructor or administrator finds. `people` is for administrators alone.

    `first_hour` are the steps of a beginning that are not done yet, in order; `held` attempts wait
    since the server was away when their time ended.
    """

    cohorts: tuple[CohortStanding, ...]
    closing: tuple[Closing, ...]
    unreleased: tuple[Unreleased, ...]
    first_hour: tuple[FirstHour, ...]
    people: PeopleCounts | None
    held: int

    @property
    def trainees(self) -> int:
        """How many attend the cohorts."""
        return sum(one.trainees for one in self.cohorts)


def of_trainee(actor: Actor, *, now: datetime) -> TraineeHome:
    """A trainee's home."""
    require(actor, "home")
    with transaction(write=False) as session:
        rows, waits = practice.open_attempts(session, actor.id, now)
    if waits:
        folding.fold(now, person_id=actor.id)
    given = assignments.due(actor, now=now)
    with transaction(write=False) as session:
        policy = mastery.policy_map(session, actor.id)
    begun = tuple(sorted(map(_begun, rows), key=_ends))
    taken = {one.id for one in begun}
    waiting = [one for one in given if one.own is None or one.own.open_id not in taken]
    due = tuple(one for one in waiting if one.may_start)
    return TraineeHome(
        begun=begun,
        due=due,
        upcoming=tuple(one for one in waiting if not one.may_start),
        policy=policy,
        step=_step(begun, due, policy),
        attends=bool(actor.attends),
    )


def of_staff(actor: Actor, *, now: datetime) -> StaffHome:
    """The home of an instructor, or of an administrator, who sees every cohort."""
    require(actor, "cohort.list")
    administers = actor.role == "administrator"
    among = None if administers else actor.teaches
    with transaction(write=False) as session:
        rows = stored.cohorts_standing(
            session, among, now, unseen=UNSEEN, settling=SETTLING, limit=MOST
        )
        closing = stored.closing(session, among, now, now + SOON, MOST)
        made = stored.made_by(session, actor.id)
        exams = stored.finished_unreleased(session, None if administers else actor.id, now, MOST)
        counts = stored.people_counts(session) if administers else None
        struck = outages.struck(session, among)
    cohorts = tuple(_cohort(row) for row in rows)
    return StaffHome(
        cohorts=cohorts,
        closing=tuple(_closing(row) for row in closing),
        unreleased=tuple(_unreleased(row) for row in exams if _waits_for_hand(row.release)),
        first_hour=_first_hour(
            cohorts, sets=made.sets, quizzes=made.quizzes, teaches=not administers
        ),
        people=_people(counts) if counts is not None else None,
        held=sum(row.held for row in struck),
    )


def _step(begun: Sequence[Begun], due: Sequence[AssignmentView], policy: PolicyMap) -> Step:
    return next_step(
        [OpenAttempt(one.id, one.started_at, one.deadline) for one in begun],
        [Due(one.id, one.begin_until) for one in due],
        policy.practice,
    )


def _ends(one: Begun) -> tuple[bool, float]:
    """What ends first, then what was begun last."""
    if one.deadline is not None:
        return False, one.deadline.timestamp()
    return True, -one.started_at.timestamp()


def _first_hour(
    cohorts: Sequence[CohortStanding], *, sets: int, quizzes: int, teaches: bool
) -> tuple[FirstHour, ...]:
    done: dict[FirstHour, bool] = {
        "cohort": bool(cohorts),
        "code": any(one.trainees or one.open_until for one in cohorts),
        "set": bool(sets),
        "quiz": any(one.given for one in cohorts),
    }
    left = tuple(step for step, is_done in done.items() if not is_done)
    if not teaches:
        return tuple(step for step in left if step in ("cohort", "code"))
    # whoever makes quizzes of what is there may well do without questions of their own
    return () if left == ("set",) and quizzes else left


def _begun(row: Any) -> Begun:
    return Begun(
        id=row.id,
        title=Localised.model_validate(row.title),
        mode=row.mode,
        assignment_id=row.assignment_id,
        started_at=row.started_at,
        deadline=row.deadline,
        items=row.items,
        saved=row.saved,
    )


def _cohort(row: Any) -> CohortStanding:
    return CohortStanding(
        id=row.id,
        code=row.code,
        title=row.title,
        title_km=row.title_km,
        trainees=row.trainees,
        instructors=row.instructors,
        open_until=row.open_until,
        given=row.given,
        quiet=row.quiet,
        silent=row.silent,
    )


def _closing(row: Any) -> Closing:
    return Closing(
        assignment_id=row.id,
        quiz_id=row.quiz_id,
        cohort_id=row.cohort_id,
        title=Localised.model_validate(row.quiz_title),
        mode=row.mode,
        code=row.code,
        closes_at=row.closes_at,
        trainees=row.trainees,
        begun=row.begun,
    )


def _unreleased(row: Any) -> Unreleased:
    return Unreleased(row.id, Localised.model_validate(row.title), row.attempts)


def _people(row: Any) -> PeopleCounts:
    return PeopleCounts(
        trainees=row.trainees,
        instructors=row.instructors,
        without_password=row.without_password,
        without_cohort=row.without_cohort,
    )


def _waits_for_hand(release: dict[str, Any]) -> bool:
    return "by_hand" in Release.model_validate(release).model_dump().values()
