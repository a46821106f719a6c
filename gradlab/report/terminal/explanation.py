"""A derivation as a lecture teaches it: the graph, the values forward, the chain rule edge by edge."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, product

from rich.text import Text

from gradlab.record import CaseRecord, Kind, real
from gradlab.record.explanation import Explanation, Flow, Node, Pass
from gradlab.report._numerals import array, plain
from gradlab.report._wording import plural
from gradlab.report.terminal.flows import (
    Sheet,
    arranged,
    derivative_lines,
    equal,
    remarks_column,
    rounded,
    same,
)
from gradlab.report.terminal.layout import Lines, Page, beside, hanging, indented, labelled, width_of
from gradlab.report.terminal.palette import NAME, QUIET, VARIABLE

__all__ = ["explanation_lines"]

_INDENT = 4
_MOST_ROWS, _ENDS = 40, 12
"""All rows of a pass are shown where they are so many; of more, so many at each end."""
_MOST_IN_ALL = 60
"""Rows of passes; where there are more, the first pass is shown alone."""
_MOST_CLOSED = 25
_MOST_ROUNDED = 4
_ALL_DIGITS = 16
"""An array of so many elements is shown with all of its digits."""


def explanation_lines(case: CaseRecord, page: Page) -> Lines:
    """The study, where the case has one."""
    told = case.explanation
    if told is None:
        return []
    lines: Lines = []
    for note in told.notes:
        lines += labelled("note", Text(note), page)
    if told.mode == "reverse":
        lines += [Text(), *_title("forward pass", "the values", page), *_values(told, page)]
    lines += _passes(told, page)
    return [
        *lines,
        *_derivatives(told, case.verdict, page),
        *_rounding(told, case, page),
        *_closed(told, page),
        *_step(told, page),
    ]


def _title(words: str, remark: str, page: Page) -> Lines:
    return hanging(Text.assemble("  ", (words, NAME), "  "), Text(remark, QUIET), page)


# The values


def _values(told: Explanation, page: Page) -> Lines:
    """A row for each node: its name and shape, what it is computed by, and its value."""
    heads = [_head(node) for node in told.nodes]
    margin = width_of(heads) + 2
    formulas = [_origin(node) for node in told.nodes]
    room = page.width - _INDENT - margin
    column = max((f.cell_len for f in formulas if f.cell_len <= room // 2), default=0)
    blocks = []
    for head, formula, node in zip(heads, formulas, told.nodes, strict=True):
        value = equal(node.shape, node.values)
        first = Text.assemble(head, " " * (margin - head.cell_len))
        if formula.cell_len <= column:
            first = Text.assemble(first, formula, " " * (column + 2 - formula.cell_len))
            block = arranged(first, value, page.narrowed(_INDENT))
        else:
            block = hanging(first, formula, page.narrowed(_INDENT))
            block += arranged(Text(" " * (margin + column + 2)), value, page.narrowed(_INDENT))
        if page.verbosity > 0 and node.location:
            block += [Text.assemble(" " * margin, (node.location, QUIET))]
        blocks.append(block)
    return indented(_ends(blocks, page), _INDENT)


def _head(node: Node) -> Text:
    """Its name, and its shape where it is an array."""
    shape = f" ({'×'.join(map(str, node.shape))})" if node.shape else ""
    return Text.assemble((node.name, VARIABLE if node.differentiated else ""), (shape, QUIET))


def _origin(node: Node) -> Text:
    if node.kind == "step":
        return Text(node.formula)
    return Text(
        "derived by" if node.differentiated else "data" if node.kind == "input" else "constant", QUIET
    )


# The passes


def _passes(told: Explanation, page: Page) -> Lines:
    """Every pass, or the first alone where they are long."""
    draw = _backward if told.mode == "reverse" else _onward
    rows = sum(len({flow.target for flow in one.flows}) + 1 for one in told.passes)
    full = told.passes if page.verbosity > 0 or rows <= _MOST_IN_ALL else told.passes[:1]
    lines: Lines = []
    for number, one in enumerate(full, 1):
        counted = f" {number} of {told.needed:,}" if told.needed > 1 else ""
        lines += [Text(), *draw(told, one, counted, page)]
    left = len(told.passes) - len(full)
    if left:
        text = f"{left} more {'pass' if left == 1 else 'passes'} like it (-v shows all)"
        lines += indented(hanging(Text(), Text(text, QUIET), page.narrowed(_INDENT)), _INDENT)
    return lines


def _backward(told: Explanation, one: Pass, counted: str, page: Page) -> Lines:
    """From the output to the inputs: a row for each node, with a line for each path that ends there."""
    sheet = Sheet(told, one, page.narrowed(_INDENT))
    flows = _by_target(one)
    idle = [
        place for place, node in enumerate(told.nodes) if node.differentiated and not one.derivatives[place]
    ]
    rows = list(dict.fromkeys([*([told.output] if one.derivatives[told.output] else []), *flows, *idle]))
    margin = max(len(sheet.label(place)) for place in rows)
    column = remarks_column(sheet, margin)
    blocks = [
        derivative_lines(sheet, place, flows.get(place, []), sheet.label(place).ljust(margin), column)
        for place in rows
    ]
    title = _title(f"backward pass{counted}", "downstream = upstream × local", page)
    return [*title, *indented(_ends(blocks, page), _INDENT)]


def _by_target(one: Pass) -> dict[int, list[Flow]]:
    """What flows to each node, in the order in which nodes are worked out."""
    return {target: list(flows) for target, flows in groupby(one.flows, key=lambda flow: flow.target)}


def _onward(told: Explanation, one: Pass, counted: str, page: Page) -> Lines:
    """From the inputs to the output: each value, and its tangent beside it."""
    sheet, below = (Sheet(told, one, page.narrowed(indent)) for indent in (_INDENT, 2 * _INDENT))
    flows = _by_target(one)
    moving = [place for place, found in enumerate(one.derivatives) if found]
    margin = max(len(sheet.label(place)) for place in moving)
    left = [_valued(node, sheet.page) for node in told.nodes]
    right: list[Lines] = [[] for _ in told.nodes]
    for place in moving:
        right[place] = derivative_lines(
            below, place, flows.get(place, []), sheet.label(place).ljust(margin), 0
        )
    column = max(map(width_of, left))
    apart = column + 3 + max(map(width_of, right)) <= sheet.page.width
    blocks = []
    for value, tangent in zip(left, right, strict=True):
        if apart and tangent:
            padded = [Text.assemble(value[0], " " * (column - value[0].cell_len)), *value[1:]]
            blocks.append(beside(padded, tangent, 3))
        else:
            blocks.append([*value, *indented(tangent, _INDENT)])
    title = _title(f"forward pass{counted}", f"the values, and the tangents by {one.of}", page)
    return [*title, *indented(_ends(blocks, page), _INDENT)]


def _valued(node: Node, page: Page) -> Lines:
    formula = f" = {node.formula}" if node.formula else ""
    lines = hanging(_head(node), Text.assemble(formula, " ", equal(node.shape, node.values)), page)
    return [*lines, Text(f"  {node.location}", QUIET)] if page.verbosity > 0 and node.location else lines


def _ends(blocks: Sequence[Lines], page: Page) -> Lines:
    """All rows, or the first and the last of many."""
    if page.verbosity <= 0 and len(blocks) > _MOST_ROWS:
        left = plural(len(blocks) - 2 * _ENDS, "more row")
        blocks = [*blocks[:_ENDS], [Text(f"… {left} (-v shows all)", QUIET)], *blocks[-_ENDS:]]
    return [line for block in blocks for line in block]


# What comes out


def _derivatives(told: Explanation, verdict: Kind, page: Page) -> Lines:
    """The derivative itself, all digits of a float64; where there is none, what the rules give in its place."""
    rows = []
    for one in told.passes:
        if told.mode == "forward":
            output = told.nodes[told.output]
            rows.append((f"∂{output.name}/∂{one.of}", output.shape, one.derivatives[told.output]))
            continue
        for place, node in enumerate(told.nodes):
            if node.differentiated:
                rows.append((f"∂{one.of}/∂{node.name}", node.shape, one.derivatives[place]))
    scalar = math.prod(told.nodes[told.output].shape) == 1
    words = (
        "the gradient" if scalar else f"the Jacobian, by {'rows' if told.mode == 'reverse' else 'columns'}"
    )
    digits = "all digits of float64" if all(math.prod(shape) <= _ALL_DIGITS for _, shape, _ in rows) else ""
    convention = "by convention: there is no derivative here" if verdict == "undefined" else ""
    lines = [Text(), *_title(words, convention or digits, page)]
    margin = max(len(name) for name, _, _ in rows)
    for name, shape, found in rows:
        values = found or (0.0,) * min(1000, math.prod(shape))
        full = math.prod(shape) <= _ALL_DIGITS or page.verbosity > 0
        text, rounded = array(shape, values, full=full)
        first = Text(f"{name:<{margin}} {'≈' if rounded else '='} ")
        lines += indented(arranged(first, Text(text), page.narrowed(_INDENT)), _INDENT)
    return lines


def _rounding(told: Explanation, case: CaseRecord, page: Page) -> Lines:
    """Which elements of a gradient are 0, and only seem to be something: what float64's rounding leaves."""
    if told.mode == "forward" or len(told.passes) != 1 or not case.points:
        return []
    point, (one,) = case.points[0], told.passes
    zeros = {name for name, value in zip(point.components, point.reference, strict=True) if _is_zero(value)}
    found = []
    for node, derivative in zip(told.nodes, one.derivatives, strict=True):
        if node.differentiated:
            names = (node.name + element for element in _elements(node.shape))
            pairs = zip(names, derivative, strict=False)
            found += [f"∂{one.of}/∂{name}" for name, value in pairs if value and name in zeros]
    if not found:
        return []
    shown = ", ".join(found[:_MOST_ROUNDED]) + (", …" if len(found) > _MOST_ROUNDED else "")
    text = f"{shown}: exactly 0; what is shown is float64's rounding"
    return indented(hanging(Text(), Text(text, QUIET), page.narrowed(_INDENT)), _INDENT)


def _is_zero(reference: str) -> bool:
    return bool(reference) and float(reference) == 0


def _elements(shape: Sequence[int]) -> Iterator[str]:
    """`[0, 1]` for each element, row by row; "" for a number."""
    for index in product(*map(range, shape)):
        yield f"[{', '.join(map(str, index))}]" if index else ""


def _closed(told: Explanation, page: Page) -> Lines:
    """The closed form, where it is short."""
    if not told.closed:
        return []
    lines = [Text(), *_title("the closed form", "what is used again has a name", page)]
    rows: Lines = []
    margin = max(len(line.name) for line in told.closed)
    for line in told.closed:
        first = Text(f"{line.name:<{margin}} = ")
        if margin > page.width // 3:
            rows, first = [*rows, Text(line.name)], Text("  = ")
        rows += hanging(first, Text(line.formula), page.narrowed(_INDENT))
    if len(rows) > _MOST_CLOSED and page.verbosity <= 0:
        rows = [Text(f"it takes {len(rows)} lines (-v shows them)", QUIET)]
    return lines + indented(rows, _INDENT)


def _step(told: Explanation, page: Page) -> Lines:
    """The arguments after a step of gradient descent, and whether the value went down."""
    if told.step is None or told.before_value is None or told.after_value is None:
        return []
    f, rate = told.nodes[told.output].name, plain(told.step)
    rate = f"({rate})" if rate.startswith("-") else rate
    lines = [Text(), *_title("one step of gradient descent", f"each x becomes x − {rate}·∂{f}/∂x", page)]
    margin = max((len(item.name) for item in told.after), default=0)
    for item in told.after:
        exact = [rounded(value, 6) for value in item.values]
        value, cut = array(item.shape, exact, full=math.prod(item.shape) <= _ALL_DIGITS)
        sign = "≈" if cut or not same(exact, item.values) else "="
        first = Text.assemble((f"{item.name:<{margin}}", VARIABLE), f" {sign} ")
        lines += indented(arranged(first, Text(value), page.narrowed(_INDENT)), _INDENT)
    words = _verdict_on(told.step, real(told.before_value), real(told.after_value))
    values = [equal((), (value,)).plain for value in (told.before_value, told.after_value)]
    text = Text(f"{f} {values[0]} before, {values[1]} after: {words}")
    return lines + indented(hanging(Text(), text, page.narrowed(_INDENT)), _INDENT)


def _verdict_on(rate: float, before: float, after: float) -> str:
    if math.isnan(after):
        return "the step left the function's domain"
    if math.isinf(after):
        return "the step is too large"
    if after == before:
        return "no change"
    if after < before:
        return "it went down"
    return "it went up: the rate is too large" if rate > 0 else "it went up, as a negative rate means it to"
