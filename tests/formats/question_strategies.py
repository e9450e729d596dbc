"""Questions of every type, with texts that formats trip over."""

from typing import Any

from hypothesis import strategies as st

from quizapp.domain.bank.question import Question, parse
from quizapp.domain.questions import TYPES

NASTY = [
    "No", "yes", "null", "~", "2030", "1e5", "0x1F", "2030-12-31", "true", "- a", "a: b", "#c",
    "& x", "* y", "! z", "=1+1", "+SUM(A1)", "-2", "@cmd", "'quoted", "''", '"', "a,b;c\td",
    "50%", "%50%x", "<script>alert(1)</script>", "<b>bold</b> &amp; &", "{a=b~c#d:e}",
    "\\n \\ \\\\", "->", "a -> b", "[html]x", "[plain]", "::n::", "// c", "####", "line\nbreak",
    "[[9]]", "_x0041_", "ភ្នំពេញ", "ទន្លេ\u200bមេគង្គ ២០៥០", "é", "…", "\U0001f600",
    "$CATEGORY: a", "TRUE", "{}", "a\u2028b", "**not**",
]  # fmt: skip
_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))


def _trimmed(text: str) -> str:
    return " ".join(text.split(" ")).strip()


texts = st.one_of(
    st.sampled_from(NASTY), st.text(_LETTERS, min_size=1, max_size=12).map(_trimmed)
).filter(lambda text: bool(text.strip()) and not text.isspace())
ids = st.lists(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,3}", fullmatch=True),
    min_size=8, max_size=8, unique=True,
)  # fmt: skip


@st.composite
def localised(draw: Any, en: bool = True) -> dict[str, str]:
    found = {"en": draw(texts)} if en or draw(st.booleans()) else {}
    if not found or draw(st.booleans()):
        found["km"] = draw(texts)
    return found


numbers = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-1000, 1000, places=3, allow_nan=False).map(float),
    st.sampled_from(["1/3", "-2/7"]),
)
credits_ = st.sampled_from([1, 0.5, "1/3", "0.75"])


@st.composite
def options(draw: Any, count: int, right: set[int]) -> list[dict[str, Any]]:
    names = draw(ids)
    return [
        {
            "id": names[at],
            "text": draw(localised()),
            **({"correct": True} if at in right else {}),
            **draw(st.sampled_from([{}, {"pin": True}])),
            **({"rationale": draw(localised(en=False))} if draw(st.booleans()) else {}),
        }
        for at in range(count)
    ]


@st.composite
def content(draw: Any, kind: str) -> dict[str, Any]:
    count = draw(st.integers(2, 5))
    names, more = draw(ids), draw(ids)
    parts = [{"id": name, "text": draw(localised())} for name in names[:count]]
    match kind:
        case "single_choice":
            return {"options": draw(options(count, {draw(st.integers(0, count - 1))}))}
        case "multiple_choice":
            right = draw(st.sets(st.integers(0, count - 1), min_size=1))
            whole = draw(st.sampled_from([{}, {"all_or_nothing": True}]))
            return {"options": draw(options(count, right)), **whole}
        case "true_false":
            why = {"rationale": draw(localised(en=False))} if draw(st.booleans()) else {}
            return {"answer": draw(st.booleans()), **why}
        case "matching":
            targets = [{"id": n, "text": draw(localised())} for n in more[: count + 1]]
            for part in parts:
                part["match"] = draw(st.sampled_from(more[: count + 1]))
            return {"prompts": parts, "targets": targets}
        case "ordering":
            return {"items": parts, "order": draw(st.permutations(names[:count]))}
        case "short_text":
            accept = [{"text": draw(texts), "credit": draw(credits_)} for _ in range(count)]
            mistakes = [{"text": draw(texts), "rationale": draw(localised())}]
            return {"accept": [{"text": draw(texts)}, *accept], "mistakes": mistakes}
        case "numeric":
            accept = [
                {"value": draw(numbers), "tolerance": abs(draw(st.integers(0, 9)))}
                for _ in range(count)
            ]
            mistakes = [{"value": draw(numbers), "rationale": draw(localised())}]
            return {"accept": accept, "unit": draw(localised()), "mistakes": mistakes}
        case "cloze":
            blank = {"id": "1", "accept": [{"text": draw(texts)}]}
            number = {"id": "2", "accept": [{"value": draw(numbers)}]}
            choice = {"id": "3", "options": draw(options(count, {0}))}
            return {"blanks": [blank, number, choice]}
        case "essay":
            guide = draw(st.lists(localised(), max_size=3))
            return {"words_max": 800, "guide": guide, "sample": draw(localised())}
    raise AssertionError(f"describe how to make a {kind}, so that formats are tested with it")


@st.composite
def questions(draw: Any, kind: str) -> Question:
    """A question of the kind that can be marked."""
    stem = draw(localised())
    if kind == "cloze":
        marks = "[[1]] and [[2]] or [[3]]"
        stem = {lang: f"{text.replace('[[9]]', '')} {marks}" for lang, text in stem.items()}
    data = {
        "id": draw(st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)),
        "type": kind,
        "stem": stem,
        **draw(content(kind)),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "use": st.sampled_from(["practice", "exam", "both"]),
                    "cites": st.just(["3.7@1", "1.2@3"]),
                    "level": st.sampled_from(["recall", "understand", "apply"]),
                    "explanation": localised(en=False),
                    "valid_until": st.dates().map(str),
                    "not_with": st.just(["other-one"]),
                    "translation": st.just({"km": {"state": "draft", "of": "12345678"}}),
                    "tags": st.just(["one", "12e4", "two words"]),
                    "allow": st.just({"negative-lead-in": "No"}),
                },
            )
        ),
    }
    question, _ = parse(data)
    if question is None:
        from hypothesis import reject

        reject()
    return question


any_question = st.sampled_from(sorted(TYPES)).flatmap(questions)
