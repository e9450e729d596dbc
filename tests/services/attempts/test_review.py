"""What is seen of an outcome, by whom and when (promise 4); feedback after each answer."""

import json
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from bank_samples import question
from delivery_samples import (
    EVERY_TYPE,
    HOUR,
    MINUTE,
    NOW,
    RIGHT,
    Browser,
    give,
    load_bank,
    make_quiz,
)

from quizapp.domain.delivery.outcome import EVERYTHING, NOTHING
from quizapp.domain.errors import AnswerLocked, Conflict, NotFound
from quizapp.domain.questions import TYPES
from quizapp.services.attempts import checking, receipts, review, starting, submitting, taking
from quizapp.storage.database import transaction
from quizapp.storage.quizzes import Assignment, Quiz

ONE = [{"bank": "sample", "questions": ["one", "several"]}]


def taken(actor, quiz, *, now=NOW):
    """A submitted attempt: the first answer right, the second half right."""
    started = starting.start(actor, quiz, now=now)
    browser = Browser.of(actor, started.id)
    browser.save(1, RIGHT["one"], now=now)
    browser.save(2, {"choices": ["q"]}, now=now)
    submitting.submit(actor, started.id, now=now)
    return started.id


def see(actor, attempt_id, *, now=NOW):
    return review.review(actor, attempt_id, "en", now=now)


def change(model, key, **values):
    with transaction(write=True) as session:
        row = session.get(model, key)
        for name, value in values.items():
            setattr(row, name, value)


def hidden(seen):
    """Say whether nothing of keys, marks and rationales is in a review."""
    return (
        seen.score is None
        and seen.passed is None
        and all(
            (item.mark, item.share, item.key, item.explanation) == (None,) * 4
            and not (item.key_lines or item.parts or item.cites)
            for item in seen.items
        )
    )


def test_everything_of_practice_is_shown_at_once(app, trainee):
    load_bank()
    seen = see(trainee, taken(trainee, make_quiz(shared=True, sections=ONE, shuffle=False)))
    assert seen.shown == EVERYTHING
    assert (seen.score, seen.max_score, seen.passed) == (Decimal("1.50"), Decimal("2.00"), None)
    one, several = seen.items
    assert (one.mark, one.share, one.key) == (Decimal("1.00"), Fraction(1), {"choice": "f"})
    assert (one.summary, one.key_lines) == (["2050"], ["2050"])
    assert (several.mark, several.share) == (Decimal("0.50"), Fraction(1, 2))
    assert several.key == {"choices": ["f", "q"]}
    wrong = next(part for part in several.parts if part.id == "z")
    assert str(wrong.rationale) == "Nobody agrees on it."
    assert str(one.explanation).startswith("High income")
    assert [(cite.number, cite.version) for cite in one.cites] == [("3.1", 1)]
    assert receipts.verify(None, one.receipt).valid
    assert seen.missed == (2,)


def test_an_exam_waits_until_it_is_released(app, cohort, trainee, instructor, administrator):
    load_bank()
    quiz = make_quiz(mode="exam", sections=ONE, shuffle=False, pass_mark=70)
    give(quiz, cohort)
    own = taken(trainee, quiz)
    seen = see(trainee, own)
    assert seen.shown == NOTHING
    assert hidden(seen)
    assert seen.items[0].response == RIGHT["one"]  # what was answered is the trainee's own
    for reader in (instructor, administrator):
        assert see(reader, own).shown == EVERYTHING
        assert see(reader, own).passed is True
    change(Quiz, quiz, released_at=NOW + HOUR)
    assert hidden(see(trainee, own, now=NOW))
    assert see(trainee, own, now=NOW + HOUR).score == Decimal("1.50")


def test_strangers_know_nothing_of_it(app, trainee, outsider, instructor):
    load_bank()
    own = taken(trainee, make_quiz(shared=True, sections=ONE, shuffle=False))
    for stranger in (outsider, instructor):  # practice of one's own choice is one's own
        with pytest.raises(NotFound):
            see(stranger, own)


def test_after_the_window_means_after_everybodys(app, cohort, trainee, outsider):
    load_bank()
    when = dict.fromkeys(("score", "marks", "key", "rationale"), "after_close")
    quiz = make_quiz(mode="exam", sections=ONE, shuffle=False, release=when, grace_s=120)
    first = give(quiz, cohort, closes_at=NOW + HOUR)
    own = taken(trainee, quiz)
    assert hidden(see(trainee, own, now=NOW + HOUR - MINUTE))
    assert see(trainee, own, now=NOW + HOUR).shown == EVERYTHING
    # another cohort's window, or an extension, moves it for everybody
    other = give(quiz, cohort, closes_at=NOW + 2 * HOUR)
    assert hidden(see(trainee, own, now=NOW + HOUR))
    assert see(trainee, own, now=NOW + 2 * HOUR).shown == EVERYTHING
    change(Assignment, first, closes_at=NOW + 3 * HOUR)
    assert hidden(see(trainee, own, now=NOW + 2 * HOUR))
    # one without an end: somebody may start at any time
    change(Assignment, other, closes_at=None)
    assert hidden(see(trainee, own, now=NOW + 1000 * HOUR))
    change(Quiz, quiz, closes_at=NOW + 4 * HOUR)
    assert hidden(see(trainee, own, now=NOW + 3 * HOUR))
    assert see(trainee, own, now=NOW + 4 * HOUR).shown == EVERYTHING
    change(Quiz, quiz, closes_at=None)
    change(Assignment, other, withdrawn_at=NOW)
    assert see(trainee, own, now=NOW + 3 * HOUR).shown == EVERYTHING


def test_after_the_window_waits_for_those_who_are_in_their_grace(app, cohort, trainee):
    load_bank()
    when = dict.fromkeys(("score", "marks", "key", "rationale"), "after_close")
    quiz = make_quiz(
        mode="exam", sections=ONE, shuffle=False, release=when, grace_s=120, attempts_allowed=2
    )
    give(quiz, cohort, closes_at=NOW + HOUR)
    own = taken(trainee, quiz)
    starting.start(trainee, quiz, now=NOW + 50 * MINUTE)
    assert hidden(see(trainee, own, now=NOW + HOUR))
    assert see(trainee, own, now=NOW + HOUR + 2 * MINUTE).shown == EVERYTHING


def test_marks_without_keys_tell_no_key(app, cohort, trainee):
    load_bank()
    release = {"score": "at_once", "marks": "at_once", "key": "never", "rationale": "never"}
    quiz = make_quiz(mode="exam", sections=ONE, shuffle=False, release=release)
    give(quiz, cohort)
    seen = see(trainee, taken(trainee, quiz))
    assert [item.mark for item in seen.items] == [Decimal("1.00"), Decimal("0.50")]
    assert all(
        item.key is None and not (item.parts or item.key_lines or item.cites or item.explanation)
        for item in seen.items
    )


def test_keys_without_rationales_tell_no_rationale(app, cohort, trainee):
    load_bank()
    release = {"score": "at_once", "marks": "at_once", "key": "at_once", "rationale": "never"}
    quiz = make_quiz(mode="exam", sections=ONE, shuffle=False, release=release)
    give(quiz, cohort)
    seen = see(trainee, taken(trainee, quiz))
    assert all(item.key and item.parts for item in seen.items)
    assert not any(part.rationale for item in seen.items for part in item.parts)
    assert not any(item.explanation or item.cites for item in seen.items)


def test_an_open_attempt_shows_nothing_of_its_outcome(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, sections=ONE, shuffle=False)
    started = starting.start(trainee, quiz, now=NOW)
    Browser.of(trainee, started.id).save(1, RIGHT["one"])
    assert hidden(see(trainee, started.id))


def test_feedback_after_each_answer_locks_it_and_shows_it(app, trainee, outsider):
    load_bank()
    quiz = make_quiz(shared=True, sections=ONE, shuffle=False, feedback="after_each")
    started = starting.start(trainee, quiz, now=NOW)
    browser = Browser.of(trainee, started.id)
    with pytest.raises(Conflict, match="Answer the question first"):
        checking.check(trainee, started.id, 1, now=NOW)
    saved = browser.save(1, {"choice": "m"})
    with pytest.raises(NotFound):
        checking.check(outsider, started.id, 1, now=NOW)
    for _ in range(2):
        checking.check(trainee, started.id, 1, now=NOW)
    with pytest.raises(AnswerLocked) as refused:
        browser.save(1, RIGHT["one"], 2)
    assert refused.value.current.response == {"choice": "m"}
    assert browser.save(1, {"choice": "m"}).receipt == saved.receipt
    seen = see(trainee, started.id)
    one, several = seen.items
    assert (one.checked, one.mark, one.key) == (True, Decimal("0.00"), {"choice": "f"})
    assert one.explanation
    assert (several.checked, several.mark, several.key, several.parts) == (False, None, None, ())
    assert seen.score is None
    done = submitting.submit(trainee, started.id, now=NOW)
    assert done.score == Decimal("0.00")  # the first answer stays the evidence
    with pytest.raises(Conflict):
        checking.check(trainee, started.id, 2, now=NOW)


def test_no_feedback_where_it_comes_at_the_end(app, trainee):
    load_bank()
    started = starting.start(trainee, make_quiz(shared=True, sections=ONE), now=NOW)
    Browser.of(trainee, started.id).save(2, None)
    with pytest.raises(Conflict, match="after the end"):
        checking.check(trainee, started.id, 2, now=NOW)
    for slot in (0, 3):
        with pytest.raises(NotFound):
            checking.check(trainee, started.id, slot, now=NOW)


# --- secrets

MARKED = {"tag": "zzsecretzz"}
WORDS = ("zzsecretzz", "Nobody agrees", "Nor on them", "High income", "That is the first step")
NAMES = {
    "correct",
    "answer",
    "accept",
    "match",
    "tolerance",
    "rationale",
    "explanation",
    "key",
    "seed",
    "version_id",
    "cites",
    "mark",
    "score",
    "guide",
    "sample",
}


def names(value):
    """Every key of every object within a JSON value."""
    if isinstance(value, dict):
        return set(value) | {name for one in value.values() for name in names(one)}
    if isinstance(value, list | tuple):
        return {name for one in value for name in names(one)}
    return set()


def test_an_attempt_as_it_is_sent_holds_no_key_and_no_rationale(app, trainee):
    secret = [
        *(one for one in EVERY_TYPE if one["id"] not in ("word", "year")),
        question("word", type="short_text", options=None, accept=[{"text": "zzsecretzz"}]),
        question(
            "year",
            type="numeric",
            options=None,
            accept=[{"value": 987654, "tolerance": 1}],
            explanation={"en": "It is zzsecretzz."},
        ),
        question(
            "gap",
            type="cloze",
            options=None,
            stem={"en": "In [[1]] or [[2]]?"},
            blanks=[
                {"id": "1", "accept": [{"text": "zzsecretzz"}]},
                {"id": "2", "accept": [{"value": 987654}]},
            ],
        ),
        question(
            "note",
            type="essay",
            options=None,
            guide=[{"en": "Look for zzsecretzz"}],
            sample={"en": "zzsecretzz"},
        ),
    ]
    load_bank(*secret)
    assert {one["type"] for one in secret} == set(TYPES)
    sections = [{"bank": "sample", "questions": [one["id"] for one in secret]}]
    quiz = make_quiz(shared=True, mode="exam", sections=sections)  # practice asks no essay
    started = starting.start(trainee, quiz, now=NOW)
    for lang in ("en", "km"):
        view = taking.read(trainee, started.id, lang, now=NOW)
        plain = json.loads(json.dumps(asdict(view), default=str))
        text = json.dumps(plain, ensure_ascii=False)
        assert not [word for word in (*WORDS, "987654") if word in text]
        assert not names(plain["items"]) & NAMES
        order = next(item for item in view.items if item.question == "order")
        assert [one["id"] for one in order.present["items"]] != RIGHT["order"]["order"]
    # an open attempt's review is as silent
    text = json.dumps(asdict(see(trainee, started.id)), default=str)
    assert not [word for word in (*WORDS, "987654") if word in text]


def test_late_answers_are_marked_and_said_to_be_late(app, trainee):
    load_bank()
    quiz = make_quiz(shared=True, sections=ONE, shuffle=False, time_limit_s=600, grace_s=60)
    started = starting.start(trainee, quiz, now=NOW)
    browser = Browser.of(trainee, started.id)
    browser.save(1, RIGHT["one"], now=NOW + 630 * timedelta(seconds=1), age_s=60.0)
    submitting.finalise_due(NOW + HOUR)
    seen = see(trainee, started.id, now=NOW + HOUR)
    assert (seen.items[0].late, seen.items[0].mark) == (True, Decimal("1.00"))
