"""A question's fields as HTML, by the template of its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from quizapp.domain.answers.localised import Lang, Said
from quizapp.services.memory import Kept
from quizapp.translations.words import words
from quizapp.web.answering import SHAPES


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a page, to be answered or answered already.

    Attributes:
        type: the question type; its template is `questions/<type>.html`.
        stem: what is asked.
        present: all else that may be seen before answering.
        rule: how it is marked, as a catalogue id.
        response: what the fields hold.
        prefix: before every field's name and id, where a page has several questions.
        locked: it can be read, but not answered any more.
        problem: why what was typed was not taken.
    """

    type: str
    stem: Said
    present: Mapping[str, Any]
    rule: str
    response: Mapping[str, Any] | None = None
    prefix: str = ""
    locked: bool = False
    problem: str = ""

    @property
    def shape(self) -> str:
        """The fields and how each is sent, for scripts: `choices:list`."""
        return _SHAPES[self.type]


MOST_DRAWN = 1024
_drawn: Kept[str, Markup] = Kept(MOST_DRAWN)
_SHAPES = {
    kind: " ".join(f"{name}:{shape}" for name, shape in shapes.items())
    for kind, shapes in SHAPES.items()
}


def fields(asked: Asked, lang: Lang, icons: str) -> Markup:
    """The stem, the rule and the fields of a question, as they stand inside a form.

    Args:
        asked: the question.
        lang: of the page.
        icons: the address of the sprite; building it costs more than a question's words.
    """
    # all that the template is handed, so that nothing kept can be out of date
    key = f"{lang} {icons} {asked!r}"
    return _drawn.get(key) or _drawn.put(key, _draw(asked, lang, icons))


def _draw(asked: Asked, lang: Lang, icons: str) -> Markup:
    template = current_app.jinja_env.get_template(f"questions/{asked.type}.html")
    drawn: Markup = template.module.fields(asked, lang, words(lang), icons)  # type: ignore[attr-defined]
    return drawn


def sprite() -> str:
    """The address of the icons."""
    return url_for("static", filename="icons.svg")
