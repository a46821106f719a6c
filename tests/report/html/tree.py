"""A page as a tree of elements, read by Python's own parser; strict about what is left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "br", "hr", "img", "input", "link"}
_CELLS = {"td", "th"}
_BLOCKS = {
    "p",
    "div",
    "section",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "tr",
    "caption",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "summary",
}
_ENDED_BY = {
    "td": _CELLS,
    "th": _CELLS,
    "tr": {*_CELLS, "tr"},
    "tbody": {*_CELLS, "tr", "thead", "tbody"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
}
"""Elements whose end HTML lets one leave out, by what begins after them."""
_OPTIONAL = set[str]().union(*_ENDED_BY.values())


@dataclass
class Element:
    """One element, and what is in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """All text in it, white space as a browser shows it."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        around = " " if self.tag in _BLOCKS else ""
        yield around
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()
        yield around

    def all(self, tag: str = "", class_: str = "") -> list[Element]:
        """The elements within it, in the order of the page."""
        return [one for one in self.walk() if tag in ("", one.tag) and (not class_ or class_ in one.classes)]

    def one(self, tag: str = "", class_: str = "") -> Element:
        """The only one of these."""
        (found,) = self.all(tag, class_)
        return found

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice: {attrs}"
        while self.open[-1].tag in _ENDED_BY.get(tag, ()):
            self.open.pop()
        one = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(one)
        if tag not in _VOID:
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while tag != self.open[-1].tag and self.open[-1].tag in _OPTIONAL:
            self.open.pop()
        assert tag == self.open[-1].tag, f"</{tag}> where <{self.open[-1].tag}> is open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(page: str) -> Element:
    """The page, or a part of one."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], f"left open: {[one.tag for one in reader.open[1:]]}"
    return reader.root
