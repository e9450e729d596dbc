"""A form as a browser without scripts sends it: hidden fields, what is chosen, and one button."""

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class PlainForm(HTMLParser):
    """The first form of a page whose action ends as said, with its fields as they stand."""

    def __init__(self, page, ends=""):
        super().__init__()
        self.ends = ends
        self.action = None
        self.fields = MultiDict()
        self.buttons = []
        self.inside = False
        self.locked = False
        self.select = None
        self.feed(page)
        assert self.action is not None, f"no form with an action that ends in {ends!r}"

    def handle_starttag(self, tag, attrs):
        at = {name: "" if value is None else value for name, value in attrs}
        if tag == "form" and self.action is None and at["action"].endswith(self.ends):
            self.action, self.inside = at["action"], True
        if not self.inside:
            return
        if tag == "fieldset":
            self.locked = "disabled" in at
        elif tag == "select":
            self.select = at["name"]
            self.fields[self.select] = ""
        elif tag == "option" and "selected" in at:
            self.fields[self.select] = at["value"]
        elif tag == "button" and "disabled" not in at:
            self.buttons.append((at.get("name"), at.get("value")))
        elif tag == "input" and "disabled" not in at and not self.locked:
            chosen = at.get("type") not in ("radio", "checkbox") or "checked" in at
            if chosen and at.get("name"):
                self.fields.add(at["name"], at.get("value", "on"))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "fieldset":
            self.locked = False

    def fill(self, **values):
        """Type or choose; `__` stands for the point in names such as `pairs.p1`."""
        for name, value in values.items():
            self.fields.setlist(
                name.replace("__", "."), value if isinstance(value, list) else [value]
            )
        return self

    def press(self, browser, name=None, value=None):
        """Send the form by one of its buttons."""
        assert (name, value) in self.buttons or name is None, (name, value, self.buttons)
        sent = MultiDict(self.fields)
        if name:
            sent.add(name, value)
        origin = {"Origin": "http://localhost"}
        return browser.post(self.action, sent.to_dict(flat=False), token=False, headers=origin)
