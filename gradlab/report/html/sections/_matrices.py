"""Numbers and arrays in a page: the rows and columns of a matrix below one another."""

from __future__ import annotations

import re

from markupsafe import Markup

__all__ = ["numerals"]

_LINE = re.compile(r"(?P<opening> *\[*)(?P<cells>[^\[\]]*)(?P<closing>\]*,?)")


def numerals(text: str) -> Markup:
    r"""A value as `_words.numerals.array` writes it, set so that its columns stand below one another.

    >>> numerals("0.5"), numerals("[1, 2]"), numerals("[[1, -3], [0.2, 1]]")
    (Markup('0.5'), Markup('[1, 2]'), Markup('<span class="matrix">[[  1, -3],\n [0.2,  1]]</span>'))
    """
    lines = [found for line in _lines(text) if (found := _LINE.fullmatch(line))]
    if len(lines) < 2 or len(lines) < len(_lines(text)):
        return Markup("{}").format(text)
    rows = [line["cells"].split(", ") for line in lines]
    longest = max(map(len, rows))
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(longest)]
    set_rows = (
        row if len(row) < longest else [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        for row in rows
    )
    written = (
        f"{line['opening']}{', '.join(row)}{line['closing']}"
        for line, row in zip(lines, set_rows, strict=True)
    )
    return Markup('<span class="matrix">{}</span>').format("\n".join(written))


def _lines(text: str) -> list[str]:
    """A line for each innermost row of an array, indented by the brackets that are open.

    >>> _lines("[[[1], [2]], …, [[3], [4]]]")
    ['[[[1],', '  [2]],', ' …,', ' [[3],', '  [4]]]']
    """
    deepest, depth, lines = len(text) - len(text.lstrip("[")), 0, [""]
    for piece in re.split(r"(\[|\]|, )", text):
        depth += {"[": 1, "]": -1}.get(piece, 0)
        if piece == ", " and depth < deepest:
            lines[-1] += ","
            lines.append(" " * depth)
        else:
            lines[-1] += piece
    return lines
