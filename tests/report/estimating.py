"""Points as a run would record them, with true numbers, made without gradlab.

The values of `finite_difference` are central differences in float64, and the references 50-digit ones; the
engine's methods give the float64 next to the reference.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import mpmath

from gradlab import record as r

METHODS = ("claimed", "reverse", "forward", "symbolic", "finite_difference", "complex_step", "precise")


def correct_digits(value: float, reference: str) -> float | None:
    """Correct significant digits, at most 17."""
    if not reference or not math.isfinite(value):
        return None
    exact = mpmath.mpf(reference)
    if value == exact:
        return 17.0
    off = abs((mpmath.mpf(value) - exact) / exact) if exact else mpmath.mpf(1)
    return max(0.0, min(17.0, float(-mpmath.log10(off))))


def estimate(method: str, values: list[float], references: list[str], **fields: Any) -> r.Estimate:
    digits = [correct_digits(*pair) for pair in zip(values, references, strict=True)]
    needed = 5 if method == "finite_difference" else 13
    verdicts: list[r.Kind] = [
        "disagree"
        if count is not None and count < needed
        else "agree"
        if count is not None
        else "inconclusive"
        for count in digits
    ]
    if method == "finite_difference":
        fields.setdefault("steps", tuple(6.0554544523933395e-06 * (1 + i) for i in range(len(values))))
        fields.setdefault("evaluations", 2 * len(values))
    kind: r.Kind = next((kind for kind in ("disagree", "inconclusive") if kind in verdicts), "agree")
    return r.Estimate(
        method=method,
        verdict=fields.pop("verdict", kind),
        values=tuple(map(r.number, values)),
        digits=tuple(digits),
        verdicts=fields.pop("verdicts", tuple(verdicts)),
        **fields,
    )


def argument(name: str, value: Any, differentiated: bool = True) -> r.Input:
    shape: list[int] = []
    flat = value
    while isinstance(flat, list):
        shape.append(len(flat))
        flat = flat[0] if flat else 0.0
    values = [value]
    for _ in shape:
        values = [item for row in values for item in row]
    return r.Input(
        name=name, shape=tuple(shape), values=tuple(map(r.number, values)), differentiated=differentiated
    )


def names(name: str, shape: tuple[int, ...]) -> list[str]:
    if not shape:
        return [name]
    return [f"{name}[{', '.join(map(str, index))}]" for index in product(*map(range, shape))]


Function = Callable[..., Any]


def point(
    function: Function,
    at: dict[str, Any],
    wrt: tuple[str, ...],
    claimed: list[float] | None = None,
    *,
    given: bool = True,
    methods: tuple[str, ...] = METHODS,
) -> r.Point:
    """`function(exp-and-co, flat list of the wrt values, the rest)` differentiated at one point."""
    inputs = tuple(argument(name, value, name in wrt) for name, value in at.items())
    flat = [r.real(value) for item in inputs if item.name in wrt for value in item.values]
    components = [name for item in inputs if item.name in wrt for name in names(item.name, item.shape)]
    references, central, step = [], [], 6.0554544523933395e-06
    with mpmath.workdps(80):
        for i in range(len(flat)):

            def along(value: Any, lib: Any, i: int = i) -> Any:
                return function(lib, [*flat[:i], value, *flat[i + 1 :]], at)

            h = mpmath.mpf(10) ** -30
            slope = (along(flat[i] + h, mpmath) - along(mpmath.mpf(flat[i]) - h, mpmath)) / (2 * h)
            references.append(mpmath.nstr(slope, 50, strip_zeros=True))
            central.append((along(flat[i] + step, math) - along(flat[i] - step, math)) / (2 * step))
    exact = [float(text) for text in references]
    estimates = []
    for method in methods:
        values = {"claimed": claimed, "finite_difference": central}.get(method, exact)
        if values is not None:
            estimates.append(estimate(method, values, references))
    worst = [e.verdict for e in estimates if e.verdict != "agree"]
    return r.Point(
        given=given,
        inputs=inputs,
        value=(r.number(float(function(math, flat, at))),),
        components=tuple(components),
        reference=tuple(references),
        verdict=worst[0] if worst else "agree",
        estimates=tuple(estimates),
    )
