"""The simplest point at which a claim is wrong: that it is simple, that it is wrong, and when there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradlab
from gradlab import record as rec
from gradlab.judge.counterexample import simplicity
from gradlab.judge.counterexample.bounded import TooLong, lines_run
from gradlab.methods import reverse


class Row(NamedTuple):
    f: Callable[..., Any] | str
    at: Mapping[str, Any]
    hand: Any
    simple: Mapping[str, Any]
    """The point that is expected."""
    component: str
    options: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)


random = np.random.default_rng(20)


def some(*shape: int) -> Any:
    return random.uniform(0.3, 1.7, shape).round(4) * random.choice([-1.0, 1.0], shape)


def counterexample(row: Row) -> rec.Counterexample | None:
    (case,) = gradlab.check(row.f, row.at, hand=row.hand, **row.options).records
    return case.counterexample


def values(found: rec.Counterexample) -> dict[str, Any]:
    return {i.name: np.reshape(i.values, i.shape).tolist() for i in found.inputs}


def network(W1: Any, b1: Any, w2: Any, x: Any) -> Any:
    return np.sum((w2 @ np.tanh(W1 @ x + b1) - 1.0) ** 2) / 2


def network_without_activation(W1: Any, b1: Any, w2: Any, x: Any) -> Any:
    h = np.tanh(W1 @ x + b1)
    error = w2 @ h - 1.0
    return np.outer(error * w2, x), error * w2, error * h


def newton_root(a: Any, tolerance: float) -> Any:
    x = a
    while abs(x * x - a) > tolerance:
        x = (x + a / x) / 2
    return x


def doubled_until(x: Any, step: Any) -> Any:
    """Does not end where the step is 0."""
    total = 0.0 * step
    while total < 1.0:
        total = total + abs(step)
    return x**2 * step


def undefined_at_integers(x: Any) -> Any:
    return x**2 / (x != np.round(x))


def raises_at_zero(x: Any) -> Any:
    if np.any(x == 0):
        raise ValueError("zero")
    return np.sum(x**2)


def ends_python_below_one(x: Any) -> Any:
    if x < 1:
        sys.exit(3)
    return x**2


def untraceable(x: Any) -> Any:
    return float(x[0]) ** 2 + 3 * float(x[1])


def slow(x: Any) -> Any:
    time.sleep(0.001)
    return np.sum(x**3)


def softmax(x: Any) -> Any:
    e = np.exp(x)
    return e / np.sum(e)


def softmax_with_a_plus(x: Any) -> Any:
    s = softmax(x)
    return np.diag(s) + np.outer(s, s)


x3 = some(3)
jacobian = {"quantity": "jacobian"}

WRONG = {
    "a sign": Row("x^2 sin(x)", dict(x=0.7321), dict(x="2x sin(x) - x^2 cos(x)"), dict(x=1.0), "x"),
    "a factor": Row(lambda x: np.sum(x**2), dict(x=x3), lambda x: 3 * x, dict(x=[0.0, 0.0, 1.0]), "x[2]"),
    "a term forgotten": Row("x y + exp(x)", dict(x=0.31, y=-2.7), dict(x="exp(x)"), dict(x=0.0, y=1.0), "x"),
    "an index": Row(
        lambda x: x[0] * x[1] * x[2],
        dict(x=x3),
        lambda x: np.stack([x[1] * x[2], x[0] * x[2], x[0] * x[2]]),
        dict(x=[1.0, 0.0, 1.0]),
        "x[2]",
    ),
    "one element alone": Row(
        lambda x: np.sum(x**2),
        dict(x=np.linspace(1.1, 9.7, 400)),
        lambda x: np.where(np.arange(400) == 321, 3 * x, 2 * x),
        dict(x=np.eye(400)[321].tolist()),
        "x[321]",
    ),
    "transposed": Row(
        lambda A, x: x @ A @ np.array([1.0, 0.5]),
        dict(A=some(2, 2), x=some(2)),
        dict(A=lambda A, x: np.outer(np.array([1.0, 0.5]), x)),
        dict(A=[[0.0, 0.0], [0.0, 0.0]], x=[0.0, 1.0]),
        "A[0, 1]",
    ),
    "a Jacobian's sign": Row(
        softmax, dict(x=x3), softmax_with_a_plus, dict(x=[0.0, 0.0, 0.0]), "y[0] by x[0]", jacobian
    ),
    "undefined at zero": Row("ln(x)", dict(x=3.123), dict(x="2/x"), dict(x=1.0), "x"),
    "defined below zero alone": Row("ln(-x)", dict(x=-133.123), dict(x="-1/x"), dict(x=-1.0), "x"),
    "defined far away alone": Row(
        "sqrt(x - 100)", dict(x=133.123), dict(x="1/sqrt(x - 100)"), dict(x=130.0), "x"
    ),
    "undefined at integers": Row(
        undefined_at_integers, dict(x=0.7321), lambda x: 3 * x, dict(x=0.7), "x", dict(points=0)
    ),
    "raises at zero": Row(raises_at_zero, dict(x=x3), lambda x: 3 * x, dict(x=[1.0, 1.0, 1.0]), "x[0]"),
    "ends Python": Row(ends_python_below_one, dict(x=3.21), lambda x: 3 * x, dict(x=2.0), "x"),
    "does not end at zero": Row(
        doubled_until,
        dict(x=1.23, step=0.27),
        lambda x, step: (x * step, x**2),
        dict(x=1.0, step=2.0),
        "x",
    ),
    "can't be traced": Row(
        untraceable,
        dict(x=np.array([1.234, 2.345])),
        lambda x: np.array([2 * x[0], 2.0]),
        dict(x=[0.0, 0.0]),
        "x[1]",
    ),
    "slow": Row(slow, dict(x=x3), lambda x: 2 * x**2, dict(x=[0.0, 0.0, 1.0]), "x[2]", dict(points=0)),
    "float32": Row(
        lambda x: np.sum(x**3),
        dict(x=x3.astype(np.float32)),
        lambda x: 3 * x**2 + x,
        dict(x=[0.0, 0.0, 1.0]),
        "x[2]",
    ),
    "beside a kink, not at it": Row(
        lambda x: np.maximum(x, 0), dict(x=0.7321), lambda x: 2.0 * (x > 0), dict(x=1.0), "x"
    ),
    "small everywhere": Row("x^2", dict(x=0.7321), dict(x="2.0000000001 x"), dict(x=1.0), "x"),
    "at a huge scale": Row("1e150 x^3", dict(x=1.2345e-100), dict(x="2e150 x^2"), dict(x=1.0), "x"),
    "a tolerance stays": Row(
        newton_root,
        dict(a=2.2, tolerance=1e-9),
        lambda a, tolerance: 1 / newton_root(a, tolerance),
        dict(a=2.0, tolerance=1e-9),
        "a",
        dict(wrt="a"),
    ),
    "labels stay": Row(
        lambda z, t: np.log(np.sum(np.exp(z))) - t @ z,
        dict(z=x3, t=np.array([0.125, 0.625, 0.25])),
        lambda z, t: t - softmax(z),
        dict(z=[0.0, 0.0, 0.0], t=[0.125, 0.625, 0.25]),
        "z[0]",
        dict(wrt="z"),
    ),
    "numbers hold at their own point": Row("x^2", dict(x=0.7321), dict(x="1.75"), dict(x=0.7321), "x"),
    "numbers beside a formula": Row(
        "x^2 y", dict(x=0.7321, y=1.23), dict(x="1.800966", y="2x^2"), dict(x=1.0, y=0.0), "y"
    ),
    "only the drawn points show it": Row("x^2 + (x - 1)^3", dict(x=1.0), dict(x="2x"), dict(x=0.0), "x"),
}


@cache
def shown(name: str) -> rec.Counterexample:
    found = counterexample(WRONG[name])
    assert found is not None
    return found


@pytest.mark.parametrize("name", WRONG)
def test_the_counterexample_is_simple(name: str) -> None:
    row, found = WRONG[name], shown(name)
    assert (values(found), found.component) == (dict(row.simple), row.component)


@pytest.mark.parametrize("name", WRONG)
def test_the_claim_is_wrong_there_and_by_what_is_said(name: str) -> None:
    row, found = WRONG[name], shown(name)
    at = {
        name: np.asarray(value, dtype=np.asarray(row.at[name]).dtype) for name, value in values(found).items()
    }
    options = {**row.options, "points": 0}
    (case,) = gradlab.check(row.f, at, hand=row.hand, **options).records
    (point,) = case.points
    k = point.components.index(found.component)
    (claim,) = [e for e in point.estimates if e.method == "claimed"]
    assert (case.verdict, claim.verdicts[k]) == ("disagree", "disagree")
    assert float(found.derivative) == pytest.approx(float(point.reference[k] or "nan"), rel=1e-6)
    assert float(found.claimed) == pytest.approx(float(claim.values[k]), rel=1e-6)
    assert found.claimed != found.derivative


def test_of_a_network_most_is_zero_and_the_rest_is_one() -> None:
    at = dict(W1=some(4, 3), b1=some(4), w2=some(4), x=some(3))
    found = counterexample(Row(network, at, network_without_activation, {}, "", dict(wrt=("W1", "b1", "w2"))))
    assert found is not None
    weights = [v for i in found.inputs if i.differentiated for v in i.values]
    assert set(weights) <= {0.0, 1.0}
    assert np.count_nonzero(weights) <= 2
    assert values(found)["x"] == at["x"].tolist()


def test_an_error_that_grows_is_shown_where_it_can_be_seen() -> None:
    found = counterexample(Row("sin(x)", dict(x=0.0123), dict(x="1 - x^2/2"), {}, ""))
    assert found is not None
    assert abs(float(found.claimed) - float(found.derivative)) > 0.01 * abs(float(found.derivative))


def test_a_small_error_is_written_with_as_many_digits_as_show_it() -> None:
    found = shown("small everywhere")
    assert (found.claimed, found.derivative) == ("2.0000000001", "2.0")


def test_the_same_is_found_again() -> None:
    at = dict(W1=some(4, 3), b1=some(4), w2=some(4), x=some(3))
    row = Row(network, at, network_without_activation, {}, "", dict(seed=7, points=2, wrt=("W1", "b1", "w2")))
    assert counterexample(row) == counterexample(row) is not None


NONE = {
    "the claim is right": Row("x^2", dict(x=3.0), dict(x="2x"), {}, ""),
    "there is no claim": Row("x^2", dict(x=3.0), None, {}, ""),
    "the function raises": Row(lambda x: 1 // 0, dict(x=3.0), lambda x: x, {}, ""),
    "not differentiable": Row(lambda x: abs(x), dict(x=0.0), lambda x: 7.0, {}, ""),
    "the claim is not a number": Row("x^2", dict(x=3.0), lambda x: np.nan * x, {}, ""),
}


@pytest.mark.parametrize("row", NONE.values(), ids=NONE)
def test_there_is_none_where_no_claim_is_wrong(row: Row) -> None:
    assert counterexample(row) is None


def test_there_is_none_where_a_method_of_ours_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    right = reverse.derive

    def wrong(problem: Any) -> Any:
        made = right(problem)
        exact = made.exact
        assert exact is not None
        return replace(made, exact=lambda at, digits: [2 * v for v in exact(at, digits)])

    monkeypatch.setattr(reverse, "derive", wrong)
    (case,) = gradlab.check("x^2", dict(x=3.0), hand=dict(x="2x")).records
    assert (case.verdict, case.counterexample) == ("disagree", None)


def test_a_search_that_does_not_end_in_time_leaves_the_failing_point() -> None:
    def stalls(x: Any) -> Any:
        if x == 1.0:
            time.sleep(60)
        return x**2

    (case,) = gradlab.check(stalls, dict(x=3.25), hand=lambda x: 3 * x + 0 / x, points=0, timeout=3.0).records
    assert case.verdict == "disagree"
    assert case.counterexample is not None
    assert values(case.counterexample) == dict(x=3.25)


def test_the_points_of_the_record_are_those_that_were_asked_for() -> None:
    (case,) = gradlab.check("x^2", dict(x=3.25), hand=dict(x="3x"), points=2).records
    assert len(case.points) == 3


def test_simplicity_has_an_order() -> None:
    points = [[0, 0], [0, 1], [0, -1], [0, 2], [0, 10], [0, 0.5], [0, 0.25], [1, 1], [1, 0.5], [0.25, 0.5]]
    keys = [simplicity({"x": np.array(p, dtype=float)}) for p in points]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


def test_lines_are_counted_up_to_a_limit_also_where_all_exceptions_are_caught() -> None:
    def stubborn() -> None:
        while True:
            try:
                sum(range(3))
            except Exception:  # noqa: S112 (what a user may write)
                continue

    before = sys.gettrace()
    with pytest.raises(TooLong):
        lines_run(stubborn, 1000)
    assert sys.gettrace() is before
    few, many = (lines_run(lambda n=n: sum(i for i in range(n)), 10_000) for n in (10, 100))  # type: ignore[misc]
    assert few < many
