"""Quizzes in the browser: made with a form that works without scripts, given, tried, changed."""

import html
import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from people_browser import signed_in
from services.bank_samples import load_source, question, read
from services.quiz_samples import Statements
from sqlalchemy import select

from quizapp.resources import questions_folder
from quizapp.services.banks.importing import import_bank
from quizapp.services.operations import shipped
from quizapp.storage.database import transaction
from quizapp.storage.quizzes import Assignment, Quiz, QuizVersion

BANK = "shipped-sample"
NOW = datetime.now(UTC)


@pytest.fixture
def loaded(app):
    """A shipped bank of ten questions: quicker than all that comes with the product."""
    load_source()
    questions = [question(f"q-{n}", level="apply" if n % 3 else "recall") for n in range(10)]
    report = import_bank(None, read(*questions, bank=BANK), now=NOW, shipped=True)
    assert report.rejected == 0


@pytest.fixture
def teacher(app, administrator, loaded):
    return signed_in(app, administrator, "teach@example.org", "instructor", name="Mao Dalin")


@pytest.fixture
def learner(app, administrator, loaded):
    return signed_in(app, administrator, "learn@example.org", name="Sok Dara")


def words(browser):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.last.text)).split())


def form(**changes):
    whole = {
        "count": "1",
        "title.en": "Weekly quiz",
        "mode": "practice",
        "grace_s": "60",
        "shuffle": "1",
        "navigation": "free",
        "feedback": "at_end",
        "sections[0].bank": BANK,
        "sections[0].how": "draw",
        "sections[0].draw": "3",
        "sections[0].points": "1",
        "do": "make",
    }
    return whole | changes


def made(browser, **changes):
    answer = browser.post("/quizzes/new", form(**changes))
    assert answer.status_code == 303, words(browser)
    return answer.location


def cohort_of(browser, code="2026-B"):
    answer = browser.post("/cohorts/new", {"code": code, "title": "Third secretaries"})
    return answer.location.split("/")[2]


WRONG = [
    ({"title.en": ""}, "title.en", "This cannot be empty."),
    ({"title.en": "x\x00"}, "title.en", "NUL"),
    ({"sections[0].draw": "99"}, "sections[0].draw", "only"),
    ({"sections[0].draw": "9" * 9000}, "sections[0].draw", "whole number"),
    ({"sections[0].draw": ""}, "sections[0].draw", "whole number"),
    ({"sections[0].points": "1e999999"}, "sections[0].points", "fewer digits"),
    ({"sections[0].bank": "nowhere\x00"}, "sections[0].bank", "control character"),
    ({"sections[0].bank": "nowhere"}, "sections[0].bank", "There is no such bank"),
    ({"sections[0].provisions": "3.7, " + "9" * 90}, "sections[0].provisions", "longer"),
    ({"sections[0].how": "name"}, "sections[0]", "choose the questions"),
    ({"time_limit_s": "soon"}, "time_limit_s", "whole number"),
    ({"time_limit_s": "9" * 400}, "time_limit_s", "at most"),
    ({"attempts_allowed": "0"}, "attempts_allowed", "at least 1"),
    ({"pass_mark": "NaN"}, "pass_mark", "number"),
    ({"mode": "duel"}, "mode", "Choose one"),
    ({"feedback": "after_each", "mode": "exam"}, "form", "no feedback"),
    ({"release.key": "soon"}, "release.key", "Choose one"),
    ({"closes_at": "0001-01-01T00:00"}, "closes_at", "between"),
    ({"closes_at": "9999-12-31T23:59"}, "closes_at", "between"),
    ({"closes_at": "tomorrow"}, "closes_at", "Give a date"),
]
"""What is typed, the field whose problem it is, and some of what is said there."""


class TestMaking:
    def test_from_a_bank_to_a_quiz(self, teacher):
        teacher.get(f"/banks/{BANK}")
        link = re.search(r'href="(/quizzes/new\?bank=[^"]+)"', teacher.last.text)[1]
        teacher.get(link)
        assert teacher.heading == "Choose the questions, then the rules"
        assert f'<option value="{BANK}" selected>' in teacher.last.text
        made(teacher)
        teacher.follow()
        assert teacher.heading == "Ready, and not given to anybody yet"
        page = words(teacher)
        assert "3 questions drawn from" in page
        assert "As many attempts as you like." in page
        teacher.get("/quizzes")
        assert "Weekly quiz" in teacher.last.text

    def test_sections_are_added_and_left_out(self, teacher):
        two = teacher.post("/quizzes/new", form(do="add"))
        assert two.status_code == 200
        assert 'name="sections[1].bank"' in two.text
        assert 'value="Weekly quiz"' in two.text
        fields = form(count="2", do="drop.0")
        fields |= {"sections[1].bank": BANK, "sections[1].draw": "7"}
        one = teacher.post("/quizzes/new", fields).text
        assert 'name="sections[1].bank"' not in one
        assert teacher.field("sections[0].draw") == "7"

    def test_questions_are_chosen_from_a_list(self, teacher):
        teacher.post("/quizzes/new", form(do="list.0"))
        keys = re.findall(r'name="sections\[0\]\.questions" value="([^"]+)"', teacher.last.text)
        assert len(keys) >= 10
        teacher.post("/quizzes/new", form(do="list.0", **{"sections[0].level": "apply"}))
        assert teacher.last.text.count('name="sections[0].questions"') < len(keys)
        chosen = {"sections[0].how": "name", "sections[0].questions": keys[:2]}
        made(teacher, **chosen)
        teacher.follow()
        assert "2 chosen questions of" in words(teacher)
        teacher.get(f"{teacher.last.request.path}/edit")
        assert teacher.last.text.count(" checked> <span>") == 2

    def test_a_draw_is_shown_before_anything_is_stored(self, teacher):
        teacher.post("/quizzes/new", form(do="preview"))
        assert teacher.heading.startswith("It can be dealt")
        assert teacher.last.text.count('<li class="item">') == 3
        teacher.get("/quizzes")
        assert "Weekly quiz" not in teacher.last.text

    def test_every_problem_stands_beside_its_field(self, teacher):
        for changes, where, said in WRONG:
            answer = teacher.post("/quizzes/new", form(**changes))
            assert answer.status_code == 422, changes
            note = re.search(rf'id="{re.escape(where)}-e"><b>([^<]+)</b>', answer.text)
            assert note, words(teacher)
            assert said in html.unescape(note[1])
            assert teacher.heading == "1 thing needs another look"
            if "title.en" not in changes:
                assert teacher.field("title.en") == "Weekly quiz"
            for name, value in changes.items():
                if value.isdigit():
                    assert f'value="{value}"' in answer.text, name

    def test_khmer_figures_are_figures(self, teacher):
        made(teacher, **{"sections[0].draw": "៤", "time_limit_s": "១០", "pass_mark": "៦០"})
        teacher.follow()
        page = words(teacher)
        assert "4 questions drawn from" in page
        assert "10 minutes, counted from the start" in page
        assert "with 60 per cent" in page

    def test_it_is_not_for_trainees(self, learner):
        assert learner.get("/quizzes/new").status_code == 403
        assert learner.post("/quizzes/new", form()).status_code == 403


class TestChanging:
    def test_every_field_comes_back(self, teacher):
        path = made(
            teacher,
            mode="exam",
            time_limit_s="1.5",
            attempts_allowed="2",
            pass_mark="60.5",
            navigation="forward",
            closes_at="2031-01-02T03:04",
            **{"title.km": "តេស្ត", "release.score": "at_once", "sections[0].points": "0.5"},
        )
        page = teacher.get(f"{path}/edit").text
        assert teacher.heading == "Nobody has taken it yet: everything can change"
        for name, value in {
            "title.en": "Weekly quiz",
            "title.km": "តេស្ត",
            "time_limit_s": "1.5",
            "attempts_allowed": "2",
            "pass_mark": "60.5",
            "closes_at": "2031-01-02T03:04",
            "sections[0].points": "0.5",
            "sections[0].draw": "3",
        }.items():
            assert teacher.field(name) == value, name
        assert 'value="exam" checked' in page
        assert '<option value="forward" selected>' in page
        assert '<option value="by_hand" selected>' in page

    def test_it_becomes_another_version(self, teacher):
        path = made(teacher)
        teacher.post(f"{path}/edit", form(**{"sections[0].draw": "4"}))
        teacher.follow()
        assert "version 2" in words(teacher)
        assert "4 questions drawn from" in words(teacher)
        bad = teacher.post(f"{path}/edit", form(**{"title.en": ""}))
        assert bad.status_code == 422

    def test_once_taken_little_is_asked(self, teacher, learner):
        path = made(teacher)
        cohort = cohort_of(teacher)
        code = teacher.post(f"/cohorts/{cohort}/code", {"days": "7"})
        assert code.status_code == 303
        learner.post("/join", {"code": shown_code(teacher)})
        teacher.post(f"{path}/assignments", {"cohort": cohort})
        learner.post(f"{path}/start")
        page = teacher.get(f"{path}/edit").text
        assert "stay as they are" in teacher.heading
        assert "sections[0].bank" not in page
        fields = {"title.en": "Renamed", "mode": "practice", "do": "make"}
        assert teacher.post(f"{path}/edit", fields).status_code == 303
        assert teacher.follow().status_code == 200
        assert "Renamed" in words(teacher)

    def test_somebody_elses(self, app, administrator, teacher, learner):
        path = made(teacher)
        other = signed_in(app, administrator, "other@example.org", "instructor", name="Other")
        for ask in ("", "/edit", "/preview"):
            assert other.get(f"{path}{ask}").status_code == 404
        for ask in ("/edit", "/try", "/release", "/withhold", "/assignments"):
            assert other.post(f"{path}{ask}", {"cohort": "x"}).status_code in (404, 422), ask
            assert learner.post(f"{path}{ask}").status_code == 403
        assert learner.get(path).status_code == 404
        assert teacher.get("/quizzes/not-a-uuid").status_code == 404


class TestGiving:
    def test_in_a_window_of_local_time(self, teacher):
        path = made(teacher)
        assert "You teach no cohort yet." in words_at(teacher, path)
        cohort = cohort_of(teacher)
        teacher.get(path)
        action = re.search(r'action="(/quizzes/[^"]+/assignments)#give"', teacher.last.text)[1]
        window = {"opens_at": "2031-01-02T08:00", "closes_at": "2031-01-02T18:30"}
        teacher.post(action, {"cohort": cohort, **window})
        teacher.follow()
        assert teacher.heading == "Opens to 2026-B 2 January 2031, 08:00"
        assert 'datetime="2031-01-02T01:00:00+00:00"' in teacher.last.text
        link = re.search(r'href="(/assignments/[^"]+)"', teacher.last.text)[1]
        teacher.get(link)
        assert teacher.field("closes_at") == "2031-01-02T18:30"
        bad = teacher.post(link, {"opens_at": "2031-01-02T08:00", "closes_at": "2030-01-01T00:00"})
        assert bad.status_code == 422
        assert "closes before it opens" in words(teacher)
        assert teacher.field("closes_at") == "2030-01-01T00:00"
        teacher.post(link, {"opens_at": "", "closes_at": ""})
        teacher.follow()
        assert teacher.heading == "Open to 2026-B"
        teacher.post(f"{link}/withdraw")
        teacher.follow()
        assert teacher.heading == "Ready, and not given to anybody yet"
        assert teacher.get(link).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"cohort": "nobody\x00"}, "cohort"),
            ({"closes_at": "1999-01-01T00:00"}, "closes_at"),
            ({"opens_at": "soon"}, "opens_at"),
            ({"opens_at": "9" * 5000}, "opens_at"),
        ],
    )
    def test_what_was_typed_is_kept(self, teacher, changes, where):
        path = made(teacher)
        fields = {"cohort": cohort_of(teacher), "opens_at": "2030-01-01T10:00"} | changes
        answer = teacher.post(f"{path}/assignments", fields)
        assert answer.status_code == 422
        assert f'id="{where}-e"' in answer.text
        assert teacher.field("opens_at") == fields["opens_at"]

    def test_to_a_cohort_of_somebody_else(self, app, administrator, teacher):
        path = made(teacher)
        other = signed_in(app, administrator, "other@example.org", "instructor", name="Other")
        assert teacher.post(f"{path}/assignments", {"cohort": cohort_of(other)}).status_code == 404


class TestLeading:
    def test_results_are_released_by_hand(self, teacher):
        path = made(teacher, mode="exam")
        assert "Release the results" in words_at(teacher, path)
        teacher.post(f"{path}/release")
        teacher.follow()
        assert "Hide the results again" in words(teacher)
        teacher.post(f"{path}/withhold")
        teacher.follow()
        assert "Release the results" in words(teacher)

    def test_what_a_trainee_gets(self, teacher):
        path = made(teacher)
        for seed in ("1", "-1", "9" * 5000, "\x00"):
            page = teacher.get(f"{path}/preview", query_string={"seed": seed})
            assert page.status_code == 200
            assert page.text.count('<li class="item">') == 3

    def test_a_try_counts_nowhere(self, teacher):
        path = made(teacher)
        answer = teacher.post(f"{path}/try")
        assert answer.status_code == 303
        assert answer.location.startswith("/attempts/")
        assert teacher.follow().status_code in (200, 303)
        assert "Nobody has taken it yet." in words_at(teacher, "/quizzes")

    def test_a_public_exam_says_so(self, teacher):
        path = made(teacher, mode="exam")
        assert "Its questions are public" in words_at(teacher, path)


class TestTaking:
    def test_a_new_trainee_finds_practice(self, learner):
        shipped.load(questions_folder(), now=NOW)
        learner.get("/quizzes")
        assert learner.heading == "Nothing is due: practise what you like"
        links = re.findall(r'<h3><a href="(/quizzes/[^"]+)"', learner.last.text)
        text = (questions_folder() / "quizzes.yaml").read_text(encoding="utf-8")
        assert len(links) == text.count("  - id: ")
        learner.get(links[0])
        assert learner.heading == "Practise as often as you like"
        start = re.search(r'action="(/quizzes/[^"]+/start)"', learner.last.text)[1]
        answer = learner.post(start)
        assert answer.status_code == 303
        assert answer.location.startswith("/attempts/")
        assert learner.follow().status_code in (200, 303)

    def test_pages_beyond_the_last(self, learner):
        for after in ("x", "00000000-0000-0000-0000-000000000000", "\x00"):
            assert learner.get("/quizzes", query_string={"after": after}).status_code == 200


def words_at(browser, path):
    browser.get(path)
    return words(browser)


class TestCost:
    def test_few_statements_however_many_rows(self, app, teacher, administrator):
        cohort = cohort_of(teacher)
        code = teacher.post(f"/cohorts/{cohort}/code", {"days": "7"})
        assert code.status_code == 303
        learner = signed_in(app, administrator, "many@example.org", name="Many")
        learner.post("/join", {"code": shown_code(teacher)})
        path = made(teacher)
        teacher.post(f"{path}/assignments", {"cohort": cohort})
        asked = {
            teacher: ("/quizzes", path, f"{path}/edit", f"{path}/preview", "/quizzes/new"),
            learner: ("/quizzes", path),
        }
        few = {(who, page): statements(who, page) for who, pages in asked.items() for page in pages}
        copy_many(path, cohort, 300)
        for (who, page), before in few.items():
            assert statements(who, page) == before <= 8, page


def shown_code(browser):
    """The join code, as it is read out on the page for the projector."""
    browser.follow()
    return "".join(re.findall(r'class="vh">((?:\w )+)</span>', browser.last.text)[0].split())


def statements(browser, page):
    """How many statements the page needs when what never changes is in memory."""
    assert browser.get(page).status_code == 200
    with Statements() as counted:
        browser.get(page)
    return len(counted.sent)


def copy_many(path, cohort, count):
    """As many more quizzes of the same owner, given to the same cohort as often."""
    quiz_id = UUID(path.split("/")[2])
    with transaction(write=True) as session:
        quiz = session.get(Quiz, quiz_id)
        version = session.scalar(select(QuizVersion).where(QuizVersion.quiz_id == quiz_id))
        for _ in range(count):
            copy = Quiz(
                id=uuid4(),
                title=quiz.title,
                mode=quiz.mode,
                owner_id=quiz.owner_id,
                release=quiz.release,
                created_at=NOW,
            )
            session.add(copy)
            session.flush()
            session.add(
                QuizVersion(quiz_id=copy.id, version=1, settings=version.settings, created_at=NOW)
            )
            for given in (copy.id, quiz_id):
                session.add(Assignment(quiz_id=given, cohort_id=UUID(cohort), created_at=NOW))
