"""What the engine's rules are compared with: differences of the value at 150 digits, and SymPy.

Neither uses a derivative rule of the engine. A centered difference with step 1e-40 at 150 digits has
a truncation error near 1e-80 and a rounding error near 1e-110, where values are of size one. 40 digits
are asked for: the rest is room for values of very different sizes, and for the digits that rules like
1 − tanh² lose far from zero. Nothing is tuned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, Value
from gradlab.numbers.precise import Precise
from gradlab.numbers.symbolic import Symbolic
from tests.conformance.trials import Trial

PRECISE = Precise(150)
SYMBOLIC = Symbolic()
STEP = PRECISE.context.mpf(10) ** -40
DIGITS = 40

_known: dict[Any, list[Any]] = {}


def precise(values: Sequence[Value]) -> list[Value]:
    """Numbers and arrays at 150 digits, exactly."""
    return [PRECISE.constant(v) for v in values]


def value(primitive: Primitive, trial: Trial) -> Value:
    """The primitive at 150 digits."""
    return PRECISE.apply(primitive, precise(trial.operands), trial.parameters)


def shift(values: Sequence[Value], directions: Sequence[Value], by: Any) -> list[Value]:
    return [v + d * by for v, d in zip(values, directions, strict=True)]


def difference(
    function: Callable[[list[Value]], list[Value]], at: Sequence[Value], along: Sequence[Value]
) -> list[Value]:
    """The derivative of a function of 150-digit values along a direction, by one centered difference."""
    right, left = function(shift(at, along, STEP)), function(shift(at, along, -STEP))
    return [(r - s) / (2 * STEP) for r, s in zip(right, left, strict=True)]


def unit_vectors(value: Value) -> list[Value]:
    """Each component's direction, at 150 digits."""
    one, zero = PRECISE.context.mpf(1), PRECISE.context.mpf(0)
    if np.ndim(value) == 0:
        return [one]
    directions = []
    for place in np.ndindex(np.shape(value)):
        direction = np.full(np.shape(value), zero, dtype=object)
        direction[place] = one
        directions.append(direction)
    return directions


def dot(weights: Value, values: Value) -> Any:
    """Σ w·v over all components."""
    return sum(
        (w * v for w, v in zip(components(weights), components(values), strict=True)), PRECISE.context.mpf(0)
    )


def components(value: Value) -> list[Any]:
    """The numbers of a number or array, row by row."""
    return np.asarray(value, dtype=object).ravel().tolist()


def gradient_by_differences(function: Callable[[list[Value]], Any], at: Sequence[Value]) -> list[list[Any]]:
    """For a function of one number: a list of components for each input."""
    gradient = []
    for position, v in enumerate(at):
        row = []
        for unit in unit_vectors(v):
            along = [unit if i == position else w * 0 for i, w in enumerate(at)]
            row.append(difference(lambda x: [function(x)], at, along)[0])
        gradient.append(row)
    return gradient


def vjp_by_differences(primitive: Primitive, trial: Trial, weight: Value) -> list[list[Any]]:
    """The derivative of Σ ȳ·y by every component of the trial's inputs; kept, since many rules meet it."""
    key = ("vjp", primitive.precise, primitive.impl, trial)
    if key not in _known:

        def total(inputs: list[Value]) -> Any:
            return dot(weight, PRECISE.apply(primitive, trial.filled(inputs), trial.parameters))

        _known[key] = gradient_by_differences(total, precise(trial.inputs))
    return _known[key]


def jvp_by_differences(primitive: Primitive, trial: Trial, along: Sequence[Value]) -> list[Any]:
    """The components of J ẋ."""
    key = ("jvp", primitive.precise, primitive.impl, trial)
    if key not in _known:

        def function(inputs: list[Value]) -> list[Value]:
            return [PRECISE.apply(primitive, trial.filled(inputs), trial.parameters)]

        _known[key] = components(difference(function, precise(trial.inputs), precise(along))[0])
    return _known[key]


def second_by_differences(
    primitive: Primitive, trial: Trial, inputs: Sequence[Value], along: Sequence[Value]
) -> list[list[Any]]:
    """The derivative of ⟨ȳ, J(x) w⟩ by the trial's inputs and ȳ (the last of `inputs`); w is `along`."""
    key = ("second", primitive.precise, primitive.impl, trial)
    if key not in _known:
        w = precise(along)

        def function(x: list[Value]) -> list[Value]:
            return [PRECISE.apply(primitive, trial.filled(x), trial.parameters)]

        def slope(x_and_weight: list[Value]) -> Any:
            *x, weight = x_and_weight
            return dot(weight, difference(function, x, w)[0])

        _known[key] = gradient_by_differences(slope, precise(inputs))
    return _known[key]


def expression(primitive: Primitive, trial: Trial) -> tuple[list[Any], dict[Any, Any], list[list[Any]]]:
    """The primitive in SymPy: its components, the numbers for its symbols, and the symbols of each input."""
    at: dict[Any, Any] = {}
    inputs, symbols = [], []
    for position, x in zip(trial.wrt, trial.inputs, strict=True):
        named = np.empty(np.shape(x), dtype=object)
        for place in np.ndindex(np.shape(x)):
            named[place] = SYMBOLIC.symbol("_".join(["x", str(position), *map(str, place)]))
            at[named[place]] = SYMBOLIC.module.Float(SYMBOLIC.number(float(np.asarray(x)[place])), 150)
        inputs.append(named if named.ndim else named.item())
        symbols.append(components(named))
    operands = [x if i in trial.wrt else SYMBOLIC.constant(x) for i, x in enumerate(trial.filled(inputs))]
    return components(SYMBOLIC.apply(primitive, operands, trial.parameters)), at, symbols


def symbolic_value(primitive: Primitive, trial: Trial) -> list[Any]:
    """SymPy's value at 60 digits, as 150-digit numbers; truth values stay."""
    parts, at, _ = expression(primitive, trial)
    return [number(part, at) for part in parts]


def vjp_by_sympy(primitive: Primitive, trial: Trial, weight: Value) -> list[list[Any]]:
    """SymPy's own derivative of Σ ȳ·y by every component of the trial's inputs."""
    key = ("sympy", primitive.symbolic, primitive.impl, trial)
    if key not in _known:
        parts, at, symbols = expression(primitive, trial)
        weights = map(SYMBOLIC.number, np.ravel(weight).tolist())
        total = sum(w * part for w, part in zip(weights, parts, strict=True))
        _known[key] = [[number(_flat_steps(total.diff(s)), at) for s in row] for row in symbols]
    return _known[key]


def number(part: Any, at: dict[Any, Any]) -> Any:
    """A SymPy expression at a point."""
    if isinstance(part, int):
        return PRECISE.number(part)
    found = part.xreplace(at)
    if found in (SYMBOLIC.module.true, SYMBOLIC.module.false):
        return bool(found)
    found = found.evalf(60, maxn=400)
    assert found.is_number and found.is_real, f"SymPy gives {found}"
    return PRECISE.context.mpf(SYMBOLIC.module.Float(found, 60)._mpf_)


def _flat_steps(derivative: Any) -> Any:
    """SymPy leaves the derivative of floor and ceiling unevaluated; away from their jumps it is zero."""
    sympy = SYMBOLIC.module
    steps = (sympy.floor, sympy.ceiling, sympy.sign)

    def is_flat(e: Any) -> bool:
        if isinstance(e, sympy.Subs):
            return is_flat(e.expr)
        return isinstance(e, sympy.Derivative) and isinstance(e.expr, steps)

    flat = derivative.replace(is_flat, lambda e: sympy.Integer(0)).replace(
        lambda e: isinstance(e, sympy.Subs) and e.expr == 0, lambda e: sympy.Integer(0)
    )
    return flat.replace(sympy.DiracDelta, lambda *e: sympy.Integer(0))
