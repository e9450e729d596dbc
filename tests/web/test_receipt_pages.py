"""Receipts as people use them: the page, the file, the check, and the verifier without a server."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bank_samples import question
from delivery_samples import load_bank, make_quiz
from people_browser import Browser, signed_in
from plain_form import PlainForm

from quizapp.cli.main import group

VERIFIER = Path(__file__).parents[2] / "docs" / "verify_receipt.py"


@pytest.fixture
def dara(app, administrator):
    return signed_in(app, administrator, "dara@example.org", name="Sok Dara")


@pytest.fixture
def base(app, dara):
    """The address of an attempt in which two answers were saved, each under a key of its own."""
    load_bank(question("one"))
    sections = [{"bank": "sample", "questions": ["one"]}]
    quiz = make_quiz(shared=True, shuffle=False, sections=sections)
    base = dara.post(f"/quizzes/{quiz}/start").location
    for choice in ("m", "f"):
        form = PlainForm(dara.get(f"{base}/1").text, "/1").fill(choice=choice)
        assert form.press(dara).status_code == 303
        done = app.test_cli_runner().invoke(group, ["receipts", "rotate"])
        assert done.exit_code == 0, done.output
    return base


def lines(browser, base):
    answer = browser.get(f"{base}/receipts.txt")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    return [one for one in answer.text.splitlines() if not one.startswith("#")]


def check(browser, text):
    assert browser.post("/receipts", {"receipt": text}).status_code == 200
    return browser.heading


def test_the_verifier_tells_real_receipts_from_tampered_ones(app, dara, base, tmp_path):
    keys, file = tmp_path / "keys.json", tmp_path / "receipts.txt"
    keys.write_text(Browser(app).get("/.well-known/quizapp-receipts.json").text)

    def verify(text):
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-I", VERIFIER, keys, file],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        return done.returncode, done.stdout

    code, said = verify(dara.get(f"{base}/receipts.txt").text)
    assert code == 0
    assert re.findall(r"^good .* question 1, revision (\d+), .*late False (.*)$", said, re.M) == [
        ("1", '{"choice":"m"}'),
        ("2", '{"choice":"f"}'),
    ]
    line = lines(dara, base)[0]
    receipt, salt, body = line.split(" ", 2)
    assert verify(receipt + "\r\n")[0] == 0
    prefix, key, payload, signature = receipt.split(".")
    other = lines(dara, base)[1].split(" ")[0].split(".")
    wrong = (
        line.replace('"m"', '"f"'),
        f"{receipt}  {body}",
        f"{receipt} {'0' * len(salt)} {body}",
        receipt[:-4] + "AAAA",
        f"q2.{key}.{payload}.{signature}",
        f"{prefix}.{other[1]}.{payload}.{signature}",
        f"{prefix}.{key}.{other[2]}.{signature}",
        f"{prefix}.unknown.{payload}.{signature}",
        "q1",
        "nothing of the kind",
    )
    code, said = verify("\n".join([line, *wrong]))
    assert code == 1
    assert [one[:4] for one in said.splitlines()] == ["good", *["BAD "] * len(wrong)]
    assert verify("# nothing\n") == (1, "no receipts\n")


def test_the_verifier_is_one_page_and_needs_nothing_of_the_product():
    code = VERIFIER.read_text().partition('"""\n\nimport')[2]
    assert len(code.splitlines()) <= 40
    assert "quizapp" not in code


def test_anybody_checks_a_receipt_and_its_owner_learns_what_it_is_of(app, dara, base):
    stranger = Browser(app)
    assert stranger.get("/receipts").status_code == 200
    assert stranger.heading == "Check a receipt"
    for line in lines(dara, base):
        assert check(stranger, line) == "The receipt is genuine"
        assert "choice" not in stranger.last.text
        assert "once they are signed in" in stranger.last.text
        assert check(dara, line.split(" ")[0]) == "The receipt is genuine"
        assert "revision" in dara.last.text
    assert "Yes, it is the last answer" in dara.last.text
    for wrong in ("", "q1.a.b.c", "é", "q1." + "A" * 5000):
        assert check(stranger, wrong) == "This is not a receipt of this server"


def test_the_file_is_its_readers_alone(app, dara, base, administrator):
    other = signed_in(app, administrator, "other@example.org")
    assert other.get(f"{base}/receipts.txt").status_code == 404
    assert Browser(app).get(f"{base}/receipts.txt").status_code == 303
    assert "Download all" in dara.get(f"{base}/receipts").text


def test_retired_keys_stay_published_and_are_listed(app, dara, base):
    published = json.loads(Browser(app).get("/.well-known/quizapp-receipts.json").text)["keys"]
    assert [one["retired_at"] is None for one in published] == [False, False, True]
    listed = app.test_cli_runner().invoke(group, ["receipts", "keys"]).output.splitlines()
    assert [one.split(":")[0] for one in listed] == [one["kid"] for one in published]
    assert [("signs" in one) for one in listed] == [False, False, True]
