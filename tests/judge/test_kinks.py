"""Is it differentiable here? What is said at kinks, jumps and edges, beside them, and where they cancel."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab.cases import make_case
from gradlab.harness import Result
from gradlab.judge.behaviour import pose
from gradlab.judge.kinks import Kinked, kinked_at
from gradlab.methods import component_names


class Row(NamedTuple):
    f: Callable[..., Any]
    at: dict[str, Any]
    said: str = ""
    hand: Any = None


def judged(row: Row) -> Result:
    return gradlab.check(row.f, row.at, hand=row.hand)


def counted(x: Any) -> Any:
    steps = 0.0
    while x > 1:
        x, steps = x / 2, steps + 1
    return steps + x


def returned_early(x: Any) -> Any:
    if x <= 0:
        return 0.0 * x
    return x


def of_degree_one(x: Any, y: Any) -> Any:
    return x * y / np.sqrt(x**2 + y**2) if x**2 + y**2 > 0 else 0.0 * x


def odd(x: Any, y: Any) -> Any:
    return x**2 * y / (x**2 + y**2) if x**2 + y**2 > 0 else 0.0 * x


ties = np.array([1.0, 2.0, 2.0])
origin = dict(x=0.0, y=0.0)

UNDEFINED = {
    "leaky relu": Row(lambda x: np.where(x > 0, x, 0.01 * x), dict(x=0.0), "0.01 from the left and 1 from"),
    "a concave kink": Row(
        lambda x: -np.abs(x),
        dict(x=0.0),
        "the claimed 0 is a value between the one-sided slopes",
        lambda x: 0.0,
    ),
    "a product with a condition": Row(lambda x: (x > 0) * x, dict(x=0.0), "0 from the left and 1 from"),
    "a boolean mask": Row(lambda x: np.sum(x[x > 0]), dict(x=np.array([0.0, 1.0])), r"∂/∂x\[0\]: "),
    "an early return": Row(returned_early, dict(x=0.0), "the comparison is exactly at its kink"),
    "the place of the largest": Row(lambda x: x[np.argmax(x)], dict(x=ties), "argmax is exactly .*∂/∂x.1.: "),
    "a tie along an axis": Row(
        lambda X: np.sum(np.max(X, axis=0)), dict(X=np.array([[1.0, 2.0], [1.0, 0.0]])), r"∂/∂X\[0, 0\]"
    ),
    "a hinge at its margin": Row(lambda w: np.maximum(0, 1 - w), dict(w=1.0), "-1 from the left and 0 from"),
    "L1 at a zero": Row(lambda x: np.linalg.norm(x, 1), dict(x=np.array([1.0, 0.0])), r"∂/∂x\[1\]"),
    "a root by its exponent": Row(lambda x: x**0.5, dict(x=0.0), "not defined .* unbounded from the right"),
    "a slope on one side only": Row(
        lambda x: x * np.sqrt(x),
        dict(x=0.0),
        "not defined from the left and 0 from the right; the claimed 0 is the slope on the side that has one",
        lambda x: 1.5 * np.sqrt(x),
    ),
    "a root in a selection": Row(
        lambda x: np.where(x > 0, np.sqrt(x), 0), dict(x=0.0), "0 from the left and unbounded from the right"
    ),
    "a logarithmic slope": Row(
        lambda x: np.where(x > 0, x * np.log(x), 0.0), dict(x=0.0), "0 from the left and unbounded"
    ),
    "no limit at all": Row(
        lambda x: x * np.sin(1 / x) if x != 0 else 0.0 * x, dict(x=0.0), "without a limit from both sides"
    ),
    "a step": Row(lambda x: np.floor(x) + x, dict(x=2.0), "jumps from 3 to 4; the slope is 1 from both"),
    "a step with a value between": Row(
        lambda x: np.heaviside(x, 0.5), dict(x=0.0), "jumps from 0 to 1, and is 0.5 at the point itself"
    ),
    "a claim beside a jump": Row(
        lambda x: x % 1.0,
        dict(x=3.0),
        "jumps from 1 to 0.*claimed 1 is the slope beside the jump",
        lambda x: 1.0,
    ),
    "a value of its own": Row(
        lambda x: 2.0 + 0 * x if x == 0 else np.sin(x) / x,
        dict(x=0.0),
        "jumps to 2 at the point alone.*1 beside it",
    ),
    "a number of iterations": Row(counted, dict(x=8.0), "jumps from 4 to 4.5, and is 4|jumps from 4 to 4.5"),
    "the angle's cut": Row(lambda y: np.arctan2(y, -1.0), dict(y=0.0), "jumps from -3.14159 to 3.14159"),
    "a huge scale": Row(
        lambda x: 1e150 * np.abs(x), dict(x=0.0), "the claimed 2e.150 is not between", lambda x: 2e150
    ),
    "a tiny scale": Row(
        lambda x: 1e-150 * np.abs(x), dict(x=0.0), "the claimed 1e-149 is not between", lambda x: 1e-149
    ),
    "a kink that is small beside the slope": Row(
        lambda x: x + 1e-12 * np.abs(x), dict(x=0.0), "0.999999999999 from the left and 1.000000000001 from"
    ),
    "a kink that float64 sees, and 50 digits would miss": Row(
        lambda x: np.abs(x / 10 - 0.3), dict(x=3.0), "-0.1 from the left and 0.1 from the right"
    ),
    "a kink along no axis": Row(
        of_degree_one, origin, "along the direction .* from the left .*, where the partial derivatives give 0"
    ),
    "a slope that is not linear in the direction": Row(
        odd, origin, "along the direction .* from both sides, where the partial derivatives give 0"
    ),
    "a kink that no element alone leaves": Row(
        lambda x, y: np.sqrt(np.abs(x * y)), origin, "along the direction"
    ),
}


@pytest.mark.parametrize("row", UNDEFINED.values(), ids=UNDEFINED)
def test_where_there_is_no_derivative_it_is_said_why(row: Row) -> None:
    result = judged(row)
    assert result.verdict.kind == "undefined", result.verdict
    assert re.search(row.said, result.verdict.reason), result.verdict.reason
    assert result.records[0].points[0].kinks


def test_other_components_are_judged_where_one_is_undefined() -> None:
    def f(x: Any, y: Any) -> Any:
        return np.maximum(x, 0) + y**3

    result = gradlab.check(f, dict(x=0.0, y=2.0), hand=lambda x, y: (0.3, 2 * y**2))
    assert result.verdict.kind == "undefined"
    assert "∂/∂y: the claim gives 8, the derivative is 12" in result.verdict.reason


DIFFERENTIABLE = {
    "kinks that cancel": Row(lambda x: np.maximum(x, 0) - np.maximum(-x, 0), dict(x=0.0), hand=lambda x: 1.0),
    "ties that cancel": Row(
        lambda x, y: np.maximum(x, y) + np.minimum(x, y), dict(x=1.3, y=1.3), hand=lambda x, y: (1.0, 1.0)
    ),
    "a kink times nothing": Row(lambda x: 0 * np.abs(x) + x**2, dict(x=0.0), hand=lambda x: 2 * x),
    "a tie that the result does not depend on": Row(
        lambda x: np.log(np.sum(np.exp(x - np.max(x)))) + np.max(x),
        dict(x=np.ones(3)),
        hand=lambda x: np.exp(x) / np.sum(np.exp(x)),
    ),
    "one element twice": Row(lambda x: np.max(np.stack([x, x])), dict(x=1.0), hand=lambda x: 1.0),
    "a root that is cubed": Row(lambda x: np.cbrt(x) ** 3, dict(x=0.0), hand=lambda x: 1.0),
    "a squared hinge": Row(
        lambda w: np.maximum(0, 1 - w) ** 2, dict(w=1.0), hand=lambda w: -2 * np.maximum(0, 1 - w)
    ),
    "a limit put in by hand": Row(
        lambda x: 0 * x if x == 0 else np.expm1(x), dict(x=0.0), hand=lambda x: np.exp(x)
    ),
    "a quotient's limit, selected": Row(lambda x: np.where(x != 0, np.sin(x) / x, 1.0), dict(x=0.0)),
    "an oscillation that dies out": Row(lambda x: x**2 * np.sin(1 / x) if x != 0 else 0.0 * x, dict(x=0.0)),
    "a period sewn together": Row(lambda x: np.sin(2 * np.pi * (x % 1.0)), dict(x=3.0)),
    "a product of two kinks": Row(lambda x, y: np.abs(x * y), origin),
    "a slope that closes slowly": Row(
        lambda x: np.abs(x) ** 1.1, dict(x=0.0), hand=lambda x: 1.1 * np.abs(x) ** 0.1 * np.sign(x)
    ),
    "a mask that holds an element at its kink for good": Row(
        lambda x: np.sum(np.maximum(np.array([0.0, 1.0]) * x, 0)), dict(x=1.0), hand=lambda x: 1.0
    ),
}


@pytest.mark.parametrize("row", DIFFERENTIABLE.values(), ids=DIFFERENTIABLE)
def test_a_kink_that_does_not_show_is_none(row: Row) -> None:
    result = judged(row._replace(hand=None) if row.hand is None else row)
    assert result.verdict.kind == "agree", result.verdict


def test_a_wrong_claim_disagrees_where_kinks_cancel() -> None:
    result = gradlab.check(
        lambda x, y: np.maximum(x, y) + np.minimum(x, y), dict(x=1.3, y=1.3), hand=lambda x, y: (2.0, 0.0)
    )
    assert result.verdict.kind == "disagree"
    assert "the claim gives 2, the derivative is 1" in result.verdict.reason


@pytest.mark.parametrize("distance", [1e-6, 1e-7, 1e-12, -1e-9])
def test_a_kink_inside_the_finite_differences_step_is_told_apart_from_one_at_the_point(
    distance: float,
) -> None:
    right = gradlab.check(lambda x: np.abs(x - 1), dict(x=1 + distance), hand=lambda x: np.sign(x - 1))
    assert right.ok, right.verdict
    (said,) = right.records[0].points[0].kinks
    assert re.search(r"abs \(at \S+:\d+\) has its kink \S+ from the point by x, inside the finite", said)
    away = float(re.search(r"kink (\S+) from", said)[1])  # type: ignore[index]
    assert away == pytest.approx(abs(distance), rel=0.1)
    wrong = gradlab.check(lambda x: np.abs(x - 1), dict(x=1 + distance), hand=lambda x: -np.sign(x - 1))
    assert wrong.verdict.kind == "disagree"


def test_a_kink_far_from_the_point_is_not_mentioned() -> None:
    result = gradlab.check(lambda x: np.abs(x - 1), dict(x=1.001), hand=lambda x: np.sign(x - 1))
    assert [point.kinks for point in result.records[0].points[:1]] == [()]


def as_black_box(f: Callable[[Any], Any], x: Any) -> Kinked | None:
    """What is said of a function that can't be traced, at a number or an array."""

    def plain(x: Any) -> float:
        return float(f(float(x) if np.ndim(x) == 0 else np.array(x.tolist(), dtype=x.dtype)))

    case = make_case(plain, [dict(x=x)], name="f")
    problem = pose(case, case.points[0], 50)
    assert problem.program is None
    return kinked_at(problem, component_names(problem.inputs, case.wrt, [""]))


knots = np.linspace(-3.0, 3.0, 13)
SMOOTH: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
    "sin": (math.sin, [0.0, 1.0, 1e3, 1e-20]),
    "a fast oscillation": (lambda x: math.sin(1e6 * x), [0.0, 0.3, 1.0]),
    "its extremum": (lambda x: math.cos(1e6 * x), [0.0, 1.0]),
    "a steep sigmoid": (lambda x: 1 / (1 + math.exp(-1e4 * x)), [0.0, 1e-4, 5e-4, -1e-3]),
    "a sharp softplus": (lambda x: float(np.logaddexp(0, 1e6 * x)) / 1e6, [0.0, 1e-6]),
    "a corner rounded off below float64's root": (lambda x: 1 + math.sqrt(x * x + 1e-16), [0.0, 1e-8]),
    "a power of 1.5": (lambda x: abs(x) ** 1.5, [0.0]),
    "x |x|": (lambda x: x * abs(x), [0.0]),
    "a parabola": (lambda x: x * x, [0.0, 1e-8, -3.0]),
    "a huge scale": (lambda x: 1e150 * math.sin(x), [0.0, 1.0]),
    "a tiny argument": (lambda x: math.sin(x / 1e-150), [1e-150, 2.2e-150]),
    "a narrow bump": (lambda x: math.exp(-((x / 1e-6) ** 2)), [0.0, 1e-6]),
    "rounded to 6 decimals": (lambda x: round(math.sin(x), 6), [0.0, 0.3, 1.0]),
    "rounded to 3 decimals": (lambda x: round(math.sin(x), 3), [0.0, 0.3, 1.0]),
    "float32 within": (lambda x: float(np.float32(math.sin(x))), [0.0, 0.3, 1.0]),
    "float16 within": (lambda x: float(np.float16(math.sin(x))), [0.0, 0.7]),
    "a small fast noise": (lambda x: math.sin(x) + 1e-8 * math.sin(1e9 * x * x), [0.5, 1.0]),
    "a line between knots": (lambda x: np.interp(x, knots, np.sin(knots)), [0.1, 0.50001, 1.0 - 1e-3]),
    "a kink just beside": (abs, [1e-7, 1e-12]),
    "a step just beside": (lambda x: math.floor(x) + math.sin(x), [2.001, 1.9999, 2.5]),
    "a pole": (lambda x: 1 / x, [1e-8, -3.0]),
    "a logarithm near 0": (math.log, [1e-300, 1e-3]),
    "a sum with a large number": (lambda x: 1e12 + math.cos(x), [0.0, 1.0]),
    "a power out of the reals beside its domain": (lambda x: x**x, [0.01, 1.0]),
    "float32": (lambda x: np.sum(np.sin(x)), [np.array([1.0, 0.0, 0.3], dtype=np.float32)]),
    "a valley": (lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2, [np.ones(2), np.zeros(2)]),
    "sorted, without a tie": (lambda x: np.sort(x) @ np.arange(3.0), [np.array([3.0, 1.0, 1.0001])]),
}
KINKED: dict[str, tuple[Callable[[Any], Any], list[Any], str]] = {
    "relu": (lambda x: max(x - 1.5, 0.0) + math.sin(x), [1.5], "the slope is 0.0707"),
    "a small kink": (lambda x: 1e-4 * abs(x) + math.sin(x), [0.0], "from the left and"),
    "a kink beside a large curvature": (lambda x: abs(x) + 1e4 * x * x, [0.0], "from the left and"),
    "far out": (lambda x: abs(x - 1e10), [1e10], "-1 from the left and 1 from the right"),
    "at a tiny argument": (lambda x: abs(x / 1e-150 - 1), [1e-150], r"-1e\+150 from the left"),
    "a tiny scale": (lambda x: 1e-150 * abs(x), [0.0], "-1e-150 from the left and 1e-150"),
    "in noise": (lambda x: abs(x - 1) + 1e-9 * math.sin(1e9 * x * x), [1.0], "from the left and"),
    "rounded to 6 decimals": (lambda x: round(abs(x), 6), [0.0], r"is -(1|0\.999\d+) from the left"),
    "float32 within": (lambda x: float(np.float32(abs(x - 0.5))), [0.5], "-1 from the left and 1"),
    "a step": (lambda x: math.floor(x) + x, [2.0, 0.0, -3.0], "the value jumps from"),
    "a small step": (lambda x: math.sin(x) + (1e-6 if x >= 1 else 0), [1.0], "the value jumps from"),
    "a value of its own": (lambda x: math.sin(x) / x if x else 2.0, [0.0], "jumps to 2 at the point alone"),
    "a root": (math.sqrt, [0.0], "not defined from the left and unbounded from the right"),
    "a cube root": (lambda x: float(np.cbrt(x)), [0.0], "unbounded from both sides"),
    "an inverse at its edge": (math.asin, [1.0], "unbounded from the left and not defined"),
    "a knot": (lambda x: np.interp(x, knots, np.sin(knots)), [0.5, -1.0], "from the left and"),
    "a tie": (np.max, [np.array([1.0, 2.0, 2.0])], r"∂/∂x\[1\]: the slope is 0 from the left and 1"),
    "a norm at 0": (np.linalg.norm, [np.zeros(3)], "-1 from the left and 1 from the right"),
    "float32": (lambda x: np.sum(np.abs(x)), [np.array([0.0, 1.0], dtype=np.float32)], "-1 from the left"),
    "a median of ties": (np.median, [np.array([1.0, 2.0, 2.0, 3.0, 2.0])], "along the direction"),
    "a kink along no axis": (
        lambda x: x[0] * x[1] / np.hypot(*x) if np.any(x) else 0.0,
        [np.zeros(2)],
        "along the direction",
    ),
}


@pytest.mark.parametrize(("f", "points"), SMOOTH.values(), ids=SMOOTH)
def test_a_smooth_black_box_has_no_kink(f: Callable[[Any], Any], points: list[Any]) -> None:
    for x in points:
        assert as_black_box(f, x) is None, x


@pytest.mark.parametrize(("f", "points", "said"), KINKED.values(), ids=KINKED)
def test_a_black_boxs_kink_is_found(f: Callable[[Any], Any], points: list[Any], said: str) -> None:
    for x in points:
        kinked = as_black_box(f, x)
        assert kinked is not None, x
        assert re.search(said, kinked.reason), kinked.reason
