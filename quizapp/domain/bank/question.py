"""A question as a bank file has it: what all types share, and the type's own content."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, InstanceOf, ValidationError, field_validator

from quizapp.domain.answers.localised import Localised
from quizapp.domain.answers.value import Text, Value
from quizapp.domain.bank import digest
from quizapp.domain.bank.findings import Finding, path
from quizapp.domain.bank.refusals import cannot_be_marked, refused, refused_fields, said_id
from quizapp.domain.questions import TYPES
from quizapp.domain.words import N_

SLUG = r"^[a-z0-9][a-z0-9-]{0,63}$"

Slug = Annotated[str, Field(pattern=SLUG)]
Citation = Annotated[str, Field(pattern=r"^[^\s@,]{1,32}(@[1-9][0-9]{0,5})?$")]
Tag = Annotated[Text, Field(max_length=100, pattern=r"^[^\s,\[\]]([^,\[\]\n]*[^\s,\[\]])?$")]
Level = Literal["recall", "understand", "apply"]
Use = Literal["practice", "exam", "both"]


class Translation(Value):
    """How far a translation is, and of which English text it is one."""

    state: Literal["draft", "reviewed"] = Field(description="Whether a second person has read it.")
    of: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")] | None = Field(
        default=None, description="Hash of the English text; `quizapp bank lint` says it."
    )


class Common(Value):
    """What questions of every type have."""

    id: Slug = Field(description="Stable for ever: survives rewording and renaming.")
    type: str = Field(description="The question type.")
    use: Use = Field(default="both", description="Where it may be asked.")
    cites: tuple[Citation, ...] = Field(
        default=(), max_length=50, description="Provisions that carry the key: 3.7@1."
    )
    level: Level | None = Field(default=None, description="What answering it takes.")
    stem: Localised = Field(description="What is asked.")
    explanation: Localised | None = Field(
        default=None, description="Why the key is right; shown after marking."
    )
    valid_until: date | None = Field(default=None, description="The last day of a fact that ends.")
    not_with: tuple[Slug, ...] = Field(
        default=(), max_length=200, description="Questions that are never drawn together with it."
    )
    translation: dict[Literal["km"], Translation] = Field(
        default_factory=dict, description="How far the translation is."
    )
    tags: tuple[Tag, ...] = Field(default=(), max_length=50, description="Free words.")
    allow: dict[str, Text] = Field(
        default_factory=dict, max_length=50, description="Warnings that are meant so: rule: reason."
    )

    @field_validator("valid_until", mode="before")
    @classmethod
    def _only_a_date(cls, value: Any) -> Any:
        # pydantic would take 0 for 1 January 1970
        if (
            value is None
            or (isinstance(value, str) and len(value) == len("2030-12-31"))
            or type(value) is date
        ):
            return value
        raise ValueError(N_("write a date as year-month-day, such as 2030-12-31"))


class Question(Common):
    """A question version. Equal documents give equal questions."""

    content: InstanceOf[BaseModel]

    def to_data(self) -> dict[str, Any]:
        """The document, as it stands in a bank file: `parse` gives the same question back."""
        data = self.model_dump(mode="json", exclude={"content"}, exclude_defaults=True)
        own = self.content.model_dump(mode="json", exclude_defaults=True)
        ordered: dict[str, Any] = {}
        for name in COMMON:
            if name in data:
                ordered[name] = data[name]
            if name == "stem":
                ordered.update(own)
        return ordered

    def digest(self) -> str:
        """Which document this is; see `document_digest`."""
        return digest.document_digest(self.to_data())

    def english_digest(self) -> str:
        """What `translation.of` has to be; see `digest.english_digest`."""
        return digest.english_digest(self.to_data())

    @classmethod
    def parse(cls, data: object) -> tuple["Question | None", list[Finding]]:
        """The same as the function `parse`."""
        return parse(data)


COMMON = tuple(Common.model_fields)


def parse(data: object) -> tuple[Question | None, list[Finding]]:
    """Read a question from a bank file's entry, or say all that keeps it out. Never raises."""
    if not isinstance(data, Mapping):
        return None, [
            refused(
                "not-a-question",
                N_("This is not a question."),
                N_("Write a question as 'id: ...', 'type: ...', 'stem: ...' and so on."),
            )
        ]
    entry = {str(name): value for name, value in data.items()}
    name = said_id(entry.get("id"))
    kind_name = entry.get("type")
    kind = TYPES.get(kind_name) if isinstance(kind_name, str) else None
    if kind is None:
        missing = kind_name is None
        return None, [
            refused(
                "no-type" if missing else "unknown-type",
                N_("The question has no type.")
                if missing
                else N_("There is no question type '%(type)s'."),
                N_("Use one of these: %(known)s."),
                name,
                "type",
                type=_printable(kind_name),
                known=", ".join(TYPES),
            )
        ]
    common = {field: value for field, value in entry.items() if field in COMMON}
    own = {field: value for field, value in entry.items() if field not in COMMON}
    findings: list[Finding] = []
    content = None
    try:
        content = kind.Content.model_validate(own)
    except (ValidationError, RecursionError) as error:
        findings += refused_fields(error, own, name, COMMON + tuple(kind.Content.model_fields))
    question = None
    try:
        # where the content was refused, anything stands in for it while the rest is read
        question = Question.model_validate({**common, "content": content or _Nothing()})
    except (ValidationError, RecursionError) as error:
        findings += refused_fields(error, common, name, COMMON)
    if question is not None and not question.stem.langs:
        findings.append(
            refused(
                "empty-text", N_("The stem is empty."), N_("Write what is asked."), name, "stem"
            )
        )
    if content is not None:
        stem = question.stem if question is not None else None
        findings += [
            cannot_be_marked(problem, name, path(problem.path.split(".")))
            for problem in kind.check_content(content, stem)
        ]
    if findings or question is None or content is None:
        return None, findings
    return question, []


class _Nothing(Value):
    """Stands in for a content that was refused."""


def _printable(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode().replace("\x00", "?")[:80]
