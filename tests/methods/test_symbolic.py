"""SymPy's derivative: operations are counted in linear time, and what is hopeless is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from gradlab.methods import Unsupported, symbolic
from gradlab.methods.symbolic import operations, projected_operations
from tests.methods.problems import estimate_of, problem_of

x, y, z = sympy.symbols("x y z", real=True)
EXPRESSIONS = [
    *(x, -x, sympy.Integer(3), sympy.Rational(-2, 3), 2 * x, -2 * x, x / 3, x + 1, x - 1, -x - 1, 1 - x),
    *(x**2, -(x**2), 1 / x, -1 / x, 2 / x, x / y, x**-2, 3 * x**-2, sympy.sqrt(x), 1 / sympy.sqrt(x), x**y),
    *(
        x * y * z,
        -x * y,
        x * y / z,
        x / (y * z),
        (x + y) / z,
        (x + y) * (x - y),
        2 * (x + y),
        -2 * (x - y) / 3,
    ),
    *(sympy.sin(x), sympy.exp(x), sympy.exp(-x), sympy.exp(x * y) / 2, sympy.log(x) + x * y - sympy.sin(y)),
    *(
        4 * x * (1 - x),
        sympy.Max(x, y, 1),
        sympy.Min(x, 0),
        sympy.Abs(x),
        sympy.sign(x) * x,
        sympy.tanh(x) ** 2,
    ),
    *(
        (x - y) ** 2 / 2 + z * x**2 / 2,
        1 / (1 + sympy.exp(-x)),
        x + y - z - 1,
        -x - y - z,
        1.5 * x,
        -0.5 * x + y,
    ),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_operations_are_those_that_sympy_counts(expression: Any) -> None:
    assert operations(expression) == sympy.count_ops(expression)
    for variable in (x, y):
        slope = expression.diff(variable)
        assert operations(slope) == sympy.count_ops(slope)


def logistic_map(x: Any, n: int) -> Any:
    for _ in range(n - 1):
        x = 4 * x * (1 - x)
    return x


@pytest.mark.parametrize(
    ("n", "of_f", "of_slope"),
    [(2, 3, 2), (3, 8, 21), (4, 18, 82), (5, 38, 264), (6, 78, 768), (12, 5118, 195072)],
)
def test_the_logistic_map_swells_as_the_lectures_have_it(n: int, of_f: int, of_slope: int) -> None:
    f = logistic_map(x, n)
    assert (operations(f), operations(f.diff(x))) == (of_f, of_slope)


def test_a_tree_of_very_many_operations_is_counted_by_its_different_parts() -> None:
    tree = x
    for _ in range(200):
        tree = tree * (1 - tree)
    assert operations(tree) > 2**200


@pytest.mark.parametrize("n", range(3, 12))
def test_a_projection_is_right_to_a_small_factor(n: int) -> None:
    f = logistic_map(x, n)
    assert operations(f.diff(x)) / 2 <= projected_operations(f, x) <= 2.5 * operations(f.diff(x))


def test_a_projection_counts_only_what_depends_on_the_variable() -> None:
    assert projected_operations(sympy.sin(y) ** 3, x) == 0
    assert projected_operations(sympy.Integer(3), x) == 0
    assert projected_operations(x, x) == 0


def chain(x: Any, n: int) -> Any:
    for _ in range(n):
        x = np.sin(x) + 0.1 * x
    return x


HOPELESS: dict[str, tuple[Any, Any, str]] = {
    "the logistic map at n = 14": (
        lambda x: logistic_map(x, 14),
        0.3,
        r"^the derivative would have about \d\.\de\d operations; 3\.0e4 are the most it takes$",
    ),
    "a chain of 500": (lambda x: chain(x, 500), 0.3, "operations"),
    "a chain of 5000": (
        lambda x: chain(x, 5000),
        0.3,
        r"^the function has \d+ operations; 1000 are the most it takes$",
    ),
    "200 variables": (lambda x: np.sum(x**2), np.ones(200), "^200 variables; 120 are the most it takes$"),
    "sines within sines": (
        lambda x: [x := np.sin(x) for _ in range(900)][-1],
        0.3,
        "^(the expression is nested too deeply for SymPy, which recurses|the derivative would have about)",
    ),
}


@pytest.mark.parametrize(("f", "at", "reason"), HOPELESS.values(), ids=HOPELESS)
def test_what_is_hopeless_is_refused_with_the_reason(f: Any, at: Any, reason: str) -> None:
    with pytest.raises(Unsupported, match=reason):
        estimate_of(symbolic, problem_of(f, x=at))


def test_the_sizes_of_the_closed_forms_are_told() -> None:
    derivation = symbolic.derive(problem_of(lambda x: logistic_map(x, 6), x=0.3))
    assert dict(derivation.sizes) == {"f as a tree": 78, "f′ as a tree": 768, "f′ shared": 67}


@pytest.mark.parametrize("name", ["import_os", "__import__", "print(1)", "x0", "E", "pi", "S", "a b"])
def test_a_name_from_outside_becomes_no_code(name: str) -> None:
    problem = problem_of(lambda **given: given[name] ** 2, {name: 3.0})
    assert estimate_of(symbolic, problem).value[0, 0] == 6.0


def test_nan_is_given_where_sympys_form_has_no_value() -> None:
    derivation = symbolic.derive(problem_of(lambda x: np.log(x) * x, x=1.0))
    assert np.isnan(derivation.estimate(problem_of(lambda x: x + 0, x=-1.0)).value[0, 0])
