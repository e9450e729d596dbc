"""Every page for everybody: axe in both languages and schemes, narrow screens, forced colours.

A page whose route is neither examined here nor excused in `ELSEWHERE` fails the test, so that a
new page cannot be forgotten.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from quizapp.resources import questions_folder
from quizapp.services.operations import demo, shipped
from quizapp.services.people import accounts as people
from quizapp.services.people import links
from quizapp.services.people.accounts import PersonForm

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

BANK = "/banks/task-3-economic-diplomacy"
PUBLIC = ("/sign-in", "/join", "/forgotten", "/receipts")
TRAINEE = (
    "/", "/quizzes", "/attempts", "/progress", "/provisions", "/provisions/3.1", "/account",
    "/account/password", "/check",
)  # fmt: skip
INSTRUCTOR = (
    "/", "/cohorts", "/cohorts/new", "/quizzes", "/quizzes/new", "/banks", "/banks/new", BANK,
    f"{BANK}/questions/t3-high-income-year", "/upload", "/outages",
)  # fmt: skip
ADMINISTRATOR = (
    "/", "/people", "/people/new", "/people/import", "/people/slips", f"{BANK}/people",
)  # fmt: skip
ELSEWHERE = {
    "attempts.question": "test_attempt_reach.py",
    "attempts.both": "test_attempt_reach.py",
    "attempts.everything": "test_attempt_reach.py",
    "attempts.end": "test_attempt_reach.py",
    "results.show": "test_attempt_reach.py",
    "receipts.of_attempt": "test_attempt_reach.py",
    "receipts.as_file": "a file",
    "marking.answer": "test_essay_walk.py",
    "attempts.resume": "leads on to a question",
    "banks.export": "a file",
    "upload.template": "a file",
    "health.alive": "for machines",
    "health.ready": "for machines",
    "room.state": "for scripts",
    "offline.kept": "test_offline.py",
    "offline.worker": "a script",
    "static": "files",
}
"""Routes without a page to look at here, and why."""
VISITS = (("en", "dark"), ("km", "light"))
OTHER = {"dark": "light", "light": "dark"}
AXE = Axe()
FOUND = """(rules) => axe.run(document, {resultTypes: ['violations'], ...rules}).then((said) =>
    said.violations.map((one) => [one.id, one.nodes.slice(0, 3).map((node) => node.html)]))"""
CONTRAST = {"runOnly": ["color-contrast"], "preload": False}
SHAPE = """() => ({
    lang: document.documentElement.lang,
    wider: document.documentElement.scrollWidth > innerWidth,
    headings: document.querySelectorAll('h1').length,
    ahead: document.querySelectorAll('[tabindex]:not([tabindex="0"], [tabindex="-1"])').length,
    // a button that Enter presses and nobody sees is no control of its own
    unreachable: [...document.querySelectorAll('a[href], button, input, select, textarea')]
        .filter((one) => one.type !== 'hidden' && one.ariaHidden !== 'true' && one.tabIndex < 0)
        .map((one) => one.outerHTML),
})"""
WHOLE = {"wider": False, "headings": 1, "ahead": 0, "unreachable": []}


@pytest.fixture
def accounts(app, monkeypatch):
    """A small demonstration: one account of each role, and something on every page."""
    monkeypatch.setattr(demo, "TRAINEES", demo.TRAINEES[:2])
    monkeypatch.setattr(demo, "ABSENT", 0)
    monkeypatch.setattr(demo, "WEEKS", 1)
    now = datetime.now(UTC)
    shipped.load(questions_folder(), now=now)
    return {one.role: one for one in demo.fill(app.extensions["quizapp.desk"], now=now)}


class Examiner:
    """Looks at pages in one language; keeps which they were, and what is wrong with them."""

    def __init__(self, lang, scheme):
        self.lang = lang
        self.scheme = scheme
        self.seen = []
        self.wrong = []

    def go(self, page, where, status=200):
        answer = page.goto(where)
        if answer.status != status:
            self.wrong.append((where, answer.status))
        self.look(page, refused=status != 200)

    def look(self, page, *, refused=False):
        """Nothing that axe finds in either scheme, nothing wider than the screen."""
        where = page.url
        if not refused:
            self.seen.append(urlsplit(where).path)
        page.evaluate(AXE.axe_script)
        found = page.evaluate(FOUND, {})
        if self.lang == "en":  # no colour depends on the language: once is enough
            page.emulate_media(color_scheme=OTHER[self.scheme])
            found += page.evaluate(FOUND, CONTRAST)
            page.emulate_media(color_scheme=self.scheme)
        shape = page.evaluate(SHAPE)
        if found or shape != {**WHOLE, "lang": self.lang}:
            self.wrong.append((where, found, shape))


def sign_in(page, account, lang):
    page.goto("/sign-in")
    page.locator("#name").fill(account.email)
    page.locator("#password").fill(account.password)
    page.locator("main form .btn").first.click()
    page.wait_for_url("**/")
    switch(page, lang)


def switch(page, lang):
    button = page.locator(f"button[name=lang][value={lang}]")
    if button.count():
        button.click()
    assert page.locator("html").get_attribute("lang") == lang


def new_account(administrator):
    """The address that opens an account."""
    now = datetime.now(UTC)
    form = PersonForm(email="dara@example.org", name="Dara Sok", role="trainee")
    person_id = people.create_person(administrator, form, now=now)
    url = links.issue_reset(administrator, person_id, base_url="http://localhost", now=now).url
    return url.removeprefix("http://localhost")


def first(page, where, link="main h3 a"):
    """The address behind the first link of a list."""
    page.goto(where)
    return urlsplit(page.locator(link).first.evaluate("(one) => one.href")).path


def of_instructor(page):
    """The pages that only links lead to: a cohort's, a trainee's, a quiz's."""
    cohort = first(page, "/cohorts")
    trainee = first(page, cohort, "tbody th a")
    quiz = first(page, "/quizzes")
    window = first(page, quiz, "a[href^='/assignments/']:not([href$='/room'])")
    room = f"{window}/room"
    return (
        cohort, f"{cohort}/settings", f"{cohort}/code", trainee, quiz, f"{quiz}/edit",
        f"{quiz}/preview", f"{quiz}/report", f"{quiz}/report/gradebook", f"{quiz}/marking", window,
        room, f"{room}/wall", f"{room}/attendance", f"{room}/end", first(page, room, ".sitters a"),
    )  # fmt: skip


def upload(page, where, name, text):
    """Send a file to a form, for the report on it."""
    page.goto(where)
    file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)
    if where == "/upload":
        page.locator("#into").select_option("+new")
        page.locator("#title").fill("A set")
    page.locator("main form .btn").first.click()
    page.wait_for_url(f"**{where}/*")


SET = """::Asked:: In which year is income to be high? {=2050 ~2030 ~2045}

::Broken:: {=}
"""
LIST = "name,email,role\nDara Sok,dara@example.org,trainee\n,nobody,juggler\n"


@pytest.mark.parametrize(("lang", "scheme"), VISITS)
def test_every_page(app, accounts, administrator, device, lang, scheme):
    screen = {"color_scheme": scheme, "viewport": {"width": 320, "height": 800}}
    examiner = Examiner(lang, scheme)

    def enter(role, *places):
        page = device(**screen).new_page()
        sign_in(page, accounts[role], lang)
        for where in places:
            examiner.go(page, where)
        return page

    stranger = device(**screen).new_page()
    stranger.goto("/sign-in")
    switch(stranger, lang)
    for where in (*PUBLIC, new_account(administrator)):
        examiner.go(stranger, where)
    for where, status in (("/nothing-here", 404), ("/reset?link=used", 404)):
        examiner.go(stranger, where, status)

    trainee = enter("trainee", *TRAINEE)
    examiner.go(trainee, first(trainee, "/quizzes"))
    examiner.go(trainee, "/people", 403)

    instructor = enter("instructor", *INSTRUCTOR)
    more = of_instructor(instructor)
    for where in more:
        examiner.go(instructor, where)
    upload(instructor, "/upload", "set.gift", SET)
    examiner.look(instructor)
    instructor.evaluate("document.querySelector('[name=csrf_token]').value = 'old'")
    with instructor.expect_navigation():
        instructor.locator("button[name=lang]").click()
    examiner.look(instructor, refused=True)

    office = enter("administrator", *ADMINISTRATOR)
    person = first(office, "/people", "tbody th a")
    for where in (person, f"{person}/accommodation"):
        examiner.go(office, where)
    upload(office, "/people/import", "people.csv", LIST)
    examiner.look(office)

    assert not examiner.wrong
    assert not forgotten(app, examiner.seen)
    assert ELSEWHERE.keys() <= app.view_functions.keys()


def forgotten(app, seen):
    """The pages that the application has, and nobody looked at."""
    map_ = app.url_map.bind("localhost")
    looked = {map_.match(path)[0] for path in seen}
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.endpoint.startswith("api")
        and not rule.rule.endswith((".csv", ".xlsx"))
        and rule.endpoint not in {*looked, *ELSEWHERE}
    }


def computed(page, selector, *names):
    """How the first of these elements looks."""
    return page.locator(selector).first.evaluate(
        "(one, names) => names.map((name) => getComputedStyle(one)[name])", names
    )


def test_forced_colours_keep_what_carries_meaning(accounts, device):
    page = device(forced_colors="active").new_page()
    sign_in(page, accounts["trainee"], "en")
    grounds = [
        computed(page, f".legend .{kind}", "backgroundImage", "backgroundColor", "borderTopStyle")
        for kind in ("m0", "m1", "m2", "m3")
    ]
    assert len({tuple(one) for one in grounds}) == 4
    page.goto("/quizzes")
    page.locator('form[action$="/start"] button').first.click()
    page.wait_for_url("**/attempts/*/*")
    page.goto(page.url.rsplit("/", 1)[0] + "/all")
    page.locator(".opt label").first.click()
    page.locator(".flag input").first.focus()
    # else the browser paints a plate of its own behind the words, which hides them
    assert computed(page, ".btn:not(.plain)", "forcedColorAdjust") == ["none"]
    ink, ground = computed(page, ".btn:not(.plain)", "color", "backgroundColor")
    assert ink != ground != computed(page, ".btn.plain", "backgroundColor")[0]
    assert computed(page, ".opt :checked + label", "outlineStyle") == ["solid"]
    assert computed(page, ".opt :not(:checked) + label", "outlineStyle") == ["none"]
    page.keyboard.press("Tab")
    assert page.evaluate(
        "[document.activeElement, document.activeElement.nextElementSibling]"
        ".some((one) => one && getComputedStyle(one).outlineStyle === 'solid')"
    )
    page = device(forced_colors="active").new_page()
    sign_in(page, accounts["instructor"], "en")
    page.goto(first(page, "/cohorts"))
    # the demonstration's cells differ from day to day: whether one is low is not its matter
    hatched = page.locator("td.h").first
    hatched.evaluate("(one) => { one.className = 'h h0' }")
    assert "gradient" in hatched.evaluate("(one) => getComputedStyle(one).backgroundImage")
