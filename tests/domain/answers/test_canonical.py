"""The one stored form of a value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.answers.canonical import UnstorableText, canonical_json, storable

STORABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters="\x00")), inner)
    ),
    max_leaves=8,
)


def test_sorted_composed_and_tight() -> None:
    assert (
        canonical_json({"b": ["e\u0301", 1.5, None], "a": True}) == '{"a":true,"b":["é",1.5,null]}'
    )


def test_khmer_stays_readable() -> None:
    assert canonical_json("រដ្ឋ") == '"រដ្ឋ"'


@given(STORABLE)
def test_writing_what_was_read_changes_nothing(value: object) -> None:
    once = canonical_json(value)
    assert canonical_json(json.loads(once)) == once


def _deep() -> list[object]:
    value: list[object] = []
    for _ in range(1000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        "a\x00b",
        "\ud800",
        ["\udfff"],
        {"\x00": 1},
        {"\ud800": 1},
        {1: 2},
        {"\u00e9": 1, "e\u0301": 2},
        {"a": object()},
        b"bytes",
        10**1000,
        _deep(),
    ],
)
def test_refused(value: object) -> None:
    with pytest.raises(UnstorableText):
        canonical_json(value)


def test_the_refusal_is_an_answer_to_the_client() -> None:
    with pytest.raises(UnstorableText) as refusal:
        storable("\x00")
    assert refusal.value.status == 422
    assert isinstance(refusal.value, ValueError)
