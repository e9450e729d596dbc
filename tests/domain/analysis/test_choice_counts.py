import pytest

from quizapp.domain.analysis.choices import BLANK, tally
from quizapp.domain.bank.question import parse


def question(kind, **content):
    found, findings = parse(
        {"id": "q", "type": kind, "stem": {"en": content.pop("stem", "What is so?")}, **content}
    )
    assert found is not None, findings
    return found


OPTIONS = [
    {"id": "a", "text": {"en": "First", "km": "ទីមួយ"}},
    {"id": "b", "text": {"en": "Second"}, "correct": True},
    {"id": "c", "text": {"en": "Third"}},
]


def rows(question, counts, n=20, lang="en", tell_key=True):
    found = tally(question, counts, n, lang, tell_key=tell_key)
    return found.kind, [(row.id, row.count, row.right) for row in found.rows]


def test_every_option_has_its_count_and_blanks_come_last():
    found = rows(question("single_choice", options=OPTIONS), {"b": 12, "a": 5, BLANK: 3})
    assert found == (
        "options",
        [("a", 5, False), ("b", 12, True), ("c", 0, False), (BLANK, 3, False)],
    )


def test_the_key_is_told_to_those_who_may_read_the_bank_alone():
    one = question("single_choice", options=OPTIONS)
    _, found = rows(one, {"b": 12}, tell_key=False)
    assert [right for _, _, right in found] == [None, None, None]
    assert not any(row.unused for row in tally(one, {}, 99, "en", tell_key=False).rows)


def test_words_are_in_the_readers_language_where_there_are_any():
    found = tally(question("single_choice", options=OPTIONS), {}, 0, "km", tell_key=True)
    assert [tuple(row.text) for row in found.rows][:2] == [("ទីមួយ", "km"), ("Second", "en")]


def test_a_distractor_that_hardly_anybody_chooses_is_pointed_out():
    found = tally(
        question("single_choice", options=OPTIONS), {"a": 49, "b": 1}, 50, "en", tell_key=True
    )
    assert [(row.id, row.unused) for row in found.rows] == [
        ("a", False),
        ("b", False),  # the key: hard, but no distractor
        ("c", True),
    ]


def test_several_choices_and_true_or_false_are_options_too():
    several = question("multiple_choice", options=OPTIONS)
    assert rows(several, {"a": 2, "b": 7})[1][:2] == [("a", 2, False), ("b", 7, True)]
    verdict = question("true_false", answer=False)
    assert rows(verdict, {"true": 3, "false": 4}) == (
        "options",
        [("true", 3, False), ("false", 4, True)],
    )


def test_of_pairs_and_blanks_it_counts_who_got_each_right():
    pairs = question(
        "matching",
        prompts=[
            {"id": "p1", "text": {"en": "One"}, "match": "t2"},
            {"id": "p2", "text": {"en": "Two"}, "match": "t1"},
        ],
        targets=[{"id": "t1", "text": {"en": "Deux"}}, {"id": "t2", "text": {"en": "Un"}}],
    )
    counts = {"p1:t2": 6, "p1:t1": 2, "p2:t1": 8, "p2:blank": 1}
    assert rows(pairs, counts) == ("parts", [("p1", 6, True), ("p2", 8, True)])


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({"wrong": 2, "correct": 5}, [("correct", 5, True), ("wrong", 2, False)]),
        ({BLANK: 1, "partly": 2}, [("partly", 2, True), (BLANK, 1, False)]),
        (
            {"mistake:1": 2, "wrong": 4},
            [("wrong", 4, False), ("mistake:1", 2, False)],
        ),
        ({}, []),
    ],
)
def test_what_is_written_is_counted_by_its_outcome(counts, found):
    assert rows(question("numeric", accept=[{"value": 2030}]), counts) == ("outcomes", found)
