"""Source documents: tasks and their numbered provisions, which questions cite."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from quizapp.domain.answers.localised import Localised
from quizapp.domain.answers.value import Text, Value
from quizapp.domain.bank.question import Slug


def _as_number(value: object) -> object:
    # a spreadsheet or YAML may take 3.7 for a number; as the number of a provision it is a text
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Number = Annotated[str, BeforeValidator(_as_number), Field(pattern=r"^[^\s@,]{1,32}$")]


class Provision(Value):
    """A numbered statement of a source document, in one version."""

    id: Number = Field(description="Its number, such as 3.7.")
    version: int = Field(default=1, ge=1, description="Raised when its meaning changes.")
    title: Localised | None = Field(default=None, description="A few words for lists.")
    text: Localised = Field(description="What it says.")
    where: Text = Field(default="", description="Where in the document it stands.")


class Task(Value):
    """A group of provisions."""

    id: Number
    title: Localised
    provisions: tuple[Provision, ...] = ()


class SourceDocument(Value):
    """A document that questions rest on."""

    source: Slug
    title: Localised | None = None
    tasks: tuple[Task, ...] = ()

    def find_provision(self, number: str) -> Provision | None:
        """The provision of that number."""
        for task in self.tasks:
            for provision in task.provisions:
                if provision.id == number:
                    return provision
        return None
