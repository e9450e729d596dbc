"""What holds for every question type; a newcomer is checked by adding its sample."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from quizapp.domain.answers.canonical import canonical_json
from quizapp.domain.questions import QuestionType, ResponseRefused

IDS = st.sampled_from([*"bcdghjkmprswxz123", "", "nope", "\x00", "\ud800"])
LEAF = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), IDS),
    st.sampled_from([98765, 98720, "98765", "៩៨៧៦៥", "the Wzqmekong", "Big  RIVER", "ទន្លេមេគង្គ"]),
)
VALUE = LEAF | st.lists(IDS, max_size=6) | st.dictionaries(IDS, LEAF, max_size=4)
FIELD = st.sampled_from(
    ["choice", "choices", "value", "pairs", "order", "text", "raw", "blanks", "confidence", "other"]
)
RESPONSE = st.dictionaries(FIELD, VALUE, max_size=2) | VALUE
ORDERS = st.permutations("cghk")
FITTING = {
    "single_choice": st.fixed_dictionaries({"choice": st.sampled_from("dph")}),
    "multiple_choice": st.fixed_dictionaries(
        {"choices": st.lists(st.sampled_from("bgrkz"), unique=True)}
    ),
    "true_false": st.fixed_dictionaries({"value": st.booleans()}),
    "matching": st.fixed_dictionaries(
        {"pairs": st.dictionaries(st.sampled_from("wmk"), st.sampled_from("zjsx"))}
    ),
    "ordering": st.fixed_dictionaries({"order": ORDERS}),
    "short_text": st.fixed_dictionaries({"text": st.text(st.characters(codec="utf-8"))}),
    "numeric": st.fixed_dictionaries({"value": st.integers() | st.floats()}),
    "cloze": st.fixed_dictionaries(
        {"blanks": st.dictionaries(st.sampled_from("23"), st.text(st.characters(codec="utf-8")))}
    ),
    "essay": st.fixed_dictionaries({"text": st.text(st.characters(codec="utf-8"))}),
}


def good(kind: QuestionType, content: Any) -> dict[str, Any]:
    """The key, or what somebody wrote where only a person can say what it earns."""
    return kind.key(content) or {"text": "Dear colleague,\n\nI write to you."}


def test_the_sample_can_be_marked(kind: QuestionType, content: Any) -> None:
    assert kind.check_content(content) == []


def test_the_key_earns_exactly_everything(kind: QuestionType, content: Any) -> None:
    key = kind.check(content, good(kind, content))
    assert kind.mark(content, key) == (None if kind.MARKED_BY_PERSON else 1)
    assert kind.is_answered(content, key)
    assert all(part.right for part in kind.explain(content, key, "en") if part.chosen)


def test_nothing_earns_nothing(kind: QuestionType, content: Any) -> None:
    assert kind.mark(content, None) == 0
    assert not kind.is_answered(content, None)
    assert kind.summarise(content, None, "km") == []
    assert all("blank" in word for word in kind.classify(content, None))
    assert not any(part.chosen for part in kind.explain(content, None, "en"))
    assert all(part.right is None for part in kind.explain(content, None, "en"))


@given(response=RESPONSE)
def test_any_response_is_refused_or_marked_within_bounds(
    kind: QuestionType, content: Any, response: Any
) -> None:
    checked = _checked(kind, content, response)
    if isinstance(checked, ResponseRefused):
        (problem,) = checked.problems
        assert problem.field.encode()
        assert problem.message % (problem.params or {})
        assert checked.status == 422
    else:
        _hold(kind, content, checked)


@given(data=st.data())
def test_fitting_responses_are_marked_within_bounds(
    kind: QuestionType, content: Any, data: st.DataObject
) -> None:
    response = data.draw(FITTING[kind.NAME])
    checked = _checked(kind, content, response)
    if isinstance(checked, ResponseRefused):
        assert kind.NAME in {"numeric", "short_text", "cloze", "essay"}  # out of range, or NUL
    else:
        _hold(kind, content, checked)


def _checked(kind: QuestionType, content: Any, response: Any) -> dict[str, Any] | ResponseRefused:
    try:
        return kind.check(content, response)
    except ResponseRefused as refused:
        return refused


def _hold(kind: QuestionType, content: Any, checked: dict[str, Any]) -> None:
    mark = kind.mark(content, checked)
    if kind.MARKED_BY_PERSON and kind.is_answered(content, checked):
        assert mark is None
    else:
        assert isinstance(mark, Fraction)
        assert 0 <= mark <= 1
    assert kind.check(content, checked) == checked
    assert kind.mark(content, json.loads(canonical_json(checked))) == mark
    assert kind.is_answered(content, checked) or mark == 0
    assert bool(kind.summarise(content, checked, "en")) == kind.is_answered(content, checked)
    assert kind.classify(content, checked)
    assert kind.explain(content, checked, "km")


def test_confidence_is_kept_and_not_marked(kind: QuestionType, content: Any) -> None:
    checked = kind.check(content, good(kind, content) | {"confidence": 0.75})
    assert checked["confidence"] == 0.75
    assert kind.mark(content, checked) == kind.mark(content, good(kind, content))


@pytest.mark.parametrize("confidence", [-0.1, 1.1, True, "1", float("nan"), []])
def test_confidence_out_of_range(kind: QuestionType, content: Any, confidence: object) -> None:
    with pytest.raises(ResponseRefused) as refused:
        kind.check(content, good(kind, content) | {"confidence": confidence})
    assert refused.value.problems[0].field == "confidence"


@pytest.mark.parametrize(
    "response",
    [None, {}, [], "a", 1, True, {"confidence": 1}, {"other": 1}, {"\ud800": 1}, {1: 2}],
)
def test_shapeless_responses(kind: QuestionType, content: Any, response: Any) -> None:
    with pytest.raises(ResponseRefused):
        kind.check(content, response)


def test_unknown_fields_are_refused(kind: QuestionType, content: Any) -> None:
    with pytest.raises(ResponseRefused) as refused:
        kind.check(content, good(kind, content) | {"extra": 1})
    assert refused.value.problems[0].field == "extra"


@pytest.mark.parametrize("shuffle", [True, False])
def test_dealing_is_deterministic_and_stored_exactly(
    kind: QuestionType, content: Any, shuffle: bool
) -> None:
    for seed in range(50):
        dealt = kind.deal(content, seed, shuffle)
        assert dealt == kind.deal(content, seed, shuffle)
        assert kind.Dealt.model_validate(json.loads(dealt.model_dump_json())) == dealt


def test_presenting_tells_nothing(kind: QuestionType, content: Any) -> None:
    for seed in range(20):
        shown = json.dumps(kind.present(content, kind.deal(content, seed), "en")).lower()
        for word in ("wzq", "98765", "correct", "rationale", "answer", "match", "credit", "accept"):
            assert word not in shown


def test_presenting_names_the_language(kind: QuestionType, content: Any) -> None:
    def languages(shown: Any) -> set[str]:
        if isinstance(shown, dict):
            if "lang" in shown:
                return {shown["lang"]}
            shown = list(shown.values())
        return set().union(*map(languages, shown)) if isinstance(shown, list) else set()

    dealt = kind.deal(content, 1)
    assert languages(kind.present(content, dealt, "en")) <= {"en"}
    assert languages(kind.present(content, dealt, "km")) <= {"en", "km"}


def test_content_comes_back_from_its_data(kind: QuestionType, content: BaseModel) -> None:
    data = json.loads(json.dumps(content.model_dump(mode="json", exclude_defaults=True)))
    assert kind.Content.model_validate(data) == content


def test_content_refuses_unknown_fields(kind: QuestionType, data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.Content.model_validate(data | {"surprise": 1})


def test_every_field_is_described(kind: QuestionType) -> None:
    for model in (kind.Content, kind.Response):
        schema = model.model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            for name, field in part.get("properties", {}).items():
                assert field.get("description"), f"{part.get('title')}.{name}"


def test_the_rule_is_said(kind: QuestionType, content: Any) -> None:
    assert kind.rule(content).endswith(".")
    assert not any(character.isdigit() for character in kind.rule(content))
