"""A question with blanks: the one type that the samples of taking a quiz lack."""

from bank_samples import question

CLOZE = question(
    "blanks",
    type="cloze",
    options=None,
    stem={"en": "Income is high by [[1]], says the [[2]]."},
    blanks=[
        {"id": "1", "accept": [{"value": 2050}]},
        {
            "id": "2",
            "options": [
                {"id": "a", "text": {"en": "vision"}, "correct": True},
                {"id": "b", "text": {"en": "budget"}},
            ],
        },
    ],
)
