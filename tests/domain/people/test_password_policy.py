"""What a password may be."""

import pytest

from quizapp.domain.errors import Invalid
from quizapp.domain.people.passwords import check_password, normalised


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "123456789",
        "x" * 257,
        "1234567890",
        "Password 1234",
        "qwertyuiop",
        "aaaaaaaaaaaa",
        "sok.dara@example.org",
        "sokdara1234",
        "MFA-00421234",
        "nul\x00 in the middle",
        "half \ud800 a character",
    ],
)
def test_refused(password):
    with pytest.raises(Invalid) as caught:
        check_password(password, "sok.dara@example.org", "Sok Dara", None, "MFA-0042")
    assert caught.value.problems[0].field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "four plain words here",
        "រឿងព្រេងខ្មែរ១២",
        "x1y2z3w4v5",
        "a dara of many other words",
        " lead and trail ",
    ],
)
def test_taken(password):
    assert check_password(password, "sok.dara@example.org", "Sok Dara", None, None) == normalised(
        password
    )


def test_two_ways_to_type_a_letter_are_one_password():
    assert check_password("cafe\u0301 au lait please") == check_password("caf\u00e9 au lait please")
