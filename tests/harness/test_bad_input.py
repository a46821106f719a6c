"""From Python: input that can't be used raises InputError; a function that misbehaves gives `error`."""

from __future__ import annotations

import math
import random
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab import InputError

M = np.ones((2, 3))
SLOPED = np.arange(1.0, 7.0).reshape(2, 3)


def square(x: Any) -> Any:
    return np.sum(x**2)


def product(x: Any, y: Any) -> Any:
    return x * y


UNUSABLE: dict[str, tuple[Any, Any, dict[str, Any], str]] = {
    "a formula cut off": (
        "ln(x1 + ",
        dict(x1=2),
        {},
        r"^The text ends too early.*\n    ln\(x1 \+ \n {11}\^$",
    ),
    "an undeclared name": (
        "x*q",
        dict(x=2),
        {},
        r"^'q' is not known here \(known: x\)\.\n    x\*q\n      \^$",
    ),
    "an undeclared name in the claim": (
        "x^2",
        dict(x=2),
        dict(hand=dict(x="2q")),
        r"^the claim for x: 'q' is not known here .*\n    2q\n     \^$",
    ),
    "a formula without a value": ("x*y", dict(x=2), {}, "'y' is not known here"),
    "a value without a name": (
        "x^2",
        dict(x=2, y=3),
        {},
        "the point gives y, which the formula 'x.2' does not have",
    ),
    "a point that misses one": (product, dict(x=1.0), {}, "no value for y; the arguments are x, y"),
    "a point with one too many": (
        product,
        dict(x=1.0, y=2.0, z=3.0),
        {},
        "gives z, which is not an argument",
    ),
    "a second point that misses one": (product, [dict(x=1.0, y=2.0), dict(x=1.0)], {}, "no value for y"),
    "no point": (square, {}, {}, "a point is needed: a value for every argument, such as at={'x': 2.0}"),
    "an empty list of points": (square, [], {}, "a point is needed"),
    "a point that is a number": (square, 2.0, {}, "at is float; it gives every argument a value"),
    "nan": (square, dict(x=math.nan), {}, "x holds nan: a point must be finite"),
    "nan in an array": (square, dict(x=np.array([1.0, np.nan])), {}, "x holds nan"),
    "inf": (square, dict(x=-math.inf), {}, "x holds inf: a point must be finite"),
    "a complex point": (square, dict(x=1j), {}, "x is complex, and derivatives here are by real numbers"),
    "a ragged list": (
        square,
        dict(x=[[1, 2], [3]]),
        {},
        "x is a ragged list: every row needs the same length",
    ),
    "an empty array": (square, dict(x=np.array([])), {}, "x is empty, so there is nothing to derive by"),
    "a text for a number": (square, dict(x="3"), {}, r"nothing to derive by: .* \(x is str\)"),
    "a text to derive by": (
        square,
        dict(x="3"),
        dict(wrt="x"),
        "x is str '3', and a derivative is taken by numbers",
    ),
    "a dictionary to derive by": (
        square,
        dict(x={"w": [1.0]}),
        dict(wrt="x"),
        r"x is a dictionary, .* give its parts as arguments, and f as lambda \*\*x: f\(x, …\)$",
    ),
    "None for a number": (square, dict(x=None), {}, r"nothing to derive by: .* \(x is NoneType\)"),
    "a truth value": (square, dict(x=True), {}, r"nothing to derive by: .* \(x is bool\)"),
    "an unknown argument to derive by": (
        square,
        dict(x=1.0),
        dict(wrt="w"),
        "can't derive by 'w': the arguments are x",
    ),
    "nothing to derive by": (square, dict(x=1.0), dict(wrt=[]), "nothing to derive by: wrt is empty"),
    "no function": (
        None,
        dict(x=1.0),
        {},
        "^f is NoneType; it is a function of plain NumPy, or a formula as text$",
    ),
    "an unknown method": (
        square,
        dict(x=1.0),
        dict(methods=["revers"]),
        "no method 'revers'; there are reverse, ",
    ),
    "a negative number of points": (square, dict(x=1.0), dict(points=-1), "^points is -1: it is at least 0$"),
    "a negative seed": (square, dict(x=1.0), dict(seed=-1), "^seed is -1: it is at least 0$"),
    "no time at all": (square, dict(x=1.0), dict(timeout=0), "^timeout is 0: it is more than 0$"),
    "an unknown quantity": (
        square,
        dict(x=1.0),
        dict(quantity="hessian"),
        "neither 'gradient' nor 'jacobian'",
    ),
    "a hand derivative transposed": (
        square,
        dict(x=SLOPED),
        dict(hand=lambda x: 2 * x.T),
        r"has shape \(3, 2\), and x needs \(2, 3\): it is the transpose of the right gradient: return its \.T$",
    ),
    "a hand derivative of another shape": (
        square,
        dict(x=M),
        dict(hand=lambda x: np.ones(4)),
        "a gradient has the shape of what it is taken by$",
    ),
    "a function that can't be derived, and a hand derivative of another shape": (
        lambda x: np.floor(np.sum(x)),
        dict(x=M / 7),
        dict(hand=lambda x: x.T),
        r"has shape \(3, 2\), and x needs \(2, 3\): it is transposed",
    ),
    "another key": (square, dict(x=M), dict(hand=lambda x: dict(w=2 * x)), "gives 'w'; derived by are x"),
    "another key in a dictionary": (
        square,
        dict(x=M),
        dict(hand=dict(w="2x")),
        "is by 'w'; derived by are x",
    ),
    "too few keys": (product, dict(x=1.0, y=2.0), dict(hand=lambda x, y: dict(x=y)), "gives nothing for y$"),
    "too few values": (
        product,
        dict(x=1.0, y=2.0),
        dict(hand=lambda x, y: (y,)),
        r"returns 1 value, and there are 2 arguments to derive by \(x, y\)",
    ),
    "one value for two": (
        product,
        dict(x=1.0, y=2.0),
        dict(hand=lambda x, y: y),
        "returns one float64; for x, y return a dictionary by name or a tuple in that order",
    ),
    "an empty dictionary": (square, dict(x=1.0), dict(hand={}), "the hand derivative is an empty dictionary"),
    "None as a derivative": (
        square,
        dict(x=1.0),
        dict(hand=lambda x: None),
        "by x is None: is its `return` missing",
    ),
    "text as a derivative": (square, dict(x=1.0), dict(hand=lambda x: "2x"), "by x is str, not numbers"),
    "a complex derivative": (square, dict(x=1.0), dict(hand=lambda x: 2j * x), "holds complex128 values"),
    "a list for two arguments": (
        product,
        dict(x=1.0, y=2.0),
        dict(hand=3.0),
        "hand is float; give a function",
    ),
}


@pytest.mark.parametrize(("f", "at", "options", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_input_that_cannot_be_used_is_refused(f: Any, at: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        gradlab.check(f, at, **options)
    assert re.search(message, str(caught.value)), str(caught.value)
    assert isinstance(caught.value, ValueError)


def changes(x: Any) -> Any:
    x[0] = 5.0
    return np.sum(x)


def raises(x: Any) -> Any:
    raise ValueError("bad luck")


def exits(x: Any) -> Any:
    raise SystemExit(4)


def calls(state: list[int]) -> Callable[[Any], Any]:
    def counting(x: Any) -> Any:
        state.append(1)
        return x * len(state)

    return counting


V = np.array([1.0, 2.0])
MISBEHAVING: dict[str, tuple[Any, Any, str]] = {
    "a vector": (
        lambda x: x * np.ones(3),
        1.0,
        r"returns an array of shape \(3,\), and a gradient is of one number: sum it, or ask for .*jacobian",
    ),
    "a list": (lambda x: [x, x], 1.0, r"returns an array of shape \(2,\)"),
    "None": (lambda x: None, 1.0, r"^the function returns None: is its `return` missing\?$"),
    "text": (lambda x: "hi", 1.0, "^the function returns the text 'hi', and a number is needed$"),
    "a dictionary": (lambda x: {"a": 1}, 1.0, "returns dict {'a': 1}, and a number is needed"),
    "a complex number": (
        lambda x: 1j * x,
        1.0,
        "returns a complex number; derivatives here are of real functions",
    ),
    "a ragged list": (lambda x: [[1], [1, 2]], 1.0, "returns a ragged list, and numbers are needed"),
    "other values at a second call": (
        lambda x: x + random.random(),
        1.0,
        r"^the function is not deterministic: two calls at the same point give \S+ and \S+; fix its random seed",
    ),
    "a count of its calls": (
        calls([]),
        1.0,
        "not deterministic: two calls at the same point give 1.0 and 2.0",
    ),
    "NumPy's own generator": (lambda x: np.sum(x * np.random.rand(2)), V, "not deterministic"),  # noqa: NPY002
    "a change of its input": (
        changes,
        V,
        r"^the function changes its input x: let it work on a copy \(x = x\.copy\(\)\)$",
    ),
    "a change of its input in place": (lambda x: np.sum(x.__iadd__(1.0)), V, "changes its input x"),
    "an exception": (raises, 1.0, r"^the function raises ValueError at \S*test_bad_input\.py:\d+: bad luck$"),
    "an exit": (exits, 1.0, r"^the function raises SystemExit at \S+:\d+: 4$"),
    "shapes that don't fit": (lambda x: x @ np.ones(3), V, "^the function raises ValueError at "),
    "nan": (lambda x: math.nan, 1.0, "^the function is nan here: choose a point inside its domain$"),
    "a logarithm of a negative number": (
        lambda x: np.log(x),
        -1.0,
        r"^the function is nan here: log of -1 is nan \(at \S+:\d+\); choose a point inside its domain$",
    ),
    "a quotient by zero": (lambda x: 1 / (x - x), 1.0, "the function is inf here: divide of 1, 0 is inf"),
    "an overflow": (lambda x: np.exp(x), 710.0, "the function is inf here: exp of 710 is inf"),
    "a count made a float": (
        lambda x: sum(range(x)),
        3,
        "interpreted as an integer; what is a count or an index stays an integer if wrt names the others",
    ),
}


@pytest.mark.parametrize(("f", "x", "message"), MISBEHAVING.values(), ids=MISBEHAVING)
def test_a_function_that_misbehaves_is_an_error_with_its_reason(f: Any, x: Any, message: str) -> None:
    result = gradlab.check(f, dict(x=x))
    assert result.verdict.kind == "error"
    assert re.search(message, result.verdict.reason), result.verdict.reason
    assert not result.ok


def test_a_formula_out_of_its_domain_is_an_error() -> None:
    result = gradlab.check("ln(x)", dict(x=-1))
    assert (
        result.verdict.reason
        == "the function is nan here: log of -1 is nan; choose a point inside its domain"
    )


HANDS: dict[str, tuple[Any, str]] = {
    "nan": (lambda x: x * np.nan, "∂/∂x: the hand derivative is nan"),
    "infinite": (lambda x: 1 / (x - x), "∂/∂x: the hand derivative is inf"),
    "an exception": (
        raises,
        r"the hand derivative raises ValueError at tests/harness/test_bad_input\.py:\d+: bad luck",
    ),
    "an exit": (exits, r"the hand derivative raises SystemExit at tests/.*:\d+: 4"),
    "other arguments": (lambda a, b: a, "the hand derivative raises TypeError: .*argument"),
    "random numbers": (
        lambda x: 2 * x * random.random(),
        "^the hand derivative is not deterministic: two calls at the same point give ",
    ),
}


@pytest.mark.parametrize(("hand", "reason"), HANDS.values(), ids=HANDS)
def test_a_hand_derivative_that_misbehaves_is_an_error_with_its_reason(hand: Any, reason: str) -> None:
    result = gradlab.check(square, dict(x=1.0), hand=hand)
    assert result.verdict.kind == "error"
    assert re.search(reason, result.verdict.reason), result.verdict.reason


@pytest.mark.parametrize("x", [np.array([1, 2]), [1, 2], np.array([1, 2], dtype=np.uint8)])
def test_an_array_of_integers_is_converted_and_that_is_said(x: Any) -> None:
    result = gradlab.check(lambda x: np.sum(np.exp(x)), dict(x=x), hand=lambda x: np.exp(x))
    assert result.ok
    assert "x: integers converted to floats" in result.records[0].notes


def test_what_is_not_derived_by_may_be_anything() -> None:
    def power(x: Any, n: int, mode: str, scale: Any) -> Any:
        assert isinstance(n, int)
        assert mode == "sum"
        return np.sum(x**n) if scale is None else math.nan

    at = dict(x=V, n=3, mode="sum", scale=None)
    assert gradlab.check(power, at, wrt="x", hand=lambda x, n, mode, scale: n * x ** (n - 1)).ok


def test_the_users_point_is_left_alone() -> None:
    x = np.array([1.0, 2.0])
    gradlab.check(square, dict(x=x), hand=lambda x: 2 * x)
    assert x.tolist() == [1.0, 2.0]


def test_a_warning_of_numpys_in_the_users_function_is_no_failure() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gradlab.check(
            lambda x: np.where(x > 0, np.log(x), x), dict(x=-1.0), methods=["symbolic", "precise"]
        ).ok
        assert gradlab.check(np.sqrt, dict(x=0.0)).verdict.kind == "undefined"


CALLABLES: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "a NumPy function": (np.sin, dict(x=1.0), np.cos),
    "one of two arguments by position": (np.hypot, dict(a=3.0, b=4.0), None),
    "a function of math": (math.sin, dict(x=1.0), math.cos),
    "arguments by keyword only": (lambda *, x: x * x, dict(x=1.5), lambda *, x: 2 * x),
    "a default that is not given": (lambda x, a=2.0: a * x, dict(x=1.0), lambda x: 2.0),
    "any arguments": (lambda **given: given["x"] ** 2, dict(x=1.5), lambda **given: 2 * given["x"]),
    "names in another order": (
        lambda x, y: x**2 * y,
        dict(y=2.0, x=1.5),
        lambda x, y: dict(x=2 * x * y, y=x**2),
    ),
    "a hand derivative with other names": (lambda x: x**2, dict(x=1.5), lambda t: 2 * t),
    "a hand derivative of fewer arguments": (
        lambda x, y: x**2 + y,
        dict(x=1.5, y=2.0),
        lambda x: dict(x=2 * x, y=1.0),
    ),
}


@pytest.mark.parametrize(("f", "at", "hand"), CALLABLES.values(), ids=CALLABLES)
def test_every_kind_of_callable_is_called_as_it_wants(f: Any, at: dict[str, Any], hand: Any) -> None:
    assert gradlab.check(f, at, hand=hand).ok


class Squared:
    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, w: Any) -> Any:
        return self.scale * w**2

    def cubed(self, w: Any) -> Any:
        return self.scale * w**3


def test_objects_and_methods_can_be_called_too() -> None:
    squared = Squared(3.0)
    assert gradlab.check(squared, dict(w=1.5), hand=lambda w: 6 * w).ok
    assert gradlab.check(squared.cubed, dict(w=1.5), hand=lambda w: 9 * w**2).ok
