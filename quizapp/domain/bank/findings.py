"""What a check or an import has to say: what, where, and how to mend it."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["error", "hold", "warning"]


class Finding(BaseModel):
    """One thing found. An error keeps the question out, a hold keeps it a draft, a warning is said.

    `message` and `remedy` are catalogue ids with %(name)s places for `params`; `where` is a path in
    the question (`options[2].text.en`, counted from 0) or another place in the file.
    """

    model_config = ConfigDict(frozen=True)

    severity: Severity
    rule: str
    message: str
    remedy: str
    params: dict[str, Any] = Field(default_factory=dict)
    question: str | None = None
    where: str = ""
    line: int | None = None

    def at(self, line: int | None) -> "Finding":
        """The same, with its line where it has none yet."""
        return self if self.line is not None else self.model_copy(update={"line": line})

    def said(self) -> str:
        """The message in English."""
        return self.message % self.params if self.params else self.message


def path(location: Iterable[int | str]) -> str:
    """Write a location: `("options", 2, "text")` is `options[2].text`."""
    written = ""
    for part in location:
        if isinstance(part, int) or part.isdigit():
            written += f"[{part}]"
        else:
            written += f".{part}" if written else part
    return written
