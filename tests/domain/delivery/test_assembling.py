"""Choosing and dealing the questions of an attempt."""

from collections import Counter
from datetime import date
from uuid import UUID

import pytest

from quizapp.domain.bank.question import parse
from quizapp.domain.delivery.assemble import Candidate, Chosen, assemble, eligible, usable
from quizapp.domain.delivery.items import Item, deal_items, slot_seed
from quizapp.domain.delivery.own_practice import on_provisions
from quizapp.domain.delivery.quiz import Section
from quizapp.domain.errors import Invalid
from quizapp.domain.questions import TYPES

TODAY = date(2026, 11, 24)


def candidate(number: int, **changes) -> Candidate:
    facts = {
        "question_id": UUID(int=number),
        "version_id": UUID(int=1000 + number),
        "key": f"q{number:03}",
        "bank": "sample",
        "source": "direction",
        "type": "single_choice",
        "level": "recall",
        "use": "both",
        "state": "approved",
        "cites": ("3.1",),
    }
    return Candidate(**(facts | changes))


POOL = [candidate(number) for number in range(30)]
DRAW = Section(bank="sample", draw=10)


def keys(chosen) -> list[str]:
    return [one.candidate.key for one in chosen]


def test_the_same_seed_gives_the_same_attempt_and_others_differ():
    drawn = [keys(assemble([DRAW], {0: POOL}, seed=seed, shuffle=True)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 10


def test_every_question_has_the_same_chance():
    met = Counter(
        key
        for seed in range(600)
        for key in keys(assemble([DRAW], {0: POOL}, seed=seed, shuffle=False))
    )
    assert len(met) == 30
    assert all(130 < count < 270 for count in met.values())  # 200 expected, five deviations wide


def test_the_least_met_are_drawn_first():
    avoid = {UUID(int=number): 1 + number % 3 for number in range(25)}  # 25 to 29 never met
    chosen = assemble([DRAW], {0: POOL}, seed=5, shuffle=False, avoid=avoid)
    assert set(keys(chosen[:5])) == {f"q{number:03}" for number in range(25, 30)}
    assert all(avoid[one.candidate.question_id] == 1 for one in chosen[5:])


def test_no_question_comes_twice_across_sections():
    sections = [DRAW, Section(bank="sample", draw=20, points="2.5")]
    chosen = assemble(sections, {0: POOL, 1: POOL}, seed=1, shuffle=True)
    assert len(set(keys(chosen))) == 30
    assert [one.points for one in chosen] == [100] * 10 + [250] * 20


def test_named_questions_stand_in_their_order_unless_shuffled():
    fixed = Section(bank="sample", questions=("q002", "q000", "q001"))
    pool = [POOL[2], POOL[0], POOL[1]]
    assert keys(assemble([fixed], {0: pool}, seed=1, shuffle=False)) == ["q002", "q000", "q001"]
    orders = {tuple(keys(assemble([fixed], {0: pool}, seed=s, shuffle=True))) for s in range(50)}
    assert len(orders) == 6


def test_questions_that_give_each_other_away_never_meet():
    pool = [candidate(0, not_with=frozenset({"q001", "q002"})), *POOL[1:4]]
    for seed in range(40):
        drawn = set(keys(assemble([Section(draw=2)], {0: pool}, seed=seed, shuffle=True)))
        assert drawn not in ({"q000", "q001"}, {"q000", "q002"})
    elsewhere = [candidate(0, not_with=frozenset({"q001"})), candidate(1, bank="other")]
    assert len(assemble([Section(draw=2)], {0: elsewhere}, seed=1, shuffle=True)) == 2


def test_too_few_questions_are_refused_by_their_field_or_taken_as_they_are():
    with pytest.raises(Invalid) as refused:
        assemble([DRAW], {0: POOL[:4]}, seed=1, shuffle=False)
    assert refused.value.problems[0].field == "sections[0].draw"
    assert refused.value.problems[0].params == {"wanted": 10, "found": 4}
    assert len(assemble([DRAW], {0: POOL[:4]}, seed=1, shuffle=False, fewer=True)) == 4


@pytest.mark.parametrize(
    ("changes", "practice", "exam", "trial"),
    [
        ({}, True, True, True),
        ({"use": "exam"}, False, True, True),
        ({"use": "practice"}, True, False, False),
        ({"state": "draft"}, True, False, True),
        ({"state": "retired"}, False, False, False),
        ({"valid_until": date(2026, 11, 23)}, True, False, False),
        ({"valid_until": TODAY}, True, True, True),
    ],
)
def test_what_may_be_dealt_where(changes, practice, exam, trial):
    one = candidate(1, **changes)
    assert usable(one, "practice", today=TODAY) == practice
    assert usable(one, "exam", today=TODAY) == exam
    assert usable(one, "exam", today=TODAY, trial=True) == trial


def test_sections_filter_by_bank_task_provision_and_level():
    pool = [
        candidate(1),
        candidate(2, bank="other"),
        candidate(3, level="apply"),
        candidate(4, cites=("2.7", "3.2")),
        candidate(5, cites=()),
    ]

    def found(**filters) -> list[str]:
        return [one.key for one in eligible(Section(draw=1, **filters), pool, "exam", today=TODAY)]

    assert found() == ["q002", "q001", "q003", "q004", "q005"]  # by bank, then by key
    assert found(bank="sample") == ["q001", "q003", "q004", "q005"]
    assert found(task="2") == ["q004"]
    assert found(task="3", bank="sample") == ["q001", "q003", "q004"]
    assert found(provisions=("3.2", "9.9")) == ["q004"]
    assert found(level="apply") == ["q003"]


def test_own_practice_takes_provisions_and_whole_tasks():
    pool = [
        candidate(1, cites=("3.1",)),
        candidate(2, cites=("3.10",)),
        candidate(3, cites=("3.1",), use="exam"),
        candidate(4, cites=("3.1",), state="draft"),
    ]
    assert [one.key for one in on_provisions(pool, ["3.1"], today=TODAY)] == ["q001", "q004"]
    assert [one.key for one in on_provisions(pool, ["3"], today=TODAY)] == ["q001", "q002", "q004"]
    assert on_provisions(pool, ["1"], today=TODAY) == []


def dealt(count: int, *, seed: int, shuffle: bool = True) -> list[Item]:
    question, _ = parse(
        {
            "id": "same",
            "type": "single_choice",
            "cites": ["3.1@2"],
            "stem": {"en": "?"},
            "options": [{"id": one, "text": {"en": one}, "correct": one == "a"} for one in "abcde"],
        }
    )
    assert question is not None
    chosen = [Chosen(candidate(number), 150) for number in range(count)]
    questions = {one.candidate.version_id: question for one in chosen}
    return deal_items(chosen, questions, seed=seed, shuffle=shuffle)


def test_items_are_dealt_by_seed_and_each_slot_apart():
    items = dealt(40, seed=11)
    assert items == dealt(40, seed=11)
    assert len({tuple(item.dealt["options"]) for item in items}) > 20
    unmixed = [item.dealt["options"] for item in dealt(3, seed=1, shuffle=False)]
    assert unmixed == [list("abcde")] * 3
    assert items[0].points == 150
    assert items[0].cites == ("3.1@2",)
    assert items[0].provisions == ("3.1",)


def test_the_first_place_holds_the_key_as_often_as_any_other():
    places = Counter(item.dealt["options"].index("a") for item in dealt(2000, seed=3))
    assert all(320 < places[place] < 480 for place in range(5))


def test_seeds_of_neighbouring_slots_and_attempts_do_not_meet():
    seeds = {slot_seed(seed, slot) for seed in range(100) for slot in range(1, 51)}
    assert len(seeds) == 5000


def test_an_item_reads_back_as_it_was_stored():
    [item] = dealt(1, seed=1)
    assert Item.from_data(item.to_data()) == item
    TYPES["single_choice"].Dealt.model_validate(item.dealt)
