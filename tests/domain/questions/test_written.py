"""Short text, numbers and blanks."""

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from quizapp.domain.answers.localised import Localised
from quizapp.domain.questions import ResponseRefused, cloze, numeric, short_text

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("", 0),
        ("   ", 0),
        ("\u200b", 0),
        ("Wzqmekong", 1),
        ("  the WZQMEKONG ", 1),
        ("Wzqmekong River", 0),
        ("ទន្លេ\u200bមេគង្គ", 1),
        ("ទន្លេ មេគង្គ", 0),
        ("The  Big\u00a0River", HALF),
        ("*", 0),
    ],
)
def test_short_text(samples: dict[str, Any], text: str, mark: Fraction) -> None:
    content = samples["short_text"]
    response = short_text.check(content, {"text": text})
    assert short_text.mark(content, response) == mark
    assert response == {"text": text}


def test_the_best_credit_counts() -> None:
    content = short_text.Content.model_validate(
        {"accept": [{"text": "a*", "credit": "1/3"}, {"text": "ab"}, {"text": "*b", "credit": 0.5}]}
    )
    marks = [short_text.mark(content, {"text": text}) for text in ("ab", "ac", "cb", "cd")]
    assert marks == [1, Fraction(1, 3), HALF, 0]


def test_capital_letters_where_they_matter() -> None:
    content = short_text.Content.model_validate(
        {"accept": [{"text": "UN"}], "case_sensitive": True}
    )
    assert short_text.mark(content, {"text": " UN "}) == 1
    assert short_text.mark(content, {"text": "un"}) == 0


def test_an_expected_mistake_has_its_answer(samples: dict[str, Any]) -> None:
    content = samples["short_text"]
    response = {"text": "the Tonle Sap"}
    (part,) = short_text.explain(content, response, "km")
    assert (str(part.rationale), part.right, str(part.answer)) == ("Wzq1", False, "ទន្លេមេគង្គ")
    assert short_text.classify(content, response) == ["wrong", "mistake:1"]
    assert short_text.classify(content, {"text": "Seine"}) == ["wrong"]
    assert short_text.classify(content, {"text": "the big river"}) == ["partly"]
    assert short_text.classify(content, {"text": " "}) == ["blank"]


def test_text_is_stored_composed(samples: dict[str, Any]) -> None:
    assert short_text.check(samples["short_text"], {"text": "e\u0301"}) == {"text": "é"}


@pytest.mark.parametrize("text", [None, 1, True, [], "a\x00", "\ud800", "a" * 10_001])
def test_short_text_refuses(samples: dict[str, Any], text: Any) -> None:
    with pytest.raises(ResponseRefused) as refused:
        short_text.check(samples["short_text"], {"text": text})
    assert refused.value.problems[0].field == "text"


@pytest.mark.parametrize(
    ("accept", "codes"),
    [
        ([], {"no-key"}),
        ([{"text": "a", "credit": "1/2"}], {"no-full-credit"}),
        ([{"text": "a"}, {"text": "b", "credit": 2}], {"credit-out-of-range"}),
        ([{"text": "a"}, {"text": "b", "credit": -1}], {"credit-out-of-range"}),
        ([{"text": " \u200b"}], {"empty-text"}),
        ([{"text": "* *"}], {"accepts-everything"}),
        ([{"text": "a"}, {"text": "*", "credit": 0}], set()),
    ],
)
def test_accepted_texts_that_cannot_be_marked(accept: list[Any], codes: set[str]) -> None:
    problems = short_text.check_content(short_text.Content.model_validate({"accept": accept}))
    assert {problem.code for problem in problems} == codes
    for problem in problems:
        assert problem.message % problem.params
        assert problem.remedy % problem.params


@pytest.mark.parametrize(
    ("response", "kept", "mark"),
    [
        ({"value": 98765}, {"value": 98765}, 1),
        ({"value": 98765.0}, {"value": 98765}, 1),
        ({"value": 98766}, {"value": 98766}, 0),
        ({"value": 98650}, {"value": 98650}, HALF),  # the end of the tolerance
        ({"value": 98649.9}, {"value": 98649.9}, 0),
        ({"value": "៩៨៧៦៥"}, {"raw": "៩៨៧៦៥"}, 1),
        ({"raw": "៩៨ ៧៦៥"}, {"raw": "៩៨ ៧៦៥"}, 1),
        ({"raw": " 98765 "}, {"raw": " 98765 "}, 1),
        ({"raw": "about 98765"}, {"raw": "about 98765"}, 0),
        ({"raw": ""}, {"raw": ""}, 0),
        ({"raw": "98,765"}, {"raw": "98,765"}, 0),
    ],
)
def test_numeric(
    samples: dict[str, Any], response: dict[str, Any], kept: dict[str, Any], mark: Fraction
) -> None:
    content = samples["numeric"]
    assert numeric.check(content, response) == kept
    assert numeric.mark(content, kept) == mark


def test_tolerance_is_exact() -> None:
    content = numeric.Content.model_validate({"accept": [{"value": 0.3, "tolerance": 0.1}]})
    assert [numeric.mark(content, {"value": value}) for value in (0.2, 0.4, 0.41)] == [1, 1, 0]


@pytest.mark.parametrize(
    "response",
    [
        {"value": "many"},
        {"value": True},
        {"value": None},
        {"value": [1]},
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": 10**400},
        {"value": 1e300},
        {"raw": 5},
        {"raw": "\x00"},
        {"raw": "1" * 10_001},
        {"value": 1, "raw": "1"},
    ],
)
def test_numeric_refuses(samples: dict[str, Any], response: dict[str, Any]) -> None:
    with pytest.raises(ResponseRefused):
        numeric.check(samples["numeric"], response)


def test_numbers_in_words(samples: dict[str, Any]) -> None:
    content = samples["numeric"]
    assert numeric.summarise(content, {"value": 5}, "en") == ["5 dollars"]
    assert numeric.summarise(content, {"raw": "៥"}, "km") == ["៥ ដុល្លារ"]
    assert numeric.classify(content, {"value": 2030}) == ["wrong", "mistake:1"]
    assert numeric.classify(content, {"raw": "?"}) == ["wrong"]
    assert numeric.classify(content, {"raw": " "}) == ["blank"]
    (part,) = numeric.explain(content, {"raw": "២០៣០"}, "en")
    assert (str(part.rationale), str(part.answer)) == ("Wzq1", "98765 dollars")


def test_a_third_can_be_asked_for() -> None:
    content = numeric.Content.model_validate({"accept": [{"value": "1/3"}]})
    assert numeric.mark(content, numeric.check(content, numeric.key(content))) == 1


@pytest.mark.parametrize(
    ("accept", "codes"),
    [
        ([], {"no-key"}),
        ([{"value": 1, "tolerance": -1}], {"negative-tolerance"}),
        ([{"value": 1, "credit": 0}], {"no-full-credit"}),
        ([{"value": 1, "credit": 1.5}], {"credit-out-of-range", "no-full-credit"}),
    ],
)
def test_accepted_numbers_that_cannot_be_marked(accept: list[Any], codes: set[str]) -> None:
    problems = numeric.check_content(numeric.Content.model_validate({"accept": accept}))
    assert {problem.code for problem in problems} == codes


@pytest.mark.parametrize(
    ("blanks", "mark"),
    [
        ({}, Fraction(0)),
        ({"1": "b"}, Fraction(1, 3)),
        ({"1": "h", "2": "the Wzqnations"}, Fraction(1, 3)),
        ({"2": "អសប"}, Fraction(1, 6)),
        ({"1": "b", "3": "៩៨៧៦៦"}, Fraction(2, 3)),
        ({"1": "b", "2": "wzqNATIONS", "3": "98764"}, Fraction(1)),
        ({"1": "", "2": "  ", "3": "\u200b"}, Fraction(0)),
        ({"3": "not a number"}, Fraction(0)),
    ],
)
def test_cloze(samples: dict[str, Any], blanks: dict[str, str], mark: Fraction) -> None:
    content = samples["cloze"]
    response = cloze.check(content, {"blanks": blanks})
    assert cloze.mark(content, response) == mark
    assert cloze.is_answered(content, response) is any(
        text.strip(" \u200b") for text in blanks.values()
    )


@pytest.mark.parametrize(
    "blanks",
    [{"9": "x"}, {"1": "forces"}, {"1": None}, {"3": 98765}, {"2": "\x00"}, [], "b", {"2": []}],
)
def test_cloze_refuses(samples: dict[str, Any], blanks: Any) -> None:
    with pytest.raises(ResponseRefused) as refused:
        cloze.check(samples["cloze"], {"blanks": blanks})
    assert refused.value.problems[0].field.startswith("blanks")


def test_cloze_in_words(samples: dict[str, Any]) -> None:
    content = samples["cloze"]
    response = {"blanks": {"1": "b", "2": "League"}}
    assert cloze.summarise(content, response, "km") == ["[1] កងទ័ព", "[2] League"]
    assert cloze.classify(content, response) == ["1:b", "2:wrong", "3:blank"]
    parts = cloze.explain(content, {"blanks": {"1": "h"}}, "en")
    assert [(part.id, part.right, str(part.answer)) for part in parts] == [
        ("1", False, "forces"),
        ("2", None, "Wzqnations"),
        ("3", None, "98765"),
    ]
    assert str(parts[0].rationale) == "Wzq1"


def test_the_kind_of_each_blank_is_shown(samples: dict[str, Any]) -> None:
    content = samples["cloze"]
    shown = cloze.present(content, cloze.deal(content, 3), "en")["blanks"]
    assert [(blank["id"], blank["kind"]) for blank in shown] == [
        ("1", "options"),
        ("2", "text"),
        ("3", "number"),
    ]
    assert {one["text"] for one in shown[0]["options"]} == {"envoys", "forces", "donations"}


def test_pieces() -> None:
    assert cloze.pieces("Send [[1]] to the [[b-2]].") == ["Send ", "1", " to the ", "b-2", "."]


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ({"en": "[[1]] [[2]] [[3]]", "km": "[[3]] [[2]] [[1]]"}, set()),
        ({"en": "[[1]] [[2]] [[3]]", "km": "[[1]] [[2]]"}, {("marker-missing", "stem.km")}),
        ({"en": "[[1]] [[2]] [[3]] [[4]]"}, {("marker-without-blank", "stem.en")}),
        ({"en": "[[1]] [[2]] [[3]] [[1]]"}, {("marker-repeated", "stem.en")}),
        ({"km": "[1] [[2]] [[3]]"}, {("marker-missing", "stem.km")}),
    ],
)
def test_markers(
    samples: dict[str, Any], stem: dict[str, str], found: set[tuple[str, str]]
) -> None:
    problems = cloze.check_content(samples["cloze"], Localised(**stem))
    assert {(problem.code, problem.path) for problem in problems} == found
    for problem in problems:
        assert problem.message % problem.params
        assert problem.remedy % problem.params


@pytest.mark.parametrize(
    ("blank", "codes"),
    [
        ({}, {"no-key"}),
        ({"accept": [{"value": 1, "tolerance": -1}]}, {"negative-tolerance"}),
        ({"options": [{"id": "a", "text": {"en": "A"}}]}, {"too-few-parts", "no-key"}),
        (
            {
                "options": [
                    {"id": "a", "text": {"en": "A"}, "correct": True},
                    {"id": "b", "text": {"en": "B"}, "correct": True},
                ],
                "accept": [{"text": "A"}],
            },
            {"several-keys", "blank-of-two-kinds"},
        ),
    ],
)
def test_blanks_that_cannot_be_marked(blank: dict[str, Any], codes: set[str]) -> None:
    content = cloze.Content.model_validate({"blanks": [{"id": "1"} | blank]})
    assert {problem.code for problem in cloze.check_content(content)} == codes


def test_a_blank_takes_texts_or_numbers_not_both() -> None:
    mixed = {"blanks": [{"id": "1", "accept": [{"text": "a"}, {"value": 1}]}]}
    with pytest.raises(ValidationError):
        cloze.Content.model_validate(mixed)


def test_an_unquoted_number_is_an_id() -> None:
    content = cloze.Content.model_validate({"blanks": [{"id": 1, "accept": [{"text": "a"}]}]})
    assert content.blanks[0].id == "1"
