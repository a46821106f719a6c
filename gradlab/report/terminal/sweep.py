"""Expression swell over the sizes of a family: operations, digits and times by size, and how they grow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from rich.text import Text

from gradlab.record import CaseRecord, real
from gradlab.record.sweep import Depth, Form, Sweep, Written
from gradlab.report._numerals import digits as whole_digits
from gradlab.report._numerals import seconds, short, times
from gradlab.report._wording import plural
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

__all__ = ["sweep_lines"]

_HEADS = {
    "f": "f",
    "gradient recorded": "recorded",
    "gradient program": "program",
    "finite difference": "diff.",
    "f as a tree": "f tree",
    "f′ as a tree": "f′ tree",
    "f′ shared": "shared",
    "f′ expanded": "expand",
    "f′ factored": "factor",
    "f′ simplified": "simplify",
}
_MEANINGS = {
    "gradient recorded": "the engine's gradient, as it was recorded",
    "gradient program": "the engine's gradient, its parts shared",
    "finite difference": "a centered difference: f twice for each component",
    "f as a tree": "f as SymPy writes it out",
    "f′ as a tree": "its derivative, by SymPy's rules",
    "f′ shared": "the same with common subexpressions named",
    "f′ expanded": "f′ rewritten by SymPy's expand",
    "f′ factored": "by SymPy's factor",
    "f′ simplified": "by SymPy's simplify",
}
_WIDE = 100
"""Columns from which on every form is shown."""
_LOST = 8.0
"""A form with fewer correct digits than this has lost some."""
_HUGE = 10**9
"""From here on a count has two digits."""
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
        blocks += _times(sweep, inner)
    return [line for block in blocks if block for line in (Text(), *indented(block))]


def _shown(sweep: Sweep, page: Page) -> list[str]:
    """The forms that there are, as many as there is room for."""
    there = {form.form for depth in sweep.depths for form in depth.forms}
    return [name for name in _HEADS if name in there and (page.width >= _WIDE or name != "gradient recorded")]


def _operations(sweep: Sweep, page: Page) -> Lines:
    notes = page.footnotes()
    forms = _shown(sweep, page)
    if not forms:
        return _only_gaps(sweep, page)
    lines = _by_size("operations", sweep, forms, lambda form: _count(form.operations), page, notes)
    meanings = [f"{_HEADS[name]}: {_MEANINGS[name]}" for name in forms if name in _MEANINGS]
    return [*lines, *notes.lines(page), *hanging(Text(), Text("; ".join(meanings), QUIET), page)]


def _count(count: int | None) -> str:
    if count is None:
        return "–"
    return f"{count:,}" if count < _HUGE else f"{count:.1e}".replace("e+0", "e").replace("e+", "e")


def _by_size(
    title: str, sweep: Sweep, forms: Sequence[str], cell: _Cell, page: Page, notes: Footnotes | None = None
) -> Lines:
    """A row for each size and a column for each form, in as many tables as the page's width makes of it."""
    lines: Lines = []
    left = list(forms)
    while left:
        taken = len(left)
        while taken > 1 and width_of(_table("", sweep, left[:taken], cell, notes)) > page.width:
            taken -= 1
        lines += [Text()] if lines else [Text(title, NAME)]
        lines += _table(sweep.parameter, sweep, left[:taken], cell, notes)
        left = left[taken:]
    return lines


def _table(parameter: str, sweep: Sweep, forms: Sequence[str], cell: _Cell, notes: Footnotes | None) -> Lines:
    rows = [[Text(parameter, QUIET), *(Text(_HEADS[name], QUIET) for name in forms)]]
    gaps = {}
    for depth in sweep.depths:
        known = {form.form: form for form in depth.forms}
        if not known:
            gaps[len(rows)] = depth
        row = [Text(f"{depth.size:,}")]
        for name in forms:
            form = known.get(name)
            said = notes.sign(form.note) if form is not None and notes is not None else ""
            row.append(Text.assemble(cell(form) if form is not None else "", (said, QUIET)))
        rows.append(row)
    lines = table(rows, "r" * (1 + len(forms)))
    for number, depth in gaps.items():
        lines[number] = Text.assemble(lines[number], "  ", (_gap(depth), style(depth.verdict)))
        lines[number].truncate(
            max(20, width_of([*lines[:number], *lines[number + 1 :]])), overflow="ellipsis"
        )
    return lines


def _gap(depth: Depth) -> str:
    return depth.reason or depth.verdict


def _only_gaps(sweep: Sweep, page: Page) -> Lines:
    """Each size with its reason; that of all sizes is told above."""
    if len({depth.reason for depth in sweep.depths}) < 2:
        return []
    lines: Lines = []
    for depth in sweep.depths:
        first = Text(f"{sweep.parameter} = {depth.size:,}  ", QUIET)
        lines += hanging(first, Text(_gap(depth), style(depth.verdict)), page)
    return lines


def _growth(sweep: Sweep, page: Page) -> Lines:
    """A line for each form: how large it is at the end, on a logarithmic scale, and the law it follows."""
    last = {
        form.form: (depth.size, form.operations)
        for depth in sweep.depths
        for form in depth.forms
        if form.operations
    }
    shown = [growth for growth in sweep.growth if growth.form in last]
    if len(sweep.depths) < 2 or not shown:
        return []
    largest = max(math.log10(1 + last[growth.form][1]) for growth in shown)
    order = list(_HEADS)
    rows, laws = [], []
    for growth in sorted(shown, key=lambda growth: order.index(growth.form)):
        size, operations = last[growth.form]
        bar = "█" * max(1, round(_BAR * math.log10(1 + operations) / largest))
        end = f"{_count(operations)} at {sweep.parameter} = {size}"
        rows.append([Text(growth.form), Text(end), Text(bar, QUIET)])
        laws.append(Text(growth.sentence or growth.law))
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
    forms = _shown(sweep, page)
    worst = {
        name: min((_known_digits(form) for form in _all(sweep, name)), default=math.inf) for name in forms
    }
    if page.verbosity <= 0:
        if min(worst.values(), default=math.inf) >= _LOST:
            return []
        forms = [
            name for name in forms if worst[name] < _LOST or name in ("gradient program", "f′ as a tree")
        ]
    where = next((f", at {depth.point}" for depth in sweep.depths if depth.point), "")
    lines = _by_size(f"correct digits in float64{where}", sweep, forms, _digit, page)
    lost = [_largest_loss(sweep, name) for name in forms]
    for text in filter(None, lost):
        lines += hanging(Text(), Text(text, QUIET), page)
    return lines


def _largest_loss(sweep: Sweep, name: str) -> str:
    """Where a form is wrong by the most orders of magnitude, in a sentence."""
    lost = [
        (-form.digits, depth, form)
        for depth in sweep.depths
        for form in depth.forms
        if form.form == name and form.digits is not None and form.digits <= -1
    ]
    if not lost:
        return ""
    orders, depth, form = max(lost, key=lambda loss: loss[0])
    whole = math.floor(orders)
    exact = "right in many digits, and " if depth.verdict == "agree" and not form.note else ""
    wrong = f"wrong by {plural(whole, 'order')} of magnitude in float64"
    return f"at {sweep.parameter} = {depth.size:,} {name} is {exact}{wrong} (×10^{whole})"


def _all(sweep: Sweep, name: str) -> list[Form]:
    return [form for depth in sweep.depths for form in depth.forms if form.form == name]


def _known_digits(form: Form) -> float:
    if form.digits is not None:
        return form.digits
    return -math.inf if form.error == "Infinity" else math.inf


def _digit(form: Form) -> str:
    if form.error is not None and not math.isfinite(real(form.error)):
        return "overflow"
    if form.digits is None:
        return "–"
    return f"×10^{math.floor(-form.digits)}" if form.digits <= -1 else whole_digits(form.digits)


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
        said = (
            "A gradient program is a closed form, too: what SymPy derives, with its parts shared (Laue 2019)."
        )
        lines += hanging(Text(), Text(said, QUIET), page)
    return lines


def _times(sweep: Sweep, page: Page) -> list[Lines]:
    """Lengths and times, by size."""
    forms = _shown(sweep, page)
    asked: list[tuple[str, _Cell]] = [
        ("characters, written out", lambda form: _count(form.length)),
        ("error in float64", lambda form: "–" if form.error is None else short(form.error)),
        ("to derive, in evaluations of f", lambda form: _times_f(form.derive_ratio)),
        ("to compile, in evaluations of f", lambda form: _times_f(form.compile_ratio)),
        ("to evaluate, in evaluations of f", lambda form: _times_f(form.evaluate_ratio)),
    ]
    blocks = []
    for title, cell in asked:
        there = [name for name in forms if any(cell(form) != "–" for form in _all(sweep, name))]
        if there:
            blocks.append(_by_size(title, sweep, there, cell, page))
    known = [(depth.size, depth.function) for depth in sweep.depths if depth.function is not None]
    if known:
        size, function = known[-1]
        said = f"an evaluation of f takes {seconds(function)} at {sweep.parameter} = {size}, measured here"
        blocks.append(hanging(Text(), Text(said, QUIET), page))
    return blocks


def _times_f(ratio: float | None) -> str:
    return times(ratio).removeprefix("×") or "–"
