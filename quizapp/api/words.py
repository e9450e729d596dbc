"""Catalogue ids in the language of whoever asks."""

from collections.abc import Mapping

from flask_babel import gettext


def say(message: str, params: Mapping[str, object] | None = None) -> str:
    """A catalogue id, with its places filled in."""
    words: str = gettext(message)
    return words % dict(params) if params else words
