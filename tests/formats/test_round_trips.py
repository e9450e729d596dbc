"""What is written can be read: every type, every format, the same questions."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from question_strategies import any_question, questions

from quizapp.domain.answers.localised import Localised
from quizapp.domain.bank.question import Question
from quizapp.domain.questions import TYPES
from quizapp.formats import FORMATS, BankHeader

HEADER = BankHeader("a-bank", Localised(en="A: bank", km="ធនាគារ"), "a-source")
LOSSLESS = ("yaml", "csv", "xlsx")
SOME = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def read_back(name: str, *written: Question) -> list[Question | None]:
    data, findings = FORMATS[name].write(written, HEADER)
    assert findings == []
    assert FORMATS[name].sniff(data)
    result = FORMATS[name].read(data)
    assert [(f.where, f.said()) for f in result.findings] == []
    return [read.question for read in result.questions]


@pytest.mark.parametrize("kind", sorted(TYPES))
@pytest.mark.parametrize("name", LOSSLESS)
@SOME
@given(data=st.data())
def test_nothing_is_lost(name: str, kind: str, data: Any) -> None:
    question = data.draw(questions(kind))
    assert read_back(name, question) == [question]


@pytest.mark.parametrize("name", LOSSLESS)
@SOME
@given(bank=st.lists(any_question, max_size=5, unique_by=lambda q: q.id))
def test_a_mixed_bank_keeps_its_order(name: str, bank: list[Question]) -> None:
    if not bank and name != "yaml":
        return
    assert read_back(name, *bank) == bank


def test_yaml_keeps_the_header() -> None:
    data, _ = FORMATS["yaml"].write([], HEADER)
    assert FORMATS["yaml"].read(data).bank == HEADER
