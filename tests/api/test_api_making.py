"""What instructors bring over the API: banks, files, cohorts, quizzes, assignments; and reports."""

import pytest
from api_caller import add_person, caller, fields, problem
from api_story import BANK, EVERY, RIGHT, Story, give, load_source, quiz, upload

from quizapp.formats import FORMATS


@pytest.fixture
def teacher(app, instructor):
    load_source()
    return caller(app, instructor)


# --- banks


def test_a_bank_is_made_listed_and_read(app, teacher):
    made = teacher.post("banks", {"title": "Trade talks"})
    assert made.status_code == 201
    bank = made.get_json()
    assert (bank["slug"], bank["title"], bank["right"], bank["questions"]) == (
        "trade-talks",
        {"en": "Trade talks", "km": None},
        "owner",
        0,
    )
    assert bank["id"]
    assert teacher.get("banks/trade-talks").get_json() == bank
    assert teacher.get("banks").get_json() == {"items": [bank], "next": None}
    problem(teacher.post("banks", {"title": "Trade talks"}), 409, "already-exists")


def test_a_bank_has_a_title_in_both_languages(teacher):
    titles = {"en": "Trade", "km": "ពាណិជ្ជកម្ម"}
    bank = teacher.post("banks", {"title": titles, "slug": "b-1"}).get_json()
    assert (bank["title"], bank["slug"]) == (titles, "b-1")
    assert fields(teacher.post("banks", {"title": "T", "slug": "B 1"})) == {"slug"}
    assert fields(teacher.post("banks", {"title": {"fr": "T"}})) >= {"title.fr"}
    problem(teacher.post("banks", {"title": "T", "source": "none"}), 409, "not-possible")


def test_lists_go_on_behind_a_cursor(teacher):
    for letter in "abcde":
        teacher.post("banks", {"title": letter, "slug": letter})
    seen, path = [], "banks?limit=2"
    while path:
        page = teacher.get(path).get_json()
        seen += [one["slug"] for one in page["items"]]
        path = page["next"] and f"banks?limit=2&cursor={page['next']}"
    assert seen == list("abcde")


def test_a_file_is_tried_and_imported(teacher):
    tried = upload(teacher, dry_run="true").get_json()
    assert (tried["created"], tried["dry_run"]) == (len(EVERY), True)
    problem(teacher.get(f"banks/{BANK}"), 404, "not-found")
    done = upload(teacher).get_json()
    assert (done["created"], done["updated"], done["unchanged"]) == (len(EVERY), 0, 0)
    again = upload(teacher, format="yaml").get_json()
    assert (again["created"], again["unchanged"]) == (0, len(EVERY))
    into = upload(teacher, bank="another").get_json()
    assert (into["bank"], into["created"]) == ("another", len(EVERY))


def test_what_is_wrong_with_a_file_is_a_finding(teacher):
    for data, name in ((b"\xff\xfe\x00", "bank.yaml"), (b"", "bank.csv"), (b"%PDF-1.7", "x.pdf")):
        report = upload(teacher, data, name).get_json()
        assert report["created"] == 0
        assert {one["severity"] for one in report["findings"]} >= {"error"}
        for one in report["findings"]:
            assert one.keys() >= {"severity", "where", "message", "remedy"}
            assert one["message"]
            assert one["remedy"]


START = b"format: 1\nbank: b\nquestions:\n"
HOSTILE = {
    "half.yaml": START + b'- {id: "a\\ud800", type: "\\udfff", stem: {en: "\\0"}}',
    "odd.yaml": START + b"- {id: a, type: 'x%(y)s %d', stem: {en: '%s'}, '%': 1}",
    "alias.yaml": b"a: &a [x]\nb: *a\nc: !!python/object/apply:os.system [ls]",
    "wrong.gift": b"::a%(b)s:: {=%d ~<script>}",
    "wrong.csv": b"id,type,stem\n=1+1,%(x)s,\x00\n",
    "bomb.xlsx": b"PK\x03\x04" + b"\x00" * 400,
    "nul\x00.yaml": b"{",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_said_to_be_wrong(teacher, name):
    answer = upload(teacher, HOSTILE[name], name, bank="b")
    assert answer.status_code == 200, answer.text
    report = answer.get_json()
    assert report["created"] == 0
    assert report["findings"]
    problem(teacher.get("banks/b"), 404, "not-found")


def test_a_form_that_is_wrong_is_refused(teacher):
    assert fields(upload(teacher, more="1")) == {"more"}
    assert fields(upload(teacher, format="pdf")) == {"format"}
    assert fields(upload(teacher, bank="A B")) == {"bank"}
    assert fields(upload(teacher, dry_run="perhaps")) == {"dry_run"}
    assert fields(upload(teacher, bank="a\x00b")) == {"bank"}
    missing = teacher.post("banks/import", data={"bank": "b"}, content_type="multipart/form-data")
    assert fields(missing) == {"file"}
    problem(teacher.post("banks/import", {"file": "x"}), 415, "unsupported-media-type")


def test_a_file_that_is_too_large_is_refused(app, teacher):
    limit = app.extensions["quizapp.settings"].upload_limit_bytes
    problem(upload(teacher, b"x" * (limit + 1)), 413, "too-large")
    problem(upload(teacher, b"x" * (limit + 2_000_000)), 413, "too-large")


def test_questions_are_listed_with_their_keys(teacher):
    upload(teacher)
    first = teacher.get(f"banks/{BANK}/questions?limit=3").get_json()
    rest = teacher.get(f"banks/{BANK}/questions?cursor={first['next']}").get_json()
    every = [*first["items"], *rest["items"]]
    assert [one["id"] for one in every] == EVERY
    assert every[0]["options"][1]["correct"] is True
    assert {one["version"] for one in every} == {1}


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_bank_is_written_in_each_format(teacher, name):
    upload(teacher)
    answer = teacher.get(f"banks/{BANK}/export?format={name}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    if name == "yaml":
        assert upload(teacher, answer.data).get_json()["unchanged"] == len(EVERY)


def test_there_are_no_other_formats(teacher):
    upload(teacher)
    assert fields(teacher.get(f"banks/{BANK}/export?format=pdf")) == {"format"}


# --- cohorts


def test_a_cohort_is_made_and_filled(app, teacher, administrator):
    cohort = teacher.post("cohorts", {"code": "B-7", "title": "Attachés", "title_km": "អនុព័ន្ធ"})
    assert cohort.status_code == 201
    made = cohort.get_json()
    assert made in teacher.get("cohorts").get_json()["items"]
    add_person(email="one@example.org")
    body = {"emails": ["One@example.org", "nobody@example.org", "x"]}
    path = f"cohorts/{made['id']}/members"
    problem(teacher.post(path, body), 403, "forbidden")
    root = caller(app, administrator)
    done = root.post(path, body).get_json()
    assert len(done["added"]) == 1
    assert done["unknown"] == ["nobody@example.org", "x"]
    assert root.post(path, body).get_json()["there_already"] == done["added"]
    listed = root.get("cohorts").get_json()["items"]
    assert {one["code"]: one["trainees"] for one in listed}["B-7"] == 1
    problem(teacher.post("cohorts", {"code": "B-7", "title": "T"}), 409, "already-exists")


# --- quizzes


def test_a_quiz_is_made_with_the_defaults_of_its_mode(teacher):
    upload(teacher)
    practice = teacher.get(f"quizzes/{quiz(teacher)}").get_json()
    assert set(practice["release"].values()) == {"at_once"}
    assert (practice["attempts_allowed"], practice["shuffle"]) == (None, True)
    exam = teacher.get(f"quizzes/{quiz(teacher, mode='exam')}").get_json()
    assert set(exam["release"].values()) == {"by_hand"}
    assert exam["attempts_allowed"] == 1
    listed = teacher.get("quizzes").get_json()["items"]
    assert {one["id"] for one in listed} == {practice["id"], exam["id"]}


def test_a_quiz_takes_all_that_the_contract_names(teacher):
    upload(teacher)
    made = quiz(
        teacher,
        title={"en": "Exam", "km": "ប្រឡង"},
        mode="exam",
        sections=[
            {"bank": BANK, "provisions": ["3.1"], "level": "recall", "draw": 2, "points": 1.5},
            {"bank": BANK, "questions": ["example-one-choice"], "points": 2},
        ],
        time_limit_s=1200,
        grace_s=30,
        attempts_allowed=2,
        pass_mark=62.5,
        shuffle=False,
        navigation="forward",
        release={"score": "after_close"},
        closes_at="2199-01-01T09:00:00+07:00",
    )
    found = teacher.get(f"quizzes/{made}").get_json()
    assert (found["points"], found["count"], found["pass_mark"]) == (5, 3, 62.5)
    assert found["closes_at"] == "2199-01-01T02:00:00Z"
    assert found["release"]["score"] == "after_close"
    assert found["release"]["key"] == "by_hand"
    assert [one["points"] for one in found["sections"]] == [1.5, 2]
    assert found["sections"][1]["questions"] == ["example-one-choice"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sections": []}, "sections"),
        ({"sections": [{"bank": BANK}]}, "sections[0]"),
        ({"sections": [{"draw": 1, "questions": ["a"], "bank": BANK}]}, "sections[0]"),
        ({"sections": [{"questions": ["a"]}]}, "sections[0]"),
        ({"sections": [{"draw": 0}]}, "sections[0].draw"),
        ({"sections": [{"draw": 1, "points": 0.001}]}, "sections[0].points"),
        ({"sections": [{"draw": 1, "more": 1}]}, "sections[0].more"),
        ({"sections": [{"bank": BANK, "questions": ["a", "a"]}]}, "sections[0]"),
        ({"mode": "both"}, "mode"),
        ({"title": ""}, "title"),
        ({"time_limit_s": "60"}, "time_limit_s"),
        ({"pass_mark": 101}, "pass_mark"),
        ({"release": {"score": "later"}}, "release.score"),
        ({"release": {"more": "never"}}, "release.more"),
        ({"closes_at": "2199-01-01T00:00:00"}, "closes_at"),
        ({"closes_at": "soon"}, "closes_at"),
    ],
)
def test_what_is_wrong_with_a_quiz_is_named(teacher, changes, named):
    upload(teacher)
    body = {"title": "T", "mode": "practice", "sections": [{"draw": 1}], **changes}
    assert fields(teacher.post("quizzes", body)) == {named}


def test_what_the_banks_do_not_allow_is_no_mistake_of_form(teacher):
    upload(teacher)
    body = {"title": "T", "mode": "practice"}
    many = teacher.post("quizzes", {**body, "sections": [{"bank": BANK, "draw": 20}]})
    document = problem(many, 409, "not-possible")
    assert [one["field"] for one in document["errors"]] == ["sections[0].draw"]
    unknown = [{"bank": BANK, "questions": ["none"]}]
    document = problem(teacher.post("quizzes", {**body, "sections": unknown}), 409, "not-possible")
    assert [one["field"] for one in document["errors"]] == ["sections[0].questions"]
    none = teacher.post("quizzes", {**body, "sections": [{"bank": "none", "draw": 1}]})
    problem(none, 404, "not-found")


def test_once_attempts_exist_little_changes(app, instructor, trainee, cohort):
    story = Story(app, instructor, trainee, cohort)
    path = f"quizzes/{story.quiz}"
    edited = story.instructor.patch(path, {"time_limit_s": 600})
    assert (edited.status_code, edited.get_json()["version"]) == (200, 2)
    assert story.instructor.patch(path, {"time_limit_s": None}).get_json()["time_limit_s"] is None
    story.start()
    problem(story.instructor.patch(path, {"time_limit_s": 60}), 409, "conflict")
    changes = {"title": "New", "release": {"key": "never"}, "closes_at": "2199-01-01T00:00:00Z"}
    found = story.instructor.patch(path, changes).get_json()
    assert (found["title"]["en"], found["release"]["key"]) == ("New", "never")
    assert fields(story.instructor.patch(path, {"title": None})) == {"title"}
    assert fields(story.instructor.patch(path, {"owner": "me"})) == {"owner"}


def test_windows_must_fit(app, instructor, trainee, cohort):
    story = Story(app, instructor, trainee, cohort)
    body = {"quiz": story.quiz, "cohort": str(cohort.id)}
    window = {"opens_at": "2199-01-02T00:00:00Z", "closes_at": "2199-01-01T00:00:00Z"}
    problem(story.instructor.post("assignments", {**body, **window}), 409, "not-possible")
    problem(story.instructor.post("assignments", {**body, "cohort": "none"}), 404, "not-found")
    listed = story.trainee.get("assignments").get_json()["items"]
    assert [(one["id"], one["state"]) for one in listed] == [(story.assignment, "open")]
    assert listed[0]["own"] == {"used": 0, "left": None, "open": None}
    assert story.instructor.get("assignments").get_json()["items"][0]["own"] is None


# --- what came of it


def test_gradebook_and_analysis(app, instructor, trainee, cohort):
    story = Story(app, instructor, trainee, cohort, pass_mark=50)
    attempt = story.start()
    story.answer_all(attempt)
    story.trainee.post(f"attempts/{attempt['id']}/submit")
    book = story.instructor.get(f"quizzes/{story.quiz}/gradebook").get_json()
    [entry] = book["items"]
    assert (entry["id"], entry["attempts"]) == (str(trainee.id), 1)
    assert entry["best"] == entry["last"]
    assert (entry["best"]["score"], entry["best"]["passed"]) == (8, True)
    found = story.instructor.get(f"quizzes/{story.quiz}/analysis?limit=5").get_json()
    assert (found["given"], found["taken"], found["scores"]["count"]) == (1, 1, 1)
    rest = story.instructor.get(f"quizzes/{story.quiz}/analysis?limit=5&cursor={found['next']}")
    items = [*found["items"], *rest.get_json()["items"]]
    assert sorted(one["question"] for one in items) == sorted(EVERY)
    assert all(one["facility"]["n"] == 1 for one in items)
    mine = f"quizzes/{story.quiz}/gradebook?cohort={cohort.id}"
    assert story.instructor.get(mine).get_json() == book
    problem(story.instructor.get(f"quizzes/{story.quiz}/gradebook?cohort=x"), 404, "not-found")


def test_progress_is_told_with_n_and_interval(app, instructor, trainee, cohort):
    story = Story(app, instructor, trainee, cohort)
    before = story.trainee.get("me/progress").get_json()["tasks"]
    assert [one["number"] for one in before] == ["1", "2", "3", "4", "5"]
    assert before[2]["n"] == 0
    attempt = story.start()
    story.answer_all(attempt)
    story.trainee.post(f"attempts/{attempt['id']}/submit")
    task = story.trainee.get("me/progress").get_json()["tasks"][2]
    assert (task["n"], task["questions"], task["mean"]) == (6, 6, 1)
    low, high = task["interval"]
    assert 0 < low < high <= 1
    few = next(one for one in task["provisions"] if one["number"] == "3.6")
    assert (few["n"], few["state"], few["mean"], few["interval"]) == (1, "none", None, None)
    [own] = story.trainee.get("me/attempts").get_json()["items"]
    assert (own["id"], own["score"], own["max_score"]) == (attempt["id"], 8, 8)
    assert story.trainee.get("me/reviews").get_json() == {"items": [], "next": None}


def test_scores_are_decimal_numbers(app, instructor, trainee, cohort):
    sections = [{"bank": BANK, "questions": ["example-matching"], "points": 0.33}]
    story = Story(app, instructor, trainee, cohort, sections=sections)
    attempt = story.start()
    half = {"pairs": {"k": RIGHT["example-matching"]["pairs"]["k"]}}
    story.save(attempt["id"], 1, half)
    done = story.trainee.post(f"attempts/{attempt['id']}/submit").get_json()
    assert (done["score"], done["max_score"]) == (0.17, 0.33)
    give(story.instructor, story.quiz, cohort)
