"""The words of a page, looked up in the catalogue once per language and not once per use.

A page of twenty questions says the same few words a hundred times; half of what it costs would
otherwise be gettext.
"""

from flask_babel import force_locale, gettext


class Words(dict[str, str]):
    """Catalogue ids with what they are in one language; an id is looked up when first said."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def __missing__(self, message: str) -> str:
        """Look it up once, whatever language the request itself is answered in."""
        with force_locale(self._lang):
            words: str = gettext(message)
        self[message] = words
        return words

    def __call__(self, message: str, **params: object) -> str:
        """The words of a catalogue id, its places filled in where `params` are given."""
        return self[message] % params if params else self[message]


_WORDS: dict[str, Words] = {"en": Words("en"), "km": Words("km")}


def words(lang: str) -> Words:
    """The words of `lang`, "en" or "km"."""
    return _WORDS[lang]
