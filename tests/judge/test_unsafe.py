"""A claim that is right and overflows in float64: it is said, with the safe form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradlab

Z = np.array([1.0, 2.0, -0.5])


def softmax(z: Any) -> Any:
    return np.exp(z) / np.sum(np.exp(z))


def softmax_shifted(z: Any) -> Any:
    return softmax(z - np.max(z))


def log_sum_exp(z: Any) -> Any:
    return np.log(np.sum(np.exp(z)))


def focal(z: Any) -> Any:
    p = 1 / (1 + np.exp(-z))
    return -np.sum((1 - p) ** 2 * np.log(p))


def focal_slope(z: Any) -> Any:
    p = 1 / (1 + np.exp(-z))
    return (1 - p) ** 2 * (2 * p * np.log(p) + p - 1)


@pytest.mark.parametrize(
    ("function", "at", "hand", "instead"),
    [
        ("ln(1+e^x)", {"x": 0.5}, {"x": "e^x/(1+e^x)"}, "write e^z/(1 + e^z) as σ(z)"),
        ("x ln(1+e^x)", {"x": 0.5}, {"x": "ln(1+e^x) + x σ(x)"}, "logaddexp(0, z)"),
        (log_sum_exp, {"z": Z}, softmax, "subtract the largest element before exp"),
        (focal, {"z": Z}, focal_slope, "write ln σ(z) as −ln(1 + e^(−z))"),
    ],
)
def test_overflow_is_told_with_the_safe_form(function: Any, at: Any, hand: Any, instead: str) -> None:
    (record,) = gradlab.check(function, at, hand=hand).records
    assert record.verdict == "agree"
    (said,) = (note for note in record.notes if "unsafe in float64" in note)
    assert "exp of 1000 is inf" in said
    assert instead in said


def test_the_element_that_was_large_is_named() -> None:
    (record,) = gradlab.check(log_sum_exp, {"z": Z}, hand=softmax).records
    assert any("at z[1] = 1000, the rest in proportion, exp of 1000 is inf" in note for note in record.notes)


def test_an_exponential_in_a_sum_is_no_softmax() -> None:
    """A precision e^(−s) weighs squares: nothing could be taken off before it."""

    def deviance(s: Any, r: Any) -> Any:
        return np.sum(r**2 * np.exp(-s) * np.exp(-np.exp(-s)))

    def by_hand(s: Any, r: Any) -> Any:
        return r**2 * np.exp(-s) * np.exp(-np.exp(-s)) * (np.exp(-s) - 1)

    at = {"s": Z, "r": np.array([0.5, -1.5, 0.7])}
    (record,) = gradlab.check(deviance, at, wrt="s", hand=by_hand).records
    assert record.verdict == "agree"
    (said,) = (note for note in record.notes if "unsafe in float64" in note)
    assert said.endswith("the claim is no number")


@pytest.mark.parametrize(
    ("function", "at", "hand"),
    [
        ("ln(1+e^x)", {"x": 0.5}, {"x": "1/(1+e^{-x})"}),
        ("exp(x^2)", {"x": 0.5}, {"x": "2x exp(x^2)"}),  # the derivative itself is too large
        (log_sum_exp, {"z": Z}, softmax_shifted),
        ("x^3", {"x": 0.5}, {"x": "3x^2"}),
    ],
)
def test_safe_claims_and_honest_overflow_are_not_reproached(function: Any, at: Any, hand: Any) -> None:
    (record,) = gradlab.check(function, at, hand=hand).records
    assert record.verdict == "agree"
    assert not any("unsafe" in note for note in record.notes)
