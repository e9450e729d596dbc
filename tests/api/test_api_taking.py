"""Taking a quiz over the API: start, save, conflict, submit, review, receipts."""

import pytest
from api_caller import Browsing, Caller, caller, fields, problem
from api_story import EVERY, RIGHT, Story, give, quiz
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from quizapp.domain.delivery import receipts

HOLD = dict.fromkeys(("score", "marks", "key", "rationale"), "by_hand")


@pytest.fixture
def story(app, instructor, trainee, cohort):
    return Story(app, instructor, trainee, cohort)


def test_a_quiz_is_taken_from_start_to_review(story):
    attempt = story.start()
    assert attempt["state"] == "open"
    assert sorted(item["question"] for item in attempt["items"]) == sorted(EVERY)
    assert [item["slot"] for item in attempt["items"]] == list(range(1, 9))
    story.answer_all(attempt)

    again = story.read(attempt["id"])
    assert all(item["revision"] == 1 for item in again["items"])

    done = story.trainee.post(f"attempts/{attempt['id']}/submit").get_json()
    assert (done["state"], done["score"], done["max_score"]) == ("submitted", 8, 8)
    assert story.trainee.post(f"attempts/{attempt['id']}/submit", {}).get_json() == done

    review = story.trainee.get(f"attempts/{attempt['id']}/review").get_json()
    assert (review["score"], review["max_score"]) == (8, 8)
    for item in review["items"]:
        assert (item["mark"], item["points"]) == (1, 1)
        assert item["key"].keys() == item["response"].keys()
        assert item["explanation"]
        assert item["cites"]
    single = next(one for one in review["items"] if one["type"] == "single_choice")
    assert single["key"] == RIGHT["example-one-choice"]
    assert set(single["rationale"]) == {"m", "t"}
    assert single["cites"] == ["3.6@1"]


def test_the_key_of_a_review_earns_full_marks(story):
    first = story.start()
    story.trainee.post(f"attempts/{first['id']}/submit")
    review = story.trainee.get(f"attempts/{first['id']}/review").get_json()
    assert review["score"] == 0
    keys = {item["question"]: item["key"] for item in review["items"]}
    second = story.start()
    assert second["id"] != first["id"]
    for item in second["items"]:
        answer = story.save(second["id"], item["slot"], keys[item["question"]])
        assert answer.status_code == 200, answer.text
    assert story.trainee.post(f"attempts/{second['id']}/submit").get_json()["score"] == 8


def test_starting_again_gives_back_the_open_one(story):
    first = story.trainee.post(f"quizzes/{story.quiz}/attempts")
    assert first.status_code == 201
    again = story.trainee.post(f"quizzes/{story.quiz}/attempts", {"assignment": story.assignment})
    assert (again.status_code, again.get_json()["id"]) == (200, first.get_json()["id"])


def test_of_several_assignments_one_must_be_named(story, cohort):
    other = give(story.instructor, story.quiz, cohort)
    problem(story.trainee.post(f"quizzes/{story.quiz}/attempts"), 409, "choose-assignment")
    started = story.trainee.post(f"quizzes/{story.quiz}/attempts", {"assignment": other})
    assert started.get_json()["assignment"] == other
    answer = story.trainee.post(f"quizzes/{story.quiz}/attempts", {"assignment": "nonsense"})
    problem(answer, 404, "not-found")


def test_what_is_not_open_cannot_be_started(story, cohort):
    later = quiz(story.instructor)
    give(story.instructor, later, cohort, opens_at="2199-01-01T00:00:00Z")
    problem(story.trainee.post(f"quizzes/{later}/attempts"), 409, "not-open")


# --- saving


def test_a_save_is_answered_with_its_receipt(story):
    attempt = story.start()
    saved = story.save(attempt["id"], 1, None, lang="km", spent_ms=1500, age_s=0.5, base=0)
    body = saved.get_json()
    assert saved.headers["Cache-Control"] == "no-store"
    assert (body["revision"], body["current_revision"], body["late"]) == (1, 1, False)
    assert body["saved_at"].endswith("Z")
    assert body["seconds_left"] is None
    assert body["receipt"].isascii()
    assert story.save(attempt["id"], 1, None).get_json() == body


def test_refused_saves_show_what_stands(story):
    attempt = story.start()
    item = next(one for one in attempt["items"] if one["type"] == "single_choice")
    slot = item["slot"]
    kept, other = ({"choice": option["id"]} for option in item["options"][:2])
    first = story.save(attempt["id"], slot, kept, revision=5).get_json()

    stale = problem(story.save(attempt["id"], slot, other, revision=5), 409, "stale-revision")
    conflict = problem(story.save(attempt["id"], slot, other, revision=9, base=4), 409, "conflict")
    for document in (stale, conflict):
        assert document["current"] == {
            "revision": 5,
            "response": kept,
            "saved_at": first["saved_at"],
        }
    now = story.read(attempt["id"])
    assert next(one for one in now["items"] if one["slot"] == slot)["response"] == kept
    assert [(one["slot"], one["response"]) for one in now["refused"]] == [(slot, other)]

    story.trainee.post(f"attempts/{attempt['id']}/submit")
    closed = problem(story.save(attempt["id"], slot, other, revision=20), 409, "attempt-closed")
    assert closed["current"]["response"] == kept
    again = story.save(attempt["id"], slot, kept, revision=5)
    assert (again.status_code, again.get_json()["receipt"]) == (200, first["receipt"])


def test_a_refused_save_speaks_the_language_of_its_page(story):
    attempt = story.start()
    story.save(attempt["id"], 1, None)
    english = story.save(attempt["id"], 1, None, revision=1, base=7, lang="en")
    assert english.status_code == 200, "the same save again, whatever surrounds it"
    story.save(attempt["id"], 1, None, revision=2)
    titles = {
        lang: story.save(attempt["id"], 1, None, revision=3, base=0, lang=lang).get_json()["title"]
        for lang in ("en", "km")
    }
    assert titles["en"].isascii()
    assert not titles["km"].isascii()


def test_nothing_saved_yet_is_said_so(story):
    attempt = story.start()
    document = problem(story.save(attempt["id"], 1, None, revision=2, base=1), 409, "conflict")
    assert document["current"] == {"revision": 0, "response": None, "saved_at": None}


def test_what_does_not_fit_is_refused_and_leaves_what_stands(story):
    attempt = story.start()
    slot = next(one["slot"] for one in attempt["items"] if one["type"] == "single_choice")
    assert story.save(attempt["id"], slot, {"choice": "f"}).status_code == 200
    bad = [
        {"choice": "nothing"},
        {"choice": 1},
        {"choice": "f", "more": 1},
        {"choices": ["f"]},
        {"choice": "\x00"},
        {"choice": "\ud800"},
        {"choice": "f", "confidence": 2},
        {"choice": "f", "confidence": float("nan")},
        "f",
        ["f"],
        7,
        {},
    ]
    for response in bad:
        problem(story.save(attempt["id"], slot, response, revision=2), 422, "invalid")
    item = next(one for one in story.read(attempt["id"])["items"] if one["slot"] == slot)
    assert (item["response"], item["revision"]) == ({"choice": "f"}, 1)


def test_figures_out_of_range_are_named(story):
    attempt = story.start()
    assert fields(story.save(attempt["id"], 1, None, revision=0)) == {"revision"}
    assert fields(story.save(attempt["id"], 1, None, revision=2**40)) == {"revision"}
    assert fields(story.save(attempt["id"], 1, None, revision="1")) == {"revision"}
    assert fields(story.save(attempt["id"], 1, None, revision=1.5)) == {"revision"}
    assert fields(story.save(attempt["id"], 1, None, base=-1)) == {"base"}
    assert fields(story.save(attempt["id"], 1, None, lang="fr")) == {"lang"}
    assert fields(story.save(attempt["id"], 1, None, age_s=-1)) == {"age_s"}
    assert fields(story.save(attempt["id"], 1, None, more=1)) == {"more"}
    answer = story.trainee.put(f"attempts/{attempt['id']}/items/1/response", {"revision": 1})
    assert fields(answer) == {"response"}


def test_slots_that_are_none_are_not_there(story):
    attempt = story.start()
    for slot in ("0", "9", "-1", "501", "one", "9" * 30, "1.0", "%00"):
        problem(story.save(attempt["id"], slot, None), 404, "not-found")
    problem(story.save("nothing", 1, None), 404, "not-found")


def test_only_ones_own_attempt_is_answered(app, story, instructor, outsider, administrator):
    attempt = story.start()
    path = f"attempts/{attempt['id']}/items/1/response"
    body = {"response": None, "revision": 1}
    problem(caller(app, outsider).put(path, body), 404, "not-found")
    problem(caller(app, instructor).put(path, body), 403, "forbidden")
    problem(caller(app, administrator).put(path, body), 403, "forbidden")
    problem(Caller(app).put(path, body), 401, "sign-in-required")
    problem(Caller(app, "qa_wrong").put(path, body), 401, "sign-in-required")


def test_a_browser_saves_with_its_session(app, story, trainee):
    attempt = story.start()
    browser = Browsing(app, trainee)
    path = f"attempts/{attempt['id']}/items/1/response"
    body = {"response": None, "revision": 1}
    problem(browser.put(path, body, headers={"X-CSRFToken": None}), 403, "csrf")
    problem(browser.put(path, body, headers={"Origin": "https://evil.example"}), 403, "csrf")
    assert browser.put(path, body).status_code == 200


# --- what is not told


def test_no_key_is_told_before_its_release(app, instructor, trainee, cohort):
    story = Story(app, instructor, trainee, cohort, mode="exam", release=HOLD)
    attempt = story.start()
    story.answer_all(attempt)
    read = story.trainee.get(f"attempts/{attempt['id']}")
    _tells_no_key(read)
    _shows_nothing(story.trainee.get(f"attempts/{attempt['id']}/review").get_json())
    done = story.trainee.post(f"attempts/{attempt['id']}/submit").get_json()
    assert (done["state"], done["score"], done["passed"]) == ("submitted", None, None)
    _tells_no_key(story.trainee.get(f"attempts/{attempt['id']}"))
    review = story.trainee.get(f"attempts/{attempt['id']}/review")
    _shows_nothing(review.get_json())
    for words in ("two parties", "called constructive"):
        assert words not in review.text
        assert words not in read.text
    own = story.trainee.get("me/attempts").get_json()["items"]
    assert [(one["state"], one["score"]) for one in own] == [("submitted", None)]

    everything = dict.fromkeys(HOLD, "at_once")
    answer = story.instructor.patch(f"quizzes/{story.quiz}", {"release": everything})
    assert answer.status_code == 200, answer.text
    review = story.trainee.get(f"attempts/{attempt['id']}/review").get_json()
    assert review["score"] == 8
    assert all(item["key"] and item["explanation"] for item in review["items"])


def test_the_instructor_sees_what_the_trainee_may_not(app, instructor, trainee, cohort):
    story = Story(app, instructor, trainee, cohort, mode="exam")
    attempt = story.start()
    story.answer_all(attempt)
    story.trainee.post(f"attempts/{attempt['id']}/submit")
    review = story.instructor.get(f"attempts/{attempt['id']}/review").get_json()
    assert review["score"] == 8


SECRETS = {"key", "correct", "rationale", "explanation", "answer", "accept", "match", "mark",
           "mistakes", "score", "cites"}  # fmt: skip


def _tells_no_key(answer):
    def names(value):
        if isinstance(value, dict):
            yield from value
            for below in value.values():
                yield from names(below)
        elif isinstance(value, list):
            for below in value:
                yield from names(below)

    assert not SECRETS & set(names(answer.get_json()))


def _shows_nothing(review):
    assert (review["score"], review["passed"]) == (None, None)
    for item in review["items"]:
        hidden = ("mark", "key", "rationale", "explanation", "cites")
        assert [item[name] for name in hidden] == [None] * len(hidden)


# --- receipts


def test_receipts_prove_what_was_saved(app, story, trainee, instructor, outsider):
    attempt = story.start()
    story.answer_all(attempt)
    listed = story.trainee.get(f"attempts/{attempt['id']}/receipts?limit=5").get_json()
    rest = story.trainee.get(f"attempts/{attempt['id']}/receipts?cursor={listed['next']}")
    every = [*listed["items"], *rest.get_json()["items"]]
    assert len(listed["items"]) == 5
    assert sorted(one["slot"] for one in every) == list(range(1, 9))
    receipt = every[0]["receipt"]

    mine = story.trainee.post("receipts/verify", {"receipt": receipt}).get_json()
    assert mine["valid"] is True
    assert (mine["attempt"], mine["slot"], mine["current"]) == (
        attempt["id"],
        every[0]["slot"],
        True,
    )
    question = attempt["items"][mine["slot"] - 1]["question"]
    assert mine["response"].keys() == RIGHT[question].keys()
    assert caller(app, instructor).post("receipts/verify", {"receipt": receipt}).get_json() == mine
    for stranger in (Caller(app), caller(app, outsider)):
        told = stranger.post("receipts/verify", {"receipt": receipt})
        assert told.get_json() == {"valid": True}
    for wrong in ("", "q1.a.b.c", receipt[:-2] + "AA", "é", receipt * 2):
        told = story.trainee.post("receipts/verify", {"receipt": wrong})
        assert told.get_json()["valid"] is False


def test_anybody_can_verify_with_the_published_keys(app, story):
    attempt = story.start()
    receipt = story.save(attempt["id"], 1, None).get_json()["receipt"]
    published = Caller(app).get("/.well-known/quizapp-receipts.json").get_json()["keys"]
    key = next(one for one in published if one["kid"] == receipts.key_id_of(receipt))
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    public = Ed25519PublicKey.from_public_bytes(receipts.decode(key["x"]))
    assert receipts.verify(public, receipt).slot == 1
