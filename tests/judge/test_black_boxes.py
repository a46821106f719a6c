"""What can only be called: verdicts against measured error bars, of functions of many kinds and sizes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.harness import Result
from gradlab.record import Estimate

x3 = np.array([0.4, -1.1, 2.3])
X = np.random.default_rng(3).normal(size=(12, 600))


def opaque(f: Callable[..., Any]) -> Callable[..., float]:
    """The function with a float in its way, so that it can't be traced."""
    return lambda x: float(f(np.array(x, dtype=getattr(x, "dtype", float))))


def claimed(result: Result) -> Estimate:
    return next(e for e in result.records[0].points[0].estimates if e.method == "claimed")


def layer(w: Any) -> Any:
    return np.sum(np.tanh(X @ w) ** 2)


def layer_by_hand(w: Any) -> np.ndarray:
    w = np.array(w, dtype=float)
    z = np.tanh(X @ w)
    return np.asarray(X.T @ (2 * z * (1 - z**2)))


RIGHT: dict[str, tuple[Callable[..., Any], Any, Callable[..., Any]]] = {
    "a sum of many kinds": (
        opaque(lambda x: np.sum(np.exp(x) * np.sin(x))),
        x3,
        lambda x: np.exp(x) * (np.sin(x) + np.cos(x)),
    ),
    "huge": (opaque(lambda x: 1e150 * np.sum(x**2)), x3, lambda x: 2e150 * x),
    "tiny": (opaque(lambda x: 1e-150 * np.sum(x**2)), x3, lambda x: 2e-150 * x),
    "scales side by side": (
        opaque(lambda x: x[0] ** 2 + 1e5 * x[1] ** 2 + 1e-3 * x[2] ** 2),
        x3,
        lambda x: 2 * x * np.array([1, 1e5, 1e-3]),
    ),
    "a zero among others": (
        opaque(lambda x: np.cos(x[0]) + x[1]),
        np.array([0.0, 1.0]),
        lambda x: np.stack([-np.sin(x[0]), 1.0]),
    ),
    "saturated": (opaque(lambda x: np.sum(np.tanh(x))), np.array([30.0, 0.2]), lambda x: 1 / np.cosh(x) ** 2),
    "dead": (opaque(lambda x: np.sum(np.maximum(x, 0))), np.array([-1.0, 2.0]), lambda x: 1.0 * (x > 0)),
    "in float32": (
        opaque(lambda x: np.sum(np.sin(np.float32(x)))),
        x3,
        lambda x: np.cos(np.array(x, dtype=float)),
    ),
    "rounded": (lambda x: round(math.exp(float(x)), 7), 0.7, lambda x: math.exp(x)),
    "a fast oscillation": (lambda x: math.sin(1e5 * float(x)), 0.3, lambda x: 1e5 * math.cos(1e5 * x)),
    "a point near a pole": (lambda x: 1 / float(x), 1e-6, lambda x: -1 / x**2),
    "a kink a little off": (lambda x: abs(float(x)), 1e-4, lambda x: math.copysign(1.0, x)),
}


@pytest.mark.parametrize(("f", "x", "hand"), RIGHT.values(), ids=RIGHT)
def test_a_right_gradient_of_a_black_box_agrees(f: Any, x: Any, hand: Any) -> None:
    result = gradlab.check(f, dict(x=x), hand=hand)
    assert (result.verdict.kind, result.verdict.reason) == ("agree", "")


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.5, 1.01, 0.0, math.nan])
@pytest.mark.parametrize(("f", "x", "hand"), RIGHT.values(), ids=RIGHT)
def test_a_wrong_one_does_not(f: Any, x: Any, hand: Any, factor: float) -> None:
    def wrong(x: Any) -> Any:
        right = np.array(hand(x), dtype=float)
        right.flat[np.argmax(np.abs(right))] *= factor
        return right if np.ndim(x) else float(right)

    assert gradlab.check(f, dict(x=x), hand=wrong).verdict.kind in ("disagree", "error")


@pytest.mark.parametrize("share", [1e-12, 1e-9, 1e-7, 1e-5, 1e-3, 1e-1, 10.0])
@pytest.mark.parametrize(("f", "x", "hand"), RIGHT.values(), ids=RIGHT)
def test_no_error_larger_than_what_is_detectable_passes(f: Any, x: Any, hand: Any, share: float) -> None:
    right = np.ravel(np.array(hand(x), dtype=float))
    k = int(np.argmax(np.abs(right)))

    def wrong(x: Any) -> Any:
        off = np.array(hand(x), dtype=float)
        off.flat[k] *= 1 + share
        return off if np.ndim(x) else float(off)

    result = gradlab.check(f, dict(x=x), hand=wrong, points=0)
    detectable = claimed(result).detectable[k]
    assert detectable is not None
    if result.ok:
        assert share <= detectable
    assert result.verdict.kind == "disagree" or share < 10 * detectable


def test_the_report_says_what_would_have_been_seen() -> None:
    result = gradlab.check(
        lambda w, b: round(math.sin(float(w)), 6) + 1e-4 * float(b), dict(w=0.3, b=1.0),
        hand=lambda w, b: (math.cos(w), 1e-4), points=0,
    )  # fmt: skip
    said = re.search(
        r"an error of (\S+) % in ∂/∂w would have been seen, in ∂/∂b only one of (\S+) %",
        " ".join(result.records[0].notes),
    )
    assert said
    assert 1e-4 < float(said[1]) < 0.1 < 10 * float(said[2]) < 100
    assert len(result.records[0].points[0].bars) == 2


def test_where_the_noise_hides_the_slope_it_is_inconclusive_with_the_bar() -> None:
    result = gradlab.check(
        lambda x: 1e9 + 1e-7 * math.sin(float(x)), dict(x=0.3), hand=lambda x: 1e-7 * math.cos(x)
    )
    assert result.verdict.kind == "inconclusive"
    assert re.search(r"the slope is \S+ ± \S+ as measured: the error bar is too wide", result.verdict.reason)


def test_of_very_many_elements_a_sample_is_asked_and_directions_through_all() -> None:
    w = np.random.default_rng(4).normal(size=600) / 30
    result = gradlab.check(opaque(layer), dict(x=w), hand=lambda x: layer_by_hand(x), points=1)
    assert result.ok
    assert re.fullmatch(
        r"of 600 elements 64 were drawn .*, along 16 random directions through all",
        result.records[0].points[0].asked,
    )


@pytest.mark.parametrize("element", [0, 299, 577])
def test_one_wrong_element_among_very_many_is_found(element: int) -> None:
    w = np.random.default_rng(4).normal(size=600) / 30

    def wrong(x: Any) -> np.ndarray:
        gradient = layer_by_hand(x)
        gradient[element] *= 1.001
        return gradient

    result = gradlab.check(opaque(layer), dict(x=w), hand=wrong, points=0)
    assert result.verdict.kind == "disagree"
    assert result.verdict.reason.startswith(f"∂/∂x[{element}]: the claim gives")


def test_a_large_function_that_is_traced_is_borne_out_along_a_direction() -> None:
    w = np.random.default_rng(4).normal(size=(60, 600)) / 30
    result = gradlab.check(
        lambda w: np.sum(np.tanh(w @ X[0]) ** 2),
        dict(w=w),
        hand=lambda w: np.outer(2 * np.tanh(w @ X[0]) * (1 - np.tanh(w @ X[0]) ** 2), X[0]),
        points=1,
    )
    assert result.ok
    (precise,) = (e for e in result.records[0].points[0].estimates if e.method == "precise")
    assert (precise.verdict, precise.values) == ("agree", ())
    assert "along a random direction through all components" in precise.reason


def test_a_right_claim_in_code_that_can_not_be_traced_is_held_to_its_own_noise() -> None:
    def by_hand(z: Any) -> np.ndarray:
        gradient = np.zeros(3)
        for i in range(3):
            gradient[i] = float(np.exp(z[i])) / float(np.sum(np.exp(np.array(z, dtype=float))))
        return gradient

    result = gradlab.check(lambda z: np.log(np.sum(np.exp(z))), dict(z=x3), hand=by_hand)
    assert result.ok
    assert all(d is not None and d < 1e-12 for d in claimed(result).detectable)


@pytest.mark.parametrize("error", [1e-10, 1e-6, -2.0])
def test_a_wrong_claim_in_such_code_is_seen_to_ten_digits(error: float) -> None:
    def by_hand(z: Any) -> np.ndarray:
        z = np.array(z, dtype=float)
        gradient = np.asarray(np.exp(z) / np.sum(np.exp(z)))
        gradient[1] *= 1 + error
        return gradient

    result = gradlab.check(lambda z: np.log(np.sum(np.exp(z))), dict(z=x3), hand=by_hand)
    assert result.verdict.kind == "disagree"
    assert result.verdict.reason.startswith("∂/∂z[1]: ")


def test_a_claim_whose_own_arithmetic_cancels_is_not_called_wrong() -> None:
    def by_hand(x: Any) -> float:
        return (math.cos(float(x)) * float(x) - math.sin(float(x))) / float(x) ** 2  # cancels near 0

    result = gradlab.check(lambda x: np.sin(x) / x, dict(x=1e-3), hand=by_hand)
    assert result.verdict.kind == "agree"


NOT_REFUSED: dict[str, tuple[Callable[..., Any], Any, Callable[..., Any]]] = {
    "a sawtooth of roundings": (
        opaque(lambda x: (x + 1e8) ** 2 - 1e16 - 2e8 * x),
        1.5,
        lambda x: 2 * x,
    ),
    "a cancellation that leaves half its digits": (
        opaque(lambda x: (1 - np.cos(x)) / x**2),
        1e-4,
        lambda x: -x / 12,
    ),
    "an offset that takes all digits": (opaque(lambda x: 1e15 + 3 * x), 1.3, lambda x: 3.0),
    "another curvature a little off": (
        opaque(lambda x: np.where(np.abs(x) <= 1, x**2 / 2, np.abs(x) - 0.5)),
        1 - 1e-8,
        lambda x: float(np.clip(x, -1, 1)),
    ),
    "kinks on both sides": (
        opaque(lambda x: np.sum(np.maximum(x, 0) * [0.7, -1.3])),
        np.array([1e-7, -1e-7]),
        lambda x: np.array([0.7, -1.3]) * (x > 0),
    ),
    "a system solved by elimination": (
        opaque(lambda x: np.sum(np.linalg.solve(1 / (np.add.outer(range(6), range(6)) + 1.0), x) ** 2)),
        np.arange(1.0, 7.0),
        lambda x: (
            2 * np.linalg.solve(np.array(1 / (np.add.outer(range(6), range(6)) + 1.0)),
                                np.linalg.solve(np.array(1 / (np.add.outer(range(6), range(6)) + 1.0)), x))
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("f", "x", "hand"), NOT_REFUSED.values(), ids=NOT_REFUSED)
def test_a_right_gradient_that_the_numbers_hide_is_not_refused(f: Any, x: Any, hand: Any) -> None:
    assert gradlab.check(f, dict(x=x), hand=hand).verdict.kind in ("agree", "inconclusive")
