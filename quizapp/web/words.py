"""The words of a page, looked up in the catalogue once per language and not once per use.

A page of twenty questions says the same few words a hundred times; half of what it costs would
otherwise be gettext.
"""

from flask_babel import gettext

from quizapp.domain.answers.localised import Lang


class Words(dict[str, str]):
    """Catalogue ids with what they are in one language; an id is looked up when first said."""

    def __missing__(self, message: str) -> str:
        """Look it up once."""
        words: str = gettext(message)
        self[message] = words
        return words

    def __call__(self, message: str, **params: object) -> str:
        """The words of a catalogue id, its places filled in where `params` are given."""
        return self[message] % params if params else self[message]


_WORDS: dict[Lang, Words] = {"en": Words(), "km": Words()}


def words(lang: Lang) -> Words:
    """The words of `lang`, which must be the language of the request."""
    return _WORDS[lang]
