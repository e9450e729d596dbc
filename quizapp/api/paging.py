"""Lists: a page at a time, from an opaque cursor on."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import Field

from quizapp.api.problems import UnknownCursor
from quizapp.api.shapes import Out, Query, Whole
from quizapp.domain.answers.canonical import UnstorableText, storable
from quizapp.domain.delivery.receipts import decode, encode

MOST = 200

Item = TypeVar("Item")
Row = TypeVar("Row")


class Page(Query):
    """Which page of a list."""

    limit: Whole = Field(50, ge=1, le=MOST, description="How many at most.")
    cursor: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_-]{2,600}$", description="The `next` of the page before."
    )

    @property
    def after(self) -> str | None:
        """The key of the last one seen, as the service gave it.

        Raises:
            UnknownCursor: the list gave no such cursor.
        """
        if self.cursor is None:
            return None
        try:
            return storable(decode(self.cursor).decode("utf-8"))
        except (ValueError, UnstorableText) as error:
            raise UnknownCursor from error


class Listed(Out, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


def cursor_of(key: str | UUID | None) -> str | None:
    """The cursor behind a key."""
    return None if key is None else encode(str(key).encode("utf-8"))


def after_id(page: Page) -> UUID | None:
    """The key of the last one seen, where lists go by id.

    Raises:
        UnknownCursor: the list gave no such cursor.
    """
    after = page.after
    try:
        return None if after is None else UUID(after)
    except ValueError as error:
        raise UnknownCursor from error


def cut(
    rows: Sequence[Row], limit: int, key: Callable[[Row], str]
) -> tuple[Sequence[Row], str | None]:
    """The rows of a page, and the cursor of the next, of one row more than the page holds."""
    shown = rows[:limit]
    return shown, cursor_of(key(shown[-1])) if len(rows) > limit else None
