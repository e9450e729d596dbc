"""A bank: its header, and the questions in it."""

from dataclasses import dataclass

from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.question import Question

FORMAT = 1
"""The version of the bank file format."""


@dataclass(frozen=True)
class BankHeader:
    """What a file says of the bank as a whole; formats without a place for it leave it out."""

    bank: str | None = None
    title: Localised | None = None
    source: str | None = None


@dataclass(frozen=True)
class Bank:
    """A bank with its questions, in order."""

    header: BankHeader
    questions: tuple[Question, ...] = ()
