"""Compiled functions: the plain function's answer wherever the trace no longer holds, never another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradlab.engine import compile, grad, hessian, jacobian, value_and_grad
from tests.engine.functions import FUNCTIONS

A = np.array([1.0, 2.0, 3.0])


def source(fast: Any) -> str:
    text: str = fast.source
    return text


def same(got: Any, want: Any) -> bool:
    """Equal structures of numbers and arrays, NaN at the same places."""
    if isinstance(want, dict):
        return isinstance(got, dict) and set(got) == set(want) and all(same(got[k], want[k]) for k in want)
    if isinstance(want, (list, tuple)):
        return type(got) is type(want) and len(got) == len(want) and all(map(same, got, want))
    return np.shape(got) == np.shape(want) and np.allclose(got, want, rtol=1e-12, atol=1e-300, equal_nan=True)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_gradient_are_those_of_the_plain_function(name: str) -> None:
    function, at = FUNCTIONS[name]
    derived = value_and_grad(function, tuple(range(len(at))))
    assert same(compile(derived, *at)(*at), derived(*at))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_source_is_the_same_every_time(name: str) -> None:
    function, at = FUNCTIONS[name]
    derived = grad(function, tuple(range(len(at))))
    first, second = source(compile(derived, *at)), source(compile(derived, *at))
    assert first == second
    assert first.startswith("def compiled(")


def piecewise(x: Any) -> Any:
    if x > 1.0:
        return x * x
    return np.sin(x) if x != -5.0 else 0.0 * x


def loop(x: Any) -> Any:
    while x < 10.0:
        x = 2.0 * x
    return x


def select(x: Any) -> Any:
    return np.sum(x[x > 1.5] ** 2)


def winner(x: Any) -> Any:
    return x[np.argmax(x)] * x[0]


GUARDED: dict[str, tuple[Any, tuple[Any, ...], list[tuple[Any, ...]]]] = {
    "a branch": (
        grad(piecewise),
        (3.0,),
        [(4.0,), (0.5,), (1.0,), (-5.0,), (math.inf,), (math.nan,), (4.0,)],
    ),
    "a loop": (grad(loop), (1.5,), [(0.1,), (20.0,), (1.4,), (0.1,)]),
    "a mask": (grad(select), (A,), [(np.array([5.0, 1.0, 2.0]),), (A,), (np.zeros(3),)]),
    "an argmax": (grad(winner), (A,), [(np.array([5.0, 1.0, 2.0]),), (A,)]),
    "shapes": (grad(lambda x: np.sum(x * x)), (A,), [(A[:2],), (np.ones((2, 2)),), (3.0,), (A,)]),
    "a number in place of an array": (jacobian(lambda x: x * x), (A,), [(2.0,), (A,)]),
    "an array in place of a number": (jacobian(lambda x: x * x), (2.0,), [(A,), (2.0,)]),
    "an array in place of a number that takes no part": (
        jacobian(lambda x: 3.0 * x),
        (2.0,),
        [(A,), (np.ones(1),), (2.0,)],
    ),
    "whole numbers": (grad(lambda x, y: x**3 * y), (2.0, 5.0), [(2, 5), (np.int64(2), True), (2.0, 5.0)]),
    "whole numbers in arrays": (grad(lambda x: np.sum(x**3)), (A,), [(np.array([1, 2, 3]),), (A,)]),
    "float32": (grad(lambda x: np.sum(x**3)), (A,), [(A.astype(np.float32),), (A.astype(">f8"),)]),
    "numbers in arrays without axes": (
        grad(lambda x: x**3),
        (2.0,),
        [(np.array(3.0),), (np.float32(3.0),), (np.float64(3.0),)],
    ),
    "division by zero": (lambda x, y: x / y, (1.0, 2.0), [(1.0, 0.0), (-1.0, 0.0), (0.0, 0.0)]),
    "overflow": (grad(lambda x: np.exp(x) * x), (1.0,), [(1000.0,), (-1000.0,), (math.inf,), (math.nan,)]),
    "overflow of a power": (grad(lambda x: x**5), (1.0,), [(1e200,), (-1e200,)]),
    "outside the domain": (lambda x: np.log(x) + np.sqrt(x), (1.0,), [(-1.0,), (0.0,)]),
    "a root of a negative number": (lambda x: x**0.5, (1.0,), [(-1.0,), (0.0,)]),
    "a negative power of zero": (lambda x: x**-1, (1.0,), [(0.0,)]),
    "dictionaries": (
        grad(lambda p: p["a"] * p["b"][0]),
        ({"a": 2.0, "b": [3.0, 4.0]},),
        [({"b": [3.0, 4.0], "a": 5.0},), ({"a": 1, "b": [2, 3]},)],
    ),
    "a part more": (grad(lambda p: p[0] ** 2), ([1.0],), [([1.0, 2.0],), ([3.0],), ([1.0, 2.0, 3.0],)]),
    "a key more": (grad(lambda p: p["a"] ** 2), ({"a": 1.0},), [({"a": 1.0, "z": A},), ({"a": 3.0},)]),
    "a tuple in place of a list": (grad(lambda p: p[0] ** 2), ([1.0, 2.0],), [((1.0, 2.0),), ([3.0, 2.0],)]),
    "an array in place of a list": (grad(lambda p: p[0] ** 2), ([1.0, 2.0],), [(np.array([1.0, 2.0]),)]),
}


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_where_the_trace_does_not_hold_the_plain_function_is_run(name: str) -> None:
    function, example, calls = GUARDED[name]
    fast = compile(function, *example)
    for call in calls:
        want = function(*(np.float64(x) if np.ndim(x) == 0 and not isinstance(x, dict) else x for x in call))
        assert same(fast(*call), want), f"at {call}"


def test_numpy_s_answers_stand_where_math_would_raise() -> None:
    fast = compile(lambda x: 1.0 / x, 1.0)
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert fast(0.0) == math.inf


def test_an_error_of_the_function_reaches_the_caller() -> None:
    fast = compile(grad(lambda x, y: x * y), 1.0, 2.0)
    with pytest.raises(TypeError, match=r"returned an array of shape \(3,\)"):
        fast(A, 2.0)
    with pytest.raises(KeyError):
        compile(lambda p: p["a"] * p["b"], {"a": 1.0, "b": 2.0})({"a": 1.0})
    with pytest.raises(TypeError, match="real numbers, and this is str 'a'"):
        fast("a", 2.0)


def test_keywords_are_taken() -> None:
    fast = compile(lambda x, y: x / y, 1.0, 2.0)
    assert fast(x=4.0, y=2.0) == fast(4.0, y=2.0) == 2.0
    assert compile(lambda x, y: x / y, A, 2.0)(y=2.0, x=A)[0] == 0.5


def test_closures_are_fixed_as_they_were() -> None:
    scale = [2.0]
    fast = compile(lambda x: x * scale[0], 1.0)
    scale[0] = 3.0
    assert fast(1.0) == 2.0


@pytest.mark.parametrize(
    "function",
    [
        lambda v1, miss, c0, r0, sin: np.sin(v1) * miss + c0 * r0 + np.cos(sin),
        lambda float, isinstance, len, compiled, exp: (  # noqa: A006
            np.exp(float) + isinstance * len / compiled - exp
        ),
        lambda *x: x[0] * x[1] - x[2] / x[3] + x[4],
        lambda x, y, z, w, np_sum: x + y + z + w * np.exp(np_sum),
    ],
)
def test_names_of_parameters_are_free(function: Any) -> None:
    at = (0.5, 1.5, 2.5, 3.5, 4.5)
    assert same(compile(function, *at)(*at), function(*at))
    assert same(compile(grad(function, (0, 1, 2, 3, 4)), *at)(*at), grad(function, (0, 1, 2, 3, 4))(*at))


RETURNED: dict[str, Any] = {
    "its input": lambda x: x,
    "its input reshaped": lambda x: np.reshape(x, (-1, 1)),
    "a part of its input": lambda x: x[1:],
    "a constant": lambda x: A,
    "the same twice": lambda x: (2.0 * x, 2.0 * x),
    "a gradient that is constant": grad(np.sum),
    "the zero gradient": grad(lambda x: 5.0),
}


@pytest.mark.parametrize("name", RETURNED)
@pytest.mark.parametrize("size", [3, 4])
def test_results_are_the_callers_own(name: str, size: int) -> None:
    """At the example's shape, and at another, where the function is traced anew."""
    fast, x = compile(RETURNED[name], A), np.arange(1.0, size + 1.0)
    results = [r for call in (fast(x), fast(x)) for r in (call if isinstance(call, tuple) else (call,))]
    for i, r in enumerate(results):
        assert r.flags.writeable
        assert not any(np.shares_memory(r, other) for other in (x, A, *results[:i]))


def test_derivatives_of_every_kind_can_be_compiled() -> None:
    function = FUNCTIONS["ln-product-sine"][0]
    second = compile(hessian(lambda x: function(x[0], x[1])), np.array([2.0, 5.0]))
    assert same(second(np.array([1.0, 2.0])), np.array([[-1.0, 1.0], [1.0, math.sin(2.0)]]))
    rows = compile(jacobian(lambda x: np.outer(x, x)), A)
    assert same(rows(A + 1.0), jacobian(lambda x: np.outer(x, x))(A + 1.0))


def test_numbers_go_through_math_and_not_through_numpy() -> None:
    fast = compile(
        grad(FUNCTIONS["logistic-regularised"][0], ("w", "b")), *FUNCTIONS["logistic-regularised"][1]
    )
    assert "np" not in source(fast)
    assert all(type(g) is float for g in fast(0.5, -0.3, 1.2, 1.0, 0.1))
