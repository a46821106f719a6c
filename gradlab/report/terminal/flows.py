"""One node's derivative in a pass, put together from what flows to it: a line, or several that add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from gradlab.record import Number
from gradlab.record.explanation import Explanation, Flow, Pass
from gradlab.report._numerals import array, plain
from gradlab.report.terminal.layout import Lines, Page, hanging, width_of
from gradlab.report.terminal.palette import QUIET

__all__ = ["Sheet", "arranged", "derivative_lines", "equal", "remarks_column", "rounded", "same"]

_EXACT = 14
"""Digits: what differs beyond them is float64's own rounding, as in 0.7000000000000001."""
_LONGEST_LINE = 44
"""Columns of a remark: beside a row, a longer one goes on in a second line."""
_MATRIX = re.compile(r"(?P<before>[=≈]? ?)\[\[(?P<rows>[^\[\]]*(\], \[[^\[\]]*)+)\]\]")
_SPREAD = re.compile(r"sum\(.*?(?P<axis>(?:, axis=[^=]*?(?:, keepdims=True)?)?)\)")


@dataclass(frozen=True)
class Sheet:
    """What is drawn, and on what."""

    told: Explanation
    one: Pass
    page: Page

    @property
    def backward(self) -> bool:
        """Whether it is a pass from the output back."""
        return self.told.mode == "reverse"

    def label(self, place: int) -> str:
        """The derivative at a node."""
        name = self.told.nodes[place].name
        return f"∂{self.one.of}/∂{name}" if self.backward else f"∂{name}/∂{self.one.of}"


def derivative_lines(sheet: Sheet, place: int, flows: Sequence[Flow], label: str, column: int) -> Lines:
    """A node's derivative: of one part in a line or a few, of several with a line for each, and their sum.

    column: where the remarks stand, if they fit beside; 0 where they go below.
    """
    if len(label) > sheet.page.width // 3:  # a long name has a line to itself
        return [Text(label.rstrip()), *derivative_lines(sheet, place, flows, "  ", 0)]
    node, total = sheet.told.nodes[place], sheet.one.derivatives[place]
    blank = Text(" " * (len(label) + 1))
    if not flows:
        if total:  # the seed
            return arranged(Text(f"{label} "), equal(node.shape, total), sheet.page)
        return _remarked([Text(f"{label} = 0")], "nothing flows to it here", blank, sheet.page, column)
    if len(flows) == 1:
        body = _pieces(sheet, flows[0], Text(f"{label} "), "=")
        return _remarked(body, _remark(sheet, flows[0]), blank, sheet.page, column)
    paths = f"{len(flows)} {'paths meet, and add' if sheet.backward else 'parts add'}"
    lines = [Text.assemble(label, "  ", (paths, QUIET))]
    for number, flow in enumerate(flows):
        body = _pieces(sheet, flow, blank, "+" if number else " ")
        lines += _remarked(body, _remark(sheet, flow), blank, sheet.page, column)
    return [*lines, *arranged(blank, equal(node.shape, total), sheet.page)]


def remarks_column(sheet: Sheet, margin: int) -> int:
    """Where remarks stand, if all of them have room beside what they are of; else 0."""
    blank, flows = Text(" " * (margin + 1)), sheet.one.flows
    column = max((width_of(_pieces(sheet, flow, blank, "=")) for flow in flows), default=0) + 3
    longest = max((min(_LONGEST_LINE, len(_remark(sheet, flow))) for flow in flows), default=0)
    return column if flows and column + longest <= sheet.page.width else 0


def _pieces(sheet: Sheet, flow: Flow, first: Text, sign: str) -> Lines:
    """rule = upstream × local = downstream, in one line where it fits."""
    source, target = sheet.told.nodes[flow.source], sheet.told.nodes[flow.target]
    pieces = [(sign, flow.rule)]
    if flow.local_values:
        upstream, cut = _written(source.shape, sheet.one.derivatives[flow.source])
        local, also = _written(flow.local_shape, flow.local_values)
        local = f"({local})" if local.startswith("-") else local
        mark, times = "≈" if cut or also else "=", "⊙" if source.shape and flow.local_shape else "·"
        product = f"{upstream} {times} {local}"
        if spread := _SPREAD.fullmatch(flow.rule):
            pieces.append((mark, f"sum({product}{spread['axis']})"))
        elif first.cell_len + 2 + len(product) <= sheet.page.width:
            pieces.append((mark, product))
        else:
            pieces += [(mark, upstream), (times, local)]
    value, cut = _written(target.shape, flow.downstream)
    pieces.append(("≈" if cut else "=", value))
    whole = Text(" ".join(f"{mark} {body}" for mark, body in pieces))
    if first.cell_len + whole.cell_len <= sheet.page.width:
        return [Text.assemble(first, whole)]
    lines: Lines = []
    for mark, body in pieces:
        start = Text(" " * first.cell_len) if lines else first
        lines += arranged(Text.assemble(start, f"{mark} "), Text(body), sheet.page)
    return lines


def _remark(sheet: Sheet, flow: Flow) -> str:
    """What a part comes through, and what a lecture says of it; a tangent's rule names its source itself."""
    source = sheet.told.nodes[flow.source]
    through = f"from {source.name} = {source.formula}" if sheet.backward else ""
    return "; ".join(text for text in (through, flow.note) if text)


def _remarked(lines: Lines, remark: str, blank: Text, page: Page, column: int) -> Lines:
    """The lines with a remark beside the last, or below."""
    if not remark:
        return lines
    if column:
        last = Text.assemble(lines[-1], " " * max(3, column - lines[-1].cell_len))
        return [*lines[:-1], *hanging(last, Text(remark, QUIET), page)]
    return [*lines, *hanging(Text.assemble(blank, "  "), Text(remark, QUIET), page)]


def equal(shape: Sequence[int], values: Sequence[Number]) -> Text:
    """`= 0.5`, or `≈ 0.333333` of what is rounded: numbers to six digits, arrays to four."""
    text, cut = _written(shape, values)
    return Text(f"{'≈' if cut else '='} {text}")


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


def _written(shape: Sequence[int], values: Sequence[Number]) -> tuple[str, bool]:
    if shape or not values:
        return array(shape, [rounded(value, _EXACT) for value in values])
    short = rounded(values[0], 6)
    return plain(short), not same([short], values)


def rounded(value: Number, digits: int) -> Number:
    """The value to so many significant digits."""
    return value if isinstance(value, str) else float(f"{value:.{digits}g}")


def same(short: Sequence[Number], values: Sequence[Number]) -> bool:
    """Whether rounding has lost nothing but what float64 itself rounds."""
    return all(one == rounded(value, _EXACT) for one, value in zip(short, values, strict=True))
