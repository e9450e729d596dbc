"""Every main page for everybody: axe, narrow screens, languages, schemes, forced colours."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from quizapp.resources import questions_folder
from quizapp.services.operations import demo, shipped

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

PUBLIC = ("/sign-in", "/join", "/forgotten", "/nothing-here")
TRAINEE = (
    "/", "/quizzes", "/attempts", "/progress", "/provisions", "/provisions/3.1", "/account",
    "/account/password",
)  # fmt: skip
INSTRUCTOR = (
    "/", "/cohorts", "/cohorts/new", "/quizzes", "/quizzes/new", "/banks", "/banks/new",
    "/banks/task-3-economic-diplomacy", "/upload", "/provisions",
    "/banks/task-3-economic-diplomacy/questions/t3-high-income-year",
)  # fmt: skip
ADMINISTRATOR = ("/", "/people", "/people/new", "/people/import", "/people/slips", "/cohorts")
VISITS = (("en", "dark", 320), ("km", "light", 320))
AXE = Axe()


@pytest.fixture
def accounts(app, monkeypatch):
    """A small demonstration: one account of each role, and something on every page."""
    monkeypatch.setattr(demo, "TRAINEES", demo.TRAINEES[:2])
    monkeypatch.setattr(demo, "ABSENT", 0)
    monkeypatch.setattr(demo, "WEEKS", 1)
    now = datetime.now(UTC)
    shipped.load(questions_folder(), now=now)
    return {one.role: one for one in demo.fill(app.extensions["quizapp.desk"], now=now)}


def examine(page, where):
    answer = page.goto(where)
    assert answer.status == (404 if where == "/nothing-here" else 200), where
    found = AXE.run(page).response["violations"]
    said = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
    assert not said, (where, said)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    assert page.locator("h1").count() == 1, where
    assert page.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, textarea')]"
        # a button that Enter presses and nobody sees is no control of its own
        ".filter((one) => one.type !== 'hidden' && one.ariaHidden !== 'true')"
        ".every((one) => one.tabIndex >= 0)"
    ), where


def sign_in(page, account, lang):
    page.goto("/sign-in")
    page.locator("#name").fill(account.email)
    page.locator("#password").fill(account.password)
    page.locator("main form .btn").first.click()
    page.wait_for_url("**/")
    switch = page.locator(f"button[name=lang][value={lang}]")
    if switch.count():
        switch.click()
    assert page.locator("html").get_attribute("lang") == lang


def of_cohort(page):
    """The pages that only links lead to: a cohort's, a trainee's, a quiz's."""
    page.goto("/cohorts")
    cohort = page.locator("main h3 a").first.get_attribute("href")
    page.goto(cohort)
    trainee = page.locator("tbody th a").first.get_attribute("href")
    page.goto("/quizzes")
    quiz = page.locator("main h3 a").first.get_attribute("href")
    return (cohort, f"{cohort}/settings", trainee, quiz, f"{quiz}/report")


@pytest.mark.parametrize(("lang", "scheme", "width"), VISITS)
def test_every_page(accounts, device, lang, scheme, width):
    screen = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    stranger = device(**screen).new_page()
    for where in PUBLIC:
        examine(stranger, where)
    for role, places in (
        ("trainee", TRAINEE),
        ("instructor", INSTRUCTOR),
        ("administrator", ADMINISTRATOR),
    ):
        page = device(**screen).new_page()
        sign_in(page, accounts[role], lang)
        more = of_cohort(page) if role == "instructor" else ()
        for where in (*places, *more):
            examine(page, where)


def test_forced_colours_leave_the_map_readable(accounts, device):
    page = device(forced_colors="active").new_page()
    sign_in(page, accounts["trainee"], "en")
    cell = page.locator(".map .cell").first
    ink, ground = cell.evaluate(
        "(one) => { const seen = getComputedStyle(one); return [seen.color, seen.backgroundColor] }"
    )
    assert cell.is_visible()
    assert ink != ground
