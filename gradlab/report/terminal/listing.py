"""Code on a page that is narrower than its lines: broken where it stays Python, so that it can be pasted."""

from __future__ import annotations

import ast
import io
import tokenize

from rich.text import Text

from gradlab.report.terminal.layout import Lines, Page, hanging

__all__ = ["folded"]

_FURTHER_IN = 8
"""What goes on from a line stands so much further in than the line."""
_NARROW = 40
"""On a page of fewer columns there is no room for that."""
_FORMATTED = {getattr(tokenize, "FSTRING_START", None): 1, getattr(tokenize, "FSTRING_END", None): -1}
"""Python 3.12 makes several tokens of an f-string, between which nothing may be put."""


def folded(code: Text, page: Page) -> Lines:
    """The lines of the code, those that are too long broken within brackets, or after a backslash."""
    places = _places(code.plain) if _is_python(code.plain) else {}
    lines: Lines = []
    for number, line in enumerate(code.split("\n", allow_blank=True), start=1):
        lines += _folded(line, places.get(number, {}), page)
    return lines


def _folded(line: Text, places: dict[int, int], page: Page) -> Lines:
    """places: where the line may be broken; see `_places`."""
    if line.cell_len <= page.width:
        return [line]
    own = len(line.plain) - len(line.plain.lstrip())
    margin = own + (_FURTHER_IN if page.width >= _NARROW else 0)
    lines: Lines = []
    start, indent = own, own
    while len(line) - start > page.width - indent:
        end = start + page.width - indent
        room = [place for place, cost in places.items() if start < place < end + (cost > 0)]
        if not room:
            break
        # late in the line, and there where it costs least
        late = [place for place in room if 2 * place > start + end and places[place]] or room
        place = min(late, key=lambda at: (places[at] or len(line), -at))
        part = line[start:place]
        part.rstrip()
        lines.append(Text.assemble(" " * indent, part, "" if places[place] else " \\"))
        start, indent = place, margin
    rest = line[start:]
    sign = rest[: 2 * rest.plain.startswith("# ")]
    parts = hanging(Text(), rest[len(sign) :], page.narrowed(indent + len(sign)))
    return lines + [Text.assemble(" " * indent, sign, part) for part in parts]


def _is_python(source: str) -> bool:
    """Whether it is Python and no formula, many of which could be either."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return False
    return any(isinstance(statement, (ast.FunctionDef, ast.Import, ast.ImportFrom)) for statement in body)


def _places(source: str) -> dict[int, dict[int, int]]:
    """By line, the columns at which a token begins after a space, with what a break costs there: nothing where
    it has to be a backslash, else the more the more brackets there are around it, and less after a comma.
    """
    found: dict[int, dict[int, int]] = {}
    depth, formatted, before, last = 0, 0, (0, 0), ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row, column = token.start
        if before[0] == row and before[1] < column and not formatted:
            free = token.type == tokenize.COMMENT or (depth > 0 and last == ",")
            found.setdefault(row, {})[column] = 2 * depth + 2 - free if depth or free else 0
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
        formatted += _FORMATTED.get(token.type, 0)
        before, last = token.end, token.string
    return found
