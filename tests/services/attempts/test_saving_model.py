"""Any sequence of saves does what a model of a few lines says (promise 2)."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from bank_samples import question
from delivery_samples import NOW, Browser, load_bank, make_quiz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.domain.errors import AttemptClosed, EditConflict, StaleRevision
from quizapp.services.attempts import receipts, starting, submitting, taking

BODIES = ({"choice": "f"}, {"choice": "m"}, {"choice": "t"}, None)


@dataclass
class Slot:
    """What the rules say of one slot."""

    revision: int = 0
    body: int | None = None
    first: dict[tuple[int, int], str] = field(default_factory=dict)

    def expected(self, revision: int, body: int, base: int | None, *, over: bool):
        if (revision, body) in self.first:
            return "again"
        if over:
            return AttemptClosed
        if revision <= self.revision:
            return StaleRevision
        if base is not None and base != self.revision:
            return EditConflict
        return "saved"


SAVE = st.tuples(
    st.sampled_from([1, 2]),
    st.integers(1, 8),
    st.sampled_from(range(len(BODIES))),
    st.one_of(st.none(), st.none(), st.integers(0, 8)),
)


@pytest.fixture
def twin(app):
    """A quiz of two questions with the same options."""
    load_bank(question("one"), question("two"))
    sections = [{"bank": "sample", "questions": ["one", "two"]}]
    return make_quiz(shared=True, shuffle=False, sections=sections)


@given(steps=st.lists(SAVE, min_size=1, max_size=25), ends_after=st.integers(0, 30))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_saves_follow_the_model(trainee, twin, steps, ends_after):
    now = NOW
    browser = Browser.of(trainee, starting.start(trainee, twin, now=now).id)
    model = {1: Slot(), 2: Slot()}
    for number, (place, revision, body, base) in enumerate(steps):
        now += timedelta(seconds=1)
        if number == ends_after:
            submitting.submit(trainee, browser.attempt_id, now=now)
        slot = model[place]
        expected = slot.expected(revision, body, base, over=number >= ends_after)
        if isinstance(expected, type):
            with pytest.raises(expected) as refused:
                browser.save(place, BODIES[body], revision, base=base, now=now)
            assert type(refused.value) is expected
            assert refused.value.current.revision == slot.revision
            held = None if slot.body is None else BODIES[slot.body]
            assert refused.value.current.response == held
            continue
        saved = browser.save(place, BODIES[body], revision, base=base, now=now)
        if expected == "again":
            assert saved.receipt == slot.first[revision, body]
            assert saved.current_revision == slot.revision
        else:
            assert expected == "saved"
            slot.revision, slot.body = revision, body
            slot.first[revision, body] = saved.receipt
    items = taking.read(trainee, browser.attempt_id, "en", now=now).items
    for item in items:
        slot = model[item.slot]
        held = None if slot.body is None else BODIES[slot.body]
        assert (item.revision, item.response) == (slot.revision, held)
    told = {one.receipt for one in receipts.of_attempt(trainee, browser.attempt_id)}
    assert told == {one for slot in model.values() for one in slot.first.values()}
    if len(steps) <= ends_after:
        submitting.submit(trainee, browser.attempt_id, now=now)
