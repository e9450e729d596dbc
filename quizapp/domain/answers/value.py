"""The base of all values read from outside, and the kinds of text in them."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from quizapp.domain.answers.canonical import storable

LONGEST = 10_000
"""Characters in one text, written by an author or by a trainee."""


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_id(value: Any) -> Any:
    # YAML reads an unquoted 1 as a number; as an id it is the text '1'
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(storable)]
"""Text in NFC, without NUL and lone surrogates."""

PartId = Annotated[str, BeforeValidator(_as_id), Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]
"""Names an option, prompt, target, item or blank within its question; carries no information."""
