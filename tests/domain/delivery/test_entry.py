"""What lets somebody begin."""

import pytest

from quizapp.domain.delivery.entry import Brought, check, read_access_code, same_code
from quizapp.domain.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Mekong 24", True),
        (" mekong-24 ", True),
        ("MEKONG24", True),
        ("mekong២៤", True),
        ("mekong 25", False),
        ("mekong", False),
        ("", False),
        ("--- ", False),
    ],
)
def test_a_code_said_aloud_is_typed_in_many_ways(typed, same):
    assert same_code("Mekong 24", typed) is same


def test_khmer_codes_keep_their_vowels():
    assert same_code("ទន្លេ ៤", "ទន្លេ4")
    assert not same_code("កាក", "កក")


@pytest.mark.parametrize(
    ("text", "code"), [("", None), ("  ", None), (None, None), (" a1 b2 ", "a1 b2")]
)
def test_no_code_is_asked_for_where_none_is_written(text, code):
    assert read_access_code("access_code", text) == code


@pytest.mark.parametrize("text", ["abc", "a-b-c", "x" * 41, "nul\x00nul", "\ud800abcd"])
def test_a_code_that_will_not_do(text):
    with pytest.raises(Invalid) as caught:
        read_access_code("access_code", text)
    assert [one.field for one in caught.value.problems] == ["access_code"]


@pytest.mark.parametrize(
    ("brought", "knows_code", "honour", "missing"),
    [
        (Brought(), True, False, []),
        (Brought("x"), False, False, ["access_code"]),
        (Brought(), True, True, ["honour"]),
        (Brought(), False, True, ["access_code", "honour"]),
        (Brought("x", honour=True), True, True, []),
    ],
)
def test_all_that_is_missing_is_said_at_once(brought, knows_code, honour, missing):
    found = []
    try:
        check(brought, knows_code=knows_code, honour=honour)
    except Invalid as error:
        found = [one.field for one in error.problems]
    assert found == missing
