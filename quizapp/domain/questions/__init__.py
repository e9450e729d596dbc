"""The question types: one module each, listed here."""

from quizapp.domain.questions import (
    cloze,
    essay,
    matching,
    multiple_choice,
    numeric,
    ordering,
    short_text,
    single_choice,
    true_false,
)
from quizapp.domain.questions.protocol import Part, Problem, QuestionType, ResponseRefused

__all__ = ["TYPES", "Part", "Problem", "QuestionType", "ResponseRefused"]

TYPES: dict[str, QuestionType] = {
    single_choice.NAME: single_choice,
    multiple_choice.NAME: multiple_choice,
    true_false.NAME: true_false,
    matching.NAME: matching,
    ordering.NAME: ordering,
    short_text.NAME: short_text,
    numeric.NAME: numeric,
    cloze.NAME: cloze,
    essay.NAME: essay,
}
