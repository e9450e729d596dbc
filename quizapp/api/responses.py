"""Saving an answer: the hot path. Nothing here asks the database; `services.saving` does."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from quizapp.api import visitor
from quizapp.api.area import Area
from quizapp.api.shapes import WHOLE, Body, Key, Out, Path, Time, Whole
from quizapp.api.words import speak
from quizapp.domain.answers.localised import Lang
from quizapp.domain.errors import SignInRequired
from quizapp.domain.questions import TYPES
from quizapp.services.attempts import saving
from quizapp.services.attempts.saving import LARGEST, MOST_SLOTS, SaveRequest

area = Area("responses", "Answers, saved one by one")

Revision = Annotated[int, Field(ge=1, le=LARGEST), WHOLE]
FromZero = Annotated[int, Field(ge=0, le=LARGEST), WHOLE]
SHAPES = [kind.Response.model_json_schema() for kind in TYPES.values()]
Answered = Annotated[Any, WithJsonSchema({"anyOf": [*SHAPES, {"type": "null"}]})]


class SlotPath(Path):
    """An item of an attempt."""

    id: Key
    slot: Whole = Field(ge=1, le=MOST_SLOTS)


class SentResponse(Body):
    """An answer as a device sends it."""

    response: Answered = Field(
        description="In the shape of the question's type; null takes an answer back."
    )
    revision: Revision = Field(description="Higher than the one before; gaps are allowed.")
    base: FromZero | None = Field(
        None, description="The revision edited from, 0 for none: another is a conflict."
    )
    lang: Lang | None = Field(None, description="In which language the question was read.")
    spent_ms: FromZero | None = Field(None, description="Time spent so far.")
    age_s: float | None = Field(
        None, ge=0, le=1e9, description="How long ago it was answered, by a monotonic clock."
    )


class SavedResponse(Out):
    """That an answer is saved, for good: no less is to be called saved."""

    revision: int
    current_revision: int
    saved_at: Time
    receipt: str
    seconds_left: int | None
    late: bool
    elsewhere: bool = Field(
        description="Whether the attempt was continued on another device; the answer counts."
    )


@area.put(
    "/attempts/<id>/items/<slot>/response",
    action="attempt.take",
    gives={200: SavedResponse},
    refuses=(409,),
    checked_inside=True,
)
def save_response(path: SlotPath, body: SentResponse) -> SavedResponse:
    """Save an answer; the same save again is answered as it was the first time."""
    speak(body.lang)  # who asks is not known here, the page's language is
    credential = visitor.credential()
    if credential is None:
        raise SignInRequired
    saved = saving.save(
        credential,
        path.id,
        path.slot,
        SaveRequest(
            response=body.response,
            revision=body.revision,
            base=body.base,
            lang=body.lang,
            spent_ms=body.spent_ms,
            age_s=body.age_s,
        ),
        device=visitor.device(),
        now=visitor.now(),
    )
    return SavedResponse.model_validate(saved)
