"""HTML as plain text: what a tag only decorates is dropped, what it holds is named."""

import re
from html.parser import HTMLParser

_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>")
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_BREAKS = frozenset(
    ("p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre")
)
_ENDS = frozenset(("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6"))
_DECORATE = _BREAKS | frozenset(
    ("span", "b", "strong", "i", "em", "u", "small", "font", "a", "abbr", "code", "blockquote")
)
_HIDDEN = frozenset(("script", "style"))


def is_html(text: str) -> bool:
    """Say whether there is a tag or an entity in the text."""
    return _TAG.search(text) is not None or _ENTITY.search(text) is not None


def to_text(html: str) -> tuple[str, list[str]]:
    """The words of HTML, and the names of tags whose content or meaning is lost."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts).replace("\xa0", " ")
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", re.sub(r"[ \t]{2,}", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip(), sorted(reader.lost)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += 1
        if tag not in _DECORATE:
            self.lost.add(tag)
        if tag in _BREAKS and self.parts:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")
        if tag == "img":
            words = dict(attrs).get("alt")
            self.parts.append(f"[{words}]" if words else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        if tag in _ENDS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)
