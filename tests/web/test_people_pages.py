"""People, accounts and cohorts, in pages: walks of each role."""

import io
import re

import pytest
from people_browser import PASSWORD, Browser, signed_in

from quizapp.services.people import roster


@pytest.fixture
def office(app, administrator):
    return signed_in(app, administrator, "office@example.org", "administrator")


@pytest.fixture
def teacher(app, administrator):
    return signed_in(app, administrator, "teach@example.org", "instructor", name="Mao Dalin")


def code_on(page):
    return re.search(r'aria-hidden="true">([0-9A-Z]{5}-[0-9A-Z]{5})<', page.text)[1]


def test_a_class_from_an_empty_list_to_its_first_member(app, teacher):
    assert "no cohort yet" in teacher.get("/cohorts").text
    teacher.post("/cohorts/new", {"code": "2026-B", "title": "Third", "title_km": "ទីបី"})
    settings = teacher.last.location
    teacher.follow()
    assert "open a join code" in teacher.heading
    teacher.post(settings.replace("settings", "code"), {"days": "7"})
    code = code_on(teacher.follow())
    assert "<svg" in teacher.last.text
    newcomer = Browser(app)
    fields = {
        "code": code.lower().replace("-", " "),
        "name": "Sok Dara",
        "name_km": "សុខ ដារ៉ា",
        "email": "dara@example.org",
        "password": PASSWORD,
    }
    wrong = newcomer.post("/join", fields | {"email": "x"})
    assert wrong.status_code == 422
    assert newcomer.field("name") == "Sok Dara"
    assert newcomer.post("/join", fields).status_code == 303
    assert "2026-B" in newcomer.get("/account").text
    page = teacher.get(settings).text
    assert "Sok Dara" in page
    assert '<span lang="km">សុខ ដារ៉ា</span>' in page
    teacher.post(settings.replace("settings", "code/close"))
    late = Browser(app)
    assert late.post("/join", fields | {"email": "late@example.org"}).status_code == 422
    # with a wrong form, the members are still those of the administrator alone
    assert teacher.post(settings.replace("settings", "members"), {"names": "x"}).status_code == 403


def test_an_administrator_opens_an_account_and_hands_over_a_link(app, office):
    office.post("/people/new", {"email": "x", "name": "", "role": "trainee", "lang": "km"})
    assert office.last.status_code == 422
    assert 'aria-invalid="true"' in office.last.text
    fields = {"email": "dara@example.org", "name": "Sok Dara", "role": "trainee", "lang": "en"}
    office.post("/people/new", fields)
    page = office.last.location
    assert "no password yet" in office.follow().text
    slip = office.post("/people/slips", {"person": page.rsplit("/", 1)[1]})
    assert slip.headers["Cache-Control"] == "no-store"
    assert "<svg" in slip.text
    assert " style=" not in slip.text
    token = re.search(r"/reset\?link=([\w-]+)", slip.text)[1]
    dara = Browser(app)
    assert "Sok Dara" in dara.get(f"/reset?link={token}").text
    short = dara.post("/reset", {"link": token, "password": "short"})
    assert short.status_code == 422
    assert dara.post("/reset", {"link": token, "password": PASSWORD}).status_code == 303
    assert dara.get("/account").status_code == 200
    again = Browser(app).get(f"/reset?link={token}")
    assert again.status_code == 404
    # the administrator takes the account back
    office.post(page, fields | {"active": "no"})
    assert dara.get("/account").status_code == 303


def test_the_only_administrator_is_told_why_not(app, administrator):
    office = signed_in(app, administrator, "office@example.org", "administrator")
    listed = office.get("/people?role=administrator").text
    ids = re.findall(r'href="/people/([0-9a-f-]{36})"', listed)
    fields = {"name": "X", "role": "trainee", "lang": "en", "active": "yes"}
    answers = [
        office.post(f"/people/{one}", fields | {"email": f"x{number}@example.org"}).status_code
        for number, one in enumerate(ids)
    ]
    assert answers.count(409) + answers.count(403) >= 1


def test_import_dry_run_then_decision(office):
    office.post("/cohorts/new", {"code": "2026-B", "title": "T"})
    data = roster.template_csv() + b"broken,,\r\n"
    office.post("/people/import", {"file": (io.BytesIO(data), "people.csv")})
    report = office.last.location
    assert office.follow().status_code == 200
    assert "1 person is ready to import, 1 line is not" in office.heading
    assert "sok.dara@example.org" not in office.get("/people").text
    office.post(report)
    assert office.last.location.endswith("/people/slips")
    assert "Sok Dara" in office.follow().text
    assert "sok.dara@example.org" in office.get("/people").text
    assert office.post(report).status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_templates_download(office, kind):
    answer = office.get(f"/people/import/template.{kind}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="people.{kind}"'
    assert roster.read_table(answer.data, f"people.{kind}")[0][1][0] == "email"


def test_ones_own_devices_and_tokens(app, teacher):
    other = Browser(app)
    other.sign_in("teach@example.org")
    page = teacher.get("/account").text
    assert "2 devices" in teacher.heading
    (ending,) = re.findall(r'action="(/account/sessions/[0-9a-f-]+/end)"', page)
    teacher.post(ending)
    assert other.get("/account").status_code == 303
    assert teacher.post(ending).status_code == 404
    made = teacher.post("/account/tokens", {"label": "gradebook"})
    token = re.search(r"<code>(qa_[\w-]+)</code>", made.text)[1]
    assert token not in teacher.get("/account").text
    other.sign_in("teach@example.org")
    teacher.post("/account/sessions/end-others")
    assert other.get("/account").status_code == 303
    assert teacher.get("/account").status_code == 200


def test_a_new_password(app, teacher):
    other = Browser(app)
    other.sign_in("teach@example.org")
    bad = teacher.post("/account/password", {"current": "wrong", "new": "quite another phrase"})
    assert bad.status_code == 422
    teacher.post("/account/password", {"current": PASSWORD, "new": "quite another phrase"})
    assert teacher.last.status_code == 303
    assert other.get("/account").status_code == 303
    assert teacher.get("/account").status_code == 200


def test_markup_in_names_stays_text(app, administrator, office):
    evil = "<script>alert(1)</script>\"'>"
    signed_in(app, administrator, "evil@example.org", name=evil, name_km=evil)
    page = office.get("/people?search=script").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    (person,) = re.findall(r'href="(/people/[0-9a-f-]{36})"', page)
    assert "<script>alert" not in office.get(person).text
    assert "<script>alert" not in office.post("/people/slips", {"person": person[8:]}).text


def test_members_are_added_and_taken_out(app, administrator, office):
    signed_in(app, administrator, "a@example.org", staff_number="n-1", name="Ann")
    office.post("/cohorts/new", {"code": "C-1", "title": "T"})
    settings = office.last.location
    members = settings.replace("settings", "members")
    answer = office.post(members, {"names": "n-1, nobody@example.org", "part": "trainee"})
    assert answer.status_code == 422
    assert ">nobody@example.org</textarea>" in answer.text
    page = office.get(settings).text
    assert "Ann" in page
    (out,) = re.findall(rf'action="({members}/[0-9a-f-]+/remove)"', page)
    office.post(out)
    assert "Ann" not in office.get(settings).text


def test_forgotten_answers_everybody_alike(app, administrator):
    signed_in(app, administrator, "dara@example.org")
    pages = {
        re.sub(
            r'(csrf_token" value|nonce)="[^"]+"',
            "",
            Browser(app).post("/forgotten", {"name": name}).text,
        ).replace(name, "NAME")
        for name in ("dara@example.org", "nobody@example.org")
    }
    assert len(pages) == 1


def test_a_khmer_reader_meets_khmer_titles_of_cohorts(app, administrator):
    reader = signed_in(app, administrator, "km@example.org", "instructor", lang="km")
    reader.post("/cohorts/new", {"code": "2026-B", "title": "Third", "title_km": "វគ្គទីបី"})
    reader.post("/cohorts/new", {"code": "2026-C", "title": "Fourth"})
    for path in ("/cohorts", "/account"):
        page = reader.get(path).text
        assert "វគ្គទីបី" in page
        assert "Third" not in page
        assert '<span lang="en">Fourth</span>' in page
