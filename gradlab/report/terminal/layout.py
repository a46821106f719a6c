"""Lines of text put under and beside one another. A block is a list of lines, none wider than its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.console import Console
from rich.text import Text

from gradlab.report.terminal.palette import LABEL, QUIET

__all__ = [
    "COLUMN",
    "Footnotes",
    "Lines",
    "Page",
    "beside",
    "flowing",
    "hanging",
    "indented",
    "labelled",
    "rule",
    "table",
    "width_of",
]

Lines = list[Text]
INDENT = 2
_LABEL_WIDTH = 10
COLUMN = INDENT + _LABEL_WIDTH
"""Where what stands beside a label begins."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Page:
    """What is drawn on: a console for measuring, the columns there are, and how much is wanted."""

    console: Console
    width: int
    verbosity: int = 0

    def footnotes(self) -> Footnotes:
        """For a table on this page."""
        return Footnotes(self.console.options.ascii_only)

    def narrowed(self, columns: int) -> Page:
        """The page that is left beside a margin."""
        return replace(self, width=max(20, self.width - columns))


@dataclass
class Footnotes:
    """Remarks that would widen a table, gathered under it; the same remark has one number."""

    ascii_only: bool = False
    """Where ¹ would become 1, and –¹ be taken for -1, it is [1]."""
    _numbers: dict[str, int] = field(default_factory=dict)

    def sign(self, remark: str) -> str:
        """The superscript that points to the remark."""
        if not remark:
            return ""
        number = self._numbers.setdefault(remark, len(self._numbers) + 1)
        return f"[{number}]" if self.ascii_only else str(number).translate(_SUPERSCRIPTS)

    def lines(self, page: Page) -> Lines:
        """The remarks, in the order of their numbers."""
        lines: Lines = []
        for remark in self._numbers:
            lines += hanging(Text(f"{self.sign(remark)} ", QUIET), Text(remark, QUIET), page)
        return lines


def width_of(lines: Lines) -> int:
    """The columns of the widest line."""
    return max((line.cell_len for line in lines), default=0)


def hanging(first: Text, body: Text, page: Page) -> Lines:
    """The body wrapped beside its first words."""
    margin = first.cell_len
    wrapped = body.wrap(page.console, max(10, page.width - margin), overflow="fold")
    return [
        Text.assemble(Text(" " * margin) if number else first, line) for number, line in enumerate(wrapped)
    ]


def indented(lines: Lines, columns: int = INDENT) -> Lines:
    """The lines moved to the right."""
    return [Text.assemble(" " * columns, line) if line else line for line in lines]


def flowing(items: Sequence[Text], page: Page) -> Lines:
    """Items in a list, as many on a line beside a label as there is room for."""
    lines: Lines = []
    for item in items:
        if lines and lines[-1].cell_len + 2 + item.cell_len < page.width - INDENT - _LABEL_WIDTH:
            lines[-1].append(", ").append_text(item)
        else:
            lines.append(item.copy())
    return lines


def labelled(label: str, body: Text, page: Page) -> Lines:
    """A label in the left column, the body wrapped in the right one."""
    return hanging(Text(" " * INDENT + label.ljust(_LABEL_WIDTH), LABEL), body, page)


def table(rows: Sequence[Sequence[Text]], sides: str, gap: int = 2) -> Lines:
    """Rows of cells in columns; `sides` has an l or an r a column, for where its cells are flush."""
    widths = [max((row[column].cell_len for row in rows), default=0) for column in range(len(sides))]
    lines: Lines = []
    for row in rows:
        line = Text()
        for column, (cell, width, side) in enumerate(zip(row, widths, sides, strict=True)):
            line.append(" " * (gap if column and widths[column - 1] else 0))
            padding = " " * (width - cell.cell_len)
            line.append_text(Text.assemble(padding, cell) if side == "r" else Text.assemble(cell, padding))
        line.rstrip()
        lines.append(line)
    return lines


def beside(left: Lines, right: Lines, gap: int) -> Lines:
    """Two blocks side by side, their first lines on the same line."""
    margin = width_of(left) + gap
    lines: Lines = []
    for number in range(max(len(left), len(right))):
        line = left[number].copy() if number < len(left) else Text()
        if number < len(right):
            line.append(" " * (margin - line.cell_len)).append_text(right[number])
        lines.append(line)
    return lines


def rule(left: Text, right: Text, width: int, character: str = "━") -> Text:
    """A horizontal line with words in it at both ends; the left ones are cut where there is no room."""
    frame = 8 if right else 4
    room = width - right.cell_len - frame - 1
    left = left.copy()
    left.truncate(max(4, room), overflow="ellipsis")
    stroke = max(1, width - left.cell_len - right.cell_len - frame)
    line = Text.assemble((f"{character * 2} ", QUIET), left, (f" {character * stroke}", QUIET))
    return Text.assemble(line, " ", right, (f" {character * 2}", QUIET)) if right else line
