"""What an attempt holds: its items, dealt once and never changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from quizapp.domain.bank.question import Question
from quizapp.domain.delivery.assemble import Chosen
from quizapp.domain.questions import TYPES


@dataclass(frozen=True, slots=True)
class Item:
    """A slot of an attempt.

    Attributes:
        question: id of the question in its bank file.
        question_id: the question through its versions.
        version_id: the version that was dealt.
        bank: slug of the bank.
        source: slug of the bank's source document; empty where it has none.
        type: the question type.
        points: in hundredths.
        cites: provisions as the version cites them, such as "3.7@1".
        dealt: the orders that the type's `deal` chose, as JSON.
    """

    question: str
    question_id: UUID
    version_id: UUID
    bank: str
    source: str
    type: str
    points: int
    cites: tuple[str, ...]
    dealt: dict[str, Any]

    def to_data(self) -> dict[str, Any]:
        """The stored form."""
        return {
            "question": self.question,
            "question_id": str(self.question_id),
            "version_id": str(self.version_id),
            "bank": self.bank,
            "source": self.source,
            "type": self.type,
            "points": self.points,
            "cites": list(self.cites),
            "dealt": self.dealt,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Item":
        """Read the stored form."""
        return cls(
            question=data["question"],
            question_id=UUID(data["question_id"]),
            version_id=UUID(data["version_id"]),
            bank=data["bank"],
            source=data["source"],
            type=data["type"],
            points=data["points"],
            cites=tuple(data["cites"]),
            dealt=data["dealt"],
        )

    @property
    def provisions(self) -> tuple[str, ...]:
        """The numbers of the cited provisions, without their version."""
        return tuple(cite.partition("@")[0] for cite in self.cites)


def slot_seed(seed: int, slot: int) -> int:
    """The seed of one slot: neighbouring slots are dealt independently of each other."""
    digest = hashlib.sha256(f"{seed}:{slot}".encode("ascii")).digest()
    return int.from_bytes(digest[:8])


def deal_items(
    chosen: Sequence[Chosen],
    questions: Mapping[UUID, Question],
    *,
    seed: int,
    shuffle: bool,
) -> list[Item]:
    """Deal the questions chosen for an attempt, slot 1 first.

    Args:
        chosen: as `assemble` gives them.
        questions: every chosen version, by its id.
        seed: the attempt's seed.
        shuffle: whether options and other parts are mixed.
    """
    items = []
    for slot, one in enumerate(chosen, 1):
        candidate, question = one.candidate, questions[one.candidate.version_id]
        dealt = TYPES[candidate.type].deal(question.content, slot_seed(seed, slot), shuffle)
        items.append(
            Item(
                question=candidate.key,
                question_id=candidate.question_id,
                version_id=candidate.version_id,
                bank=candidate.bank,
                source=candidate.source,
                type=candidate.type,
                points=one.points,
                cites=question.cites,
                dealt=dealt.model_dump(mode="json"),
            )
        )
    return items
