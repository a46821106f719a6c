"""Expression swell over the sizes of a family: operations, digits and times by size, and how they grow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from rich.text import Text

from gradlab.record import CaseRecord
from gradlab.record.sweep import Form, Sweep, Written
from gradlab.report._words.sweep import (
    CLOSED,
    HEADS,
    MEANINGS,
    count,
    digits,
    forms,
    gap,
    grown,
    largest_loss,
    quantities,
    speed,
)
from gradlab.report.terminal.layout import (
    Footnotes,
    Lines,
    Page,
    beside,
    hanging,
    indented,
    table,
    width_of,
)
from gradlab.report.terminal.palette import NAME, QUIET, style
from gradlab.report.terminal.plots import Axis, Series, can_plot, plot, plot_width

__all__ = ["sweep_lines"]

_LETTERS = {
    "f′ as a tree": ("t", "yellow"),
    "f′ expanded": ("e", "magenta"),
    "f′ shared": ("s", "red"),
    "finite difference": ("d", "green"),
    "gradient program": ("p", "cyan"),
    "f": ("f", QUIET),
}
"""The forms that are plotted, each with its letter and colour."""
_WIDE = 100
"""Columns from which on every form is shown."""
_BAR = 18
_GUTTER = 4

_Cell = Callable[[Form], str]


def sweep_lines(case: CaseRecord, page: Page) -> Lines:
    """The study, where the case has one."""
    sweep = case.sweep
    if sweep is None:
        return []
    inner = page.narrowed(2)
    blocks = [
        _operations(sweep, inner),
        _growth(sweep, inner),
        _digits(sweep, inner),
        _crossings(sweep, inner),
        _written(sweep.written, sweep.parameter, inner),
    ]
    if page.verbosity > 0:
        blocks.insert(1, _plot(sweep, inner))
        blocks += _times(sweep, inner)
    return [line for block in blocks if block for line in (Text(), *indented(block))]


def _shown(names: Sequence[str], page: Page) -> list[str]:
    """Of the forms as many as there is room for."""
    return [name for name in names if page.width >= _WIDE or name != "gradient recorded"]


def _operations(sweep: Sweep, page: Page) -> Lines:
    notes = page.footnotes()
    names = _shown(forms(sweep), page)
    if not names:
        return _only_gaps(sweep, page)
    lines = _by_size("operations", sweep, names, lambda form: count(form.operations), page, notes)
    meanings = [f"{HEADS[name]}: {MEANINGS[name]}" for name in names if name in MEANINGS]
    return [*lines, *notes.lines(page), *hanging(Text(), Text("; ".join(meanings), QUIET), page)]


def _by_size(
    title: str, sweep: Sweep, names: Sequence[str], cell: _Cell, page: Page, notes: Footnotes | None = None
) -> Lines:
    """A row for each size and a column for each form, in as many tables as the page's width makes of it."""
    lines: Lines = []
    left = list(names)
    while left:
        taken = len(left)
        while taken > 1 and width_of(_table("", sweep, left[:taken], cell, notes)) > page.width:
            taken -= 1
        lines += [Text()] if lines else [Text(title, NAME)]
        lines += _table(sweep.parameter, sweep, left[:taken], cell, notes)
        left = left[taken:]
    return lines


def _table(parameter: str, sweep: Sweep, names: Sequence[str], cell: _Cell, notes: Footnotes | None) -> Lines:
    rows = [[Text(parameter, QUIET), *(Text(HEADS[name], QUIET) for name in names)]]
    gaps = {}
    for depth in sweep.depths:
        known = {form.form: form for form in depth.forms}
        if not known:
            gaps[len(rows)] = depth
        row = [Text(f"{depth.size:,}")]
        for name in names:
            form = known.get(name)
            said = notes.sign(form.note) if form is not None and notes is not None else ""
            row.append(Text.assemble(cell(form) if form is not None else "", (said, QUIET)))
        rows.append(row)
    lines = table(rows, "r" * (1 + len(names)))
    for number, depth in gaps.items():
        lines[number] = Text.assemble(lines[number], "  ", (gap(depth), style(depth.verdict)))
        lines[number].truncate(
            max(20, width_of([*lines[:number], *lines[number + 1 :]])), overflow="ellipsis"
        )
    return lines


def _only_gaps(sweep: Sweep, page: Page) -> Lines:
    """Each size with its reason; that of all sizes is told above."""
    if len({depth.reason for depth in sweep.depths}) < 2:
        return []
    lines: Lines = []
    for depth in sweep.depths:
        first = Text(f"{sweep.parameter} = {depth.size:,}  ", QUIET)
        lines += hanging(first, Text(gap(depth), style(depth.verdict)), page)
    return lines


def _plot(sweep: Sweep, page: Page) -> Lines:
    """The operations against the size, on a logarithmic scale, where the page can show it."""
    series = []
    for name, (letter, colour) in _LETTERS.items():
        counts = {
            depth.size: form.operations for depth in sweep.depths for form in depth.forms if form.form == name
        }
        known = [(size, operations) for size, operations in sorted(counts.items()) if operations]
        if known:
            places = [(float(size), math.log10(operations)) for size, operations in known]
            series.append((name, Series(letter, colour, places)))
    places = [place for _, one in series for place in one.places if place is not None]
    sizes, orders = sorted({size for size, _ in places}), [order for _, order in places]
    if len(sizes) < 2 or max(orders) == 0 or not can_plot(page):
        return []
    stride = max(1, math.ceil(max(orders) / 6))
    y = Axis(
        0.0,
        max(orders),
        {float(order): count(10**order) for order in range(0, math.ceil(max(orders)), stride)},
    )
    x = Axis(sizes[0], sizes[-1], {size: f"{size:,.0f}" for size in sizes})
    title = Text.assemble(
        ("operations", NAME), (f" against {sweep.parameter}, on a logarithmic scale", QUIET)
    )
    legend = Text("   ").join(
        Text.assemble((one.letter, one.colour), f" {HEADS[name]}") for name, one in series
    )
    lines = plot([one for _, one in series], x, y, sweep.parameter, plot_width(page))
    return [*hanging(Text(), title, page), Text(), *lines, Text(), *hanging(Text(), legend, page)]


def _growth(sweep: Sweep, page: Page) -> Lines:
    """A line for each form: how large it is at the end, on a logarithmic scale, and the law it follows."""
    shown = grown(sweep)
    if not shown:
        return []
    largest = max(math.log10(1 + one.operations) for one in shown)
    rows, laws = [], []
    for one in shown:
        bar = "█" * max(1, round(_BAR * math.log10(1 + one.operations) / largest))
        end = f"{count(one.operations)} at {sweep.parameter} = {one.size}"
        rows.append([Text(one.growth.form), Text(end), Text(bar, QUIET)])
        laws.append(Text(one.growth.sentence or one.growth.law))
    title = [Text("growth of the operations", NAME)]
    heads = table(rows, "lrl")
    margin = width_of(heads) + 2
    lines: Lines = []
    if page.width - margin >= 60:
        for head, law in zip(heads, laws, strict=True):
            first = Text.assemble(head, " " * (margin - head.cell_len))
            lines += hanging(first, law, page)
        return title + lines
    names = table([[row[0]] for row in rows], "l")
    margin = width_of(names) + 2
    for name, law in zip(names, laws, strict=True):
        lines += hanging(Text.assemble(name, " " * (margin - name.cell_len)), law, page)
    scale = [Text(f"operations at the largest {sweep.parameter}, on a logarithmic scale", QUIET)]
    return [*title, *lines, Text(), *scale, *heads]


def _digits(sweep: Sweep, page: Page) -> Lines:
    """Correct digits in float64, where a form has lost some."""
    told = digits(sweep, full=page.verbosity > 0)
    if told is None:
        return []
    names = _shown(told.forms, page)
    lines = _by_size(told.title, sweep, names, told.cell, page)
    for text in filter(None, (largest_loss(sweep, name) for name in names)):
        lines += hanging(Text(), Text(text, QUIET), page)
    return lines


def _crossings(sweep: Sweep, page: Page) -> Lines:
    if not (sweep.crossings or sweep.measured):
        return []
    lines: Lines = [Text("where the lines cross", NAME)]
    for sentence in sweep.crossings:
        lines += hanging(Text("· "), Text(sentence), page)
    for sentence in sweep.measured:
        lines += hanging(Text("· "), Text.assemble(sentence, (", measured here", QUIET)), page)
    return lines


def _written(written: Sequence[Written], parameter: str, page: Page) -> Lines:
    """The derivative in three ways at the largest size that was written out; at every one where much is wanted."""
    lines: Lines = []
    for one in written if page.verbosity > 0 else written[-1:]:
        lines += [Text()] if lines else []
        lines.append(Text(f"written out, {parameter} = {one.size}", NAME))
        shared = [Text("SymPy, shared", QUIET), *map(Text, one.shared)]
        program = [Text("the engine's gradient program", QUIET), *map(Text, one.program)]
        lines.append(Text("SymPy", QUIET))
        for text in one.tree:
            lines += hanging(Text("  "), Text(text), page)
        if width_of(shared) + _GUTTER + width_of(program) <= page.width:
            lines += beside(shared, program, _GUTTER)
            continue
        for head, *rest in (shared, program):
            lines.append(head)
            for row in rest:
                lines += hanging(Text("  "), row, page)
    if lines:
        lines += hanging(Text(), Text(CLOSED, QUIET), page)
    return lines


def _times(sweep: Sweep, page: Page) -> list[Lines]:
    """Lengths and times, by size."""
    blocks = []
    for told in quantities(sweep):
        names = _shown(told.forms, page)
        blocks.append(_by_size(told.title, sweep, names, told.cell, page))
    said = speed(sweep)
    return [*blocks, hanging(Text(), Text(said, QUIET), page)] if said else blocks
