"""How the forms of a derivative grow, in every format's words: operations, digits and times by size."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from gradlab.record import real
from gradlab.record.sweep import Depth, Form, Growth, Sweep
from gradlab.report._words.numerals import digits as whole_digits
from gradlab.report._words.numerals import seconds, short, short_exponent, times
from gradlab.report._words.wording import plural

__all__ = [
    "CLOSED",
    "HEADS",
    "MEANINGS",
    "Grown",
    "Quantity",
    "count",
    "digits",
    "forms",
    "gap",
    "grown",
    "largest_loss",
    "quantities",
    "speed",
]

HEADS = {
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
"""The forms in their order, and what they are called in a table."""
MEANINGS = {
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
CLOSED = "A gradient program is a closed form, too: what SymPy derives, with its parts shared (Laue 2019)."
_LOST = 8.0
"""A form with fewer correct digits than this has lost some."""
_HUGE = 10**9
"""From here on a count has two digits."""


class Quantity(NamedTuple):
    """What a table tells of every form at every size."""

    title: str
    forms: list[str]
    cell: Callable[[Form], str]


class Grown(NamedTuple):
    """A form at its largest size, and the law that it follows."""

    growth: Growth
    size: int
    operations: int


def forms(sweep: Sweep) -> list[str]:
    """The forms that there are, in order."""
    there = {form.form for depth in sweep.depths for form in depth.forms}
    return [name for name in HEADS if name in there]


def gap(depth: Depth) -> str:
    """Why there are no forms at a size."""
    return depth.reason or depth.verdict


def count(operations: int | None) -> str:
    """A count, to the last one where there is room.

    >>> count(None), count(195072), count(12_345_678_901)
    ('–', '195,072', '1.2e10')
    >>> count(2**2000)  # which is no float
    '1.1e602'
    """
    if operations is None:
        return "–"
    return f"{operations:,}" if operations < _HUGE else short_exponent(f"{Decimal(operations):.1e}")


def grown(sweep: Sweep) -> list[Grown]:
    """Where each form has come to, in order; nothing of a single size."""
    last = {
        form.form: (depth.size, form.operations)
        for depth in sweep.depths
        for form in depth.forms
        if form.operations
    }
    if len(sweep.depths) < 2:
        return []
    order = list(HEADS)
    shown = [growth for growth in sweep.growth if growth.form in last and growth.form in order]
    shown.sort(key=lambda growth: order.index(growth.form))
    return [Grown(growth, *last[growth.form]) for growth in shown]


def digits(sweep: Sweep, *, full: bool = False) -> Quantity | None:
    """Correct digits in float64: of all forms in full, or else of those that matter where one has lost some."""
    names = forms(sweep)
    worst = {name: min(map(_known_digits, _all(sweep, name)), default=math.inf) for name in names}
    if not full:
        if min(worst.values(), default=math.inf) >= _LOST:
            return None
        names = [
            name for name in names if worst[name] < _LOST or name in ("gradient program", "f′ as a tree")
        ]
    where = next((f", at {depth.point}" for depth in sweep.depths if depth.point), "")
    return Quantity(f"correct digits in float64{where}", names, _digit)


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


def largest_loss(sweep: Sweep, name: str) -> str:
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


def quantities(sweep: Sweep) -> list[Quantity]:
    """Lengths, errors and times: what is told besides operations and digits."""
    asked: list[tuple[str, Callable[[Form], str]]] = [
        ("characters, written out", lambda form: count(form.length)),
        ("error in float64", lambda form: "–" if form.error is None else short(form.error)),
        ("to derive, in evaluations of f", lambda form: _times_f(form.derive_ratio)),
        ("to compile, in evaluations of f", lambda form: _times_f(form.compile_ratio)),
        ("to evaluate, in evaluations of f", lambda form: _times_f(form.evaluate_ratio)),
    ]
    found = [
        Quantity(title, [n for n in forms(sweep) if any(cell(f) != "–" for f in _all(sweep, n))], cell)
        for title, cell in asked
    ]
    return [quantity for quantity in found if quantity.forms]


def _times_f(ratio: float | None) -> str:
    return times(ratio).removeprefix("×") or "–"


def speed(sweep: Sweep) -> str:
    """What f takes at the largest size where that is known."""
    known = [(depth.size, depth.function) for depth in sweep.depths if depth.function is not None]
    if not known:
        return ""
    size, function = known[-1]
    return f"an evaluation of f takes {seconds(function)} at {sweep.parameter} = {size}, measured here"
