"""Home, progress and provisions in the browser, in both languages."""

import html
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from people_browser import signed_in
from progress_samples import FULL, answered
from sqlalchemy import event, select

from quizapp.domain.access import Actor
from quizapp.resources import questions_folder
from quizapp.services.attempts import starting, submitting
from quizapp.services.operations import shipped
from quizapp.services.people import cohorts
from quizapp.services.quizzes import assignments, making
from quizapp.storage.cohorts import Membership
from quizapp.storage.database import db, transaction
from quizapp.storage.people import Person
from quizapp.storage.quizzes import Quiz

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Phnom Penh
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def loaded(app):
    app.extensions["quizapp.clock"] = lambda: NOW
    shipped.load(questions_folder(), now=NOW - DAY)


@pytest.fixture
def dara(app, administrator):
    """A trainee in no cohort."""
    return signed_in(app, administrator, "dara@example.org", name="Sok Dara")


@pytest.fixture
def group(administrator, dara):
    """A cohort that Dara attends."""
    return join(administrator, "dara@example.org", "trainee")


@pytest.fixture
def dalin(app, administrator):
    """An instructor without a cohort."""
    return signed_in(app, administrator, "dalin@example.org", "instructor", name="Mao Dalin")


def person_id(email):
    with transaction(write=False) as session:
        return session.scalars(select(Person.id).where(Person.email == email)).one()


def join(administrator, email, part, code="2026-B"):
    cohort_id = cohorts.make_cohort(administrator, code=code, title="Third secretaries", now=NOW)
    with transaction(write=True) as session:
        row = Membership(
            cohort_id=cohort_id, person_id=person_id(email), part=part, joined_at=NOW - 30 * DAY
        )
        session.add(row)
    return cohort_id


def shipped_quiz(slug="practice-task-1"):
    with transaction(write=False) as session:
        return session.scalars(select(Quiz.id).where(Quiz.slug == slug)).one()


def words(browser):
    """The page's text; what is written apart for other languages keeps its spaces."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", browser.last.text).split()))


def primary(browser):
    """The words of the page's first-class buttons: there is to be one."""
    found = re.findall(
        r'<(?:a|button) class="btn"[^>]*>(.*?)</(?:a|button)>', browser.last.text, re.DOTALL
    )
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in found]


class TestTrainee:
    def test_first_home(self, dara):
        dara.get("/")
        assert dara.heading == "Nothing is due: the map is yours to fill"
        assert "Monday 23 November 2026" in words(dara)
        assert "Practise: National interests through five tasks" in words(dara)
        assert "You have answered nothing on it yet." in words(dara)
        assert "You are in no cohort yet" in words(dara)
        assert primary(dara) == ["Test me on this"]
        assert dara.last.text.count('class="cell m0" href') == 34
        assert dara.last.text.count('class="go"') == 5

    def test_what_is_due_and_by_when(self, dara, group, administrator):
        fields = {
            "title": {"en": "Mid-course exam"},
            "mode": "exam",
            "time_limit_s": 1800,
            "sections": [{"bank": "task-1-independence-peace", "draw": 3}],
        }
        exam = making.make(administrator, fields, now=NOW)
        assignments.give(administrator, exam, group, closes_at=NOW + 8 * HOUR, now=NOW)
        assignments.give(administrator, shipped_quiz(), group, closes_at=NOW + 4 * DAY, now=NOW)
        later = shipped_quiz("practice-task-2")
        assignments.give(administrator, later, group, opens_at=NOW + 9 * DAY, now=NOW)
        dara.get("/")
        assert dara.heading == "One quiz closes today"
        assert primary(dara) == ["Begin the exam: Mid-course exam"]
        said = words(dara)
        assert "17:00 today Mid-course exam 3 questions, 30 minutes. One attempt." in said
        assert "Begin by 16:30 to have the full time. It closes first: do this next." in said
        assert "Friday 09:00 Practice: independence, neutrality and peace" in said
        assert "Wednesday 2 December 2026, 09:00 Practice: friends abroad and ASEAN" in said
        assert "It opens then." in said

    def test_what_is_begun_comes_first(self, dara, group, administrator):
        given = assignments.give(administrator, shipped_quiz(), group, now=NOW)
        started = dara.post(f"/quizzes/{shipped_quiz()}/start", {"assignment": given})
        dara.get("/")
        assert dara.heading == "One attempt is begun and not handed in"
        assert primary(dara) == ["Continue: Practice: independence, neutrality and peace"]
        assert "0 of 10 answered" in words(dara)
        assert words(dara).count("independence, neutrality and peace") == 2  # heading and button
        assert started.location in dara.last.text

    def test_figures_with_their_doubt(self, dara):
        answered(person_id("dara@example.org"), [FULL] * 12, "3.7", at=NOW - HOUR)
        answered(person_id("dara@example.org"), [FULL, 0, 0, 0], "4.1", at=NOW - HOUR, first=50)
        dara.get("/")
        assert dara.heading == "Nothing is due, and you hold one of 34 provisions"
        assert "100 of 100, likely 81 to 100, from 12 answers" in words(dara)
        assert "No figure yet: 4 answers" in words(dara)
        assert 'class="cell m3" href="/provisions/3.7"' in dara.last.text
        assert "3.7 Further free trade agreements: secure" in words(dara)

    def test_in_khmer(self, app, administrator):
        sophea = signed_in(app, administrator, "sophea@example.org", name="Sophea", lang="km")
        answered(person_id("sophea@example.org"), [FULL] * 12, "3.7", at=NOW - HOUR)
        sophea.get("/")
        assert 'href="/provisions/3.7" title="កិច្ចព្រមព្រៀង' in sophea.last.text
        assert ">៣.៧<" in sophea.last.text
        assert "១០០" in words(sophea)
        assert not re.search(r">[^<]*[0-9][^<]*</(?:p|h3|b)>", sophea.last.text)
        sophea.get("/provisions/3.7")
        assert '<p class="read" lang="en">Negotiation of free trade' in sophea.last.text
        assert sophea.last.text.index("កិច្ចព្រមព្រៀង") < sophea.last.text.index("Negotiation of")

    def test_progress(self, dara):
        dara.get("/progress")
        assert dara.heading == "There are too few answers yet to see a movement"
        me = person_id("dara@example.org")
        answered(me, [0] * 10, "3.7", at=NOW - 30 * DAY)
        answered(me, [FULL] * 10, "3.7", at=NOW - DAY)
        dara.get("/progress")
        assert dara.heading == "Better than four weeks ago in one task"
        assert "The last four weeks: 100 of 100, likely 78 to 100, from 10 answers" in words(dara)
        assert "Not enough evidence to compare" in words(dara)


class TestProvisions:
    def test_all_with_their_words(self, dara):
        dara.get("/provisions")
        assert dara.heading == "34 provisions in 5 tasks"
        assert "The purpose of Cambodia's foreign policy" in words(dara)
        assert len(set(re.findall(r'href="(/provisions/[^"]+)"', dara.last.text))) == 34

    def test_one(self, dara):
        dara.get("/provisions/3.7")
        assert dara.heading == "Further free trade agreements"
        said = words(dara)
        assert "Task 3, provision 3.7" in said
        assert "Where task 3, paragraph" in said
        assert "provision 7 of 7 in this task" in said
        assert "Not enough evidence : 0 different questions answered." in said
        assert 'lang="km"' in dara.last.text
        assert 'rel="prev" href="/provisions/3.6"' in dara.last.text
        assert 'rel="next" href="/provisions/4.1"' in dara.last.text
        assert primary(dara) == ["Test me on this"]

    def test_own_results_in_words(self, dara):
        for number, right, state in (
            ("3.1", 12, "Secure: the whole likely range is at 80 or above."),
            ("3.2", 0, "Below the pass line: the whole likely range is below 60."),
            ("3.3", 9, "Developing: so far at or above the pass line of 60"),
            ("3.4", 6, "Beginning: so far below the pass line of 60"),
        ):
            marks = [FULL] * right + [0] * (12 - right)
            answered(person_id("dara@example.org"), marks, number, at=NOW, first=right * 100)
            dara.get(f"/provisions/{number}")
            assert state in words(dara)
            assert "from 12 answers , on 12 different questions." in words(dara)

    def test_test_me_on_this(self, dara):
        first = dara.post("/provisions/3.1/test")
        assert first.status_code == 303
        assert re.fullmatch(r"/attempts/[0-9a-f-]{36}(/.*)?", first.location)
        assert dara.post("/provisions/3.1/test").location == first.location  # still open
        dara.get(first.location)
        assert dara.last.status_code in (200, 302, 303)

    def test_what_is_not_there(self, dara):
        for number in ("9.9", "3", "3.7@1", "x", "%00", "%F0%9F%98%80", "3.7/a"):
            assert dara.get(f"/provisions/{number}").status_code == 404
            assert dara.post(f"/provisions/{number}/test").status_code == 404

    def test_without_a_source_document(self, app, administrator):
        """An empty product says what to do; nothing breaks."""
        with transaction(write=True) as session:
            for table in reversed(db.metadata.sorted_tables):
                if table.name in ("provision_versions", "provisions", "tasks", "source_documents"):
                    session.execute(table.delete())
        nobody = signed_in(app, administrator, "n@example.org")
        for path in ("/", "/provisions", "/progress"):
            assert nobody.get(path).status_code == 200
        assert "No source document is loaded yet" in words(nobody.get("/provisions") and nobody)


class TestStaff:
    def test_an_instructors_first_hour(self, dalin):
        dalin.get("/")
        assert dalin.heading == "Begin with a cohort: trainees, a code and a quiz follow"
        assert primary(dalin) == ["Make a cohort"]
        for step in ("Open a join code", "Add a question set of your own", "Give a quiz"):
            assert step in words(dalin)
        paths = re.findall(r'<a class="btn[^"]*" href="([^"]+)"', dalin.last.text)
        assert [dalin.get(path).status_code for path in paths] == [200] * 3

    def test_a_cohort_that_nobody_joined(self, dalin):
        dalin.post("/cohorts/new", {"code": "2026-C", "title": "Attachés"})
        dalin.get("/")
        assert dalin.heading == "Nobody has joined yet"
        assert primary(dalin) == ["Open a code"]
        assert "Nobody is in it, and its code is closed." in words(dalin)

    def test_who_has_gone_quiet(self, app, administrator, dalin, group):
        with transaction(write=True) as session:
            session.add(
                Membership(
                    cohort_id=group,
                    person_id=person_id("dalin@example.org"),
                    part="instructor",
                    joined_at=NOW,
                )
            )
        dalin.get("/")
        assert dalin.heading == "In one cohort somebody has gone quiet"
        assert "1 has answered nothing yet. Nothing is given to it." in words(dalin)
        assert f'href="/cohorts/{group}"' in dalin.last.text

    def test_an_exam_to_release(self, app, administrator, group, dara, dalin):
        me = Actor(person_id("dara@example.org"), "trainee", attends=frozenset({group}))
        fields = {
            "title": {"en": "Final exam"},
            "mode": "exam",
            "sections": [{"bank": "task-1-independence-peace", "draw": 3}],
        }
        exam = making.make(administrator, fields, now=NOW - 2 * DAY)
        assignments.give(administrator, exam, group, closes_at=NOW - DAY + HOUR, now=NOW - 2 * DAY)
        started = starting.start(me, exam, now=NOW - DAY)
        submitting.submit(me, started.id, now=NOW - DAY)
        boss = signed_in(app, administrator, "boss@example.org", "administrator")
        boss.get("/")
        assert boss.heading == "One exam is over and waits to be released"
        assert primary(boss) == ["Look and release: Final exam"]
        assert "1 attempt Final exam" in words(boss)
        assert "Final exam" not in words(dalin.get("/") and dalin)

    def test_an_administrator_sees_who_has_no_password(self, app, administrator, dara):
        boss = signed_in(app, administrator, "boss@example.org", "administrator")
        boss.get("/")
        said = words(boss)
        assert "Some have no password yet" in said  # the cast's administrator was made without
        assert "Trainees 1 Instructors 0 Trainees in no cohort 1 Without a password 1" in said
        assert boss.get("/people/slips").status_code == 200


def test_pages_ask_the_database_eight_times_at_most(administrator, dara, group):
    """With twenty answers and with a thousand."""
    me = person_id("dara@example.org")
    for slug in ("practice-task-1", "practice-task-2", "mixed-drill"):
        assignments.give(administrator, shipped_quiz(slug), group, closes_at=NOW + DAY, now=NOW)
    for days in (1, 50):
        for day in range(days):
            answered(me, [FULL] * 20, "3.7", "1.2", at=NOW - day * DAY, first=day * 7)
        for path in ("/", "/progress", "/provisions", "/provisions/3.7"):
            dara.get(path)
            with counting() as sent:
                assert dara.get(path).status_code == 200
            assert len(sent) <= 8, sent


@contextmanager
def counting():
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_nobody_unknown_comes_in(app):
    client = app.test_client()
    for path in ("/", "/progress", "/provisions", "/provisions/3.7"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")
