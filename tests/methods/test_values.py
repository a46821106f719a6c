"""Every method against derivatives known by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradlab.methods import Problem, Unsupported, component_names, methods
from gradlab.numbers.precise import Precise
from tests.methods.problems import estimate_of, problem_of

METHODS = {name: method for name, method in methods().items() if name != "claimed"}
DIGITS = {"finite_difference": 8}

A = np.array([[1.0, -3.0], [0.2, 1.0]])
v = np.array([0.7, -0.4])


def branching(x: Any) -> Any:
    return x**2 if x > 0 else np.exp(x)


KNOWN: dict[str, tuple[Problem, Any]] = {
    "a power": (problem_of(lambda x: x**3, x=2.0), 12.0),
    "a negative power": (problem_of(lambda x: x**-2, x=2.0), -0.25),
    "an exponential of base 2": (problem_of(lambda x: 2.0**x, x=3.0), 8 * math.log(2)),
    "a product": (problem_of(lambda x, y: x * y, x=2.0, y=5.0), [5.0, 2.0]),
    "a quotient": (problem_of(lambda x, y: x / y, x=2.0, y=4.0), [0.25, -0.125]),
    "ln-product-sine": (
        problem_of("ln(x1) + x1 x2 - sin(x2)", x1=2, x2=5),
        [5.5, 2 - math.cos(5.0)],
    ),
    "a chain": (problem_of("sin(e^x)", x=0.3), math.exp(0.3) * math.cos(math.exp(0.3))),
    "the logistic function": (problem_of("σ(x)", x=0), 0.25),
    "tanh": (problem_of(np.tanh, x=0.5), 1 - math.tanh(0.5) ** 2),
    "arctan": (problem_of(np.arctan, x=2.0), 0.2),
    "a square root": (problem_of(np.sqrt, x=4.0), 0.25),
    "a quadratic form": (problem_of(lambda x: x @ A @ x, x=v), (A + A.T) @ v),
    "a matrix": (problem_of(lambda A: v @ A @ v, A=A), np.outer(v, v).ravel()),
    "one of two arguments": (problem_of(lambda w, x: np.sum(w * x**2), wrt="x", w=A[0], x=v), 2 * A[0] * v),
    "an argument used twice": (problem_of(lambda x: x * x + x, x=3.0), 7.0),
    "an argument not used": (problem_of(lambda x, y: x**2, x=3.0, y=1.0), [6.0, 0.0]),
    "a constant": (problem_of(lambda x: 3.0, x=1.0), 0.0),
    "the branch taken": (problem_of(branching, x=3.0), 6.0),
    "the other branch": (problem_of(branching, x=-1.0), math.exp(-1.0)),
    "a loop": (problem_of(lambda x: sum(x**k for k in range(4)), x=2.0), 1 + 4 + 12.0),
    "a Jacobian": (
        problem_of(lambda x: np.stack([x[0] * x[1], x[1] ** 2]), quantity="jacobian", x=v),
        [[v[1], v[0]], [0.0, 2 * v[1]]],
    ),
    "a Jacobian of a matrix by a number": (
        problem_of(lambda x: x**2 * A, quantity="jacobian", x=3.0),
        (6 * A).reshape(-1, 1),
    ),
}
NOT_ANALYTIC: dict[str, tuple[Problem, Any]] = {
    "abs": (problem_of(np.abs, x=-2.0), -1.0),
    "relu": (problem_of(lambda x: np.sum(np.maximum(x, 0.0)), x=v), [1.0, 0.0]),
    "where": (problem_of(lambda x: np.where(x > 0, x**2, -x), x=-2.0), -1.0),
    "clip": (problem_of(lambda x: np.clip(x, 0, 1) * x, x=0.3), 0.6),
    "a step": (problem_of(lambda x: np.floor(x) * x, x=2.5), 2.0),
    "a remainder": (problem_of(lambda x: np.mod(x**2, 1.5), x=1.4), 2.8),
    "a sign": (problem_of(lambda x: np.sign(np.sin(x)) * x, x=4.0), -1.0),
    "the largest": (problem_of(np.max, a=np.array([1.0, 3.0, 2.0])), [0.0, 1.0, 0.0]),
    "the element found by argmax": (problem_of(lambda x: x[np.argmax(x)] ** 2, x=A[0]), [2.0, 0.0]),
    "a mask": (problem_of(lambda x: np.sum(x * (np.arange(2) > 0)), x=v), [0.0, 1.0]),
}
EVERYWHERE = [
    (name, method, *known) for name, known in {**KNOWN, **NOT_ANALYTIC}.items() for method in METHODS
]


@pytest.mark.parametrize(
    ("method", "problem", "value"),
    [
        pytest.param(method, problem, value, id=f"{method}: {name}")
        for name, method, problem, value in EVERYWHERE
        if method != "complex_step" or name not in NOT_ANALYTIC
    ],
)
def test_value(method: str, problem: Problem, value: Any) -> None:
    estimate = estimate_of(METHODS[method], problem)
    assert estimate.value.shape == (problem.rows, problem.columns)
    error = 10.0 ** -DIGITS.get(method, 14)
    np.testing.assert_allclose(
        estimate.value, np.reshape(value, estimate.value.shape), rtol=error, atol=error
    )


EXACT = ("reverse", "forward", "symbolic")


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("name", ["ln-product-sine", "a quadratic form", "a Jacobian", "the branch taken"])
def test_to_as_many_digits_as_are_asked_for(method: str, name: str) -> None:
    problem, value = KNOWN[name]
    derivation = METHODS[method].derive(problem)
    assert derivation.exact is not None
    sixty, hundred = derivation.exact(problem, 60), derivation.exact(problem, 100)
    assert [float(x) for x in hundred] == pytest.approx(np.ravel(value).tolist(), rel=1e-14)
    number = Precise(100).number
    assert all(
        abs(number(a) - number(b)) <= abs(number(b)) * number(10) ** -58
        for a, b in zip(sixty, hundred, strict=True)
    )


@pytest.mark.parametrize("name", [name for name in METHODS if name != "complex_step"])
def test_a_function_that_is_no_black_box_is_needed_by_all_but_the_differences(name: str) -> None:
    black_box = problem_of(lambda x: math.sin(float(x)), x=1.0)
    if name == "finite_difference":
        assert estimate_of(METHODS[name], black_box).value[0, 0] == pytest.approx(math.cos(1.0), rel=1e-8)
    else:
        with pytest.raises(Unsupported, match="can't be traced"):
            METHODS[name].derive(black_box)


COSTS: dict[str, Callable[[int], int]] = {
    "finite_difference": lambda n: 6 * n,
    "complex_step": lambda n: n + 1,
    "precise": lambda n: 4 * n,
}


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize("n", [1, 5])
def test_how_often_the_function_is_called_is_told(name: str, n: int) -> None:
    problem = problem_of(lambda x: np.sum(np.exp(x)), x=np.linspace(0.5, 1.0, n))
    assert estimate_of(METHODS[name], problem).evaluations == COSTS[name](n)


@pytest.mark.parametrize("name", ["finite_difference", "complex_step"])
def test_the_users_own_function_is_called_and_not_its_trace(name: str) -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        seen.append(x)
        return np.exp(x)

    problem = problem_of(f, x=1.0)
    seen.clear()
    estimate = estimate_of(METHODS[name], problem)
    assert len(seen) == estimate.evaluations
    assert not any(hasattr(x, "primal") for x in seen)


def test_forward_gives_up_on_very_many_passes() -> None:
    with pytest.raises(Unsupported, match="500 passes, one an element; 400 are the most"):
        METHODS["forward"].derive(problem_of(lambda x: np.sum(x**2), x=np.ones(500)))


@pytest.mark.parametrize("name", ["finite_difference", "complex_step"])
def test_differences_give_up_on_very_many_calls(name: str) -> None:
    with pytest.raises(Unsupported, match=r"would call the function \d+ times.* are the most it makes"):
        METHODS[name].derive(problem_of(lambda x: np.sum(x**2), x=np.ones(2001)))


def test_fifty_digits_give_up_on_very_many_operations() -> None:
    A = np.ones((1000, 1000))
    with pytest.raises(Unsupported, match=r"8\.\de\+06 along one direction; 1e\+06 and 2e\+06 are the most"):
        METHODS["precise"].derive(problem_of(lambda x: np.sum((A @ x) ** 2), x=np.ones(1000)))


def test_fifty_digits_of_many_elements_are_asked_along_a_direction() -> None:
    x = np.linspace(-1, 2, 1000)
    estimate = estimate_of(METHODS["precise"], problem_of(lambda x: np.sum(x**3), x=x))
    assert estimate.along is not None
    direction, ((slope, error),) = estimate.along
    number = Precise(80).number
    exact = sum(3 * number(float(a)) ** 2 * number(float(v)) for a, v in zip(x, direction, strict=True))
    assert abs(slope - exact) <= error <= abs(exact) * number(10) ** -45


def test_components_are_named() -> None:
    inputs = {"w": 1.0, "A": np.zeros((2, 1)), "x": np.zeros(2)}
    assert component_names(inputs, ("A", "w"), [""]) == ["A[0, 0]", "A[1, 0]", "w"]
    assert component_names(inputs, ("x",), ["y[0]", "y[1]"]) == [
        "y[0] by x[0]",
        "y[0] by x[1]",
        "y[1] by x[0]",
        "y[1] by x[1]",
    ]


def test_every_method_has_a_title_and_is_found_in_the_order_of_report() -> None:
    assert list(methods()) == [
        "reverse",
        "forward",
        "symbolic",
        "finite_difference",
        "complex_step",
        "precise",
        "claimed",
    ]
    assert all(method.TITLE for method in methods().values())
