r"""Where mathematics stands in running text: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, and environments.

Markdown and LaTeX differ in what a lone `$` is: an amount of money in the one, an error in the other.
Every search for an end that failed is remembered, so that the time grows with the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradlab.notation.document.parts import Mathematics, Stray

ENVIRONMENTS = (
    "align",
    "alignat",
    "displaymath",
    "eqnarray",
    "equation",
    "flalign",
    "gather",
    "math",
    "multline",
)
"""Those that are mathematics by themselves, each with a starred form too."""

_OPENERS = re.compile(
    r"(?P<escaped>\\[\\$`%])"
    r"|(?P<code>`+)"
    r"|(?P<comment><!--)"
    r"|(?P<display>\$\$)"
    r"|(?P<inline>\$)"
    r"|(?P<bracket>\\[\[(])"
    rf"|\\begin\{{(?P<environment>(?:{'|'.join(ENVIRONMENTS)})\*?)\}}"
)
_DOLLAR = re.compile(r"(?<!\\)(?:\\\\)*\$")
_CLAIM = re.compile(
    r"(?:∂[^\W\d_]{0,3}\w{0,9}\s?/\s?∂\s?\w|\bd/d\w{1,3}\b|∇_?\w|\\frac\s*\{\s*\\partial|\\nabla)[^\n=]{0,60}="
    r"|\bd[^\W\d_]\w{0,2}/d[^\W\d_]\w{0,2}\s*="
    r"|(?<![\w'’])[^\W\d_]['′’]{1,3}(?:\(\w{1,3}\))?\s*=(?!=)"
    r"|(?<!\w)[^\W\d_]['′]{1,3}\s?\([^\W\d]\w{0,3}\)\s*="
)
_LOOKS_MATHEMATICAL = re.compile(r"\\[a-zA-Z]|[∂∇^_]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def find_mathematics(text: str, start: int, end: int, *, tex: bool) -> Iterator[Mathematics | Stray]:
    r"""The mathematics in text[start:end], in order, and what looks like it and can't be told.

    >>> [part.start for part in find_mathematics("It costs $5; $a = b$, and `$code$`.", 0, 35, tex=False)]
    [14]
    """
    closers = _Closers(text, end)
    place = said = start
    while opener := _OPENERS.search(text, place, end):
        kind, inner = str(opener.lastgroup), opener.end()
        found: Mathematics | Stray | None = None
        if kind == "escaped" or (tex and kind in {"code", "comment"}):
            place = inner
            continue
        if kind in {"code", "comment"}:
            close = closers.after(inner, opener[0] if kind == "code" else "-->")
            if close is not None:
                yield from _claims_in_prose(text, said, opener.start())
                said = close
            place = inner if close is None else close
            continue
        if kind == "inline":
            found = _inline(text, opener.start(), end, tex)
        else:
            closing = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}.get(opener[0])
            closing = closing or f"\\end{{{opener['environment']}}}"
            close = closers.after(inner, closing)
            form = "inline" if closing == "\\)" else "display"
            if close is None:
                if tex or kind in {"display", "environment"} or _looks_like_a_claim(text, inner, end):
                    found = Stray(opener.start(), f"this {opener[0]} is never closed by {closing}")
            elif kind == "environment":
                found = Mathematics(opener.start(), close, "display")
            else:
                found = Mathematics(inner, close - len(closing), "inline" if form == "inline" else "display")
        if found is None:
            place = inner
            continue
        yield from _claims_in_prose(text, said, opener.start())
        yield found
        if isinstance(found, Stray):
            place = said = inner
        elif kind == "environment":
            place = said = found.end
        else:
            place = said = found.end + len(opener[0])
    yield from _claims_in_prose(text, said, end)


class _Closers:
    """Searches for ends; one that was not found is not sought again."""

    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end
        self._missing: set[str] = set()

    def after(self, place: int, closer: str) -> int | None:
        """The place behind the next `closer`; None where there is none."""
        if closer in self._missing:
            return None
        ticks = closer if closer[0] == "`" else ""
        if ticks:  # a code span ends with just as many
            match = re.compile(rf"(?<!`){ticks}(?!`)").search(self._text, place, self._end)
            found = match.start() if match else -1
        else:
            found = self._text.find(closer, place, self._end)
        if found < 0:
            self._missing.add(closer)
            return None
        return found + len(closer)


def _inline(text: str, start: int, end: int, tex: bool) -> Mathematics | Stray | None:
    """What begins with the `$` at `start`. In Markdown `$5 and $6` is money."""
    inner = start + 1
    close = _DOLLAR.search(text, inner, end)
    place = close.end() - 1 if close else -1
    within = text[inner:place] if close else ""
    if close and not _BLANK_LINE.search(within):
        tight = (
            not within[:1].isspace()
            and not within[-1:].isspace()
            and not text[place + 1 : place + 2].isdigit()
        )
        spaced = within[:1].isspace() and within[-1:].isspace() and ("=" in within or "\\" in within)
        if tex or (within and (tight or spaced)):
            return Mathematics(inner, place, "inline")
    is_money = not tex and text[inner : inner + 1].isdigit()
    if (tex and not close) or (not is_money and _looks_like_a_claim(text, inner, min(end, inner + 200))):
        return Stray(start, "this $ is never closed by another $ in its paragraph")
    return None


def _looks_like_a_claim(text: str, start: int, end: int) -> bool:
    """Whether the rest of a line says that something mathematical equals something."""
    line = text[start : min(end, start + 300)].partition("\n")[0]
    return "=" in line and _LOOKS_MATHEMATICAL.search(line) is not None


def _claims_in_prose(text: str, start: int, end: int) -> Iterator[Stray]:
    """A derivation that stands in no mathematics would be dropped in silence."""
    for match in _CLAIM.finditer(text, start, end):
        yield Stray(
            match.start(),
            "this looks like a derivation, and stands outside of mathematics: put it between $$ and $$, or in a "
            "block that begins with ```gradlab",
        )
