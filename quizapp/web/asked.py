"""What an address asks for behind its question mark: page numbers and ids."""

from uuid import UUID

from flask import request

from quizapp.domain.errors import NotFound

LONGEST = 6


def page_number(name: str = "page") -> int:
    """The number of the page that is asked for; the first where none is, or no number."""
    number = request.args.get(name, "1")[:LONGEST]
    return int(number) if number.isascii() and number.isdigit() else 1


def asked_id(name: str) -> UUID | None:
    """The id that is asked for, if any.

    Raises:
        NotFound: what is asked for is no id.
    """
    text = request.args.get(name)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
