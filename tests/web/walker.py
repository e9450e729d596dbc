"""Walks pages as a person does: by the words of links, fields and buttons, never by an address."""

import contextvars
import re
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class Form:
    """A form with its fields as they stand, the labels they go by, and its buttons."""

    def __init__(self, at):
        self.action = at.get("action", "")
        self.post = at.get("method", "get").lower() == "post"
        self.fields = MultiDict()
        self.labels = {}
        self.ids = {}
        self.options = {}
        self.typed = set()
        self.buttons = []

    def named(self, label):
        """The name of the field that a label begins with."""
        found = [self.ids[at] for words, at in self.labels.items() if words.startswith(label)]
        assert found, f"no field {label!r} among {list(self.labels)}"
        return found[0]


class Page(HTMLParser):
    """What a person can do on a page."""

    def __init__(self, text):
        super().__init__()
        self.links = []
        self.forms = []
        self.heading = ""
        self._open = []
        self._select = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(at))
        elif tag in ("a", "button", "label", "h1", "option", "textarea"):
            self._open.append((tag, at, []))
        if self.forms and tag in ("input", "select", "textarea"):
            self._field(tag, at)

    def _field(self, tag, at):
        form, name = self.forms[-1], at.get("name")
        if not name or "disabled" in at:
            return
        form.ids[at.get("id", name)] = name
        if tag == "select":
            self._select = name
        elif tag == "input":
            chosen = at.get("type") not in ("radio", "checkbox") or "checked" in at
            if at.get("type") in ("radio", "checkbox"):
                form.options[at.get("id", name)] = at.get("value", "on")
            elif at.get("type", "text") in ("text", "number"):
                form.typed.add(name)
            if chosen and at.get("type") != "file":
                form.fields.add(name, at.get("value", "on" if "checked" in at else ""))

    def handle_data(self, data):
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        if not self._open or self._open[-1][0] != tag:
            return
        _, at, words = self._open.pop()
        said = " ".join("".join(words).split())
        if tag == "a" and "href" in at:
            self.links.append((said, at["href"]))
        elif tag == "h1":
            self.heading = said
        elif self.forms:
            self._said(tag, at, said)

    def _said(self, tag, at, said):
        form = self.forms[-1]
        if tag == "button":
            form.buttons.append((said, at.get("name"), at.get("value", "")))
        elif tag == "label":
            form.labels[said] = at.get("for", "")
        elif tag == "textarea":
            form.fields[at["name"]] = said
        elif tag == "option" and self._select:
            form.options[f"{self._select}={said}"] = at.get("value", said)
            if self._select not in form.fields or "selected" in at:
                form.fields[self._select] = at.get("value", said)


class Walker:
    """One person with one device."""

    def __init__(self, app):
        self.client = app.test_client()
        self.page = None
        self.text = ""
        self.path = ""

    def open(self, address):
        """Open an address that was handed over: a printed link, or that of the site itself."""
        return self._ask("GET", re.sub(r"^https?://[^/]+", "", address))

    def click(self, words):
        """Follow the first link whose words begin so."""
        found = [href for said, href in self.page.links if said.startswith(words)]
        assert found, f"no link {words!r} among {[said for said, _ in self.page.links]}"
        return self._ask("GET", found[0])

    def press(self, words, files=None, **typed):
        """Press the first button whose words begin so, with fields filled in by their labels.

        Args:
            words: of the button.
            files: by label, (stream, name).
            typed: what is typed or chosen; `_` stands for a space in a label.
        """
        form = self.form_with(words)
        button = next(one for one in form.buttons if one[0].startswith(words))
        fields = MultiDict(form.fields)
        for label, value in typed.items():
            name = form.named(label.replace("_", " "))
            fields[name] = form.options.get(f"{name}={value}", value)
        for label, file in (files or {}).items():
            fields[form.named(label)] = file
        if button[1]:
            fields[button[1]] = button[2]
        action = form.action.partition("#")[0] or self.path
        if not form.post:
            return self._ask("GET", action, query_string=fields)
        return self._ask("POST", action, data=fields, headers={"Origin": "http://127.0.0.1:8000"})

    def form_with(self, words):
        """The first form with a button whose words begin so."""
        for form in self.page.forms:
            if any(said.startswith(words) for said, _, _ in form.buttons):
                return form
        raise AssertionError(f"no button {words!r} on {self.page.heading!r}")

    def words(self):
        """All words of the page."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.text).split())

    def download(self, words):
        """What the link leads to, as bytes."""
        href = next(href for said, href in self.page.links if said.startswith(words))
        return contextvars.Context().run(lambda: self.client.get(href)).data

    def _ask(self, method, path, **more):
        answer = contextvars.Context().run(
            lambda: self.client.open(path, method=method, follow_redirects=True, **more)
        )
        assert answer.status_code == 200, (method, path, answer.status_code, answer.text[:3000])
        self.text, self.path = answer.text, answer.request.path
        self.page = Page(answer.text)
        return self
