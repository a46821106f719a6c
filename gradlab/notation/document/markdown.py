"""The parts of a Markdown document: headings, blocks of typed lines, mathematics.

Mathematics is found before Markdown's own structure is, because a line of a derivation that begins with
`+`, `-` or `=` would otherwise begin a list or underline a heading. Of that structure nothing is needed but
headings and fenced blocks, and those are told line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradlab.notation.document.mathematics import find_mathematics
from gradlab.notation.document.parts import Block, Heading, Mathematics, Part, Stray

_QUOTE = re.compile(r"^[ ]{0,3}>[> ]*", re.MULTILINE)
_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})([^\n`]*)$")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]([^\n]*))?$")
_UNDERLINE = re.compile(r"^ {0,3}(={3,}|-{3,})[ \t]*$")
_HEADER = re.compile(
    r" {0,3}(?:shapes:[ \t]*[^\W\d]\w*[ \t]*:[ \t]*[\w×(]|at:[ \t]*[^\W\d]\w*[ \t]*=[ \t]*[-\[\d.]"
    r"|assume:[ \t]*[^\W\d]\w*[ \t]+(?:is[ \t]+)?(?:symmetric|positive|negative|[<>][ \t]*0))[^$]*$"
)
"""A line of the header that stands in the text, outside of a block."""
_NOT_READ = {"", "text", "txt", "tex", "latex", "plain"}
"""Blocks in which a derivation would be dropped in silence; any other is a program."""


def markdown_parts(text: str) -> Iterator[Part]:
    r"""The parts in order. Raises nothing: what can't be told is a `Stray`.

    >>> list(markdown_parts("# One\n$x = 1$\n"))[1]
    Mathematics(start=7, end=12, form='inline')
    """
    prose = place = 0
    fence, info, inside = "", "", 0
    before = ""
    for line in text.splitlines(keepends=True):
        start, place = place, place + len(line)
        bare = line.rstrip("\r\n")
        if fence:
            closing = bare.strip()
            if closing.startswith(fence) and not closing.strip(fence[0]):
                yield from _fenced(text, info, inside, start)
                fence, prose = "", place
            continue
        if opening := _FENCE.match(bare):
            yield from find_mathematics(text, prose, start, tex=False)
            fence, info, inside = opening[1], (opening[2].split() or [""])[0].strip("{}.").lower(), place
        elif heading := _HEADING.match(bare):
            yield from find_mathematics(text, prose, start, tex=False)
            yield Heading(start, len(heading[1]), (heading[2] or "").strip(" \t#"))
            prose = place
        elif _HEADER.match(bare):
            yield from find_mathematics(text, prose, start, tex=False)
            yield Block(start, place)
            prose = place
        elif (underline := _UNDERLINE.match(bare)) and _is_title(before):
            begin = start - len(before)
            yield from find_mathematics(text, prose, begin, tex=False)
            yield Heading(begin, 1 if "=" in underline[1] else 2, before.strip())
            prose = place
        before = line
    if fence:
        if info in {"gradlab", "math"}:
            yield Stray(
                inside - 1, f"this block, which begins with {fence}{info}, is never closed by {fence}"
            )
    else:
        yield from find_mathematics(text, prose, len(text), tex=False)


def without_quotes(text: str) -> str:
    """The text without the signs of quotation before its lines, of the same length."""
    return _QUOTE.sub(lambda quote: " " * len(quote[0]), text)


def _is_title(line: str) -> bool:
    """Whether a line that is underlined is a heading: words, and no part of a formula or a table."""
    return bool(line.strip()) and not any(sign in line for sign in "$\\=|")


def _fenced(text: str, info: str, start: int, end: int) -> Iterator[Part]:
    if info == "gradlab":
        yield Block(start, end)
    elif info == "math":
        yield Mathematics(start, end, "display")
    elif info in _NOT_READ:
        for part in find_mathematics(text, start, end, tex=False):
            if isinstance(part, Stray):
                yield part
