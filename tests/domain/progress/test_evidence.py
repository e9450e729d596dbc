"""Evidence: the first answer of a day counts, whatever order attempts are folded in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.progress.evidence import Answer, Scope, fold, scopes_of, tally
from quizapp.domain.progress.mastery import Sums

DARA, SOPHEA = UUID(int=1), UUID(int=2)
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def answer(
    question: int = 1,
    *,
    attempt: int = 1,
    at: datetime = MORNING,
    mark: int = 10_000,
    cites: tuple[str, ...] = ("3.7",),
    person: UUID = DARA,
) -> Answer:
    return Answer(person, UUID(int=question), UUID(int=attempt), at, mark, "fpd", scopes_of(cites))


def test_scopes_are_the_provisions_and_their_tasks_each_once():
    assert scopes_of(["3.7@2", "3.1@1", "3.7@1", "5.2"]) == ("3", "3.1", "3.7", "5", "5.2")
    assert scopes_of([]) == ()


def test_a_question_that_cites_two_provisions_of_a_task_counts_once_for_the_task():
    change = fold([], [answer(cites=("3.1", "3.7"))]).change
    assert change == {Scope(DARA, "fpd", n): Sums(1, 1, 10_000, 10**8) for n in ("3", "3.1", "3.7")}


def test_only_the_first_answer_of_a_day_counts():
    first, again = answer(mark=0), answer(attempt=2, at=MORNING + timedelta(hours=1))
    tomorrow = answer(attempt=3, at=MORNING + timedelta(days=1), mark=5000)
    found = fold([], [again, tomorrow, first])
    assert set(found.evidence) == {first, tomorrow}
    assert found.change[Scope(DARA, "fpd", "3.7")] == Sums(2, 1, 5000, 25_000_000)


def test_the_day_is_that_of_phnom_penh():
    late = answer(at=datetime(2026, 11, 24, 16, 59, tzinfo=UTC))
    later = answer(at=datetime(2026, 11, 24, 17, 0, tzinfo=UTC))
    assert (late.key.day, later.key.day) == (date(2026, 11, 24), date(2026, 11, 25))


def test_an_earlier_answer_that_arrives_later_takes_the_place():
    stood = answer(attempt=2, at=MORNING + timedelta(hours=2), cites=("3.7",))
    early = answer(attempt=1, at=MORNING, mark=0, cites=("3.1", "3.2"))
    found = fold([stood], [early])
    assert found.evidence == (early,)
    assert found.change[Scope(DARA, "fpd", "3.7")] == Sums(-1, -1, -10_000, -(10**8))
    assert found.change[Scope(DARA, "fpd", "3.1")] == Sums(1, 1, 0, 0)
    assert found.change[Scope(DARA, "fpd", "3")] == Sums(0, 0, -10_000, -(10**8))


def test_equal_times_are_decided_by_the_attempt():
    one, other = answer(attempt=1, mark=0), answer(attempt=2)
    assert fold([other], [one]).evidence == (one,)
    assert fold([one], [other]).evidence == ()


def test_an_attempt_that_was_marked_anew_replaces_its_own_evidence_only():
    stood, second = answer(mark=0), answer(attempt=2, at=MORNING + timedelta(hours=1))
    anew = answer(mark=5000)
    found = fold([stood], [anew])
    assert found.change[Scope(DARA, "fpd", "3")] == Sums(0, 0, 5000, 25_000_000)
    assert fold([stood], [second]).change == {}


CITES = st.lists(st.sampled_from(["1.1", "1.2", "3.7", "5.10"]), max_size=3).map(tuple)
ANSWERS = st.builds(
    answer,
    st.integers(1, 4),
    attempt=st.integers(1, 30),
    at=st.integers(0, 80).map(lambda hours: MORNING + timedelta(hours=hours)),
    mark=st.integers(0, 10_000),
    cites=CITES,
    person=st.sampled_from([DARA, SOPHEA]),
)


def attempts(answers: Iterable[Answer]) -> list[Answer]:
    """Answers as attempts hold them: one for each question of an attempt."""
    return list({(a.person_id, a.attempt_id, a.question_id): a for a in answers}.values())


def from_scratch(answers: list[Answer]) -> dict[Scope, Sums]:
    """The sums as the rule reads, written another way: day by day, scope by scope."""
    firsts = {}
    for one in sorted(answers, key=lambda a: (a.answered_at, a.attempt_id)):
        firsts.setdefault((one.person_id, one.question_id, one.key.day), one)
    by_scope: dict[Scope, list[Answer]] = {}
    for one in firsts.values():
        for number in one.numbers:
            by_scope.setdefault(Scope(one.person_id, one.source, number), []).append(one)
    return {
        scope: Sums(
            len(found),
            len({one.question_id for one in found}),
            sum(one.mark for one in found),
            sum(one.mark**2 for one in found),
        )
        for scope, found in by_scope.items()
    }


@given(st.lists(ANSWERS, max_size=25).map(attempts), st.data())
def test_folding_forward_in_any_order_equals_a_recomputation(answers, data):
    evidence: dict[object, Answer] = {}
    sums: dict[Scope, Sums] = {}
    left = data.draw(st.permutations(answers))
    while left:
        size = data.draw(st.integers(1, len(left)))
        batch, left = left[:size], left[size:]
        met = {(one.person_id, one.question_id) for one in batch}
        standing = [e for e in evidence.values() if (e.person_id, e.question_id) in met]
        found = fold(standing, batch)
        evidence |= {one.key: one for one in found.evidence}
        for scope, change in found.change.items():
            sums[scope] = sums.get(scope, Sums()) + change
    assert {scope: s for scope, s in sums.items() if s != Sums()} == from_scratch(answers)
    assert tally(evidence.values()) == from_scratch(answers)
