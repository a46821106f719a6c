"""Texts of others in GitHub's Markdown, so that nothing in them is rendered.

Besides Markdown's own signs GitHub makes links of @names, #numbers, addresses and commits, pictures of :words:
and formulas of what stands between dollars, and finds all but the last in escaped text too. So these are broken
by a space of no width, and a dollar gets an element of its own, as GitHub's documentation says. In code none of
this is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TypeVar

__all__ = ["code", "cut", "fenced", "fitting", "in_html", "prose", "table"]

_LONGEST = 600
"""Characters of a sentence or a cell."""
_T = TypeVar("_T")
_GAP = "&#8203;"
_TOKEN = re.compile(
    r"(?P<entity>[<>&|])"
    r"|(?P<sign>[\\`*_\[\]~])"
    r"|(?P<dollar>\$)"
    r"|(?P<joint>@(?=\S)|\#(?=\w)|\bgh(?=-\d)|:(?=//)|\bwww(?=\.)|:(?=(?!\d+:)[\w+-]+:|100:|1234:)|\b(?:mailto|xmpp)(?=:))"
    r"|(?P<commit>\b(?=\d*[a-f])[0-9a-f]{7,40}\b)",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"[#+\-=](?=[#+\-=\s]|$)|\d+(?=[.)](?:\s|$))")
"""What begins a heading, a list, or a line under a heading."""
_FOREIGN = re.compile(r"[^\w\s]|_", re.ASCII)


def cut(text: str, longest: int = _LONGEST) -> str:
    """The text, or the beginning of a long one."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def prose(text: str) -> str:
    r"""A sentence as text and nothing else.

    >>> prose("a*b < c"), prose("@ann wrote 2. in #12"), prose("# no title")
    ('a\\*b &lt; c', '@&#8203;ann wrote 2. in #&#8203;12', '&#35; no title')
    """
    text = text.strip()  # what is indented may be code
    first = _BLOCK.match(text)
    if first is not None:
        return "".join(f"&#{ord(sign)};" for sign in first[0]) + _TOKEN.sub(_broken, text[first.end() :])
    return _TOKEN.sub(_broken, text)


def _broken(token: re.Match[str]) -> str:
    text = token[0]
    if token["entity"]:
        return f"&#{ord(text)};" if text == "|" else escape(text)
    if token["sign"]:
        return "\\" + text
    if token["commit"]:
        return _GAP.join(text[start : start + 6] for start in range(0, len(text), 6))
    return "<span>$</span>" if token["dollar"] else text + _GAP


def code(text: str) -> str:
    """A text in one line as code, which may stand in a table.

    >>> code("x**2"), code("a | b"), code("")
    ('`x**2`', '<code>a &#124; b</code>', '')
    """
    if not text:
        return ""
    if "|" in text or "`" in text or text != text.strip() or "\n" in text:
        foreign = _FOREIGN.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(text.split()))
        return f"<code>{foreign}</code>"
    return f"`{text}`"


def in_html(text: str) -> str:
    """A text as code inside of an element of HTML, where Markdown ends.

    >>> in_html("<b>")
    '<code>&lt;b&gt;</code>'
    """
    return f"<code>{escape(' '.join(text.split()))}</code>"


def fenced(text: str, language: str = "") -> str:
    """Lines of code, in a fence longer than any in them.

    >>> print(fenced("a ``` b"))
    ````
    a ``` b
    ````
    """
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], sides: str = "") -> str:
    """A table of cells that are Markdown already; `sides` has an r for each column that is flush right.

    >>> print(table(["a", "b"], [["1", "2"]], "lr"))
    | a | b |
    |---|--:|
    | 1 | 2 |
    """
    marks = ["--:" if side == "r" else "---" for side in sides.ljust(len(heads), "l")]
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(marks)}|"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def fitting(
    heads: Sequence[str], row: Callable[[_T], Sequence[str]], items: Sequence[_T], room: int
) -> tuple[list[str], int]:
    r"""A table with a row for each item, as far as there is room, and how many items are left out.

    >>> fitting(["name"], lambda item: [item], ["ann", "bob"], 10)
    (['| name |\n|---|\n| ann |'], 1)
    """
    rows: list[Sequence[str]] = []
    for cells in map(row, items):
        room -= sum(len(cell) + 3 for cell in cells)
        if room < 0:
            break
        rows.append(cells)
    return ([table(heads, rows)] if rows else []), len(items) - len(rows)
