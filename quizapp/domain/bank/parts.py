"""The parts of any question's content, found by what they are: a new type needs no word here."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from quizapp.domain.answers.accept import AcceptedNumber, AcceptedText
from quizapp.domain.answers.localised import Lang, Localised
from quizapp.domain.answers.number import said_number
from quizapp.domain.answers.options import Option
from quizapp.domain.answers.text import sample
from quizapp.domain.bank.question import Question

Found = tuple[str, BaseModel]


@dataclass(frozen=True)
class Choice:
    """A list of options. `single`: one of them is right and one is chosen."""

    where: str
    options: tuple[Option, ...]
    single: bool
    explained: bool
    """Whether a rationale stands for all of its options."""

    @property
    def key(self) -> Option:
        """The right option, the first if there are several."""
        return next(option for option in self.options if option.correct)

    @property
    def wrong(self) -> tuple[Option, ...]:
        """The distractors."""
        return tuple(option for option in self.options if not option.correct)


def walk(model: BaseModel, where: str = "") -> Iterator[Found]:
    """The model and all models in it, with their places, in the order of the document."""
    yield where, model
    for name in type(model).model_fields:
        here = f"{where}.{name}" if where else name
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from walk(value, here)
        elif isinstance(value, tuple):
            for index, one in enumerate(value):
                if isinstance(one, BaseModel):
                    yield from walk(one, f"{here}[{index}]")


def texts(question: Question) -> Iterator[tuple[str, Localised]]:
    """All texts by language, with their places."""
    for model in (question, question.content):
        for where, found in walk(model):
            if isinstance(found, Localised) and not where.startswith("content."):
                yield where, found


def asked_texts(question: Question) -> Iterator[Localised]:
    """What a trainee reads before answering: the stem, and the content without rationales."""
    yield question.stem
    for where, found in walk(question.content):
        hidden = "rationale" in where or where.startswith("mistakes")
        if isinstance(found, Localised) and not hidden:
            yield found


def choices(question: Question) -> Iterator[Choice]:
    """All lists of options."""
    for where, model in walk(question.content):
        options = getattr(model, "options", None)
        if isinstance(options, tuple) and options and isinstance(options[0], Option):
            right = sum(option.correct for option in options)
            yield Choice(
                where=f"{where}.options" if where else "options",
                options=options,
                single=right == 1 and question.type != "multiple_choice",
                explained=getattr(model, "rationale", None) is not None,
            )


def answers(question: Question, lang: Lang) -> Iterator[str]:
    """The texts and numbers that alone are right: of single choices, and of what is written."""
    for choice in choices(question):
        # the words of a drop-down are too common to give anything away
        if choice.single and choice.where == "options" and (text := choice.key.text.get(lang)):
            yield text
    for _, model in walk(question.content):
        if isinstance(model, AcceptedText) and model.credit == 1:
            yield sample(model.text)
        elif isinstance(model, AcceptedNumber) and model.credit == 1:
            yield said_number(model.value)
