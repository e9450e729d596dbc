"""Join codes survive handwriting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.people.join_codes import (
    ALPHABET,
    BITS,
    make_join_code,
    read_join_code,
    show_join_code,
)


@given(st.integers(0, (1 << BITS) - 1))
def test_what_is_shown_is_read_back(bits):
    code = make_join_code(bits)
    assert len(code) == 10
    assert set(code) <= set(ALPHABET)
    assert read_join_code(show_join_code(code).lower()) == code


def test_each_bit_counts():
    assert len({make_join_code(1 << bit) for bit in range(BITS)} | {make_join_code(0)}) == 51


@pytest.mark.parametrize("typed", ["0O1iL-00000", "oo1Il 00000", "00111–0000 0"])
def test_letters_that_look_like_figures_are_figures(typed):
    assert read_join_code(typed) == "0011100000"


@pytest.mark.parametrize(
    "typed", ["", "ABC", "UUUUU-UUUUU", "0123456789A", "00000-0000\x00", "\ud800" * 10]
)
def test_what_is_no_code_is_none(typed):
    assert read_join_code(typed) is None


@pytest.mark.parametrize("bits", [-1, 1 << BITS])
def test_no_more_and_no_fewer_than_fifty_bits(bits):
    with pytest.raises(ValueError, match="50 bits"):
        make_join_code(bits)
