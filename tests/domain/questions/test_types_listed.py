"""The list of types."""

from quizapp.domain.questions import TYPES


def test_every_type_of_the_contract_is_listed() -> None:
    assert list(TYPES) == [
        "single_choice",
        "multiple_choice",
        "true_false",
        "matching",
        "ordering",
        "short_text",
        "numeric",
        "cloze",
        "essay",
    ]


def test_each_is_listed_under_its_own_name() -> None:
    assert [kind.NAME for kind in TYPES.values()] == list(TYPES)
