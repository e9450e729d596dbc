"""Catalogue ids in the language of whoever asks."""

from collections.abc import Callable, Mapping

from flask import current_app, g, request
from flask_babel import gettext

LANGUAGES = ("en", "km")
PREFIX = "/api/"


def say(message: str, params: Mapping[str, object] | None = None) -> str:
    """A catalogue id, with its places filled in."""
    words: str = gettext(message)
    return words % dict(params) if params else words


def speak(lang: str | None) -> None:
    """Answer in this language from here on, where one is named."""
    if lang is not None:
        g.api_lang = lang


def speaking(pages: Callable[[], str]) -> Callable[[], str]:
    """A locale selector: the API's own choice below its addresses, that of the pages elsewhere.

    Pages look up who is signed in, which costs a statement, and by the cookie alone.
    """

    def choose() -> str:
        return _language() if request.path.startswith(PREFIX) else pages()

    return choose


def _language() -> str:
    """What the request asks for, else the person's own where they are known, else the header's."""
    asked = g.get("api_lang") or request.args.get("lang")
    asking = g.get("api_actor")
    for lang in (asked, asking.lang if asking else None):
        if lang in LANGUAGES:
            return lang
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return request.accept_languages.best_match(LANGUAGES, default) or default
