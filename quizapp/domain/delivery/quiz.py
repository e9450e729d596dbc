"""The rules of a quiz: its sections, its timing and what it releases."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quizapp.domain.answers.localised import Localised
from quizapp.domain.answers.value import Text
from quizapp.domain.words import N_

Mode = Literal["practice", "exam"]
Counts = Literal["best", "last", "first"]
Draws = Literal["same", "each"]
When = Literal["at_once", "after_close", "after_marking", "by_hand", "never"]
Points = Annotated[Decimal, Field(gt=0, le=1000, max_digits=6, decimal_places=2)]
Level = Literal["recall", "understand", "apply"]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Strict(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(Strict):
    """Questions of a quiz: either named one by one, or drawn from those that fit the filters."""

    bank: Key | None = Field(None, description="Slug of the bank; none: all banks with the task.")
    task: Key | None = Field(None, description="Only questions citing this task, such as '3'.")
    provisions: tuple[Key, ...] = Field(
        (), max_length=100, description="Only questions citing one of these, such as '3.7'."
    )
    level: Level | None = Field(None, description="Only questions of this level.")
    draw: int | None = Field(None, ge=1, le=200, description="How many to draw for each attempt.")
    questions: tuple[Key, ...] = Field(
        (), max_length=200, description="Ids of fixed questions, as in the bank file."
    )
    points: Points = Field(Decimal(1), description="Points of each question; at most two decimals.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.draw is None and not self.questions:
            raise ValueError(N_("Say how many to draw, or choose the questions."))
        if self.draw is not None and self.questions:
            raise ValueError(N_("Say how many to draw, or choose the questions: not both."))
        if self.questions and self.bank is None:
            raise ValueError(N_("Name the bank that these questions are in."))
        if len(set(self.questions)) != len(self.questions):
            raise ValueError(N_("A question is named twice here."))
        return self

    @property
    def count(self) -> int:
        """How many items the section puts into an attempt."""
        return self.draw or len(self.questions)

    @property
    def hundredths(self) -> int:
        """Points of each item, in hundredths."""
        return int(self.points * 100)


class Release(Strict):
    """When each part of the outcome may be seen by the trainee."""

    score: When = "at_once"
    marks: When = "at_once"
    key: When = "at_once"
    rationale: When = "at_once"


RELEASE_DEFAULTS: dict[Mode, Release] = {
    "practice": Release(),
    "exam": Release(score="by_hand", marks="by_hand", key="by_hand", rationale="by_hand"),
}


NoticeText = Annotated[Text, Field(max_length=4000)]


class Notice(Localised):
    """Words to the trainee, in one language or in both."""

    en: NoticeText | None = None
    km: NoticeText | None = None


class QuizSettings(Strict):
    """Everything a quiz version fixes. Times in seconds; `pass_mark` in per cent of the maximum.

    Attributes:
        window_cuts: whether the end of a window ends the attempts begun in it; else whoever begins
            in time has the whole time limit. Without a limit the window always does.
        counts: which of somebody's attempts counts.
        draws: whether an exam's draws give everybody the `same` questions, fixed when the window
            opens, or are made for `each` attempt anew; practice always draws anew.
        confidence: whether each answer may say how sure the person is; it is never marked.
        instructions: shown before the start, and within reach all the time.
        honour: a statement to be accepted before the start.
    """

    mode: Mode = "practice"
    sections: tuple[Section, ...] = Field(min_length=1, max_length=50)
    time_limit_s: int | None = Field(None, ge=10, le=7 * 24 * 3600)
    grace_s: int = Field(60, ge=0, le=24 * 3600)
    attempts_allowed: int | None = Field(None, ge=1, le=1000, description="None: no limit.")
    pass_mark: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] | None = None
    shuffle: bool = True
    window_cuts: bool = True
    counts: Counts = "best"
    draws: Draws = "each"
    confidence: bool = False
    instructions: Notice | None = None
    honour: Notice | None = None
    navigation: Literal["free", "forward"] = "free"
    feedback: Literal["at_end", "after_each"] = "at_end"
    release: Release = Release()

    @model_validator(mode="before")
    @classmethod
    def _defaults_by_mode(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        mode: Mode = "exam" if data.get("mode") == "exam" else "practice"
        filled = dict(data)
        given = filled.get("release") or {}
        if isinstance(given, dict):
            filled["release"] = RELEASE_DEFAULTS[mode].model_dump() | given
        if mode == "exam" and filled.get("attempts_allowed") is None:
            filled["attempts_allowed"] = 1
        return filled

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.mode == "exam" and self.feedback == "after_each":
            raise ValueError(N_("An exam gives no feedback between questions."))
        if sum(section.count for section in self.sections) > 500:
            raise ValueError(N_("An attempt holds at most 500 questions."))
        return self

    @property
    def is_alike(self) -> bool:
        """Whether an exam asks the same questions of everybody it is given to."""
        return self.draws == "same" or not any(section.draw for section in self.sections)

    @property
    def count(self) -> int:
        """How many items an attempt has."""
        return sum(section.count for section in self.sections)
