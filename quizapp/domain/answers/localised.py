"""Text in English, Khmer or both."""

from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from quizapp.domain.answers.value import Text, Value

Lang = Literal["en", "km"]
LANGS: tuple[Lang, ...] = ("en", "km")


class Said(NamedTuple):
    """Text with the language that it is in; prints as the text."""

    text: str
    lang: Lang

    def __str__(self) -> str:
        return self.text

    def to_data(self) -> dict[str, str]:
        """The JSON form: `{"text": ..., "lang": ...}`."""
        return {"text": self.text, "lang": self.lang}


class Localised(Value):
    """Text in one language or in both; a language that is there may still be blank (see lint)."""

    en: Text | None = Field(default=None, description="The English text.")
    km: Text | None = Field(default=None, description="The Khmer text.")

    @model_validator(mode="after")
    def _not_nothing(self) -> Self:
        if self.en is None and self.km is None:
            raise ValueError("give the text in English (en), in Khmer (km) or in both")
        return self

    def get(self, lang: Lang) -> str | None:
        """The text in exactly this language, or None."""
        return self.en if lang == "en" else self.km

    @property
    def langs(self) -> tuple[Lang, ...]:
        """The languages that it really is in: blank texts do not count."""
        return tuple(lang for lang in LANGS if (self.get(lang) or "").strip())

    def pick(self, lang: Lang) -> Said:
        """The text in `lang`, or in the other language where there is none, with its language."""
        wanted = self.get(lang)
        if wanted and not wanted.isspace():
            return Said(wanted, lang)
        there = self.langs
        chosen = lang if lang in there or not there else there[0]
        return Said(self.get(chosen) or "", chosen)
