r"""Mathematics that is set apart is made statements: one display may hold several equations, in rows.

What only lays out (`&`, `\\`, `\begin{aligned}`, `\label`) is replaced by spaces, so that every place in a
statement is still the place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from gradlab.notation.document.mathematics import ENVIRONMENTS
from gradlab.notation.document.parts import blank

LAYOUT = {*ENVIRONMENTS, "aligned", "alignedat", "gathered", "split"}

_SIGNS = re.compile(
    r"\\begin\s*\{(?P<begin>[a-zA-Z]+)\*?\}(?:\[[a-z]\])?(?P<columns>\{\d+\})?"
    r"|\\end\s*\{(?P<end>[a-zA-Z]+)\*?\}"
    r"|(?P<row>\\\\\*?(?:\[[0-9.]+\s*[a-z]{2}\])?|\\cr\b)"
    r"|(?P<drop>\\(?:label|tag\*?|[hv]space\*?)\s*\{[^{}]*\}"
    r"|\\(?:nonumber|notag|qedhere|qed|blacksquare|square|Box|checkmark|displaystyle|hfill)\b)"
    r"|(?P<between>\\(?:short)?intertext\s*\{[^{}=]*\})"
    r"|(?P<boxed>\\(?:boxed|fbox)\s*\{)"
    r"|(?P<word>\\(?:text|mathrm|textrm|mbox)\s*\{\s*(?:and|where|with|so|thus|hence|therefore|for|at|with)[\s:,]*\})"
    r"|(?P<so>\\(?:Rightarrow|Longrightarrow|implies|therefore|because|iff|Leftrightarrow)\b|[⇒∴⟹])"
    r"|(?P<space>\\q?quad\b)"
    r"|(?P<prose>\\(?:text|textrm|textit|textbf|emph|mbox)\s*\{[^{}$=]*\})"
    r"|(?P<defined>\\(?:stackrel|overset|underset)\s*\{[^{}]*\}\s*\{\s*=\s*\}|:=|\\coloneqq\b|\\triangleq\b|≔|≡|\\equiv\b)"
    r"|\\(?:left|right|[bB]igg?[lrm]?)\s*\\?."
    r"|(?P<text>\\(?:text|mathrm|textrm|mbox|operatorname)\s*\{)"
    r"|\\[a-zA-Z]+|\\."
    r"|(?P<sign>[{}()\[\]&=,;])",
    re.DOTALL,
)
_Mark = Literal["", "aside", "column"]
_TRAILING_OPERATOR = re.compile(r"(?:[=+\-−·*/⊙×]|\\(?:cdot|times|odot|circ))\s*\Z")
_LEADING_OPERATOR = re.compile(r"\s*(?:[=+\-−·*/⊙×@]|\\(?:cdot|times|odot|circ|quad)\b)")
_ROW_ENDS = re.compile(r"(?:[\s&.,;]|\\(?:q?quad|hfill)\b)*(?:\Z|\\\\|\\end\s*\{|\\label\b|\\tag\b)")
_SENTENCE = re.compile(r"[\s(~]")
_BESIDE = re.compile(r"(?:&|\\q?quad|\\hfill|\\hspace\{[^{}]*\})\s*\Z")
_BEGUN = re.compile(r"(?:\\\\|\\begin\s*\{[a-zA-Z]+\*?\}(?:\{\d+\})?)\Z")
_NEXT_EQUATION = re.compile(r"[^\\=,;]{0,20}(?:\\(?!\\)[^\\=,;]{0,40}){0,8}=")
_ASIDE = re.compile(r"\b(?:where|with|for|at)\b")
_LAST_MARK = re.compile(r"[.,;](?=\s*\Z)")
_TRAILING_MARKS = re.compile(r"(?:[,;:! ]\\|[.,;]|\s)+")
"""Backwards, since a search for what ends a text begins anew at each of a thousand blanks."""


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
    marks: list[tuple[int, _Mark]]
    """Places between what commas, words such as \\text{and} and columns separate."""
    equalities: list[int]
    """Signs of equality that stand in no bracket."""
    brackets: int = 0
    """How many are open."""
    cells: int = 0
    """How many & stand in the row: every second one of an align parts two columns."""
    in_threes: bool = False
    """Whether it is an eqnarray, whose & stand on both sides of =."""


def statements(text: str) -> Iterator[Statement]:
    r"""The statements of a display, in order.

    A row that begins with a sign of equality, or another operator, goes on with the statement before.

    >>> [s.text.strip() for s in statements(r"a &= b \\ &= c \\ d &= e, \quad f = g.")]
    ['a  = b     = c', 'd  = e', 'f = g']
    """
    laid = _lay_out(text)
    joined: list[_Joined] = []
    for piece in _pieces(laid):
        main = (one for one in reversed(joined) if not one.aside)
        last = next(main, None)
        before = next((one for one in chain([last], main) if one and one.column == piece.column), last)
        goes_on = _LEADING_OPERATOR.match(laid.text, piece.start, piece.end) is not None
        if before and (goes_on or _continues(laid.text, joined[-1])):
            if goes_on and (mark := _LAST_MARK.search(laid.text, *before.parts[-1])):
                before.parts[-1] = (before.parts[-1][0], mark.start())  # the comma between two lines
            before.parts += piece.parts
        elif laid.text[piece.start : piece.end].strip():
            joined.append(piece)
    for one in joined:
        equalities = [place for place in laid.equalities if any(a <= place < b for a, b in one.parts)]
        written = _without_doubles(_own(laid.text, one), one.start, equalities)
        trailing = _TRAILING_MARKS.match(written[::-1])
        written = written[: len(written) - trailing.end()] if trailing else written
        lead = len(written) - len(written.lstrip())
        yield Statement(written[lead:], one.start + lead, bool(equalities))


@dataclass
class _Joined:
    """Rows, or parts of rows, that make one statement."""

    parts: list[tuple[int, int]]
    aside: bool = False
    """Whether it only says what something in the statement before it stands for: `where z = wx + b`."""
    column: int = 0
    """Of several derivations that stand beside each other, which one."""

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.parts[0][0]

    @property
    def end(self) -> int:
        """Where it ends, after all that may stand in between."""
        return self.parts[-1][1]


def _own(text: str, one: _Joined) -> str:
    """The statement's text, with what stands in between blanked."""
    written, place = "", one.start
    for start, end in one.parts:
        written += blank(text[place:start]) + text[start:end]
        place = end
    return written


def _lay_out(text: str) -> _Laid:
    laid = _Laid("", [], [], [])
    written: list[str] = []
    boxes: list[int] = []
    place = depth = 0
    for match in _SIGNS.finditer(text):
        written.append(text[place : match.start()])
        place = match.end()
        kind, shown = match.lastgroup or "", match[0]
        begun, ended = match["begin"], match["end"]
        if begun in LAYOUT or ended in LAYOUT:
            laid.in_threes |= begun == "eqnarray"
            shown = blank(shown)
        elif kind == "boxed" and not depth and _boxes_an_equation(text, match.end()):
            boxes.append(_closing(text, match.end()))
            shown = blank(shown)
        elif boxes and match.start() == boxes[-1]:
            boxes.pop()
            shown = " "
        elif begun or kind in ("text", "boxed") or shown == "{":
            depth += 1
        elif ended or shown == "}":
            depth -= 1
        elif not depth:
            shown = _noted(laid, text, match)
        written.append(shown)
    laid.text = "".join(written) + text[place:]
    return laid


def _noted(laid: _Laid, text: str, match: re.Match[str]) -> str:
    """What is written for a sign that stands in no braces, which is noted where it divides."""
    kind, shown, place = match.lastgroup or "", match[0], match.start()
    if kind in ("row", "between"):
        laid.rows.append(place)
        laid.brackets = laid.cells = 0
        return blank(shown)
    if shown == "&":
        laid.cells += 1
        if laid.cells % 2 == 0 and not laid.in_threes:
            laid.marks.append((place, "column"))
    if kind == "drop" or shown == "&":
        return blank(shown)
    if kind == "prose" and not _SENTENCE.search(shown):  # one word may be a name
        beside = _ends_row(text, match.end()) and _BESIDE.search(text, max(0, place - 40), place)
        return blank(shown) if beside else shown
    if kind == "prose":
        aside = _NEXT_EQUATION.match(text, match.end()) is not None
        bare = _ends_row(text, match.end()) or _begins_row(text, place)
        if aside and not bare:
            laid.marks.append((place, "aside"))
        return blank(shown) if aside or bare else shown
    if kind in ("word", "so") or (kind == "space" and not laid.brackets):
        laid.marks.append((place, "aside" if kind == "word" and _ASIDE.search(shown) else ""))
        return blank(shown)
    if kind == "defined":
        laid.equalities.append(match.end() - 1)
        return blank(shown[:-1]) + "="
    if shown in ("(", "["):
        laid.brackets += 1
    elif shown in (")", "]"):
        laid.brackets = max(0, laid.brackets - 1)
    elif shown == "=" and not laid.brackets:
        laid.equalities.append(place)
    elif shown in (",", ";") and not laid.brackets:
        laid.marks.append((place, ""))
    return shown


def _pieces(laid: _Laid) -> Iterator[_Joined]:
    """The rows, each divided at its commas and columns where every part is an equation, or goes on with one."""
    start = 0
    for end in [*laid.rows, len(laid.text)]:
        marks = [(mark, kind) for mark, kind in laid.marks if start <= mark < end]
        places = [start, *(mark for mark, _ in marks), end]
        parts: list[_Joined] = []
        aside, column = False, 0
        for (a, b), kind in zip(pairwise(places), ["", *(kind for _, kind in marks)], strict=True):
            aside, column = kind == "aside" or (aside and kind != "column"), column + (kind == "column")
            if _worded(laid.text, a, b):
                first = not any(one.column == column for one in parts)
                parts.append(_Joined([(_behind_mark(laid.text, a), b)], aside, column))
                if not (_is_equation(laid, parts[-1]) or (first and _goes_on(laid, parts[-1]))):
                    break
        else:
            if len(parts) > 1:
                yield from parts
                start = end
                continue
        yield _Joined([(start, end)])
        start = end


def _boxes_an_equation(text: str, start: int) -> bool:
    """Whether a sign of equality stands, in no further braces, in the box that begins at `start`."""
    inside = text[start : _closing(text, start)]
    return "=" in re.sub(r"\{[^{}]*\}", "", inside)


def _closing(text: str, start: int) -> int:
    """The place of the brace that closes the one before `start`; the end where nothing does."""
    depth = 1
    for match in re.finditer(r"\\.|[{}]", text[start:], re.DOTALL):
        depth += (match[0] == "{") - (match[0] == "}")
        if not depth:
            return start + match.start()
    return len(text)


def _ends_row(text: str, place: int) -> bool:
    """Whether nothing but punctuation stands in the row from `place` on."""
    return _ROW_ENDS.match(text, place) is not None


def _begins_row(text: str, place: int) -> bool:
    """Whether nothing stands in the row before `place`."""
    before = text[max(0, place - 200) : place].rstrip(" \t\n&")
    return not before or _BEGUN.search(before) is not None


def _worded(text: str, start: int, end: int) -> bool:
    return bool(text[start:end].strip(" \t\n,;."))


def _behind_mark(text: str, start: int) -> int:
    return start + (text[start : start + 1] in (",", ";"))


def _is_equation(laid: _Laid, part: _Joined) -> bool:
    """Whether something stands on both sides of the first sign of equality."""
    first = next((place for place in laid.equalities if part.start <= place < part.end), None)
    return (
        first is not None
        and _worded(laid.text, part.start, first)
        and (_worded(laid.text, first + 1, part.end) or part.end == len(laid.text))
    )


def _goes_on(laid: _Laid, part: _Joined) -> bool:
    """Whether the part begins with a sign of equality."""
    return laid.text[part.start : part.end].lstrip().startswith("=")


def _continues(text: str, before: _Joined) -> bool:
    return (
        _TRAILING_OPERATOR.search(text[max(before.start, before.end - 200) : before.end].rstrip()) is not None
    )


def _without_doubles(text: str, start: int, equalities: list[int]) -> str:
    """The text, which begins at `start`, with one sign of equality where a row ends with one and the next begins
    with another.
    """
    written = list(text)
    for one, other in pairwise(equalities):
        if not text[one + 1 - start : other - start].strip():
            written[other - start] = " "
    return "".join(written)
