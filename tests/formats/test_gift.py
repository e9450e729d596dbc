"""GIFT: what other programs write is read with their key; what is written comes back."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from question_strategies import questions

from quizapp.domain.bank.question import Question
from quizapp.formats import BankHeader, ReadResult, gift

INTEROP = Path(__file__).parents[3] / "shared" / "interop"
SAMPLES = Path(__file__).parent / "samples"
needs_interop = pytest.mark.skipif(
    not INTEROP.is_dir(), reason=f"the files of other programs are not at {INTEROP}"
)


def read(text: str) -> ReadResult:
    return gift.read(text.encode())


def only(text: str) -> Question:
    (found,) = read(text).questions
    assert found.question is not None, [f.said() for f in read(text).findings]
    return found.question


def rules(text: str) -> set[tuple[str, str]]:
    return {(f.severity, f.rule) for f in read(text).findings}


def key_of(question: Question | None) -> Any:
    """The key in words, without ids."""
    if question is None:
        return None
    content: Any = question.content
    said = lambda text: text.en or text.km  # noqa: E731 - short for what follows
    match question.type:
        case "single_choice" | "multiple_choice":
            return [(said(o.text), o.correct) for o in content.options]
        case "true_false":
            return content.answer
        case "matching":
            words = {t.id: said(t.text) for t in content.targets}
            return [(said(p.text), words[p.match]) for p in content.prompts]
        case "ordering":
            words = {i.id: said(i.text) for i in content.items}
            return [words[name] for name in content.order]
        case "short_text":
            return [(a.text, float(a.credit)) for a in content.accept]
        case "numeric":
            return [(float(a.value), float(a.tolerance), float(a.credit)) for a in content.accept]
        case "essay":
            return None
    raise AssertionError(question.type)


def plain(text: dict[str, Any]) -> str:
    return gift.html.to_text(text["text"])[0] if "<" in text["text"] else text["text"]


def expected_key(other: dict[str, Any]) -> Any:
    """The key by the parse that another program makes; None where it has none of our types."""
    match other["type"]:
        case "TF":
            return other["isTrue"]
        case "Matching":
            return [(p["subquestion"]["text"], p["subanswer"]) for p in other["matchPairs"]]
        case "Short":
            return [
                (c["text"]["text"], (c["weight"] if c["weight"] is not None else 100) / 100)
                for c in other["choices"]
                if c["weight"] is None or c["weight"] > 0
            ]
        case "MC":
            weights = [
                c["weight"] if c["weight"] is not None else 100 * c["isCorrect"]
                for c in other["choices"]
            ]
            best = 100 if 100 in weights else 1
            return [
                (plain(c["text"]), weight >= best)
                for c, weight in zip(other["choices"], weights, strict=True)
            ]
    return ...


@needs_interop
@pytest.mark.parametrize("path", sorted(INTEROP.glob("gift/*.gift")), ids=lambda path: path.stem)
def test_the_key_is_the_one_another_parser_reads(path: Path) -> None:
    others = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    others = [other for other in others if other["type"] != "Category"]
    result = gift.read(path.read_bytes())
    assert len(result.questions) == len(others)
    for mine, other in zip(result.questions, others, strict=True):
        if other["type"] == "Description":
            assert mine.question is None
            assert any(f.severity == "error" and f.line for f in result.findings)
            continue
        assert mine.question is not None
        title = other["title"]
        if title:
            assert title[0].lower() == mine.question.id[0]
        wanted = expected_key(other)
        if wanted is not ...:
            assert key_of(mine.question) == wanted


@needs_interop
@pytest.mark.parametrize("name", ["a.gift", "a-moodle45.gift"])
def test_each_question_of_moodle_is_read_or_refused_with_a_reason(name: str) -> None:
    result = gift.read((INTEROP / "moodle45" / name).read_bytes())
    refused = [read for read in result.questions if read.question is None]
    errors = [f for f in result.findings if f.severity == "error"]
    assert len(refused) == len(errors) == 1
    assert {f.rule for f in errors} == {"gift-description"}


@needs_interop
def test_moodle_gives_back_the_keys_it_got() -> None:
    ours, theirs = (
        {
            read.question.id: key_of(read.question)
            for read in gift.read((INTEROP / "moodle45" / name).read_bytes()).questions
            if read.question
        }
        for name in ("a.gift", "a-moodle45.gift")
    )
    both = set(ours) & set(theirs)
    assert len(both) >= 8
    assert {name: ours[name] for name in both} == {name: theirs[name] for name in both}


class TestReading:
    def test_our_own_sample(self) -> None:
        result = gift.read((SAMPLES / "protocol.gift").read_bytes())
        found = {r.question.id: key_of(r.question) for r in result.questions if r.question}
        assert found == {
            "credence": [("letters of credence", True), ("an exequatur", False)],
            "organs": [
                ("Security Council", True),
                ("Secretariat", True),
                ("A ministry: any", False),
                ("A court of Phnom Penh", False),
            ],
            "signed": False,
            "papers": [("exequatur", "admits a consul"), ("agrément", "consents to an envoy")],
            "capital": [("Vientiane", 1.0), ("Vien*", 0.5)],
            "year": [(1999.0, 0.0, 1.0), (1999.0, 1.0, 0.5)],
            "range": [(1990.0, 1.0, 1.0)],
            "q-b44a0f2d": [("ភ្នំពេញ", True), ("សៀមរាប", False), ("បាត់ដំបង", False)],
            "draft": None,
        }
        assert [f for f in result.findings if f.severity == "error"] == []

    def test_escapes(self) -> None:
        question = only(r"Is 1 \= 1\: \{yes\} \~ \# \\ \n new?{=a \= b ~c \~ d#why \#1}")
        assert question.stem.en == "Is 1 = 1: {yes} ~ # \\ \n new?"
        assert key_of(question) == [("a = b", True), ("c ~ d", False)]
        assert question.content.options[1].rationale.en == "why #1"  # type: ignore[attr-defined]

    def test_html_becomes_text_and_what_is_lost_is_said(self) -> None:
        text = "[html]<p>A <b>flag</b> &amp; <script>alert(1)</script></p>{=<p>x</p> ~y}"
        question = only(text)
        assert question.stem.en == "A flag &"
        assert key_of(question) == [("x", True), ("y", False)]
        assert rules(text) == {("warning", "html-lost")}

    def test_plain_text_keeps_its_tags(self) -> None:
        assert only("[plain]Is <b> bold?{T}").stem.en == "Is <b> bold?"

    @pytest.mark.parametrize(
        ("body", "kind", "right", "said"),
        [
            ("=a ~b", "single_choice", "a", set()),
            ("~a ~%100%b", "single_choice", "b", set()),
            ("~%-50%a =b", "single_choice", "b", {("warning", "gift-marking-differs")}),
            ("~%50%a =b ~c", "single_choice", "b", {("hold", "gift-credit-lost")}),
            ("~%50%a ~%50%b ~%-100%c", "multiple_choice", "ab", set()),
            ("~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d", "multiple_choice", "abc", set()),
            ("~%50%a ~%50%b ~c", "multiple_choice", "ab", {("warning", "gift-marking-differs")}),
            ("~%70%a ~%30%b ~%-100%c", "multiple_choice", "ab", {("hold", "gift-shares-differ")}),
            ("~%100%a ~%-50%b ~%-50%c", "multiple_choice", "a", set()),
        ],
    )
    def test_weights(self, body: str, kind: str, right: str, said: set[tuple[str, str]]) -> None:
        text = f"Which?{{{body}}}"
        question = only(text)
        assert question.type == kind
        assert [words for words, correct in key_of(question) if correct] == list(right)
        assert rules(text) == said

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ("Which?{~a ~b}", "gift-no-full-marks"),
            ("Which?{~%50%a ~b}", "gift-no-full-marks"),
            ("Which?{=a ~b", "braces-open"),
            ("Which?{oops =a ~b}", "gift-answers"),
            ("When?{#soon}", "gift-number"),
            ("Just text", "gift-description"),
            ("Which?{=%50%a =%50%b}", "no-full-credit"),
            ("Match?{=a -> x}", "too-few-parts"),
        ],
    )
    def test_what_has_no_key_is_refused(self, text: str, rule: str) -> None:
        result = read(text)
        assert [r.question for r in result.questions] == [None]
        assert ("error", rule) in rules(text)
        assert all(f.line == 1 and f.message and f.remedy for f in result.findings)

    def test_a_broken_question_leaves_the_next_alone(self) -> None:
        result = read("::a::Which?{=x ~y\n\n::b::True?{T}\n::c::False?{F}\n")
        assert [r.question and r.question.id for r in result.questions] == [None, "b", "c"]

    def test_ids_are_stable_unique_and_tell_nothing(self) -> None:
        text = "::Same::One?{=a ~b ~c}\n\n::Same::Two?{=a ~b ~c}\n\nThree?{=a ~b ~c}\n"
        first, again = (
            [r.question for r in read(text).questions],
            [r.question for r in read("Other?{T}\n\n" + text).questions][1:],
        )
        assert first == again
        assert len({q.id for q in first if q}) == 3
        many = [only(f"Question {n}?{{=a ~b ~c ~d}}") for n in range(40)]
        places = [
            sorted(o.id for o in q.content.options).index(q.content.options[0].id)  # type: ignore[attr-defined]
            for q in many
        ]
        assert set(places) == {0, 1, 2, 3}


GIFT_KINDS = (
    *("single_choice", "multiple_choice", "true_false", "matching"),
    *("short_text", "numeric", "essay"),
)


@pytest.mark.parametrize("kind", GIFT_KINDS)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_what_is_written_is_read_back(kind: str, data: Any) -> None:
    question = data.draw(questions(kind))
    written, findings = gift.write([question], BankHeader("a"))
    assert {f.severity for f in findings} <= {"warning"}
    assume("not-in-format" not in {f.rule for f in findings})
    result = gift.read(written)
    (back,) = (read.question for read in result.questions)
    assert back is not None, [f.said() for f in result.findings]
    lang = "en" if question.stem.en else "km"
    trim = lambda text: text and (text.pick(lang).text.strip() or None)  # noqa: E731 - short
    assert (back.id, back.type) == (question.id, question.type)
    assert back.stem.get(lang) == trim(question.stem)
    assert (back.explanation and back.explanation.get(lang)) == trim(question.explanation)
    for name in ("use", "cites", "level", "valid_until", "tags"):
        assert getattr(back, name) == getattr(question, name)
    assert _projection(back, lang) == _projection(question, lang)


def _projection(question: Question, lang: Any) -> Any:
    """What GIFT can say of the key: one language, no ids."""
    content: Any = question.content
    said = lambda text: text.pick(lang).text.strip() if text else None  # noqa: E731 - short
    match question.type:
        case "single_choice" | "multiple_choice":
            return [(said(o.text), o.correct, said(o.rationale)) for o in content.options]
        case "true_false":
            return content.answer, said(content.rationale)
        case "matching":
            words = {t.id: said(t.text) for t in content.targets}
            pairs = [(said(p.text), words[p.match]) for p in content.prompts]
            return pairs, set(words.values())
        case "short_text":
            accept = [(a.text.strip(), round(float(a.credit), 6)) for a in content.accept]
            return accept, [(m.text.strip(), said(m.rationale)) for m in content.mistakes]
        case "essay":
            return None
        case _:
            accept = [(a.value, a.tolerance, a.credit) for a in content.accept]
            return accept, [(m.value, m.tolerance, said(m.rationale)) for m in content.mistakes]


@pytest.mark.parametrize("kind", ["ordering", "cloze"])
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_what_it_cannot_hold_is_said(kind: str, data: Any) -> None:
    written, findings = gift.write([data.draw(questions(kind))], BankHeader("a"))
    assert b"{" not in written
    assert [(f.rule, f.params["kind"]) for f in findings] == [("not-in-format", kind)]
    assert kind in findings[0].said()
