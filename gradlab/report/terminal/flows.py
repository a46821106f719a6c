"""One node's derivative in a pass, put together from what flows to it: a line, or several that add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from gradlab.record.explanation import Explanation, Flow, Pass
from gradlab.report._words.passes import equal, label, paths, product, remark, written
from gradlab.report.terminal.layout import Lines, Page, hanging, width_of
from gradlab.report.terminal.palette import QUIET

__all__ = ["Sheet", "arranged", "derivative_lines", "remarks_column"]

_LONGEST_LINE = 44
"""Columns of a remark: beside a row, a longer one goes on in a second line."""
_MATRIX = re.compile(r"(?P<before>[=≈]? ?)\[\[(?P<rows>[^\[\]]*(\], \[[^\[\]]*)+)\]\]")


@dataclass(frozen=True)
class Sheet:
    """What is drawn, and on what."""

    told: Explanation
    one: Pass
    page: Page

    def label(self, place: int) -> str:
        """The derivative at a node."""
        return label(self.told, self.one, place)

    def remark(self, flow: Flow) -> str:
        """What is to be said of a part."""
        return remark(self.told, flow)


def derivative_lines(sheet: Sheet, place: int, flows: Sequence[Flow], name: str, column: int) -> Lines:
    """A node's derivative: of one part in a line or a few, of several with a line for each, and their sum.

    column: where the remarks stand, if they fit beside; 0 where they go below.
    """
    if len(name) > sheet.page.width // 3:  # a long name has a line to itself
        return [Text(name.rstrip()), *derivative_lines(sheet, place, flows, "  ", 0)]
    node, total = sheet.told.nodes[place], sheet.one.derivatives[place]
    blank = Text(" " * (len(name) + 1))
    if not flows:
        if total:  # the seed
            return arranged(Text(f"{name} "), Text(equal(node.shape, total)), sheet.page)
        return _remarked([Text(f"{name} = 0")], "nothing flows to it here", blank, sheet.page, column)
    if len(flows) == 1:
        body = _pieces(sheet, flows[0], Text(f"{name} "), "=")
        return _remarked(body, sheet.remark(flows[0]), blank, sheet.page, column)
    lines = [Text.assemble(name, "  ", (paths(sheet.told, len(flows)), QUIET))]
    for number, flow in enumerate(flows):
        body = _pieces(sheet, flow, blank, "+" if number else " ")
        lines += _remarked(body, sheet.remark(flow), blank, sheet.page, column)
    return [*lines, *arranged(blank, Text(equal(node.shape, total)), sheet.page)]


def remarks_column(sheet: Sheet, margin: int) -> int:
    """Where remarks stand, if all of them have room beside what they are of; else 0."""
    blank, flows = Text(" " * (margin + 1)), sheet.one.flows
    column = max((width_of(_pieces(sheet, flow, blank, "=")) for flow in flows), default=0) + 3
    longest = max((min(_LONGEST_LINE, len(sheet.remark(flow))) for flow in flows), default=0)
    return column if flows and column + longest <= sheet.page.width else 0


def _pieces(sheet: Sheet, flow: Flow, first: Text, sign: str) -> Lines:
    """rule = upstream × local = downstream, in one line where it fits."""
    pieces = [(sign, flow.rule)]
    if found := product(sheet.told, sheet.one, flow):
        mark, line = "≈" if found.rounded else "=", f"{found.upstream} {found.times} {found.local}"
        if found.summed is not None:
            pieces.append((mark, f"sum({line}{found.summed})"))
        elif first.cell_len + 2 + len(line) <= sheet.page.width:
            pieces.append((mark, line))
        else:
            pieces += [(mark, found.upstream), (found.times, found.local)]
    value, cut = written(sheet.told.nodes[flow.target].shape, flow.downstream)
    pieces.append(("≈" if cut else "=", value))
    whole = Text(" ".join(f"{mark} {body}" for mark, body in pieces))
    if first.cell_len + whole.cell_len <= sheet.page.width:
        return [Text.assemble(first, whole)]
    lines: Lines = []
    for mark, body in pieces:
        start = Text(" " * first.cell_len) if lines else first
        lines += arranged(Text.assemble(start, f"{mark} "), Text(body), sheet.page)
    return lines


def _remarked(lines: Lines, remark: str, blank: Text, page: Page, column: int) -> Lines:
    """The lines with a remark beside the last, or below."""
    if not remark:
        return lines
    if column:
        last = Text.assemble(lines[-1], " " * max(3, column - lines[-1].cell_len))
        return [*lines[:-1], *hanging(last, Text(remark, QUIET), page)]
    return [*lines, *hanging(Text.assemble(blank, "  "), Text(remark, QUIET), page)]


def arranged(first: Text, body: Text, page: Page) -> Lines:
    """The body beside its first words; a matrix that takes more than a line has one for each of its rows."""
    found = _MATRIX.fullmatch(body.plain)
    if found is None or first.cell_len + body.cell_len <= page.width:
        return hanging(first, body, page)
    lines: Lines = []
    head = Text.assemble(first, found["before"], "[")
    rows = [f"[{row}]" for row in found["rows"].split("], [")]
    for number, row in enumerate(rows, 1):
        lines += hanging(head, Text(row + ("," if number < len(rows) else "]")), page)
        head = Text(" " * head.cell_len)
    return lines
