"""The first hour: from a fresh install to the first result, by links, fields and buttons alone."""

import io
import re
from datetime import UTC, datetime

from walker import Walker

from quizapp.resources import questions_folder
from quizapp.services.operations import startup

SITE = "http://127.0.0.1:8000/"
PASSWORD = "four plain words here"


def set_up(app):
    """The first start: what it prints is all that anybody knows."""
    started = startup.start(questions_folder(), SITE, now=datetime.now(UTC))
    assert started.link
    person = Walker(app).open(started.link)
    person.press(
        "Create and sign in",
        Name_in_Latin="Chan Sophea",
        Email_address="head@example.org",
        New_password=PASSWORD,
    )
    return person


def account_for_instructor(administrator):
    """An account, and the link that is handed over."""
    administrator.click("People").click("Open an account")
    administrator.press(
        "Open the account",
        Email_address="teach@example.org",
        Name_in_Latin="Mao Dalin",
        Role="instructor",
        Language="English",
    )
    administrator.press("Make a link and show it")
    return re.search(r"https?://[^\s<\"]+link=[\w-]+", administrator.text)[0]


def take(trainee):
    """Answer whatever is asked, rightly or not, and submit."""
    for _ in range(4):
        form = trainee.form_with("Save and")
        choices = [at for at in form.options if at in form.ids and form.ids[at] != "flag"]
        if choices:
            form.fields[form.ids[choices[0]]] = form.options[choices[0]]
        for name, value in list(form.fields.items()):
            offered = [one for at, one in form.options.items() if at.startswith(f"{name}=") and one]
            if not value and offered:
                form.fields[name] = offered[0]
            elif not value and name in form.typed:
                form.fields[name] = "2050"
        trainee.press("Save and")
    trainee.press("Submit")


def test_from_a_fresh_install_to_the_first_result(app):
    administrator = set_up(app)
    link = account_for_instructor(administrator)

    teacher = Walker(app).open(link).press("Set and sign in", New_password=PASSWORD)
    teacher.click("Make a cohort").press(
        "Make the cohort", Short_name="2026-B", Title="Third secretaries"
    )
    teacher.press("Open a join code")
    code = teacher.page.heading
    assert code.startswith("Join at 127.0.0.1:8000/join with")
    spelt = re.search(r'class="vh">((?:\w )+)</span>', teacher.text)[1].replace(" ", "")

    teacher.click("Today").click("Add questions")
    template = teacher.download("Template as CSV")
    teacher.press(
        "Check the file",
        files={"Question set": (io.BytesIO(template), "mine.csv")},
        Into_bank="A new bank, named below",
        Name_of_the_new_bank="Own questions",
    )
    assert "questions are ready to import" in teacher.page.heading
    teacher.press("Import").click("Make a quiz from this bank")
    teacher.press("Make the quiz", Title_in_English="First quiz", How_many_to_draw="4")
    assert teacher.page.heading == "Ready, and not given to anybody yet"
    teacher.press("Give it to them")
    assert teacher.page.heading == "Open to 2026-B"
    teacher.click("See how it went")
    assert "nobody" in teacher.page.heading.lower()

    trainee = Walker(app).open(SITE).click("Sign up with a join code")
    trainee.press(
        "Sign up",
        Code=spelt,
        Name_in_Latin="Sok Dara",
        Email_address="dara@example.org",
        Password=PASSWORD,
    )
    assert "First quiz" in trainee.words()
    trainee.press("Begin: First quiz")
    assert trainee.page.heading.startswith("Question 1 of 4")
    take(trainee)
    assert "of 4 points" in trainee.words()

    teacher.click("Quizzes").click("First quiz").click("See how it went")
    assert "1" in teacher.page.heading
    teacher.click("Gradebook")
    assert "Sok Dara" in teacher.words()
    teacher.click("Cohorts").click("2026-B")
    assert "Sok Dara" in teacher.words()
