"""A browser for the tests of people's pages: cookies, CSRF tokens, and what stands on a page."""

import contextvars
import html
import re
from datetime import UTC, datetime

from quizapp.services.people import accounts, links
from quizapp.services.people.accounts import PersonForm

PASSWORD = "four plain words here"


class Browser:
    """One device. Each request gets a context of its own, as in a server."""

    def __init__(self, app):
        self.app = app
        self.client = app.test_client()
        self.last = None

    def get(self, path, **more):
        return self._ask("GET", path, **more)

    def post(self, path, data=None, *, token=True, **more):
        fields = dict(data or {})
        if token:
            form = contextvars.Context().run(self.client.get, "/join").text
            fields["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
        return self._ask("POST", path, data=fields, **more)

    def follow(self):
        return self.get(self.last.location)

    def _ask(self, method, path, **more):
        self.last = contextvars.Context().run(lambda: self.client.open(path, method=method, **more))
        return self.last

    @property
    def heading(self):
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.last.text, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""

    def field(self, name):
        """The value of an input on the page."""
        found = re.search(
            rf'<input[^>]* name="{re.escape(name)}"[^>]* value="([^"]*)"', self.last.text
        )
        return html.unescape(found[1]) if found else None

    def sign_in(self, name, password=PASSWORD, **more):
        return self.post("/sign-in", {"name": name, "password": password, **more})


def signed_in(app, administrator, email, role="trainee", **more):
    """Somebody new with a password, signed in through the link that opens every account."""
    now = datetime.now(UTC)
    with app.app_context():
        form = PersonForm(email=email, name=more.pop("name", "Some Body"), role=role, **more)
        person_id = accounts.create_person(administrator, form, now=now)
        link = links.issue_reset(administrator, person_id, base_url="http://localhost", now=now)
    browser = Browser(app)
    answer = browser.post("/reset", {"link": link.url.split("link=")[1], "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser
