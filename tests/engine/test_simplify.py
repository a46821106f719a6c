"""Programs made smaller: what is removed, what is shared, and that no digit is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradlab.engine.program import Program, evaluate
from gradlab.engine.reverse import reverse
from gradlab.engine.simplify import simplify
from gradlab.engine.trace import trace
from tests.conformance.witnesses import PRECISE, components, precise
from tests.engine.functions import FUNCTIONS

MORE_THAN_THREE = {
    "power": 11.0,  # one operation, whose slope by both operands takes a logarithm and another power
    "polar": 5.0,  # arctan2's slopes x/(x² + y²), y/(x² + y²) of a single operation
}


def gradient_program(name: str) -> tuple[Program, Program]:
    function, at = FUNCTIONS[name]
    program = simplify(trace(function, at)[0])
    return program, reverse(program, list(at))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_has_at_most_three_times_the_operations(name: str) -> None:
    program, gradient = gradient_program(name)
    assert program.operations() > 0
    assert gradient.operations() <= MORE_THAN_THREE.get(name, 3.0) * program.operations()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_program_has_nothing_idle(name: str) -> None:
    _, gradient = gradient_program(name)
    seen = set()
    for primitive, operands, parameters, _ in gradient.equations:
        numbers = [c for c in map(gradient.constants.get, operands) if isinstance(c, float)]
        assert not (
            primitive.name in ("multiply", "divide")
            and 1.0 in numbers[-1:]
            and operands[-1] in gradient.constants
        )
        assert not (
            primitive.name in ("add", "subtract")
            and 0.0 in numbers
            and not any(gradient.shapes[i] for i in operands)
        )
        order = tuple(sorted(operands)) if primitive.commutative else operands
        key = (primitive.name, order, repr(parameters))
        assert key not in seen, f"{primitive.name} is done twice"
        seen.add(key)
    used = {i for e in gradient.equations for i in e.operands} | set(gradient.outputs)
    assert all(e.result in used for e in gradient.equations)
    assert set(gradient.constants) <= used


@pytest.mark.parametrize("name", FUNCTIONS)
def test_not_one_of_40_digits_changes(name: str) -> None:
    function, at = FUNCTIONS[name]
    program = trace(function, at)[0]
    recorded = reverse(program, list(at), optimise=False)
    inputs = precise([*at, 1.0])
    for got, want in zip(
        evaluate(simplify(recorded), inputs, PRECISE), evaluate(recorded, inputs, PRECISE), strict=True
    ):
        for g, w in zip(components(got), components(want), strict=True):
            assert abs(g - w) <= PRECISE.context.mpf(10) ** -40 * abs(w)


def names(program: Program) -> list[str]:
    return [e.primitive.name for e in program.equations]


SMALLER: list[tuple[Any, tuple[Any, ...], list[str]]] = [
    (lambda x: 1.0 * x, (2.0,), []),
    (lambda x: x / 1.0, (2.0,), []),
    (lambda x: x + 0.0, (2.0,), []),
    (lambda x: 0.0 - x, (2.0,), ["negative"]),
    (lambda x: np.negative(-x), (2.0,), []),
    (lambda x: np.power(x, 1.0), (2.0,), []),
    (lambda x: np.power(x, 2.0), (2.0,), ["square"]),
    (lambda x: np.sin(x) + np.sin(x), (2.0,), ["sin", "add"]),
    (lambda x, y: (x * y) - (y * x), (2.0, 3.0), ["multiply", "subtract"]),
    (lambda x, y: x + -y, (2.0, 3.0), ["subtract"]),
    (lambda x, y: x - -y, (2.0, 3.0), ["add"]),
    (lambda x, y: -x * -y, (2.0, 3.0), ["multiply"]),
    (lambda x, y: (1.0 / x) * y, (2.0, 3.0), ["divide"]),
    (lambda x: 2.0 * (0.5 * x), (2.0,), []),
    (lambda x: 2.0 * (3.0 * x), (2.0,), ["multiply"]),
    (lambda x: 0.1 * (3.0 * x), (2.0,), ["multiply", "multiply"]),
    (lambda x: (np.exp(x), x)[1], (2.0,), []),
    (lambda x: np.reshape(np.reshape(x, (3, 2)), (6,)), (np.ones(6),), []),
    (lambda x: x.T.T, (np.ones((2, 3)),), []),
    (
        lambda x: np.broadcast_to(x, (2, 3)) * np.arange(6.0).reshape(2, 3) + x,
        (np.ones(3),),
        ["multiply", "add"],
    ),
]


@pytest.mark.parametrize(("function", "at", "left"), SMALLER)
def test_what_is_left(function: Any, at: tuple[Any, ...], left: list[str]) -> None:
    program = simplify(trace(function, at)[0])
    assert names(program) == left
    assert np.array_equal(evaluate(program, at)[0], function(*at))


def test_factors_whose_product_rounds_are_gathered_for_float64_alone() -> None:
    program, _ = trace(lambda x: 0.1 * (3.0 * x), [2.0])
    assert names(simplify(program, exact=False)) == ["multiply"]


def test_branches_keep_what_decides_them_unless_they_are_given_up() -> None:
    program, _ = trace(lambda x: 2.0 * x if np.sin(x) > 0 else x, [1.0])
    assert names(simplify(program)) == ["sin", "greater", "multiply"]
    assert names(simplify(program, branches=False)) == ["multiply"]


def test_integers_floats_and_signed_zeros_are_not_confused() -> None:
    program = simplify(
        trace(lambda x: (x + 2, x * 2.0, x - 0.0, np.copysign(x, -0.0), np.copysign(x, 0.0)), [3.0])[0]
    )
    assert evaluate(program, [3.0]) == [5.0, 6.0, 3.0, -3.0, 3.0]
