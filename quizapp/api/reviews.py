"""Looking back at an attempt: what came of it, as far as it may be seen now."""

from typing import Any, Self

from pydantic import ConfigDict, Field

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.attempts import AttemptPath, LangQuery
from quizapp.api.shapes import Id, Number, Out, Time, Title
from quizapp.domain.answers.localised import Lang
from quizapp.services.attempts import review
from quizapp.services.attempts.review import ReviewItem, ReviewView
from quizapp.services.attempts.submitting import State

area = Area("reviews", "What came of attempts")


class ReviewedItem(Out):
    """An item after marking, with what its type shows; null is what may not be seen (yet)."""

    model_config = ConfigDict(extra="allow")

    slot: int
    question: str = Field(description="The question's id in its bank file.")
    bank: str
    type: str
    stem: str
    lang: Lang = Field(description="Of the stem.")
    response: dict[str, Any] | None
    late: bool
    mark: Number | None = Field(description="Points earned.")
    points: Number
    key: dict[str, Any] | None = Field(description="A response that earns full marks.")
    rationale: dict[str, str] | None = Field(
        description="Why each option or part is wrong, or right, by its id."
    )
    explanation: str | None
    cites: list[str] | None = Field(description="The provisions that carry the key: `3.7@1`.")

    @classmethod
    def of(cls, item: ReviewItem, view: ReviewView) -> Self:
        """The item as a service gives it."""
        told = view.shown.rationale or item.explanation is not None or bool(item.cites)
        return cls.model_validate(
            {
                **item.present,
                "slot": item.slot,
                "question": item.question,
                "bank": item.bank,
                "type": item.type,
                "stem": item.stem.text,
                "lang": item.stem.lang,
                "response": item.response,
                "late": item.late,
                "mark": item.mark,
                "points": item.points,
                "key": item.key,
                "rationale": _rationale(item) if told else None,
                "explanation": str(item.explanation) if item.explanation else None,
                "cites": [f"{one.number}@{one.version}" for one in item.cites] if told else None,
            }
        )


class Review(Out):
    """What came of an attempt; null is what may not be seen (yet)."""

    id: Id
    quiz: Id
    title: Title
    state: State
    submitted_at: Time | None
    score: Number | None
    max_score: Number
    passed: bool | None
    items: list[ReviewedItem]


@area.get("/attempts/<id>/review", action="attempt.read", gives={200: Review})
def review_attempt(path: AttemptPath, query: LangQuery) -> Review:
    """What came of an attempt, as far as its quiz's release lets one see."""
    view = review.review(visitor.actor(), path.id, query.chosen, now=visitor.now())
    return Review(
        id=view.attempt.id,
        quiz=view.attempt.quiz_id,
        title=Title.model_validate(view.attempt.quiz_title),
        state=view.attempt.state,
        submitted_at=view.attempt.submitted_at,
        score=view.score,
        max_score=view.max_score,
        passed=view.passed,
        items=[ReviewedItem.of(one, view) for one in view.items],
    )


def _rationale(item: ReviewItem) -> dict[str, str]:
    return {part.id: str(part.rationale) for part in item.parts if part.rationale}
