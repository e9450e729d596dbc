"""What is typed about people and cohorts."""

import pytest

from quizapp.domain.errors import Invalid
from quizapp.domain.people.devices import device_label
from quizapp.domain.people.fields import (
    Problems,
    clean_code,
    clean_email,
    clean_line,
    clean_name,
    clean_optional,
    clean_staff_number,
    sign_in_name,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sok   Dara ", "Sok Dara"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("សុខ\u200b ដារ៉ា", "សុខ\u200b ដារ៉ា"),
        ("line\nbreak", "line break"),
    ],
)
def test_a_line_is_kept_normalised(typed, kept):
    assert clean_line("name", typed) == kept


@pytest.mark.parametrize("typed", ["a\x00b", "a\ud800", "bell\x07", "x" * 201])
def test_what_cannot_be_stored_is_a_problem_of_its_field(typed):
    with pytest.raises(Invalid) as caught:
        clean_line("name_km", typed)
    assert [one.field for one in caught.value.problems] == ["name_km"]


def test_a_name_must_be_there_and_an_optional_one_need_not():
    assert clean_optional("name_km", "  ") is None
    with pytest.raises(Invalid):
        clean_name("name", " \t ")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Sok.Dara@Example.ORG ", "sok.dara@example.org"), ("ដារ៉ា@example.org", "ដារ៉ា@example.org")],
)
def test_addresses_are_compared_in_lower_case(typed, kept):
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "dara", "dara@", "@example.org", "a b@example.org", "a@b", "<a@example.org>", "a@b@c.d"],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid):
        clean_email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("mfa-០០៤២", "MFA-0042"), ("", None), (None, None), (" 7/b ", "7/B")]
)
def test_staff_numbers_have_one_form(typed, kept):
    assert clean_staff_number(typed) == kept


@pytest.mark.parametrize("typed", ["a@b", "<script>", "x" * 41, "1\x00"])
def test_staff_numbers_cannot_be_taken_for_addresses(typed):
    with pytest.raises(Invalid):
        clean_staff_number(typed)


@pytest.mark.parametrize("typed", ["", "a b", "a/b", "x" * 41, "../x"])
def test_a_cohorts_short_name_is_plain(typed):
    with pytest.raises(Invalid):
        clean_code(typed)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("SOK@example.org", ("email", "sok@example.org")),
        ("mfa-១", ("staff_number", "MFA-1")),
        ("", None),
        ("a\x00b", None),
        ("a\ud800@example.org", None),
        ("@", None),
    ],
)
def test_a_sign_in_name_is_an_address_or_a_number(typed, asked):
    assert sign_in_name(typed) == asked


def test_all_problems_of_a_form_are_said_at_once():
    problems = Problems()
    with problems:
        clean_email("x")
    with problems:
        clean_name("name", "")
    with pytest.raises(Invalid) as caught:
        problems.raise_if_any()
    assert [one.field for one in caught.value.problems] == ["email", "name"]


@pytest.mark.parametrize(
    ("header", "label"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/120 Mobile Safari", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Safari", "Safari, iPhone"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_devices_are_named_in_two_words(header, label):
    assert device_label(header) == label
