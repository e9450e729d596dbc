"""Text in two languages."""

import pytest
from pydantic import ValidationError

from quizapp.domain.answers.localised import Localised


def test_picks_the_language_or_the_other() -> None:
    both = Localised(en="River", km="ទន្លេ")
    assert both.pick("km") == ("ទន្លេ", "km")
    assert both.pick("en") == ("River", "en")
    assert Localised(en="River").pick("km") == ("River", "en")
    assert Localised(en=" ", km="ទន្លេ").pick("en") == ("ទន្លេ", "km")
    assert Localised(en="").pick("km") == ("", "km")


def test_said_prints_as_its_text() -> None:
    said = Localised(en="River").pick("en")
    assert f"{said}" == "River"
    assert said.to_data() == {"text": "River", "lang": "en"}


def test_stored_composed() -> None:
    assert Localised(en="e\u0301").en == "é"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"en": None},
        {"fr": "x"},
        {"en": 1},
        {"en": "\x00"},
        {"en": "\ud800"},
        {"en": "a" * 10_001},
        "x",
    ],
)
def test_refused(data: object) -> None:
    with pytest.raises(ValidationError):
        Localised.model_validate(data)
