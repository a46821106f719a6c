"""Wrong copies of primitives. Each plant gives the name of the check that must catch it.

A plant that changes nothing for a primitive (a sign where the slope is zero) is not made.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradlab.engine.forward import tangent_of
from gradlab.engine.primitive import Primitive, Rule, ScalarRule, Value
from gradlab.engine.trace import plain
from tests.conformance import checks, comparing, witnesses
from tests.conformance.trials import Trial, smooth_trials, trials


class Mutant(NamedTuple):
    slip: str
    caught_by: Callable[[Primitive], None]
    primitive: Primitive


CHANGES: dict[str, Callable[[Value], Value]] = {
    "sign": lambda v: -1.0 * v,
    "factor 1.001": lambda v: 1.001 * v,
    "factor 1 + 1e-7": lambda v: (1.0 + 1e-7) * v,
    "NaN": lambda v: math.nan * v,
    "always zero": lambda v: 0.0 * v,
}
FLAT_CHANGES: dict[str, Callable[[Value], Value]] = {
    "one in place of zero": lambda v: v + 1.0,
    "1e-7 in place of zero": lambda v: v + 1e-7,
    "NaN": lambda v: math.nan * v,
}


def mutants(primitive: Primitive) -> Iterator[Mutant]:
    """Every applicable wrong copy of a primitive that has a derivative."""
    yield from (_wrong_partials if primitive.is_elementwise else _wrong_vjp)(primitive)
    yield from _wrong_jvp(primitive)
    yield from _wrong_second_order(primitive)
    yield from wrong_values(primitive)


def _wrong_partials(primitive: Primitive) -> Iterator[Mutant]:
    partials = primitive.partials or ()
    for position, partial in enumerate(partials):
        if partial is None:
            continue
        for slip, change in (FLAT_CHANGES if _is_flat(primitive, position) else CHANGES).items():
            wrong = replace(
                primitive,
                partials=(*partials[:position], _changed(partial, change), *partials[position + 1 :]),
            )
            for check in (checks.check_reverse, checks.check_forward):
                yield Mutant(f"{slip}, operand {position}", check, wrong)
        forgotten = replace(primitive, partials=(*partials[:position], None, *partials[position + 1 :]))
        yield Mutant(f"no partial, operand {position}", checks.check_no_silent_zero, forgotten)
    if len(partials) == 2 and _differ(primitive):
        yield Mutant("swapped operands", checks.check_reverse, replace(primitive, partials=partials[::-1]))


def _changed(partial: Rule | int, change: Callable[[Value], Value]) -> Rule:
    return lambda y, *x: change(partial(y, *x) if callable(partial) else float(partial))


def _wrong_vjp(primitive: Primitive) -> Iterator[Mutant]:
    vjp = primitive.vjp
    assert vjp is not None
    for slip, change in CHANGES.items():
        yield Mutant(slip, checks.check_reverse, replace(primitive, vjp=_after(vjp, change)))
        yield Mutant(slip, checks.check_adjoint_identity, replace(primitive, vjp=_after(vjp, change)))
    if any(np.size(x) > 1 for trial in trials(primitive) for x in trial.inputs):
        yield Mutant(
            "missing term", checks.check_reverse, replace(primitive, vjp=_after(vjp, _without_largest))
        )
    if any(len(trial.operands) > 1 for trial in trials(primitive)):
        yield Mutant("swapped operands", checks.check_reverse, replace(primitive, vjp=_swapped(vjp)))


def _after(rule: Rule, change: Callable[[Value], Value]) -> Rule:
    @functools.wraps(rule)
    def wrong(*operands: Value, **parameters: Any) -> Value:
        return change(rule(*operands, **parameters))

    return wrong


def _without_largest(flow: Value) -> Value:
    """A cotangent whose largest component is dropped."""
    size = np.abs(np.asarray(plain(flow)))
    return flow * np.where(size == np.max(size), 0.0, 1.0) if size.shape else flow


def _swapped(vjp: Rule) -> Rule:
    return lambda position, g, y, *x, **parameters: vjp(len(x) - 1 - position, g, y, *x, **parameters)


def _wrong_jvp(primitive: Primitive) -> Iterator[Mutant]:
    """Wrong in forward mode alone."""
    if primitive.is_elementwise and all(
        _is_flat(primitive, i) for i, p in enumerate(primitive.partials or ()) if p is not None
    ):
        return
    for slip, change in CHANGES.items():

        def jvp(
            moving: list[Any], y: Value, *x: Value, change: Any = change, **parameters: Any
        ) -> Value | None:
            tangent = tangent_of(primitive, moving, y, list(x), parameters)
            return None if tangent is None else change(tangent)

        yield Mutant(f"{slip}, forward", checks.check_forward, replace(primitive, jvp=jvp))


def _wrong_second_order(primitive: Primitive) -> Iterator[Mutant]:
    """Right to first order, but written so that its own derivative is lost."""
    if not _is_curved(primitive):
        return
    if primitive.is_elementwise:
        lost = tuple(
            (lambda y, *x, p=p: p(plain(y), *map(plain, x))) if callable(p) else p
            for p in primitive.partials or ()
        )
        yield Mutant("second order lost", checks.check_second_order, replace(primitive, partials=lost))
    elif primitive.vjp is not None:
        vjp = primitive.vjp

        def rule(position: int, g: Value, y: Value, *x: Value, **parameters: Any) -> Value:
            return vjp(position, g, plain(y), *map(plain, x), **parameters)

        yield Mutant("second order lost", checks.check_second_order, replace(primitive, vjp=rule))


def wrong_values(primitive: Primitive) -> Iterator[Mutant]:
    """Wrong in one number system, by 1e-7; a truth value turned round."""
    for system in ("symbolic", "precise"):
        rule = getattr(primitive, system)
        if rule is not None:
            yield Mutant(
                f"{system} rule", checks.check_values, with_rule(primitive, system, _wrong_rule(rule))
            )
    if primitive.is_elementwise:
        impl = primitive.impl
        yield Mutant(
            "impl", checks.check_values, replace(primitive, impl=lambda *x, **p: _nearly(impl(*x, **p)))
        )
    if primitive.scalar is not None:
        scalar = primitive.scalar
        yield Mutant(
            "scalar rule", checks.check_scalar_rule, replace(primitive, scalar=lambda *x: _nearly(scalar(*x)))
        )


def with_rule(primitive: Primitive, system: str, rule: ScalarRule | None) -> Primitive:
    return replace(primitive, symbolic=rule) if system == "symbolic" else replace(primitive, precise=rule)


def _wrong_rule(rule: ScalarRule) -> ScalarRule:
    def wrong(module: Any, *x: Any, **parameters: Any) -> Any:
        right = (
            getattr(module, rule)(*x, **parameters)
            if isinstance(rule, str)
            else rule(module, *x, **parameters)
        )
        return _nearly(right)

    return wrong


def _nearly(value: Any) -> Any:
    """Off by 1e-7 of itself, or where it is zero by 1e-7; a truth value negated."""
    if np.asarray(value).dtype == bool or type(value).__name__ in ("BooleanTrue", "BooleanFalse"):
        return np.logical_not(value) if np.ndim(value) else not value
    if getattr(value, "is_Boolean", False) or getattr(value, "is_Relational", False):
        return ~value
    return (
        value + value / 10**7 + type(value)(1) / 10**7
        if isinstance(value, float)
        else value + value / 10**7 + _tenth_of_a_millionth(value)
    )


def _tenth_of_a_millionth(value: Any) -> Any:
    return (
        1e-7
        if isinstance(value, (np.ndarray, np.generic)) and np.asarray(value).dtype != object
        else (value * 0 + 1) / 10**7
    )


# What a plant would change


def _is_flat(primitive: Primitive, position: int) -> bool:
    """Whether the slope by an operand is zero at every trial."""
    return not any(
        row[0]
        for trial, rows in _slopes(primitive)
        for i, row in zip(trial.wrt, rows, strict=True)
        if i == position
    )


def _slopes(primitive: Primitive) -> Iterator[tuple[Trial, list[list[Any]]]]:
    for trial in smooth_trials(primitive):
        yield trial, witnesses.vjp_by_differences(primitive, trial, comparing.cotangent(primitive, trial))


def _differ(primitive: Primitive) -> bool:
    """Whether the two slopes differ somewhere."""
    return any(
        len(rows) == 2 and rows[0][0] != rows[1][0] for trial, rows in _slopes(primitive) if trial.is_scalar
    )


def _is_curved(primitive: Primitive) -> bool:
    """Whether a second derivative by the operands is not zero somewhere."""
    for trial in checks.few(primitive):
        inputs = [*trial.inputs, comparing.cotangent(primitive, trial)]
        rows = witnesses.second_by_differences(primitive, trial, inputs, comparing.tangents(trial))
        if any(abs(s) > 1e-20 for row in rows[:-1] for s in row):
            return True
    return False
