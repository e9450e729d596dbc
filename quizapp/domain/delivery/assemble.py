"""Choosing the questions of an attempt: fixed ones as named, draws by seed under the rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from quizapp.domain.delivery.quiz import Mode, Section
from quizapp.domain.errors import FieldProblem, Invalid
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question as the draw sees it. `cites` are provision numbers without their version."""

    question_id: UUID
    version_id: UUID
    key: str
    bank: str
    source: str
    type: str
    level: str | None
    use: str
    state: str
    cites: tuple[str, ...] = ()
    not_with: frozenset[str] = field(default_factory=frozenset)
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question with its points in hundredths."""

    candidate: Candidate
    points: int


def usable(candidate: Candidate, mode: Mode, *, today: date, trial: bool = False) -> bool:
    """Say whether a question may be dealt.

    Exam-only questions stay out of practice, so that an entry or exit test measures something;
    drafts and facts past their date stay out of exams.
    """
    if candidate.state == "retired":
        return False
    if mode == "practice":
        # nobody marks what somebody chose to practise
        return trial or (candidate.use != "exam" and not TYPES[candidate.type].MARKED_BY_PERSON)
    if candidate.state != "approved" and not trial:
        return False
    expired = candidate.valid_until is not None and candidate.valid_until < today
    return candidate.use != "practice" and not expired


def fits(candidate: Candidate, section: Section) -> bool:
    """Say whether a question meets a section's filters (not its bank)."""
    if section.level and candidate.level != section.level:
        return False
    if section.provisions and not set(section.provisions) & set(candidate.cites):
        return False
    return not section.task or any(c.split(".")[0] == section.task for c in candidate.cites)


def eligible(
    section: Section, pool: Iterable[Candidate], mode: Mode, *, today: date, trial: bool = False
) -> list[Candidate]:
    """All questions a drawing section may take, in a fixed order."""
    found = [
        c
        for c in pool
        if (section.bank is None or c.bank == section.bank)
        and fits(c, section)
        and usable(c, mode, today=today, trial=trial)
    ]
    return sorted(found, key=lambda c: (c.bank, c.key))


def assemble(
    sections: Sequence[Section],
    pools: Mapping[int, Sequence[Candidate]],
    *,
    seed: int,
    shuffle: bool,
    avoid: Mapping[UUID, int] | None = None,
    fewer: bool = False,
) -> list[Chosen]:
    """Choose the items of an attempt, section by section.

    Args:
        sections: as in the quiz version.
        pools: per section index the questions it may use; for fixed sections exactly those named.
        seed: the attempt's seed; the same seed gives the same choice.
        shuffle: mix the items within each section.
        avoid: how often the person has met a question, or exams have dealt it; those with the
            least are drawn first, the seed decides among equals.
        fewer: draw what there is where a section wants more.

    Raises:
        Invalid: a section holds fewer questions than it wants to draw.
    """
    chosen = by_section(sections, pools, seed=seed, shuffle=shuffle, avoid=avoid, fewer=fewer)
    return [one for section in chosen for one in section]


def by_section(
    sections: Sequence[Section],
    pools: Mapping[int, Sequence[Candidate]],
    *,
    seed: int,
    shuffle: bool = False,
    avoid: Mapping[UUID, int] | None = None,
    fewer: bool = False,
) -> list[list[Chosen]]:
    """The same as `assemble`, a list for each section.

    Raises:
        Invalid: a section holds fewer questions than it wants to draw.
    """
    random = Random(seed)  # noqa: S311 - reproducible, not secret
    taken: dict[UUID, Chosen] = {}
    ordered: list[list[Chosen]] = []
    for index, section in enumerate(sections):
        if section.draw is None:
            named = [c for c in pools[index] if c.question_id not in taken]
            chosen = [Chosen(c, section.hundredths) for c in named]
        else:
            drawn = _draw(section.draw, pools[index], taken, random, avoid or {})
            if len(drawn) < section.draw and not fewer:
                raise _too_few(index, section.draw, len(drawn))
            chosen = [Chosen(c, section.hundredths) for c in drawn]
        if shuffle:
            random.shuffle(chosen)
        taken |= {c.candidate.question_id: c for c in chosen}
        ordered.append(chosen)
    return ordered


def _draw(
    wanted: int,
    pool: Sequence[Candidate],
    taken: Mapping[UUID, Chosen],
    random: Random,
    avoid: Mapping[UUID, int],
) -> list[Candidate]:
    free = [c for c in pool if c.question_id not in taken] if taken else list(pool)
    by_times: dict[int, list[Candidate]] = {} if avoid else {0: free}
    if avoid:
        for candidate in free:
            by_times.setdefault(avoid.get(candidate.question_id, 0), []).append(candidate)
    met = [c.candidate for c in taken.values()]
    drawn: list[Candidate] = []
    for times in sorted(by_times):
        for candidate in _mixed(by_times[times], random):
            if len(drawn) == wanted:
                return drawn
            if not any(_apart(candidate, other) for other in (*met, *drawn)):
                drawn.append(candidate)
    return drawn


def _mixed(candidates: list[Candidate], random: Random) -> Iterator[Candidate]:
    """Give them in random order, mixing no more of them than are asked for (Fisher and Yates)."""
    for left in range(len(candidates), 0, -1):
        place = random.randrange(left)
        candidates[place], candidates[left - 1] = candidates[left - 1], candidates[place]
        yield candidates[left - 1]


def _too_few(index: int, wanted: int, found: int) -> Invalid:
    return Invalid(
        [
            FieldProblem(
                f"sections[{index}].draw",
                N_("This section wants %(wanted)d questions and only %(found)d fit."),
                {"wanted": wanted, "found": found},
            )
        ]
    )


def _apart(one: Candidate, other: Candidate) -> bool:
    """Say whether the two must not meet in one attempt, as either of them asks."""
    return one.bank == other.bank and (other.key in one.not_with or one.key in other.not_with)
