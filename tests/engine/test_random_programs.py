"""Random programs: reverse, forward, differences, simplified and compiled code agree on all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradlab.engine import compile, grad, hessian, logsumexp, relu, sigmoid, softmax, softplus, trace
from gradlab.engine.forward import forward
from gradlab.engine.program import evaluate, run
from gradlab.engine.reverse import reverse
from tests.conformance.witnesses import PRECISE, components, difference, dot, gradient_by_differences, precise

MATRIX = np.array([[0.3, -0.2, 0.5], [0.1, 0.4, -0.6], [-0.7, 0.2, 0.3]])

UNARY: list[Callable[[Any], Any]] = [
    np.sin,
    np.tanh,
    sigmoid,
    softplus,
    relu,
    np.abs,
    np.arctan,
    lambda a: np.exp(np.tanh(a)),
    lambda a: np.log(2.5 + np.cos(a)),
    lambda a: np.sqrt(1.0 + a * a),
    lambda a: (a - 0.3) ** 3 / 4,
    lambda a: 1.0 / (1.5 + a**2),
    lambda a: np.sum(a) * np.ones(3) / 3,
    lambda a: logsumexp(a * np.ones(3)),
    lambda a: softmax(a * np.ones(3)),
    lambda a: np.cumsum(a * np.ones(3)) / 2,
    lambda a: MATRIX @ (a * np.ones(3)),
    lambda a: (a * np.ones(3))[::-1],
    lambda a: (a * np.ones(3))[np.array([2, 0, 2])],
    lambda a: np.concatenate([(a * np.ones(3))[1:], (a * np.ones(3))[:1]]),
    lambda a: np.mean(np.outer(a * np.ones(3), a * np.ones(3)), axis=0),
    lambda a: np.max(a * np.array([1.0, 0.9, 1.1])),
    lambda a: np.einsum("ij,i->j", MATRIX, a * np.ones(3)),
    lambda a: np.where(a > 0.1, a * 1.5, a - 0.2),
    lambda a: a * 0.1 / 3.0 if np.sum(a) > 0.2 else a * 0.7,
]
BINARY: list[Callable[[Any, Any], Any]] = [
    np.add,
    np.subtract,
    np.multiply,
    lambda a, b: a / (2.0 + np.sin(b)),
    lambda a, b: np.maximum(a, b) - np.minimum(a, b) * 0.5,
    lambda a, b: np.hypot(a, b + 3.0),
    np.logaddexp,
    lambda a, b: np.arctan2(a, b * b + 1.0),
    lambda a, b: (1.2 + np.tanh(a)) ** np.sin(b),
    lambda a, b: np.dot(a * np.ones(3), b * np.ones(3)) / 3,
]

steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(UNARY), st.tuples(st.integers(0, 99))),
        st.tuples(st.sampled_from(BINARY), st.tuples(st.integers(0, 99), st.integers(0, 99))),
    ),
    min_size=1,
    max_size=7,
)
numbers = st.integers(-24, 24).map(lambda k: k / 8 + 1 / 37)
points = st.tuples(numbers, st.tuples(numbers, numbers, numbers).map(np.array))

MOST = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def function_of(recipe: list[Any]) -> Callable[[Any, Any], Any]:
    """A function of a number and a vector; each step takes values made so far."""

    def function(s: Any, v: Any) -> Any:
        made = [s, v]
        for operation, places in recipe:
            made.append(operation(*(made[place % len(made)] for place in places)))
        return np.sum(made[-1]) + np.sum(made[len(made) // 2]) / 3

    return function


def misses_kinks(program: Any, at: Any) -> bool:
    """Whether every branch and selection is decided by more than rounding."""
    values = run(program, at)
    for primitive, operands, parameters, result in program.equations:
        if primitive.kinks is not None:
            x = [np.asarray(values[i]) for i in operands]
            if not np.all(np.abs(primitive.kinks(values[result], *x, **parameters)) > 1e-9):
                return False
    return True


@MOST
@given(steps, points)
def test_every_way_to_the_gradient_agrees(recipe: list[Any], at: tuple[Any, ...]) -> None:
    function = function_of(recipe)
    program, value = trace(function, at)
    if not misses_kinks(program, at):
        return

    def exactly(x: list[Any]) -> Any:
        return evaluate(program, x, PRECISE)[0]

    differences = gradient_by_differences(exactly, precise(at))
    flat = [d for row in differences for d in row]
    smaller = evaluate(reverse(program, list(at)), precise([*at, 1.0]), PRECISE)
    recorded = evaluate(reverse(program, list(at), optimise=False), precise([*at, 1.0]), PRECISE)
    for flows in (smaller, recorded):
        for g, w in zip([g for flow in flows for g in components(flow)], flat, strict=True):
            assert abs(g - w) <= 1e-40 * (1 + abs(w))
    tangents = [0.7, np.array([0.3, -1.1, 0.2])]
    moved = evaluate(forward(program, list(at)), precise([*at, *tangents]), PRECISE)[0]
    along = sum(
        dot(t, np.array(row, dtype=object)) for t, row in zip(precise(tangents), differences, strict=True)
    )
    assert abs(moved - along) <= 1e-40 * (1 + abs(along))

    derived = grad(function, (0, 1))
    doubles = derived(*at)
    compiled = compile(derived, *at)(*at)
    scale = 1.0 + max(abs(float(d)) for d in flat) + abs(float(value))
    for got in (doubles, compiled):
        for g, w in zip([c for part in got for c in components(part)], flat, strict=True):
            assert abs(g - float(w)) <= 1e-11 * scale


@MOST
@given(steps, points)
def test_the_hessian_is_the_difference_of_gradients_and_symmetric(
    recipe: list[Any], at: tuple[Any, ...]
) -> None:
    function = function_of(recipe)
    number, vector = at
    program, _ = trace(lambda v: function(number, v), [vector])
    if not misses_kinks(program, [vector]):
        return
    gradient = reverse(program, [vector])
    matrix = hessian(lambda v: function(number, v))(vector)
    scale = 1.0 + np.max(np.abs(matrix))
    assert np.allclose(matrix, matrix.T, rtol=0, atol=1e-11 * scale)
    for j in range(3):
        unit = np.eye(3)[j]
        column = difference(
            lambda x: evaluate(gradient, [x[0], 1], PRECISE), precise([vector]), precise([unit])
        )[0]
        assert np.allclose(
            np.array(components(column), dtype=float), matrix[:, j], rtol=0, atol=1e-10 * scale
        )
