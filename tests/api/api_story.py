"""What the walks over the API begin with: a bank of every type, quizzes, an attempt."""

import io
from datetime import UTC, datetime

from api_caller import caller

from quizapp.formats.source_yaml import read_source
from quizapp.resources import questions_folder
from quizapp.services.banks import exporting as bank_export
from quizapp.services.banks import sources

BANK = "my-first-bank"
EVERY = [
    "example-one-choice",
    "example-several-choices",
    "example-true-or-false",
    "example-matching",
    "example-ordering",
    "example-short-text",
    "example-number",
    "example-blanks",
]
RIGHT = {
    "example-one-choice": {"choice": "f"},
    "example-several-choices": {"choices": ["h", "x"]},
    "example-true-or-false": {"value": False},
    "example-matching": {"pairs": {"k": "z", "g": "c"}},
    "example-ordering": {"order": ["p", "j", "a"]},
    "example-short-text": {"text": "mekong"},
    "example-number": {"value": 2050},
    "example-blanks": {"blanks": {"1": "២០៥០", "2": "e"}},
}


def load_source():
    """The shipped source document, which the bank cites."""
    path = questions_folder() / "sources" / "foreign-policy-direction.yaml"
    document, findings = read_source(path.read_bytes())
    assert document is not None, findings
    sources.import_source(document, now=datetime.now(UTC))


def upload(asking, data=None, name="bank.yaml", **fields):
    """Send a bank file; the template's eight examples where no data is given."""
    data = bank_export.template("yaml").data if data is None else data
    parts = {"file": (io.BytesIO(data), name), **fields}
    return asking.post("banks/import", data=parts, content_type="multipart/form-data")


def quiz(asking, **changes):
    """A practice quiz of all eight questions; gives its id."""
    fields = {
        "title": "Every type",
        "mode": "practice",
        "sections": [{"bank": BANK, "questions": EVERY}],
        **changes,
    }
    answer = asking.post("quizzes", fields)
    assert answer.status_code == 201, answer.text
    return answer.get_json()["id"]


def give(asking, quiz_id, cohort, **window):
    """Give a quiz to a cohort; gives the assignment's id."""
    answer = asking.post("assignments", {"quiz": quiz_id, "cohort": str(cohort.id), **window})
    assert answer.status_code == 201, answer.text
    return answer.get_json()["id"]


class Story:
    """An instructor with the bank, a trainee, and a quiz that is given."""

    def __init__(self, app, instructor, trainee, cohort, **changes):
        load_source()
        self.instructor = caller(app, instructor)
        self.trainee = caller(app, trainee)
        assert upload(self.instructor).get_json()["created"] == len(EVERY)
        self.quiz = quiz(self.instructor, **changes)
        self.assignment = give(self.instructor, self.quiz, cohort)

    def start(self, **body):
        answer = self.trainee.post(f"quizzes/{self.quiz}/attempts", body)
        assert answer.status_code in (200, 201), answer.text
        return self.read(answer.get_json()["id"])

    def read(self, attempt):
        return self.trainee.get(f"attempts/{attempt}").get_json()

    def save(self, attempt, slot, response, revision=1, **more):
        body = {"response": response, "revision": revision, **more}
        return self.trainee.put(f"attempts/{attempt}/items/{slot}/response", body)

    def answer_all(self, attempt):
        for item in attempt["items"]:
            answer = self.save(attempt["id"], item["slot"], RIGHT[item["question"]])
            assert answer.status_code == 200, answer.text
