"""Essays: what is written is kept as it is, and a person says what it earns."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from quizapp.domain.delivery.outcome import given_mark, item_score, shown_points
from quizapp.domain.errors import Invalid
from quizapp.domain.questions import essay

CONTENT = essay.Content.model_validate({"words_min": 300, "words_max": 800})


@pytest.mark.parametrize("text", ["", "  ", "\n\u200b\n"])
def test_blank_pages_earn_nothing_and_nobody_need_read_them(text):
    response = essay.check(CONTENT, {"text": text})
    assert essay.mark(CONTENT, response) == 0
    assert essay.classify(CONTENT, response) == ["blank"]


def test_a_note_of_800_words_fits_and_keeps_its_paragraphs():
    text = "\n\n".join(["ពាក្យ\u200b word " * 40] * 10)
    response = essay.check(CONTENT, {"text": text})
    assert response["text"] == text
    assert len(essay.summarise(CONTENT, response, "km")) == 10
    assert essay.mark(CONTENT, response) is None


def test_what_to_look_for_is_not_shown_before():
    content = essay.Content.model_validate(
        {"guide": [{"en": "Secret"}], "sample": {"en": "Secret"}}
    )
    assert "Secret" not in str(essay.present(content, essay.Dealt(), "en"))
    assert essay.check_content(essay.Content.model_validate({"guide": [{"en": " "}]}))


def test_its_lengths_must_leave_room():
    with pytest.raises(ValidationError):
        essay.Content.model_validate({"words_min": 9, "words_max": 8})


@pytest.mark.parametrize(
    ("earned", "points", "mark", "shown"),
    [
        ("0", 500, 0, "0.00"),
        ("5", 500, 10_000, "5.00"),
        ("3.33", 700, 4757, "3.33"),
        ("0.01", 300, 33, "0.01"),
        ("2.5", 500, 5000, "2.50"),
        ("19.99", 2000, 9995, "19.99"),
    ],
)
def test_points_given_are_the_points_shown(earned, points, mark, shown):
    assert given_mark(Decimal(earned), points) == mark
    assert shown_points(item_score(points, mark)) == Decimal(shown)


@pytest.mark.parametrize("earned", ["-0.01", "5.01", "1.005", "NaN", "Infinity", "1e9"])
def test_points_that_cannot_be_given(earned):
    with pytest.raises(Invalid):
        given_mark(Decimal(earned), 500)
