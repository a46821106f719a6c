"""A derivation as a lecture teaches it: the graph, the values forward, the chain rule edge by edge."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from gradlab.record import CaseRecord, Kind
from gradlab.record.explanation import Explanation, Node, Pass
from gradlab.report._words.gradient import descended, descent, outcomes, rounding, rule, title, trust
from gradlab.report._words.passes import DOWNSTREAM, count_of, equal, flows_by_target, order, origin
from gradlab.report._words.wording import plural
from gradlab.report.terminal.flows import Sheet, arranged, derivative_lines, remarks_column
from gradlab.report.terminal.layout import Lines, Page, beside, hanging, indented, labelled, width_of
from gradlab.report.terminal.palette import NAME, QUIET, VARIABLE

__all__ = ["explanation_lines"]

_INDENT = 4
_MOST_ROWS, _ENDS = 40, 12
"""All rows of a pass are shown where they are so many; of more, so many at each end."""
_MOST_IN_ALL = 60
"""Rows of passes; where there are more, the first pass is shown alone."""
_MOST_CLOSED = 25


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
        value = Text(equal(node.shape, node.values))
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
    return Text(origin(node), QUIET)


# The passes


def _passes(told: Explanation, page: Page) -> Lines:
    """Every pass, or the first alone where they are long."""
    draw = _backward if told.mode == "reverse" else _onward
    rows = sum(len({flow.target for flow in one.flows}) + 1 for one in told.passes)
    full = told.passes if page.verbosity > 0 or rows <= _MOST_IN_ALL else told.passes[:1]
    lines: Lines = []
    for number, one in enumerate(full, 1):
        lines += [Text(), *draw(told, one, count_of(told, number), page)]
    left = len(told.passes) - len(full)
    if left:
        text = f"{left} more {'pass' if left == 1 else 'passes'} like it (-v shows all)"
        lines += indented(hanging(Text(), Text(text, QUIET), page.narrowed(_INDENT)), _INDENT)
    return lines


def _backward(told: Explanation, one: Pass, counted: str, page: Page) -> Lines:
    """From the output to the inputs: a row for each node, with a line for each path that ends there."""
    sheet = Sheet(told, one, page.narrowed(_INDENT))
    flows, rows = flows_by_target(one), order(told, one)
    margin = max((len(sheet.label(place)) for place in rows), default=0)
    column = remarks_column(sheet, margin)
    blocks = [
        derivative_lines(sheet, place, flows.get(place, []), sheet.label(place).ljust(margin), column)
        for place in rows
    ]
    title = _title(f"backward pass{counted}", DOWNSTREAM, page)
    return [*title, *indented(_ends(blocks, page), _INDENT)]


def _onward(told: Explanation, one: Pass, counted: str, page: Page) -> Lines:
    """From the inputs to the output: each value, and its tangent beside it."""
    sheet, below = (Sheet(told, one, page.narrowed(indent)) for indent in (_INDENT, 2 * _INDENT))
    flows = flows_by_target(one)
    moving = [place for place, found in enumerate(one.derivatives) if found]
    margin = max((len(sheet.label(place)) for place in moving), default=0)
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
    rows = outcomes(told)
    lines = [Text(), *_title(title(told), trust(told, verdict), page)]
    margin = max((len(row.name) for row in rows), default=0)
    for row in rows:
        sign, text = row.value(full=page.verbosity > 0)
        first = Text(f"{row.name:<{margin}} {sign} ")
        lines += indented(arranged(first, Text(text), page.narrowed(_INDENT)), _INDENT)
    return lines


def _rounding(told: Explanation, case: CaseRecord, page: Page) -> Lines:
    text = rounding(told, case)
    return indented(hanging(Text(), Text(text, QUIET), page.narrowed(_INDENT)), _INDENT) if text else []


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
    result = descent(told)
    if not result:
        return []
    lines = [Text(), *_title("one step of gradient descent", rule(told), page)]
    margin = max((len(item.name) for item in told.after), default=0)
    for name, sign, value in descended(told):
        first = Text.assemble((f"{name:<{margin}}", VARIABLE), f" {sign} ")
        lines += indented(arranged(first, Text(value), page.narrowed(_INDENT)), _INDENT)
    return lines + indented(hanging(Text(), Text(result), page.narrowed(_INDENT)), _INDENT)
