"""What a function, or a hand derivative, does besides: change its inputs, remember, return other kinds of numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

import mpmath
import numpy as np
import pytest

import gradlab

V = np.array([0.7, -1.3])


def sine(x: Any) -> Any:
    return np.sum(np.sin(x))


class Counting:
    """Right, but for every nth call."""

    def __init__(self, nth: int) -> None:
        self.calls, self.nth = 0, nth

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        return np.sum(np.sin(x)) + float(self.calls % self.nth == 0)


class RunningMean:
    """Adds the mean of all it has seen, as a normalising layer in training does."""

    def __init__(self) -> None:
        self.mean = 0.0

    def __call__(self, x: Any) -> Any:
        self.mean = 0.9 * self.mean + 0.1 * float(np.mean(np.asarray(x)))
        return np.sum(np.asarray(x) - self.mean)


class Dropout:
    def __init__(self) -> None:
        self.generator = np.random.default_rng(1)

    def __call__(self, x: Any) -> Any:
        return np.sum(x * (self.generator.random(np.shape(x)) < 0.5))


class Wandering:
    """The same twice at a point, and another value once it was elsewhere."""

    def __init__(self) -> None:
        self.last, self.moves = b"", 0

    def __call__(self, x: Any) -> Any:
        now = np.asarray(x).tobytes()
        self.moves, self.last = self.moves + (now != self.last), now
        return float(np.sum(np.sin(np.asarray(x)))) + 1e-3 * self.moves


IMPURE: dict[str, tuple[Callable[[], Any], str]] = {
    "every second call": (lambda: Counting(2), "not deterministic: two calls at the same point give "),
    "every fifth call": (lambda: Counting(5), "not deterministic|nothing between its calls"),
    "a running mean": (RunningMean, "^the function is not deterministic: two calls at the same point give "),
    "dropout with a generator of its own": (Dropout, "not deterministic: .*; fix its random seed"),
    "a value that depends on where it was": (
        Wandering,
        "it gives .* at first, and .* when it is called again after other points; let it keep nothing between",
    ),
}


@pytest.mark.parametrize(("make", "reason"), IMPURE.values(), ids=IMPURE)
def test_a_function_that_remembers_its_calls_is_an_error(make: Callable[[], Any], reason: str) -> None:
    result = gradlab.check(make(), dict(x=V), hand=lambda x: np.cos(x))
    assert result.verdict.kind == "error"
    assert re.search(reason, result.verdict.reason), result.verdict.reason


def test_a_function_that_keeps_its_first_result_is_noticed() -> None:
    kept: list[float] = []

    def cached(x: Any) -> float:
        if not kept:
            kept.append(float(np.sum(np.sin(x))))
        return kept[0]

    result = gradlab.check(cached, dict(x=V), hand=lambda x: np.cos(x))
    assert result.verdict.kind == "disagree"
    assert "the same value at all 6 points: does it keep its first result?" in " ".join(
        result.records[0].notes
    )


def test_what_is_written_into_a_list_or_a_dictionary_is_a_changed_input_too() -> None:
    def counting(x: Any, seen: dict[str, int]) -> Any:
        seen["calls"] = seen.get("calls", 0) + 1
        return np.sum(x**2)

    given: dict[str, int] = {}
    result = gradlab.check(counting, dict(x=V, seen=given), wrt="x")
    assert result.verdict.kind == "error"
    assert result.verdict.reason.startswith("the function changes its input seen: let it work on a copy")
    assert given == {}


def test_what_a_function_changes_beside_the_given_point_alone_is_found_too() -> None:
    def clipped(x: Any) -> Any:
        if x[0] > 1:
            x[0] = 1.0
        return np.sum(np.sin(x))

    result = gradlab.check(clipped, dict(x=np.array([0.95, 0.3])))
    assert result.verdict.kind == "error"
    assert re.search(r"changes its input x: .*, at a point drawn beside yours$", result.verdict.reason)


def test_an_option_that_is_a_dictionary_is_no_changed_input() -> None:
    def scaled(x: Any, how: dict[str, Any]) -> Any:
        return how["by"] @ x * how["again"][0]

    at = dict(x=V, how={"by": np.array([1.0, 2.0]), "again": [3.0, {1, 2}], "what": object()})
    assert gradlab.check(scaled, at, wrt="x", hand=lambda x, how: 3 * how["by"]).ok


seen: dict[str, Any] = {}
calls = count()


def layer(x: Any) -> Any:
    seen["x"] = x
    return np.sum(np.sin(x))


def drawn(x: Any, generator: np.random.Generator = np.random.default_rng(3)) -> Any:  # noqa: B008
    return np.cos(x) * generator.random(2)


def writes(x: Any) -> Any:
    x[0] = 0.0
    return np.cos(x)


HANDS: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "random numbers": (
        sine,
        drawn,
        r"^the hand derivative is not deterministic: two calls at the same point give [-\d.e]+ and [-\d.e]+; fix its",
    ),
    "random numbers in one part of a dictionary": (sine, dict(x=drawn), "^the hand derivative is not determ"),
    "a count of its calls": (
        sine,
        lambda x: np.cos(x) + next(calls),
        "^the hand derivative is not deterministic: ",
    ),
    "what the function left behind": (
        layer,
        lambda x: np.cos(seen["x"]),
        "^the hand derivative reads what the function leaves behind: it gives .*, and .* once the function was called",
    ),
    "a change of its input": (
        sine,
        writes,
        r"^the hand derivative changes its input x: let it work on a copy \(x = x\.copy\(\)\)$",
    ),
    "a change of its input in place": (
        sine,
        lambda x: np.cos(x.__isub__(1.0) + 1.0),
        "^the hand derivative changes its input x",
    ),
}


@pytest.mark.parametrize(("f", "hand", "reason"), HANDS.values(), ids=HANDS)
def test_a_hand_derivative_that_is_no_function_of_its_arguments_is_an_error(
    f: Any, hand: Any, reason: str
) -> None:
    result = gradlab.check(f, dict(x=V), hand=hand)
    assert result.verdict.kind == "error"
    assert re.search(reason, result.verdict.reason), result.verdict.reason


def test_a_hand_derivative_that_fails_at_a_late_call_does_not_fail_the_check() -> None:
    left = iter(range(60))
    assert gradlab.check(lambda x: x**2, dict(x=1.5), hand=lambda x: 2 * x + 0 * next(left)).ok


def test_a_hand_derivative_may_call_the_function_and_use_what_it_leaves() -> None:
    def backward(x: Any) -> Any:
        layer(x)
        return np.cos(seen["x"])

    assert gradlab.check(layer, dict(x=V), hand=backward).ok


buffer = np.zeros(2)


def overwrites(x: Any) -> Any:
    buffer[:] = [math.sin(float(x[0])), float(x[0]) * float(x[1])]
    return buffer


def product_rule(x: Any) -> Any:
    return np.array([[np.cos(x[0]), 0.0], [x[1], x[0]]])


RETURNS: dict[str, tuple[Any, Any, Any, str]] = {
    "its own input": (lambda x: x, V, np.eye(2), "jacobian"),
    "a view of its input": (lambda x: x[::-1], V, np.eye(2)[::-1], "jacobian"),
    "a list": (lambda x: [x[0] * x[1], x[0]], V, lambda x: [[x[1], x[0]], [1.0, 0.0]], "jacobian"),
    "a tuple": (lambda x: (np.sin(x[0]), x[0] * x[1]), V, product_rule, "jacobian"),
    "an array that it writes over": (overwrites, V, product_rule, "jacobian"),
    "a Decimal": (lambda x: Decimal(float(x)) ** 3, 1.5, lambda x: 3 * x**2, "gradient"),
    "a Fraction": (lambda x: 1 / Fraction(float(x)), 1.5, lambda x: -1 / x**2, "gradient"),
    "a number of mpmath": (
        lambda x: mpmath.gamma(float(x)),
        2.3,
        lambda x: float(mpmath.gamma(x) * mpmath.digamma(x)),
        "gradient",
    ),
    "an array of Fractions": (
        lambda x: np.array([Fraction(float(v)) ** 2 for v in x]),
        V,
        lambda x: np.diag(2 * x),
        "jacobian",
    ),
    "an array of objects that are floats": (
        lambda x: np.array([float(x[0]) ** 2, 1], dtype=object),
        V,
        lambda x: np.array([[2 * x[0], 0.0], [0.0, 0.0]]),
        "jacobian",
    ),
    "calculations with objects": (
        lambda x: np.sum(np.array([float(v) for v in x], dtype=object) ** 3),
        V,
        lambda x: 3 * x**2,
        "gradient",
    ),
    "an array of no dimension": (
        lambda x: np.array(math.sin(float(x))),
        0.4,
        lambda x: np.cos(x),
        "gradient",
    ),
    "a one by one array": (
        lambda x: np.array([[math.sin(float(x))]]),
        0.4,
        lambda x: np.array(np.cos(x)),
        "gradient",
    ),
    "a one by one array from a trace": (
        lambda x: x.reshape(1, 2) @ x.reshape(2, 1),
        V,
        lambda x: 2 * x,
        "gradient",
    ),
}


@pytest.mark.parametrize(("f", "x", "hand", "quantity"), RETURNS.values(), ids=RETURNS)
def test_a_result_may_be_any_kind_of_number(f: Any, x: Any, hand: Any, quantity: str) -> None:
    claim = hand if callable(hand) else lambda x: hand
    result = gradlab.check(f, dict(x=x), hand=claim, quantity=quantity)
    assert result.verdict.kind == "agree", result.verdict.reason
    wrong = gradlab.check(f, dict(x=x), hand=lambda x: np.asarray(claim(x)) * 1.01, quantity=quantity)
    assert wrong.verdict.kind == "disagree"


class Attached:
    """As a tensor of torch that requires its gradient."""

    shape = (2,)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad")

    def detach(self) -> Any:
        return V


class Sparse:
    def toarray(self) -> Any:
        return V


NO_NUMBERS: dict[str, tuple[Any, str]] = {
    "a tensor that requires its gradient": (
        Attached(),
        r"^{} returns Attached, which NumPy can't read: return its \.detach\(\)\.numpy\(\)$",
    ),
    "a sparse matrix": (Sparse(), r"^{} returns Sparse .*: return its \.toarray\(\)$"),
    "masked entries": (np.ma.array(V, mask=[True, False]), "^{} returns an array with masked entries"),
    "text in an array of objects": (
        np.array(["3", "4"], dtype=object),
        r"^{} returns ndarray array.*, and a number is needed",
    ),
    "None in an array": (np.array([None, 1.0]), "^{} returns ndarray array.*, and a number is needed"),
}


@pytest.mark.parametrize(("value", "reason"), NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_holds_no_numbers_is_an_error_with_what_to_return(value: Any, reason: str) -> None:
    result = gradlab.check(lambda x: value, dict(x=V), quantity="jacobian")
    assert result.verdict.kind == "error"
    assert re.search(reason.format("the function"), result.verdict.reason), result.verdict.reason


@pytest.mark.parametrize(
    "name", ["a tensor that requires its gradient", "masked entries", "None in an array"]
)
def test_so_is_a_hand_derivative_that_holds_none(name: str) -> None:
    value, reason = NO_NUMBERS[name]
    result = gradlab.check(sine, dict(x=V), hand=lambda x: value)
    assert result.verdict.kind == "error"
    assert re.search(reason.format("the hand derivative"), result.verdict.reason), result.verdict.reason


NARROW: dict[str, tuple[Any, str]] = {
    "a float32": (lambda x: np.float32(math.sin(float(x))), "the function computes in float32: it gives about 6 digits"),
    "a float16": (lambda x: np.float16(math.sin(float(x))), "the function computes in float16: it gives about 3 digits"),
    "an array of float32": (
        lambda x: np.array([float(x)], dtype=np.float32) * np.float32(0.1),
        "the function computes in float32",
    ),
    "float32 within": (
        lambda x: float(np.float32(math.sin(float(x)))),
        "the function's values have no more digits than float32 has: it computes in float32, or rounds",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("f", "said"), NARROW.values(), ids=NARROW)
def test_a_function_that_computes_in_fewer_digits_is_noted(f: Any, said: str) -> None:
    result = gradlab.check(f, dict(x=0.4))
    assert said in " ".join(result.records[0].notes)


WIDE: dict[str, tuple[Any, Any]] = {
    "float64": (lambda x: math.sin(float(x)), 0.4),
    "whole numbers": (lambda x: np.floor(10 * x), 0.41),
    "small fractions": (lambda x: np.round(8 * x) / 8, 0.41),
    "float32 inputs": (np.sin, np.array([0.4], dtype=np.float32)),
}


@pytest.mark.parametrize(("f", "x"), WIDE.values(), ids=WIDE)
def test_one_that_computes_in_as_many_as_its_input_has_is_not(f: Any, x: Any) -> None:
    assert "float32" not in " ".join(gradlab.check(f, dict(x=x)).records[0].notes)
