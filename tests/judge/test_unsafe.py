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


@pytest.mark.parametrize(
    ("function", "at", "hand", "instead"),
    [
        ("ln(1+e^x)", {"x": 0.5}, {"x": "e^x/(1+e^x)"}, "write e^z/(1 + e^z) as σ(z)"),
        ("x ln(1+e^x)", {"x": 0.5}, {"x": "ln(1+e^x) + x σ(x)"}, "logaddexp(0, z)"),
        (log_sum_exp, {"z": Z}, softmax, "subtract the largest element before exp"),
    ],
)
def test_overflow_is_told_with_the_safe_form(function: Any, at: Any, hand: Any, instead: str) -> None:
    (record,) = gradlab.check(function, at, hand=hand).records
    assert record.verdict == "agree"
    (said,) = (note for note in record.notes if "unsafe in float64" in note)
    assert "exp of 1000 is inf" in said
    assert instead in said


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
