"""What the shipped banks promise: provisions, levels, types, uses, nothing left to mend."""

from collections import Counter, defaultdict

import pytest

from quizapp.domain.questions import TYPES
from quizapp.formats import FORMATS, LIMITS
from quizapp.formats.source_yaml import read_source
from quizapp.resources import questions_folder
from quizapp.services.banks.files import lint_file

FOLDER = questions_folder()
TASK_BANKS = sorted(path.stem for path in FOLDER.glob("task-[1-5]-*.yaml"))
ACROSS = "cross-task"
BANKS = [*TASK_BANKS, ACROSS]
FEWEST, FEWEST_ACROSS, FEWEST_OF_A_PROVISION = 50, 30, 6
FEWEST_FOR_TWO_FORMS = 2
LEVELS = {"recall", "understand", "apply"}
HAND_MARKED = {"essay", "scenario"}
MOST_SINGLE = 0.55


@pytest.fixture(scope="module", params=BANKS)
def bank(request):
    return request.param


@pytest.fixture(scope="module")
def questions(bank):
    read = FORMATS["yaml"].read((FOLDER / f"{bank}.yaml").read_bytes(), LIMITS)
    return [one.question for one in read.questions]


def test_each_task_has_its_bank():
    assert [bank.split("-")[1] for bank in TASK_BANKS] == ["1", "2", "3", "4", "5"]


def provisions_of(bank):
    source, _ = read_source((FOLDER / "sources" / "foreign-policy-direction.yaml").read_bytes())
    return next(task.provisions for task in source.tasks if bank.startswith(f"task-{task.id}-"))


@pytest.mark.parametrize("bank", TASK_BANKS, indirect=True)
def test_each_provision_of_the_task_is_asked_at_three_levels(bank, questions):
    levels = defaultdict(list)
    for question in questions:
        for cite in question.cites:
            levels[cite.partition("@")[0]].append(question.level)
    for provision in provisions_of(bank):
        asked = levels[provision.id]
        assert len(asked) >= FEWEST_OF_A_PROVISION, provision.id
        assert set(asked) == LEVELS, provision.id


def test_levels_and_types_are_in_proportion(bank, questions):
    assert len(questions) >= (FEWEST_ACROSS if bank == ACROSS else FEWEST)
    levels = Counter(question.level for question in questions)
    types = Counter(question.type for question in questions)
    assert all(levels[level] >= len(questions) / 4 for level in LEVELS), levels
    assert set(TYPES) - HAND_MARKED <= set(types)
    assert types["single_choice"] <= MOST_SINGLE * len(questions)
    verdicts = [q.content.answer for q in questions if q.type == "true_false"]
    assert abs(2 * sum(verdicts) - len(verdicts)) <= len(verdicts) / 4


def test_exams_have_questions_that_practice_never_shows(questions):
    kept = [question for question in questions if question.use == "exam"]
    assert len(questions) / 4 <= len(kept) <= len(questions) / 2
    levels = Counter(question.level for question in kept)
    assert min(levels[level] for level in LEVELS) >= FEWEST_FOR_TWO_FORMS, levels


def test_nothing_is_left_to_mend(bank):
    found = lint_file(FOLDER / f"{bank}.yaml", shipped=FOLDER).findings
    assert not found, found
