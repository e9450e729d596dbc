"""What every question type offers; delivery, pages, API and formats know types only by this."""

from fractions import Fraction
from typing import Any, Protocol

from pydantic import BaseModel

from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.problem import Part, Problem
from quizapp.domain.answers.response import ResponseRefused

__all__ = ["Part", "Problem", "QuestionType", "ResponseRefused"]


class QuestionType(Protocol):
    """A question type. Each is a module; all functions are pure.

    `Content` is the type's own part of the bank file, `Response` what a trainee sends, `Dealt` what
    an attempt pins. `response` is what `check` gave back, or None.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The word in bank files."""

    @property
    def MARKED_BY_PERSON(self) -> bool:  # noqa: N802 - a constant of the module
        """Whether what is written waits for somebody to read it; asked in exams alone."""

    @property
    def Content(self) -> type[BaseModel]:  # noqa: N802 - a class of the module
        """The type's own fields of a bank file."""

    @property
    def Response(self) -> type[BaseModel]:  # noqa: N802 - a class of the module
        """What a trainee sends."""

    @property
    def Dealt(self) -> type[BaseModel]:  # noqa: N802 - a class of the module
        """What is fixed when an attempt starts: orders of ids."""

    def check_content(self, content: Any, stem: Localised | None = None) -> list[Problem]:
        """Report all that cannot be marked. `stem` where the type's parts stand in it (cloze)."""

    def deal(self, content: Any, seed: int, shuffle: bool = True) -> Any:
        """Choose the orders for one attempt: equal arguments, equal orders."""

    def present(self, content: Any, dealt: Any, lang: Lang) -> dict[str, Any]:
        """All that may be shown before answering, ready for JSON: no key, no rationale."""

    def check(self, content: Any, response: Any) -> dict[str, Any]:
        """Normalise a response.

        Raises:
            ResponseRefused: it does not fit the question.
        """

    def is_answered(self, content: Any, response: dict[str, Any] | None) -> bool:
        """Say whether the response answers any part of the question."""

    def mark(self, content: Any, response: dict[str, Any] | None) -> Fraction | None:
        """The share of the points that is earned, 0 to 1; nothing for no response.

        None where a person has to give it.
        """

    def key(self, content: Any) -> dict[str, Any] | None:
        """A response that earns full marks; None where there is no such thing."""

    def summarise(self, content: Any, response: dict[str, Any] | None, lang: Lang) -> list[str]:
        """The response in words, a line per part; no line where nothing was answered."""

    def classify(self, content: Any, response: dict[str, Any] | None) -> list[str]:
        """What analysis counts: ids, or words such as `blank`, `correct`, `partly`, `wrong`."""

    def explain(self, content: Any, response: dict[str, Any] | None, lang: Lang) -> list[Part]:
        """Each part with what was done, what is right and why. As secret as key and rationale."""

    def rule(self, content: Any) -> str:
        """How it is marked, in a sentence (a catalogue id) that is shown before answering."""
