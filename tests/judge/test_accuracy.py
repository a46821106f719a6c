"""Why digits are lost: one row a situation, with the method, the component and the words that name the cause.

That the digits are lost is seen in the record's own values, and what is said of the equation is the
arithmetic that anyone can repeat.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest

import gradlab
from gradlab.record import Estimate, Point, real


class Row(NamedTuple):
    f: Callable[..., Any] | str
    at: dict[str, Any]
    hand: Any
    method: str
    component: str
    words: tuple[str, ...]
    """Found in this order."""
    options: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)


def point_of(f: Any, at: dict[str, Any], hand: Any = None, **options: Any) -> Point:
    record = gradlab.check(f, at, hand=hand, points=0, **options).records[0]
    return record.points[0]


def said_by(method: str, point: Point) -> Estimate:
    (estimate,) = (e for e in point.estimates if e.method == method)
    return estimate


def line_of(function: Any, text: str) -> str:
    """file:line of the first line of a function that holds a text, without its folder."""
    lines, start = inspect.getsourcelines(function)
    return f"test_accuracy.py:{start + next(k for k, line in enumerate(lines) if text in line)}"


def logistic(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def logistic_slope(z: Any) -> Any:
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


def squared_log(x: Any) -> Any:
    y = 1 + x
    return np.log(y) ** 2


def squared_log_slope(x: Any) -> Any:
    return 2 * np.log1p(x) / (1 + x)


def expanded(x: Any) -> Any:
    return x**5 - 5 * x**4 + 10 * x**3 - 10 * x**2 + 5 * x - 1


def deviation(x: Any) -> Any:
    mean = np.mean(x)
    return np.sqrt(np.mean(x**2) - mean**2)


def root(a: Any, b: Any, c: Any) -> Any:
    d = np.sqrt(b * b - 4 * a * c)
    return (d - b) / (2 * a)


def versine(x: Any) -> Any:
    y = 1 - np.cos(x)
    return y / x**2


def normalised(v: Any) -> Any:
    return v / np.sqrt(np.sum(v * v))


def log_sum_exp(v: Any) -> Any:
    m = np.max(v)
    return m + np.log(np.sum(np.exp(v - m)))


def naive_softmax(v: Any) -> Any:
    e = np.exp(v)
    return e / np.sum(e)


def hidden_size(x: Any) -> Any:
    return np.exp(-x) * 1e300


def tanh_of_exponentials(x: Any) -> Any:
    a, b = np.exp(x), np.exp(-x)
    return (a - b) / (a + b)


def logistic_map(x: Any) -> Any:
    for _ in range(40):
        x = 3.9 * x * (1 - x)
    return x


big = np.array([1000.0, 1001.0, 1002.0])
pi = np.array([[math.pi, -math.pi]])
close = np.array([1e6, 1e6 + 1, 1e6 + 2])

LOST = {
    "σ(1 − σ) where σ is 1": Row(
        logistic, dict(z=40.0), logistic_slope, "claimed", "z",
        ("saturation", "1 + 4.25e-18", line_of(logistic_slope, "exp"), "is exactly 1", "1 − 1", line_of(logistic_slope, "(1 - s)"),
         "is 0, where 4.25e-18 is right"),
    ),
    "the same typed as a formula, which has no lines": Row(
        "1/(1+exp(-z))", dict(z=40.0), {"z": "1/(1+exp(-z)) * (1 - 1/(1+exp(-z)))"}, "claimed", "z",
        ("saturation", "1 + 4.25e-18 is exactly 1, so 1 − 1 is 0"),
    ),
    "tanh that is 1": Row(
        np.tanh, dict(x=30.0), None, "reverse", "x",
        ("saturation", "tanh of 30", "is exactly 1", "in the derivative of tanh", "is 0"),
    ),
    "tanh of exponentials": Row(
        tanh_of_exponentials, dict(x=20.0), None, "forward", "x", ("saturation", "is exactly", "1 − 1", "is 0, where 1.7e-17"),
    ),
    "log(1 + x) beside log1p": Row(
        squared_log, dict(x=1e-10), squared_log_slope, "reverse", "x",
        ("ill-conditioned", "log of 1.0000000001", line_of(squared_log, "np.log"), "loses 9 digits"),
    ),
    "log(1 + x) where 1 + x is 1": Row(
        squared_log, dict(x=1e-20), squared_log_slope, "reverse", "x",
        ("saturation", "1 + 1e-20", line_of(squared_log, "1 + x"), "is exactly 1", "log of 1", "is 0, where 1.0e-20 is right"),
    ),
    "an expanded polynomial near its root": Row(
        expanded, dict(x=1.0001), lambda x: 5 * (x - 1) ** 4, "reverse", "x", ("cancellation", "loses all digits"),
    ),
    "the same in the claim": Row(
        lambda x: (x - 1) ** 5, dict(x=1.001), lambda x: 5 * x**4 - 20 * x**3 + 30 * x**2 - 20 * x + 5, "claimed", "x",
        ("cancellation", "loses"),
    ),
    "a deviation by E[x²] − E[x]²": Row(
        deviation, dict(x=close), None, "reverse", "x[0]",
        ("cancellation", "1000002000001.6666 − 1000002000001", line_of(deviation, "mean**2"),
         "loses 12 digits", "1 other component has fewer"),
    ),
    "the quadratic formula": Row(
        root, dict(a=1.0, b=1e8, c=1.0), None, "reverse", "a",
        ("cancellation", "99999999.99999999 − 100000000", line_of(root, "(d - b)"), "loses all digits"),
    ),
    "a difference of roots": Row(
        "sqrt(x+1) - sqrt(x)", dict(x=1e12), {"x": "1/(2*sqrt(x+1)) - 1/(2*sqrt(x))"}, "claimed", "x", ("cancellation", "loses 1"),
    ),
    "(1 − cos x)/x², whose digits are lost twice": Row(
        versine, dict(x=1e-4), lambda x: -x / 12, "reverse", "x",
        ("cancellation", "1 − 0.999999995", line_of(versine, "cos"), "loses 8 digits, then", "loses the others"),
    ),
    "(1 − cos x)/x² where cos x is 1": Row(
        versine, dict(x=1e-9), lambda x: -x / 12, "forward", "x", ("saturation", "cos of 1e-9", "is exactly 1", "1 − 1", "is 0"),
    ),
    "the complex step is no better there": Row(
        versine, dict(x=1e-4), None, "complex_step", "x", ("cancellation", "1 − 0.999999995"),
    ),
    "SymPy's form": Row(
        squared_log, dict(x=1e-10), None, "symbolic", "x", ("rounding in SymPy's form", "with 50 digits the same form is right"),
    ),
    "the sine of a large number": Row(
        lambda x: np.sin(x * x * 1e10), dict(x=1.1), None, "reverse", "x", ("ill-conditioned", "cos of 12100000000.0", "loses 8 digits"),
    ),
    "a norm by hand at 1e200": Row(
        lambda v: np.hypot(v[0], v[1]), dict(v=np.array([1e200, 1e200])), normalised, "claimed", "v[0]",
        ("overflow", "1e200 · 1e200", line_of(normalised, "v * v"), "is inf, where 1.0e400 is right"),
    ),
    "a norm by hand at 1e-200": Row(
        lambda v: np.hypot(v[0], v[1]), dict(v=np.array([1e-200, 1e-200])), normalised, "claimed", "v[0]",
        ("inf", "underflow", "1e-200 · 1e-200", "is 0, where 1.0e-400 is right", "1e-200 / 0", "is inf"),
    ),
    "softmax of a thousand": Row(
        log_sum_exp, dict(v=big), naive_softmax, "claimed", "v[0]",
        ("nan", "overflow", "exp of 1000", line_of(naive_softmax, "np.exp"), "is inf",
         "then inf / inf", line_of(naive_softmax, "np.sum"), "is nan", "2 other components have fewer"),
    ),
    "softmax of minus a thousand": Row(
        log_sum_exp, dict(v=-big), naive_softmax, "claimed", "v[0]",
        ("nan", "underflow", "exp of −1000", "is 0, where 5.08e-435 is right", "0 / 0", "is nan"),
    ),
    "what is too small on the way": Row(
        hidden_size, dict(x=800.0), None, "reverse", "x",
        ("underflow", "exp of −800", line_of(hidden_size, "exp"), "is 0, where 3.67e-348 is right"),
    ),
    "a derivative too small for float64": Row(
        lambda x: np.exp(-x), dict(x=800.0), None, "precise", "x", ("underflow: the derivative itself, −3.67e-348, is too small",),
    ),
    "a map that loses digits in every round": Row(
        logistic_map, dict(x=0.3), None, "reverse", "x", ("rounding grows over", "operations", "is lost by"),
    ),
    "one entry of a Jacobian": Row(
        lambda x: np.stack([(np.exp(x) - 1) ** 2, x]), dict(x=1e-10), None, "reverse", "y[0] by x",
        ("∂y[0]/∂x", "cancellation", "1.0000000001 − 1", "loses 9 digits"), dict(quantity="jacobian"),
    ),
    "a matrix product that cancels": Row(
        lambda v: np.sum((pi @ v) ** 2), dict(v=np.array([1e8, 1e8 + 1e-6])), None, "reverse", "v[0]",
        ("cancellation", "matmul of 4 numbers up to 1e8", "loses 1"),
    ),
    "what cancels beside an overflow that does not matter": Row(
        lambda x: x**2, dict(x=3.0), lambda x: (2.1 * x + 1e10) - 1e10 - 0.1 * x + 1 / (1 + np.exp(300 * x)), "claimed", "x",
        ("cancellation", "10000000006.3 − 10000000000", "loses 9 digits"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_the_cause_of_lost_digits_is_named(name: str) -> None:
    row = LOST[name]
    point = point_of(row.f, row.at, row.hand, **row.options)
    estimate = said_by(row.method, point)
    place = point.components.index(row.component)
    digits = estimate.digits[place]
    assert digits is not None
    assert digits < 8, "or there is nothing to explain"
    assert len(estimate.lost) == 1
    said, start = estimate.lost[0], 0
    for words in row.words:
        assert words in said[start:], said
        start = said.index(words, start)
    shown = re.match(r"∂[^:]*: (no|\d+) correct digit", said)
    if shown:
        assert int(digits) == (0 if shown[1] == "no" else int(shown[1]))
    else:
        assert not math.isfinite(real(estimate.values[place]))


def test_a_claim_may_be_right_and_inaccurate_and_both_are_said() -> None:
    result = gradlab.check(logistic, dict(z=40.0), hand=logistic_slope)
    assert result.ok
    claim = said_by("claimed", result.records[0].points[0])
    assert claim.verdict == "agree"
    assert "saturation" in claim.lost[0]
    assert any("the claim is right, but in float64" in note for note in result.records[0].notes)


def test_a_claim_that_is_wrong_is_not_called_inaccurate() -> None:
    point = point_of(logistic, dict(z=2.0), lambda z: 3 * logistic_slope(z))
    claim = said_by("claimed", point)
    assert claim.verdict == "disagree"
    assert claim.digits[0] == 0
    assert not claim.lost


def test_numbers_given_to_few_digits_are_not_called_inaccurate() -> None:
    point = point_of(lambda x: x**3 / 7, dict(x=1.3), dict(x=0.724))
    assert not said_by("claimed", point).lost


WELL_CONDITIONED: dict[str, tuple[Callable[..., Any] | str, dict[str, Any], Any]] = {
    "a formula": ("ln(x1) + x1*x2 - sin(x2)", dict(x1=2.0, x2=5.0), {"x1": "1/x1 + x2", "x2": "x1 - cos(x2)"}),
    "a network": (lambda W, x: np.sum(np.tanh(W @ x) ** 2), dict(W=np.eye(3) * 0.4, x=np.ones(3)), None),
    "a stable sum of exponentials": (log_sum_exp, dict(v=big), None),
    "log1p": (lambda x: np.log1p(x) ** 2, dict(x=1e-10), None),
    "hypot at 1e200": (lambda a, b: np.hypot(a, b), dict(a=1e200, b=1e199), None),
    "a harmless cancellation": (lambda x: (x + 1e8) - 1e8 + x**2, dict(x=1.0), lambda x: 1 + 2 * x),
    "a derivative that is zero": (lambda x: np.cos(x), dict(x=0.0), lambda x: -np.sin(x)),
    "float32": (lambda x: np.sum(np.sin(x)), dict(x=np.array([1.0, 2.0], dtype=np.float32)), None),
    "σ written so that it does not saturate": (logistic, dict(z=40.0), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "a saturated part that does not matter": (lambda x: x**2 + 1 / (1 + np.exp(-40 * x)), dict(x=3.0), None),
    "an overflow that does not matter": (lambda x: x**2, dict(x=3.0), lambda x: 2 * x + 1 / (1 + np.exp(300 * x))),
}  # fmt: skip


@pytest.mark.parametrize("name", WELL_CONDITIONED)
def test_of_values_that_have_their_digits_nothing_is_said(name: str) -> None:
    f, at, hand = WELL_CONDITIONED[name]
    point = point_of(f, at, hand)
    # SymPy may write log1p as a log, which is not the function's fault.
    methods = [e for e in point.estimates if e.values and e.method in ("reverse", "forward", "claimed")]
    assert len(methods) >= 2
    assert [e.lost for e in methods] == [()] * len(methods)


# Finite differences


def measured_error(point: Point, place: int = 0) -> float:
    value = real(said_by("finite_difference", point).values[place])
    return abs(float(mpmath.mpf(point.reference[place]) - value))


def told_step(said: str) -> tuple[float, float]:
    found = re.search(r"the best step would be about (\S+), with an error of about (\S+?)(;|$)", said)
    assert found, said
    return float(found[1]), float(found[2])


@pytest.mark.parametrize(
    ("f", "at", "cause"),
    [
        (lambda x: 1e8 + np.sin(x), 1.0, "round-off"),
        (lambda x: np.exp(x) + 1e10, 0.5, "round-off"),
        (lambda x: np.sin(1e5 * x), 1.0, "truncation"),
        (lambda x: np.cos(3e4 * x) / 7, 2.0, "truncation"),
    ],
)
def test_a_difference_is_told_its_cause_and_the_step_that_is_better(f: Any, at: float, cause: str) -> None:
    point = point_of(f, dict(x=at))
    (said,) = said_by("finite_difference", point).lost
    assert f": {cause}: it is off by " in said
    off = float(re.search(r"off by (\S+)", said)[1])  # type: ignore[index]
    assert off == pytest.approx(measured_error(point), rel=0.5)
    step, expected = told_step(said)
    better = abs((f(at + step) - f(at - step)) / ((at + step) - (at - step)) - float(point.reference[0]))
    assert better < measured_error(point) / 3
    assert better < 3 * expected
    assert (step > real(said_by("finite_difference", point).steps[0])) == (cause == "round-off")


def test_where_no_step_is_better_none_is_named() -> None:
    (said,) = said_by("finite_difference", point_of(logistic, dict(z=40.0))).lost
    assert "round-off" in said
    assert "f(x + h) and f(x − h) are equal in float64" in said
    assert "best step" not in said


def test_of_a_quadratic_a_longer_step_is_always_better() -> None:
    (said,) = said_by("finite_difference", point_of(lambda x: x**2 + 1e9, dict(x=1.0))).lost
    assert "round-off" in said
    assert "the longer the step, the better" in said


def test_the_difference_of_a_function_that_can_only_be_called_is_judged_by_another_one() -> None:
    def offset(x: Any) -> float:
        return float(np.exp(float(x))) + 1e9

    (said,) = said_by("finite_difference", point_of(offset, dict(x=0.3), lambda x: np.exp(x))).lost
    assert "it is off by" in said


def test_a_function_that_fails_at_a_longer_step_does_no_harm() -> None:
    def guarded(x: Any) -> Any:
        if abs(x - 1.0) > 1e-4:
            raise RuntimeError("too far")
        return 1e8 + np.sin(x)

    (said,) = said_by("finite_difference", point_of(guarded, dict(x=1.0))).lost
    assert ": round-off: it is off by " in said
    assert "best step" not in said
