"""What every primitive must satisfy; each check raises AssertionError with the place.

A check that cannot run fails: there must be something to try it on, and a rule in every number system.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradlab.engine.compile import compile
from gradlab.engine.forward import forward
from gradlab.engine.primitive import Primitive, Value
from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.engine.simplify import simplify
from tests.conformance import witnesses
from tests.conformance.comparing import (
    TINY,
    ULPS,
    compare,
    compare_doubles,
    cotangent,
    forward_program,
    precisely,
    reversed_program,
    rounding,
    tangents,
)
from tests.conformance.trials import Trial, smooth_trials, trials, within
from tests.conformance.witnesses import PRECISE, components, precise

Check = Callable[[Primitive], None]
CHECKS: list[Check] = []
DERIVATIVE_CHECKS: list[Check] = []


def check(*, derivative: bool = False) -> Callable[[Check], Check]:
    """Enter a check; its breadcrumb starts with the primitive's name."""

    def enter(body: Check) -> Check:
        @functools.wraps(body)
        def named(primitive: Primitive) -> None:
            try:
                body(primitive)
            except AssertionError as failure:
                raise AssertionError(f"{primitive.name}: {failure}") from failure
            except Exception as failure:  # a check that can't run is a failed check
                raise AssertionError(
                    f"{primitive.name}: {body.__name__} could not run: {type(failure).__name__}: {failure}"
                ) from failure

        (DERIVATIVE_CHECKS if derivative else CHECKS).append(named)
        return named

    return enter


# The checks of the value


@check()
def check_values(primitive: Primitive) -> None:
    """float64, 150 digits and SymPy give one value."""
    for trial in trials(primitive):
        with np.errstate(all="ignore"):
            double = primitive(*trial.operands, **trial.parameters)
        if primitive.vjp is None and not primitive.is_elementwise:
            assert not np.issubdtype(np.asarray(double).dtype, np.floating), (
                "a float value without a derivative or rules"
            )
            continue
        exact = witnesses.value(primitive, trial)
        assert np.shape(double) == np.shape(exact), (
            f"shape {np.shape(double)} in float64, {np.shape(exact)} at 150 digits, at {trial}"
        )
        if np.asarray(double).dtype == bool:
            assert components(double) == list(map(bool, components(exact))), (
                f"at 150 digits: {exact}, in float64: {double}, at {trial}"
            )
        else:
            compare_doubles(double, exact, _conditioned(primitive, trial), f"value at {trial}")
        if trial.smooth:
            compare(
                witnesses.symbolic_value(primitive, trial), components(exact), f"SymPy's value at {trial}"
            )


def _conditioned(primitive: Primitive, trial: Trial) -> float:
    """What a few units in the last place of operands and result are worth."""
    size = float(
        np.max(
            np.abs(np.asarray(primitive.impl(*trial.operands, **trial.parameters), dtype=np.float64)),
            initial=0.0,
        )
    )
    if not (trial.smooth and trial.wrt):
        return ULPS * size
    weight = np.ones(np.shape(primitive.impl(*trial.operands, **trial.parameters)))
    slopes = witnesses.gradient_by_differences(
        lambda x: witnesses.dot(weight, PRECISE.apply(primitive, trial.filled(x), trial.parameters)),
        precise(trial.inputs),
    )
    moved = sum(
        float(abs(s * x))
        for row, v in zip(slopes, trial.inputs, strict=True)
        for s, x in zip(row, components(v), strict=True)
    )
    return ULPS * (size + moved)


@check()
def check_no_silent_zero(primitive: Primitive) -> None:
    """An operand without a derivative is a condition, or the result is one."""
    conditions = [isinstance(x, bool) for x in primitive.examples[0][:-1]] if primitive.examples else []
    for position, partial in enumerate(primitive.partials or ()):
        if partial is None and position not in [i for i, yes in enumerate(conditions) if yes]:
            value = np.asarray(primitive.impl(*trials(primitive)[0].operands))
            assert value.dtype.kind in "biu", (
                f"operand {position} has no partial, and is no condition: write 0 where the slope is zero"
            )


EDGES = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -3.0,
    40.0,
    -40.0,
    800.0,
    -800.0,
    1e-310,
    1e308,
    -1e308,
    math.inf,
    -math.inf,
    math.nan,
)


@check()
def check_scalar_rule(primitive: Primitive) -> None:
    """The rule for Python floats says what NumPy says, at infinities, overflows and NaN too."""
    if primitive.scalar is None:
        return
    arity = len(primitive.partials or ())
    places = [trial.operands for trial in trials(primitive) if trial.is_scalar]
    for operands in itertools.chain(places, itertools.product(EDGES, repeat=arity)):
        given = tuple(map(float, operands))
        with np.errstate(all="ignore"):
            got = primitive.on_floats(*given)
            want = primitive.impl(*map(np.float64, given))
        assert type(got) in (float, bool), f"{given} gives {type(got).__name__} in place of a float"
        same = np.array_equal(got, want, equal_nan=True) or math.isclose(
            got, want, rel_tol=ULPS, abs_tol=TINY
        )
        same |= not within(primitive, given) and not np.isfinite(want) and not np.isfinite(got)
        assert same, f"{given}: the scalar rule gives {got!r}, NumPy {want!r}"


@check()
def check_operations(primitive: Primitive) -> None:
    """The cost is a count: one an element for an elementwise primitive, or nothing; what NumPy does
    with counting numbers for a linear structural one.
    """
    for trial in trials(primitive):
        y = np.asarray(primitive.impl(*trial.operands, **trial.parameters))
        shaped = [np.broadcast_to(np.float64(0), np.shape(x)) for x in trial.operands]
        cost = primitive.operations(np.broadcast_to(np.float64(0), y.shape), *shaped, **trial.parameters)
        assert type(cost) is int, f"{cost!r} is not a count"
        if primitive.is_elementwise:
            assert cost in (0, y.size), f"{cost} operations for {y.size} elements"
        elif primitive.linear is not None:
            counted = _count(primitive, trial)
            several = len(trial.operands) > 2  # the order of a product of many is for NumPy to choose
            assert counted <= cost <= (2 * counted if several else counted), (
                f"{cost} operations said, {counted} counted, at {trial}"
            )


class _Counting:
    """A number that counts the additions and multiplications done with it."""

    done = 0

    def __add__(self, other: Any) -> _Counting:
        _Counting.done += not (type(other) in (int, float) and other == 0)
        return self

    __radd__ = __mul__ = __rmul__ = __add__


def _count(primitive: Primitive, trial: Trial) -> int:
    operands = [
        np.array([_Counting() for _ in components(x)], dtype=object).reshape(np.shape(x))
        for x in trial.operands
    ]
    _Counting.done = 0
    primitive.impl(*operands, **trial.parameters)
    return _Counting.done


@check()
def check_commutative(primitive: Primitive) -> None:
    """What is said to commute does, to the last bit, since common subexpressions are shared by it."""
    if primitive.commutative:
        for trial in trials(primitive):
            a, b = trial.operands
            assert np.array_equal(primitive.impl(a, b), primitive.impl(b, a)), (
                f"the value changes with the order at {trial}"
            )


@check()
def check_domain(primitive: Primitive) -> None:
    """Well outside its domain the value is not finite, so the domain leaves out nothing that works."""
    if primitive.domain is None:
        return
    rng = np.random.default_rng(0)
    for operands in (rng.uniform(-3.0, 3.0, len(primitive.partials or ())).tolist() for _ in range(200)):
        around = [
            [x + s for x, s in zip(operands, steps, strict=True)]
            for steps in itertools.product((-1e-3, 1e-3), repeat=len(operands))
        ]
        with np.errstate(all="ignore"):
            if not any(bool(primitive.domain(*map(np.float64, a))) for a in around):
                y = primitive.impl(*map(np.float64, operands))
                assert not np.isfinite(y), f"{operands} is outside the domain, and the value is {y}"


# The checks of the derivative


@check(derivative=True)
def check_reverse(primitive: Primitive) -> None:
    """The vjp against SymPy and against differences, of the shape of its operand, in float64 too."""
    for trial in smooth_trials(primitive):
        weight = cotangent(primitive, trial)
        program = reversed_program(primitive, trial)
        got = precisely(program, [*trial.inputs, weight])
        differences = witnesses.vjp_by_differences(primitive, trial, weight)
        for position, flow, x, by_differences in zip(trial.wrt, got, trial.inputs, differences, strict=True):
            where = f"vjp by operand {position} at {trial}"
            assert np.shape(flow) == np.shape(x), f"{where}: shape {np.shape(flow)} in place of {np.shape(x)}"
            compare(components(flow), by_differences, f"{where}, against differences")
        if trial.is_scalar or not primitive.is_elementwise:
            for position, flow, by_sympy in zip(
                trial.wrt, got, witnesses.vjp_by_sympy(primitive, trial, weight), strict=True
            ):
                compare(components(flow), by_sympy, f"vjp by operand {position} at {trial}, against SymPy")
        _compare_in_float64(program, [*trial.inputs, weight], got, f"vjp at {trial}")


@check(derivative=True)
def check_forward(primitive: Primitive) -> None:
    """The jvp against differences, of the shape of the result, in float64 too."""
    for trial in smooth_trials(primitive):
        moving = tangents(trial)
        program = forward_program(primitive, trial)
        got = precisely(program, [*trial.inputs, *moving])
        shape = np.shape(primitive.impl(*trial.operands, **trial.parameters))
        assert np.shape(got[0]) == shape, f"jvp at {trial}: shape {np.shape(got[0])} in place of {shape}"
        compare(components(got[0]), witnesses.jvp_by_differences(primitive, trial, moving), f"jvp at {trial}")
        _compare_in_float64(program, [*trial.inputs, *moving], got, f"jvp at {trial}")


def _compare_in_float64(
    program: Program, inputs: Sequence[Value], exact: Sequence[Value], where: str
) -> None:
    with np.errstate(all="ignore"):
        doubles = evaluate(program, inputs)
    for double, want, bound in zip(doubles, exact, rounding(program, inputs), strict=True):
        compare_doubles(double, want, bound, f"{where}, in float64")


@check(derivative=True)
def check_adjoint_identity(primitive: Primitive) -> None:
    """⟨ȳ, J ẋ⟩ = ⟨Jᵀ ȳ, ẋ⟩."""
    for trial in smooth_trials(primitive):
        weight, moving = cotangent(primitive, trial), tangents(trial)
        pushed = precisely(forward_program(primitive, trial), [*trial.inputs, *moving])[0]
        pulled = precisely(reversed_program(primitive, trial), [*trial.inputs, weight])
        left = witnesses.dot(weight, pushed)
        right = sum(witnesses.dot(t, flow) for t, flow in zip(moving, pulled, strict=True))
        compare([left], [right], f"⟨ȳ, J ẋ⟩ and ⟨Jᵀ ȳ, ẋ⟩ at {trial}")


@check(derivative=True)
def check_second_order(primitive: Primitive) -> None:
    """The gradient program, differentiated in reverse and forward, against second differences of the value.

    With G(x, ȳ) the cotangents of x and w weights for them, Σ w·G is the derivative of Σ ȳ·f along w.
    """
    for trial in few(primitive):
        inputs = [*trial.inputs, cotangent(primitive, trial)]
        first = reversed_program(primitive, trial)
        weights, moving = tangents(trial), trial.weights(*map(np.shape, inputs))
        by_differences = witnesses.second_by_differences(primitive, trial, inputs, weights)
        over_reverse = precisely(reverse(first, inputs, optimise=False), [*inputs, *weights])
        for position, flow, want in zip([*trial.wrt, "ȳ"], over_reverse, by_differences, strict=True):
            compare(components(flow), want, f"reverse over reverse by operand {position} at {trial}")
        over_forward = precisely(forward(first, inputs, optimise=False), [*inputs, *moving])
        along = sum(map(witnesses.dot, weights, over_forward))
        want = sum(
            a * m
            for row, v in zip(by_differences, moving, strict=True)
            for a, m in zip(row, components(v), strict=True)
        )
        compare([along], [want], f"forward over reverse at {trial}")


def few(primitive: Primitive) -> list[Trial]:
    """All examples of a structural primitive; of an elementwise one the scalars and some of the shapes."""
    chosen = smooth_trials(primitive)
    return [t for i, t in enumerate(chosen) if not primitive.is_elementwise or t.is_scalar or i % 4 == 0]


@check(derivative=True)
def check_compiled(primitive: Primitive) -> None:
    """Simplified and compiled, value and gradient are those of the recorded program, to rounding."""
    for trial in few(primitive):
        weight = cotangent(primitive, trial)
        recorded = reversed_program(primitive, trial)
        inputs = [*trial.inputs, weight]

        def both(*x: Value, trial: Trial = trial, recorded: Program = recorded) -> tuple[Value, ...]:
            return (primitive(*trial.filled(x[:-1]), **trial.parameters), *evaluate(recorded, x))

        with np.errstate(all="ignore"):
            fast = compile(both, *inputs)
            got = fast(*inputs)
            again = evaluate(simplify(recorded), inputs)
        wanted = precisely(recorded, inputs)
        for position, flow, want in zip(
            trial.wrt, precisely(simplify(recorded), inputs), wanted, strict=True
        ):
            compare(components(flow), components(want), f"simplified vjp by operand {position} at {trial}")
        bounds = [4 * b for b in rounding(recorded, inputs)]
        assert np.shape(got[0]) == np.shape(primitive.impl(*trial.operands, **trial.parameters)), (
            f"compiled at {trial}: shape {np.shape(got[0])}"
        )
        compare_doubles(
            got[0],
            witnesses.value(primitive, trial),
            4 * _conditioned(primitive, trial),
            f"compiled value at {trial}",
        )
        for form, values in (("compiled", got[1:]), ("simplified", again)):
            for position, g, w, b in zip(trial.wrt, values, wanted, bounds, strict=True):
                assert np.shape(g) == np.shape(w), (
                    f"{form} vjp by operand {position} at {trial}: shape {np.shape(g)}"
                )
                compare_doubles(g, w, b, f"{form} vjp by operand {position} at {trial}")


@check(derivative=True)
def check_complex_step(primitive: Primitive) -> None:
    """What is said to be analytic gives Im f(x + ih)/h = f′(x), with h = 1e-200."""
    if not primitive.analytic:
        return
    for trial in smooth_trials(primitive):
        moving = tangents(trial)
        inputs = [np.asarray(x) + 1e-200j * np.asarray(t) for x, t in zip(trial.inputs, moving, strict=True)]
        with np.errstate(all="ignore"):
            got = np.imag(primitive.impl(*trial.filled(inputs), **trial.parameters)) / 1e-200
        exact = witnesses.jvp_by_differences(primitive, trial, moving)
        bound = rounding(forward_program(primitive, trial), [*trial.inputs, *moving])[0]
        bound += ULPS * float(np.max(np.abs(np.real(got)))) + _complex_rounding(primitive, trial, moving)
        compare_doubles(
            got,
            np.reshape(np.array(exact, dtype=object), np.shape(got)),
            4 * bound,
            f"complex step at {trial}",
        )


def _complex_rounding(primitive: Primitive, trial: Trial, moving: list[Value]) -> float:
    """Complex operations are good to a few units in the last place of ẋ y/x in the imaginary part."""
    size = float(np.max(np.abs(primitive.impl(*trial.operands, **trial.parameters))))
    return (
        ULPS
        * size
        * sum(
            float(np.max(np.abs(t / np.where(x == 0, 1.0, x))))
            for t, x in zip(moving, map(np.asarray, trial.inputs), strict=True)
        )
    )
