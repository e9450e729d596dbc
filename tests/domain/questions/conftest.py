"""A sample of each question type, as in a bank file."""

from typing import Any

import pytest

from quizapp.domain.questions import TYPES, QuestionType

SAMPLES: dict[str, dict[str, Any]] = {
    "single_choice": {
        "options": [
            {"id": "d", "text": {"en": "Trade", "km": "ពាណិជ្ជកម្ម"}, "rationale": {"en": "Wzq1"}},
            {"id": "p", "text": {"en": "Security"}, "correct": True},
            {"id": "h", "text": {"en": "Culture"}, "rationale": {"en": "Wzq2"}},
        ]
    },
    "multiple_choice": {
        "options": [
            {"id": "b", "text": {"en": "Korea"}, "correct": True, "rationale": {"en": "Wzq1"}},
            {"id": "g", "text": {"en": "Union"}},
            {"id": "r", "text": {"en": "Eurasia"}, "correct": True},
            {"id": "k", "text": {"en": "Japan"}},
            {"id": "z", "text": {"en": "Peru"}},
        ]
    },
    "true_false": {"answer": False, "rationale": {"en": "Wzq1"}},
    "matching": {
        "prompts": [
            {"id": "w", "text": {"en": "Old"}, "match": "z", "rationale": {"en": "Wzq1"}},
            {"id": "m", "text": {"en": "New"}, "match": "j"},
            {"id": "k", "text": {"en": "Good"}, "match": "s"},
        ],
        "targets": [
            {"id": "z", "text": {"en": "Restore"}},
            {"id": "j", "text": {"en": "Foster"}},
            {"id": "s", "text": {"en": "Strengthen"}},
            {"id": "x", "text": {"en": "Ally"}},
        ],
    },
    "ordering": {
        "items": [
            {"id": "c", "text": {"en": "Third"}},
            {"id": "g", "text": {"en": "Second"}},
            {"id": "h", "text": {"en": "First"}},
            {"id": "k", "text": {"en": "Fourth"}},
        ],
        "order": ["h", "g", "c", "k"],
    },
    "short_text": {
        "accept": [
            {"text": "*Wzqmekong"},
            {"text": "ទន្លេមេគង្គ"},
            {"text": "the big river", "credit": "1/2"},
        ],
        "mistakes": [{"text": "*Tonle Sap", "rationale": {"en": "Wzq1"}}],
    },
    "numeric": {
        "accept": [{"value": 98765}, {"value": 98700, "tolerance": 50, "credit": 0.5}],
        "unit": {"en": "dollars", "km": "ដុល្លារ"},
        "mistakes": [{"value": 2030, "rationale": {"en": "Wzq1"}}],
    },
    "cloze": {
        "blanks": [
            {
                "id": "1",
                "options": [
                    {"id": "h", "text": {"en": "envoys"}, "rationale": {"en": "Wzq1"}},
                    {"id": "b", "text": {"en": "forces", "km": "កងទ័ព"}, "correct": True},
                    {"id": "x", "text": {"en": "donations"}},
                ],
                "rationale": {"en": "Wzq2"},
            },
            {"id": "2", "accept": [{"text": "*Wzqnations"}, {"text": "អសប", "credit": 0.5}]},
            {"id": "3", "accept": [{"value": 98765, "tolerance": 1}]},
        ]
    },
    "essay": {
        "words_min": 300,
        "words_max": 800,
        "guide": [{"en": "Wzq1"}, {"en": "Wzq2", "km": "ច្បាស់"}],
        "sample": {"en": "Wzq3"},
    },
}


@pytest.fixture(scope="session", params=sorted(TYPES))
def kind(request: pytest.FixtureRequest) -> QuestionType:
    """Each question type in turn."""
    return TYPES[request.param]


@pytest.fixture(scope="session")
def data(kind: QuestionType) -> dict[str, Any]:
    """The type's sample, as in a bank file."""
    return SAMPLES[kind.NAME]


@pytest.fixture(scope="session")
def content(kind: QuestionType, data: dict[str, Any]) -> Any:
    """The type's sample, read."""
    return kind.Content.model_validate(data)


@pytest.fixture(scope="session")
def samples() -> dict[str, Any]:
    """All samples, read."""
    return {name: TYPES[name].Content.model_validate(data) for name, data in SAMPLES.items()}
