"""SymPy expressions as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from gradlab.engine import evaluate, logsumexp, sigmoid, trace
from gradlab.engine.reverse import reverse
from gradlab.engine.rules.elementary import LN2, PI
from gradlab.numbers.symbolic import Symbolic

SYMBOLS = Symbolic()
x, y = SYMBOLS.symbol("x"), SYMBOLS.symbol("y")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.5, sympy.Rational(1, 2)),
        (2.0, sympy.Integer(2)),
        (3, sympy.Integer(3)),
        (-0.75, sympy.Rational(-3, 4)),
        (True, sympy.true),
    ],
)
def test_short_fractions_are_fractions(value: Any, number: Any) -> None:
    assert SYMBOLS.constant(value) == number


def test_other_floats_keep_their_exact_binary_value() -> None:
    tenth = SYMBOLS.constant(0.1)
    assert tenth.is_Float
    assert sympy.Rational(tenth) == sympy.Rational(0.1)
    assert str(tenth).startswith("0.1000000000000000055511151231257827")


def test_constants_of_mathematics_stay_symbols() -> None:
    assert SYMBOLS.constant(PI) == sympy.pi
    assert SYMBOLS.constant(LN2) == sympy.log(2)


def test_what_is_set_to_minus_infinity_before_a_softmax_has_no_part_in_it() -> None:
    assert SYMBOLS.constant(np.array([np.inf, -np.inf])).tolist() == [sympy.oo, -sympy.oo]
    masked = np.array([True, False])
    program, _ = trace(lambda v: np.sum(np.exp(np.where(masked, v, -np.inf))), [np.ones(2)])
    assert evaluate(program, [np.array([x, y], dtype=object)], SYMBOLS) == [sympy.exp(x)]


def formula(function: Any, *names: str) -> Any:
    program, _ = trace(function, [0.5] * len(names))
    return evaluate(program, [SYMBOLS.symbol(name) for name in names], SYMBOLS)[0]


@pytest.mark.parametrize(
    ("function", "want"),
    [
        (lambda a, b: np.log(a) + a * b - np.sin(b), sympy.log(x) + x * y - sympy.sin(y)),
        (lambda a, b: sigmoid(a) + b, 1 / (1 + sympy.exp(-x)) + y),
        (lambda a, b: np.sqrt(a * a + b**2), sympy.sqrt(x**2 + y**2)),
        (np.maximum, sympy.Max(x, y)),
        (lambda a, b: np.where(a > b, a, 2 * b), sympy.Piecewise((x, x > y), (2 * y, True))),
        (lambda a, b: np.log2(a) * np.exp2(b), sympy.log(x) / sympy.log(2) * 2**y),
    ],
)
def test_a_program_on_symbols_is_its_formula(function: Any, want: Any) -> None:
    assert formula(function, "x", "y") == want


def test_arrays_of_symbols() -> None:
    program, _ = trace(lambda v, w: (v @ w, np.sum(v * w), logsumexp(v)), [np.ones(2), np.ones(2)])
    v = np.array([SYMBOLS.symbol("v0"), SYMBOLS.symbol("v1")], dtype=object)
    w = np.array([x, y], dtype=object)
    product, total, logarithm = evaluate(program, [v, w], SYMBOLS)
    assert product == total == v[0] * x + v[1] * y
    assert logarithm == sympy.log(sympy.exp(v[0]) + sympy.exp(v[1]))


def test_a_gradient_program_on_symbols_is_the_gradient_s_formula() -> None:
    program, _ = trace(lambda a: np.sin(a) * a / 3.0, [0.5])
    got = evaluate(reverse(program, [0.5]), [x, sympy.Integer(1)], SYMBOLS)[0]
    assert sympy.simplify(got - (sympy.sin(x) + x * sympy.cos(x)) / 3) == 0


def test_what_has_no_rule_is_named() -> None:
    program, _ = trace(lambda v: np.argmax(v) * 1.0, [np.ones(2)])
    with pytest.raises(LookupError, match="argmax has no rule in this number system"):
        evaluate(program, [np.array([x, y], dtype=object)], SYMBOLS)
