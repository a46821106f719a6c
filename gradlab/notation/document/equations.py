r"""Mathematics that is set apart is made statements: one display may hold several equations, in rows.

What only lays out (`&`, `\\`, `\begin{aligned}`, `\label`) is replaced by spaces, so that every place in a
statement is still the place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gradlab.notation.document.mathematics import ENVIRONMENTS
from gradlab.notation.document.parts import blank

LAYOUT = {*ENVIRONMENTS, "aligned", "alignedat", "gathered", "split"}

_SIGNS = re.compile(
    r"\\begin\s*\{(?P<begin>[a-zA-Z]+)\*?\}(?:\[[a-z]\])?(?P<columns>\{\d+\})?"
    r"|\\end\s*\{(?P<end>[a-zA-Z]+)\*?\}"
    r"|(?P<row>\\\\\*?(?:\[[0-9.]+\s*[a-z]{2}\])?|\\cr\b)"
    r"|(?P<drop>\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:nonumber|notag)\b)"
    r"|(?P<word>\\(?:text|mathrm|textrm|mbox)\s*\{\s*(?:and|where|with|so|thus|hence|therefore|for|at|with)[\s:,]*\})"
    r"|(?P<so>\\(?:Rightarrow|Longrightarrow|implies|therefore|iff|Leftrightarrow)\b|[⇒∴⟹])"
    r"|(?P<space>\\q?quad\b)"
    r"|(?P<defined>:=|\\coloneqq\b|\\triangleq\b|≔|≡|\\equiv\b)"
    r"|\\(?:left|right|[bB]igg?[lrm]?)\s*\\?."
    r"|(?P<text>\\(?:text|mathrm|textrm|mbox|operatorname)\s*\{)"
    r"|\\[a-zA-Z]+|\\."
    r"|(?P<sign>[{}()\[\]&=,;])",
    re.DOTALL,
)
_OPERATORS = "=+-−·*/⊙×,"
_TRAILING_OPERATOR = re.compile(r"(?:[=+\-−·*/⊙×]|\\(?:cdot|times|odot|circ))\s*\Z")
_LEADING_OPERATOR = re.compile(r"\s*(?:[=+\-−·*/⊙×@]|\\(?:cdot|times|odot|circ|quad)\b)")
_TRAILING_MARKS = re.compile(r"(?:[.,;]|\\[,;:! ]|\s)+\Z")


@dataclass(frozen=True)
class Statement:
    """text[start:end] of a display, after layout was blanked."""

    text: str
    start: int
    has_equality: bool


@dataclass
class _Laid:
    """A display with its layout blanked, and where it may be divided."""

    text: str
    rows: list[int]
    """Places between rows."""
    marks: list[int]
    """Places between what commas and words such as \\text{and} separate."""
    equalities: list[int]
    """Signs of equality that stand in no bracket."""


def statements(text: str) -> Iterator[Statement]:
    r"""The statements of a display, in order.

    A row that begins with a sign of equality, or another operator, goes on with the statement before.

    >>> [s.text.strip() for s in statements(r"a &= b \\ &= c \\ d &= e, \quad f = g.")]
    ['a  = b     = c', 'd  = e', 'f = g']
    """
    laid = _lay_out(text)
    pieces = list(_pieces(laid))
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and (_LEADING_OPERATOR.match(laid.text, start, end) or _continues(laid.text, joined[-1])):
            joined[-1] = (joined[-1][0], end)
        elif laid.text[start:end].strip():
            joined.append((start, end))
    for start, end in joined:
        equalities = [place for place in laid.equalities if start <= place < end]
        written = _without_doubles(laid.text, start, end, equalities)
        trailing = _TRAILING_MARKS.search(written)
        written = written[: trailing.start()] if trailing else written
        lead = len(written) - len(written.lstrip())
        yield Statement(written[lead:], start + lead, bool(equalities))


def _lay_out(text: str) -> _Laid:
    written: list[str] = []
    rows: list[int] = []
    marks: list[int] = []
    equalities: list[int] = []
    place = depth = brackets = 0
    for match in _SIGNS.finditer(text):
        written.append(text[place : match.start()])
        place = match.end()
        kind, shown = match.lastgroup or "", match[0]
        begun, ended = match["begin"], match["end"]
        if begun in LAYOUT or ended in LAYOUT:
            shown = blank(shown)
        elif begun or ended:
            depth += 1 if begun else -1
        elif kind == "text" or shown == "{":
            depth += 1
        elif shown == "}":
            depth -= 1
        elif depth:
            pass
        elif kind == "row":
            rows.append(match.start())
            brackets, shown = 0, blank(shown)
        elif kind == "drop" or shown == "&":
            shown = blank(shown)
        elif kind in ("word", "so") or (kind == "space" and not brackets):
            marks.append(match.start())
            shown = blank(shown)
        elif kind == "defined":
            equalities.append(match.end() - 1)
            shown = blank(shown[:-1]) + "="
        elif shown in ("(", "["):
            brackets += 1
        elif shown in (")", "]"):
            brackets = max(0, brackets - 1)
        elif shown == "=" and not brackets:
            equalities.append(match.start())
        elif shown in (",", ";") and not brackets:
            marks.append(match.start())
        written.append(shown)
    return _Laid("".join(written) + text[place:], rows, marks, equalities)


def _pieces(laid: _Laid) -> Iterator[tuple[int, int]]:
    """The rows, each divided at its commas where every part is an equation."""
    start = 0
    for end in [*laid.rows, len(laid.text)]:
        marks = [mark for mark in laid.marks if start <= mark < end]
        parts = [
            (a, b) for a, b in zip([start, *marks], [*marks, end], strict=True) if _worded(laid.text, a, b)
        ]
        if len(parts) > 1 and all(_is_equation(laid, a, b) for a, b in parts):
            yield from ((_behind_mark(laid.text, a), b) for a, b in parts)
        else:
            yield start, end
        start = end


def _worded(text: str, start: int, end: int) -> bool:
    return bool(text[start:end].strip(" \t\n,;."))


def _behind_mark(text: str, start: int) -> int:
    return start + (text[start : start + 1] in (",", ";"))


def _is_equation(laid: _Laid, start: int, end: int) -> bool:
    """Whether something stands before the first sign of equality."""
    first = next((place for place in laid.equalities if start <= place < end), None)
    return first is not None and _worded(laid.text, start, first)


def _continues(text: str, before: tuple[int, int]) -> bool:
    return _TRAILING_OPERATOR.search(text[max(before[0], before[1] - 200) : before[1]].rstrip()) is not None


def _without_doubles(text: str, start: int, end: int, equalities: list[int]) -> str:
    """The text with one sign of equality where a row ends with one and the next begins with another."""
    written = list(text[start:end])
    for one, other in pairwise(equalities):
        if not text[one + 1 : other].strip():
            written[other - start] = " "
    return "".join(written)
