"""What is said of a function and a claim: one row a situation, with the verdict and its reason."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab.harness import Result


class Row(NamedTuple):
    f: Callable[..., Any] | str
    at: Any
    hand: Any = None
    reason: str = ""
    options: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)


def judged(row: Row) -> Result:
    return gradlab.check(row.f, row.at, hand=row.hand, **row.options)


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def logistic_map(x: Any, n: int) -> Any:
    for _ in range(n):
        x = 4 * x * (1 - x)
    return x


A = np.array([[1.0, 2.0], [3.0, 4.0]])
X = np.arange(1.0, 7.0).reshape(2, 3)
x3 = np.array([1.0, 2.0, 3.0])
jacobian = {"quantity": "jacobian"}


AGREE = {
    "a huge scale": Row(lambda x: 1e150 * np.sin(x), dict(x=1.0), lambda x: 1e150 * np.cos(x)),
    "a tiny scale": Row(lambda x: 1e-150 * np.sin(x), dict(x=1.0), lambda x: 1e-150 * np.cos(x)),
    "a subnormal scale": Row(lambda x: 1e-310 * x, dict(x=1.0), lambda x: 1e-310),
    "scales side by side": Row(
        lambda x: np.sum(x * np.array([1e-200, 1.0, 1e200])), dict(x=x3), lambda x: [1e-200, 1.0, 1e200]
    ),
    "a derivative that is zero": Row(lambda x: np.cos(x), dict(x=0.0), lambda x: -np.sin(x)),
    "a function that is zero": Row(lambda x: 0 * x, dict(x=1.0), lambda x: 0.0),
    "a function that is constant": Row(lambda x: 3.0, dict(x=1.0), lambda x: 0.0),
    "decimals rounded in another order": Row(lambda x: 0.1 * x**3, dict(x=2.0), lambda x: 0.3 * x**2),
    "a decimal squared": Row(lambda x: (0.1 * x) ** 2, dict(x=3.0), lambda x: 0.02 * x),
    "a third": Row(lambda x: (1 / 3) * x**3, dict(x=1.3), lambda x: x**2),
    "a seventh of a sum": Row(lambda x: np.sum(x**2) * (1 / 7), dict(x=x3), lambda x: 2 * x / 7),
    "an exponent times a decimal": Row(
        lambda x: np.exp(0.1 * x), dict(x=300.0), lambda x: np.exp(x / 10) / 10
    ),
    "one typed formula for every element": Row(lambda x: 2 * np.sum(x), dict(x=x3), dict(x="2")),
    "cancellation of more digits than any method has to spare": Row(
        lambda x: (1 - np.cos(x)) / x**2, dict(x=1e-60), lambda x: -x / 12
    ),
    "wide cancellation in f": Row(
        lambda x: (1 - np.cos(x)) / x**2, dict(x=1e-8), lambda x: (x * np.sin(x) - 2 + 2 * np.cos(x)) / x**3
    ),
    "a large number added and taken off": Row(lambda x: (x + 1e8) - 1e8, dict(x=1.0), lambda x: 1.0),
    "a claim that cancels in float64": Row(
        lambda z: sigmoid(z), dict(z=40.0), lambda z: sigmoid(z) * (1 - sigmoid(z))
    ),
    "a fast oscillation": Row(lambda x: np.sin(1e6 * x), dict(x=1.0), lambda x: 1e6 * np.cos(1e6 * x)),
    "an oscillation faster than doubles": Row(lambda x: np.sin(x), dict(x=1e20), lambda x: np.cos(x)),
    "a point near a pole": Row(lambda x: 1 / x, dict(x=1e-8), lambda x: -1 / x**2),
    "a point near the edge of the domain": Row(
        lambda x: np.arcsin(x), dict(x=1 - 1e-9), lambda x: 1 / np.sqrt(1 - x**2)
    ),
    "a kink near the point": Row(lambda x: np.abs(x), dict(x=1e-7), lambda x: np.sign(x)),
    "a kink very near the point": Row(lambda x: np.abs(x), dict(x=1e-12), lambda x: np.sign(x)),
    "a branch": Row(lambda x: x**2 if x > 0 else -x, dict(x=2.0), lambda x: 2 * x if x > 0 else -1.0),
    "a smooth border of a selection": Row(
        lambda x: np.where(x > 0, x**2, 0.0), dict(x=0.0), lambda x: np.where(x > 0, 2 * x, 0.0)
    ),
    "a smooth border of a branch": Row(
        lambda x: x**2 if x > 0 else -(x**2), dict(x=0.0), lambda x: 2 * abs(x)
    ),
    "a smooth border with another curvature": Row(
        lambda x: np.where(np.abs(x) < 1, x**2 / 2, np.abs(x) - 0.5), dict(x=1.0), lambda x: np.clip(x, -1, 1)
    ),
    "a slope that grows like a root": Row(
        lambda x: np.abs(x) ** 1.5, dict(x=0.0), lambda x: 1.5 * np.sqrt(np.abs(x)) * np.sign(x)
    ),
    "x |x| at 0": Row(lambda x: x * np.abs(x), dict(x=0.0), lambda x: 2 * np.abs(x)),
    "a norm squared at 0": Row(lambda x: np.linalg.norm(x) ** 2, dict(x=np.zeros(2)), lambda x: 2 * x),
    "a root out of its domain in the branch not taken": Row(
        lambda x: np.where(x > 0, np.sqrt(x), 0.0), dict(x=-1.0), lambda x: 0.0
    ),
    "a cube at its flat point": Row(lambda x: x**3, dict(x=0.0), lambda x: 3 * x**2),
    "a product with a zero factor": Row(
        lambda x: np.prod(x),
        dict(x=np.array([0.0, 2.0, 3.0])),
        lambda x: [x[1] * x[2], x[0] * x[2], x[0] * x[1]],
    ),
    "a norm, of which NumPy's at complex numbers is another": Row(
        lambda x: np.linalg.norm(x), dict(x=np.array([3.0, 4.0])), lambda x: x / np.linalg.norm(x)
    ),
    "a variance, likewise": Row(lambda x: np.var(x), dict(x=x3), lambda x: 2 * (x - np.mean(x)) / 3),
    "a sum in a Python loop": Row(
        lambda x: sum(x[i] * x[i + 1] for i in range(2)), dict(x=x3), lambda x: [x[1], x[0] + x[2], x[1]]
    ),
    "the element found by argmax": Row(
        lambda x: x[np.argmax(x)] ** 2, dict(x=x3), lambda x: np.where(x == np.max(x), 2 * x, 0.0)
    ),
    "a matrix": Row(lambda X: np.trace(X @ X.T), dict(X=X), lambda X: 2 * X),
    "float32": Row(
        lambda x: np.sum(np.sin(x)), dict(x=np.array([1.0, 2.0], dtype=np.float32)), lambda x: np.cos(x)
    ),
    "a Jacobian of one number": Row(
        lambda x: np.stack([x, x**2]), dict(x=3.0), lambda x: np.array([1, 2 * x]), options=jacobian
    ),
    "a Jacobian of a vector": Row(
        lambda A, x: A @ x, dict(A=A, x=np.ones(2)), lambda A, x: A, options={**jacobian, "wrt": "x"}
    ),
    "a claim in code that can't be traced": Row(
        lambda x: np.sin(x), dict(x=1.0), lambda x: math.cos(float(x))
    ),
    "a number as text, in its decimals": Row("sin(x)", dict(x=1), dict(x="0.5403")),
    "a number as text, with an exponent": Row("1e-5 sin(x)", dict(x=1), dict(x="5.403e-6")),
    "a number as text, with a minus of print": Row("cos(x)", dict(x=1), dict(x="−0.8415")),
    "a fraction as text": Row("x^2", dict(x=1 / 3), dict(x="2/3")),
    "a number from Python": Row("sin(x)", dict(x=1), dict(x=math.cos(1))),
    "an array of numbers": Row(lambda W: np.sum(W**2), dict(W=A), dict(W=[[2, 4], [6, 8]])),
    "a hand derivative as text of an array": Row(lambda x: np.sum(x**2), dict(x=x3), dict(x="2x")),
    "a part of the arguments claimed": Row(lambda x, y: x * y, dict(x=1.0, y=2.0), dict(x="y")),
    "a formula of all its names": Row("x^n", dict(x=2, n=3), dict(x="n x^(n-1)", n="x^n ln(x)")),
    "another form of the derivative": Row("tan(x)", dict(x=1), dict(x="1/cos(x)^2")),
    "a hand derivative right only in exact arithmetic": Row(
        sigmoid, dict(z=-800.0), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2
    ),
    "several points": Row(lambda x: x**2, [dict(x=1.0), dict(x=-2.0)], lambda x: 2 * x),
    "no claim": Row(lambda x: np.exp(x) * np.sin(x), dict(x=1.0)),
    "SymPy gives up": Row(lambda x: logistic_map(x, 14), dict(x=0.3)),
}


@pytest.mark.parametrize("row", AGREE.values(), ids=AGREE)
def test_what_is_right_agrees(row: Row) -> None:
    result = judged(row)
    assert (result.verdict.kind, result.verdict.reason) == ("agree", "")
    assert result.ok
    assert all(point.verdict == "agree" for point in result.records[0].points)


DISAGREE = {
    "a relative error of 1e-9": Row(
        lambda x: np.exp(x), dict(x=1.0), lambda x: np.exp(x) * (1 + 1e-9), "off by a relative 1e-09"
    ),
    "a hundredth at a tiny scale": Row(
        lambda x: 1e-150 * np.sin(x), dict(x=1.0), lambda x: 1e-150 * np.cos(x) * 1.01, "1.01 times as much"
    ),
    "something where nothing is": Row(
        lambda x: 3.0, dict(x=1.0), lambda x: 1e-300, "the claim gives 1e-300, the derivative is 0"
    ),
    "a decimal too many": Row(
        lambda x: 0.1 * x**3, dict(x=2.0), lambda x: 0.30000001 * x**2, "off by a relative 3.3e-08"
    ),
    "pi cut": Row(
        lambda x: np.pi * x**2, dict(x=1.3), lambda x: 2 * 3.14159 * x, "off by a relative -8.4e-07"
    ),
    "beyond float64": Row(
        lambda x: x * np.exp(-x * x), dict(x=30.0), lambda x: np.exp(-x * x), r"is -\d\.\d+e-388"
    ),
    "a sign": Row("cos(x)", dict(x=1), dict(x="sin(x)"), "the sign is wrong"),
    "a factor": Row("x^2 sin(x)", dict(x=1), dict(x="x sin(x) + x^2 cos(x)/2"), "1/2 times as much"),
    "the component is named": Row(
        "ln(x1) + x1*x2 - sin(x2)",
        dict(x1=2, x2=5),
        dict(x1="1/x1 + x2", x2="x1 + cos(x2)"),
        r"∂/∂x2: the claim gives 2.283662185, the derivative is 1.716337815",
    ),
    "the element of a matrix is named": Row(
        lambda W: np.sum(W**2), dict(W=A), dict(W=[[2, 4], [6, 9]]), r"∂/∂W\[1, 1\]: the claim gives 9"
    ),
    "a simple factor of one element": Row(
        lambda W: np.sum(W**2), dict(W=A), dict(W=[[2, 4], [6, 12]]), r"∂/∂W\[1, 1\]: .* 3/2 times as much$"
    ),
    "a fraction of one element by chance": Row(
        lambda W: np.sum(W**2),
        dict(W=A),
        dict(W=[[2, 4], [6, -46]]),
        r"-5\.75 times as much, a difference of -54",
    ),
    "the component of a Jacobian is named": Row(
        lambda x: np.stack([x, x**2]), dict(x=3.0), lambda x: np.array([1, 3 * x]), r"∂y\[1\]/∂x: ", jacobian
    ),
    "a square Jacobian transposed": Row(
        lambda A, x: A @ x,
        dict(A=A, x=np.ones(2)),
        lambda A, x: A.T,
        r"∂y\[0\]/∂x\[1\]: the claim gives 3, the derivative is 2",
        {**jacobian, "wrt": "x"},
    ),
    "a lucky point": Row(
        lambda x: x * x,
        dict(x=2.0),
        lambda x: x + 2,
        r"at a point drawn beside yours \(x = [\d.]+\); at the given point alone it agrees",
    ),
    "the second of two points": Row(
        lambda x: x * x,
        [dict(x=2.0), dict(x=3.0)],
        lambda x: x + 2,
        r"5/6 times as much, at given point 2 \(x = 3\)",
        {"points": 0},
    ),
    "a symmetric matrix assumed": Row(
        lambda w, A: w @ A @ w, dict(w=np.ones(2), A=A), lambda w, A: 2 * A @ w, options={"wrt": "w"}
    ),
    "degrees for radians": Row(
        lambda x: np.sin(np.deg2rad(x)), dict(x=30.0), lambda x: np.cos(np.deg2rad(x)), "57.3 times as much"
    ),
    "float32": Row(
        lambda x: np.sum(np.sin(x)),
        dict(x=np.array([1.0, 2.0], dtype=np.float32)),
        lambda x: 1.001 * np.cos(x),
        "off by a relative 0.001",
    ),
    "a number as text, in its last decimal": Row("sin(x)", dict(x=1), dict(x="0.5404")),
    "a number from Python, rounded": Row("sin(x)", dict(x=1), dict(x=0.5403)),
    "a claim in code that can't be traced": Row(
        lambda x: np.sin(x),
        dict(x=1.0),
        lambda x: (1 + 1e-12) * math.cos(float(x)),
        "off by a relative 1e-12",
    ),
    "the order of a tuple": Row(
        lambda x, y: x**2 * y, dict(x=1.5, y=2.0), lambda x, y: (x**2, 2 * x * y), "3/8 times as much"
    ),
}


@pytest.mark.parametrize("row", DISAGREE.values(), ids=DISAGREE)
def test_what_is_wrong_disagrees_and_says_where(row: Row) -> None:
    result = judged(row)
    assert result.verdict.kind == "disagree"
    assert re.search(row.reason, result.verdict.reason), result.verdict.reason
    assert not result.ok


def black_box(x: Any) -> Any:
    return math.sin(float(x))


BLACK_BOX = {
    "right": (lambda x: math.cos(x), "agree", ""),
    "wrong by a hundredth": (lambda x: 1.01 * math.cos(x), "disagree", "off by a relative 0.01"),
    "wrong by a millionth": (lambda x: (1 + 1e-6) * math.cos(x), "disagree", "off by a relative 1e-06"),
}


@pytest.mark.parametrize(("hand", "kind", "reason"), BLACK_BOX.values(), ids=BLACK_BOX)
def test_a_black_box_is_judged_in_float64_and_the_verdict_says_what_it_could_miss(
    hand: Callable[..., Any], kind: str, reason: str
) -> None:
    result = gradlab.check(black_box, dict(x=1.0), hand=hand)
    assert result.verdict.kind == kind
    assert reason in result.verdict.reason
    notes = " ".join(result.records[0].notes)
    assert "judged in float64, because it can't be traced" in notes
    if kind == "agree":
        seen = re.search(r"an error of (\S+) % in ∂/∂x would have been seen", notes)
        assert seen
        assert 1e-9 < float(seen[1]) / 100 < 1e-8


def swallows(x: Any) -> Any:
    try:
        return math.sin(x)
    except Exception:
        return x * 0.0


OTHERWISE = {
    "another value": (
        lambda x: x**2 if isinstance(x, float) else x**3,
        lambda x: 2 * x,
        "gives 3.375 where it gives 2.25",
    ),
    "a value after a failure": (
        swallows,
        lambda x: math.cos(x),
        "gives 0 where it gives 0.9974949866 itself",
    ),
}


@pytest.mark.parametrize(("f", "hand", "said"), OTHERWISE.values(), ids=OTHERWISE)
def test_a_trace_that_computes_otherwise_than_the_function_is_not_believed(
    f: Any, hand: Any, said: str
) -> None:
    result = gradlab.check(f, dict(x=1.5), hand=hand)
    assert result.ok
    assert said in " ".join(result.records[0].notes)


def in_float32(x: Any) -> float:
    return float(np.float32(math.sin(float(x))))


NOISY = {f"rounded to {d} decimals": lambda x, d=d: round(math.sin(float(x)), d) for d in (12, 9, 6, 4, 3)}


@pytest.mark.parametrize("x", [-2.7, -0.168, 0.4, 1.0])
@pytest.mark.parametrize("f", [*NOISY.values(), in_float32], ids=[*NOISY, "float32 within"])
def test_the_noise_of_a_black_box_is_measured_and_its_right_gradient_not_refused(f: Any, x: float) -> None:
    result = gradlab.check(f, dict(x=x), hand=lambda x: math.cos(x))
    assert result.verdict.kind in ("agree", "inconclusive")


def test_a_black_box_with_noise_still_shows_a_wrong_claim() -> None:
    result = gradlab.check(in_float32, dict(x=1.0), hand=lambda x: 1.01 * math.cos(x))
    assert result.verdict.kind == "disagree"


UNDEFINED = {
    "relu at 0": Row(
        lambda x: np.maximum(x, 0.0),
        dict(x=0.0),
        lambda x: 1.0,
        r"maximum is exactly at its kink \(at \S+test_verdicts.py:\d+\); ∂/∂x: the slope is 0 from the left and 1 "
        r"from the right; the claimed 1 is a value between them",
    ),
    "a claim beyond the slopes": Row(
        lambda x: np.abs(x), dict(x=0.0), lambda x: 3.0, "the claimed 3 is not between"
    ),
    "abs at 0": Row("abs(x)", dict(x=0), None, "the slope is -1 from the left and 1 from the right"),
    "a branch at its border": Row(
        lambda x: x**2 if x > 0 else -x, dict(x=0.0), None, "the comparison is exactly at its kink"
    ),
    "sqrt at 0": Row(
        "sqrt(x)",
        dict(x=0),
        dict(x="1/(2 sqrt(x))"),
        "not defined from the left and unbounded from the right",
    ),
    "cbrt at 0": Row(lambda x: np.cbrt(x), dict(x=0.0), None, "unbounded from both sides"),
    "arcsin at 1": Row(lambda x: np.arcsin(x), dict(x=1.0), None, "unbounded from the left and not defined"),
    "sqrt of a square at 0": Row(
        lambda x: np.sqrt(x**2), dict(x=0.0), None, "the slope is -1 from the left and 1 from the right"
    ),
    "a norm at 0": Row(lambda x: np.linalg.norm(x), dict(x=np.zeros(2)), None, r"∂/∂x\[0\]: "),
    "a jump": Row(
        lambda x: np.floor(x) + x,
        dict(x=2.0),
        lambda x: 1.0,
        "the value jumps from 3 to 4; the slope is 1 from both sides; the claimed 1 is the slope beside the jump",
    ),
    "a clip's border": Row(
        lambda x: np.clip(x, 0, 1), dict(x=1.0), None, "1 from the left and 0 from the right"
    ),
    "a maximum shared": Row(lambda x: np.max(x), dict(x=np.array([1.0, 2.0, 2.0])), None, r"∂/∂x\[1\]: "),
    "one of a hundred elements": Row(
        lambda x: np.sum(np.maximum(x, 0.0)),
        dict(x=np.concatenate([np.arange(1.0, 81.0), [0.0], np.arange(1.0, 20.0)])),
        None,
        r"∂/∂x\[80\]: the slope is 0 from the left and 1",
    ),
    "kinks that cancel in the sum of outputs": Row(
        lambda x: np.stack([np.abs(x), -np.abs(x)]),
        dict(x=0.0),
        None,
        r"∂y\[0\]/∂x: the slope is -1",
        jacobian,
    ),
    "a black box": Row(
        lambda x: abs(float(x)), dict(x=0.0), lambda x: 0.0, "here: ∂/∂x: the slope is -1 from the left"
    ),
    "float32": Row(
        lambda x: np.sum(np.abs(x)), dict(x=np.zeros(1, dtype=np.float32)), None, "-1 from the left and 1"
    ),
}


@pytest.mark.parametrize("row", UNDEFINED.values(), ids=UNDEFINED)
def test_at_a_kink_there_is_no_derivative_to_agree_on(row: Row) -> None:
    result = judged(row)
    assert result.verdict.kind == "undefined"
    assert result.verdict.reason.startswith("not differentiable here: ")
    assert re.search(row.reason, result.verdict.reason), result.verdict.reason
    (point,) = result.records[0].points
    assert point.kinks


def test_beside_a_kink_the_other_components_of_a_claim_are_judged() -> None:
    def f(x: Any, y: Any) -> Any:
        return np.abs(x) + y**2

    at = dict(x=0.0, y=1.0)
    right = gradlab.check(f, at, hand=lambda x, y: dict(x=0.5, y=2 * y))
    assert right.verdict.reason.endswith("the claimed 0.5 is a value between them, as a subgradient may be")
    wrong = gradlab.check(f, at, hand=lambda x, y: dict(x=0.5, y=y))
    assert wrong.verdict.kind == "undefined"
    assert "∂/∂y: the claim gives 1, the derivative is 2" in wrong.verdict.reason


def test_a_kink_that_a_drawn_point_meets_says_nothing_of_the_given_one() -> None:
    steps = gradlab.check(lambda x: np.where(x == 1.0, np.abs(x - 1.0), x), dict(x=2.0), hand=lambda x: 1.0)
    assert steps.ok


ALONE = {
    "a black box without a claim": (black_box, {}, "finite_difference"),
    "one method": (np.sin, {"methods": "reverse"}, "reverse"),
    "two that share their rules": (np.sin, {"methods": ["reverse", "forward"]}, "reverse and forward"),
}


@pytest.mark.parametrize(("f", "options", "names"), ALONE.values(), ids=ALONE)
def test_what_nothing_independent_bears_out_is_no_pass(f: Any, options: dict[str, Any], names: str) -> None:
    result = gradlab.check(f, dict(x=1.0), **options)
    assert result.verdict.kind == "inconclusive"
    assert result.verdict.reason == f"nothing independent to compare {names} with"


def test_one_method_and_a_claim_are_two_voices() -> None:
    assert gradlab.check(np.sin, dict(x=1.0), hand=np.cos, methods="reverse").ok


def test_a_claim_that_is_right_but_useless_in_float64_is_said_to_be() -> None:
    result = judged(AGREE["a hand derivative right only in exact arithmetic"])
    assert "∂/∂z: the claim is right, but in float64 it is nan here" in result.records[0].notes


def test_what_nobody_claims_is_said() -> None:
    result = judged(AGREE["a part of the arguments claimed"])
    assert "nothing is claimed for y" in result.records[0].notes


def test_a_claim_in_numbers_is_held_at_the_given_point_only() -> None:
    result = gradlab.check("x^2", dict(x=0.7), hand=dict(x="1.4"))
    assert result.ok
    assert (
        "the claim for x is given in numbers, so it is judged at the given point only, to the 1 decimal given"
        in result.records[0].notes
    )
    claimed = [any(e.method == "claimed" for e in point.estimates) for point in result.records[0].points]
    assert claimed == [True] + 5 * [False]


def test_a_non_finite_claim_is_an_error() -> None:
    result = gradlab.check("arctan(x)", dict(x=1), hand=dict(x="1/(1 - x^2)"))
    assert (result.verdict.kind, result.verdict.reason) == ("error", "∂/∂x: the hand derivative is inf")


BEYOND = {
    "right": (lambda x: -0.1 / x**2, "agree"),
    "off by a hundredth": (lambda x: -0.101 / x**2, "disagree"),
    "off by one in 1e10": (lambda x: -0.1 * (1 + 1e-10) / x**2, "disagree"),
}


@pytest.mark.parametrize(("hand", "kind"), BEYOND.values(), ids=BEYOND)
def test_rounded_constants_excuse_no_more_where_their_effect_overflows(
    hand: Callable[..., Any], kind: str
) -> None:
    result = gradlab.check(lambda x: 0.1 / x, dict(x=3e-120), hand=hand)
    assert result.verdict.kind == kind


def test_a_decimal_that_is_rounded_otherwise_is_excused_where_its_effect_overflows() -> None:
    result = gradlab.check(lambda x: 0.1 * 0.3 / x, dict(x=3e-120), hand=lambda x: -0.03 / x**2)
    assert result.verdict.kind == "agree"
