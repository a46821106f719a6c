"""Finite differences, the complex step and 50-digit differences: steps, error estimates, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradlab.methods import Unsupported, complex_step, precise
from gradlab.methods import finite_difference as difference
from gradlab.numbers.precise import Precise
from tests.methods.problems import estimate_of, problem_of

H = np.cbrt(2.0**-52)
"""The default step at arguments of size 1."""


@pytest.mark.parametrize(
    ("x", "step"), [(0.0, H), (0.5, H), (-1.0, H), (100.0, 100 * H), (np.float32(1.0), H), (-1e6, 1e6 * H)]
)
def test_the_step_is_the_cube_root_of_epsilon_by_the_size(x: float, step: float) -> None:
    problem = problem_of(np.cos, x=x)
    assert difference.default_steps(problem) == pytest.approx([step])
    if abs(x) <= 100:
        assert estimate_of(difference, problem).step == pytest.approx([step])


def test_the_step_is_longer_in_float32() -> None:
    problem = problem_of(lambda x: np.sum(np.sin(x)), x=np.array([1.0, 2.0], dtype=np.float32))
    estimate = estimate_of(difference, problem)
    assert estimate.step == pytest.approx(np.cbrt(2.0**-23) * np.array([1.0, 2.0]))
    assert estimate.value == pytest.approx(np.cos([[1.0, 2.0]]), rel=1e-3)
    assert difference.precision_of(problem) == 2.0**-23


WITHIN: dict[str, tuple[Any, float, float]] = {
    "sin": (np.sin, 1.0, math.cos(1.0)),
    "exp": (np.exp, 5.0, math.exp(5.0)),
    "a large constant beside": (lambda x: 1e8 + np.sin(x), 1.0, math.cos(1.0)),
    "a fast oscillation": (lambda x: np.sin(1e4 * x), 1.0, 1e4 * math.cos(1e4)),
    "a large argument": (lambda x: x**2, 1e8, 2e8),
    "a small argument": (lambda x: x**2, 1e-8, 2e-8),
    "a flat point": (lambda x: x**3, 0.0, 0.0),
    "a flat point of an even function": (np.cos, 0.0, 0.0),
    "a tiny scale": (lambda x: 1e-200 * np.sin(x), 1.0, 1e-200 * math.cos(1.0)),
    "a steep slope": (lambda x: np.tanh(1e5 * x), 1e-6, 1e5 / math.cosh(0.1) ** 2),
    "near a pole": (lambda x: 1 / x, 1e-6, -1e12),
    "near the edge of the domain": (np.log, 1e-9, 1e9),
    "at a distance from a kink": (np.abs, 1e-8, 1.0),
    "at the edge of a root": (np.sqrt, 1e-10, 0.5e5),
    "a black box near its edge": (lambda x: math.log(float(x)), 1e-7, 1e7),
}


@pytest.mark.parametrize(("f", "x", "slope"), WITHIN.values(), ids=WITHIN)
def test_the_error_is_within_its_estimate(f: Any, x: float, slope: float) -> None:
    estimate = estimate_of(difference, problem_of(f, x=x))
    assert estimate.error is not None
    error = abs(float(estimate.value[0, 0]) - slope)
    assert error <= 8 * estimate.error[0, 0] + 1e-14 * abs(slope)
    assert estimate.error[0, 0] <= 0.1 * abs(slope) or slope == 0


def test_where_cancellation_drowns_the_slope_the_estimate_says_so() -> None:
    estimate = estimate_of(difference, problem_of(lambda x: (1 - np.cos(x)) / x**2, x=1e-4))
    slope = -1e-4 / 12
    assert estimate.error is not None
    assert estimate.error[0, 0] > abs(slope) / 2
    assert abs(float(estimate.value[0, 0]) - slope) <= estimate.error[0, 0]


@pytest.mark.parametrize(
    ("f", "x"), [(np.log, 1e-9), (np.abs, 1e-8), (np.sqrt, 1e-10), (lambda x: np.tanh(1e5 * x), 1e-6)]
)
def test_the_step_shrinks_where_it_would_be_too_long(f: Any, x: float) -> None:
    estimate = estimate_of(difference, problem_of(f, x=x))
    assert estimate.step is not None
    assert estimate.step[0] < x
    assert estimate.evaluations > 6


@pytest.mark.parametrize("x", [1e17, 1e20])
def test_where_no_step_will_do_the_error_is_infinite(x: float) -> None:
    estimate = estimate_of(difference, problem_of(np.sin, x=x))
    assert estimate.error is not None
    assert estimate.error[0, 0] == math.inf


def test_the_noise_is_that_of_the_constants_in_the_function() -> None:
    plain, large = (
        estimate_of(difference, problem_of(f, x=1.0)) for f in (np.sin, lambda x: np.sin(x) + 1e8)
    )
    assert plain.error is not None
    assert large.error is not None
    assert large.error[0, 0] > 1e4 * plain.error[0, 0]


@pytest.mark.parametrize("noise", [1e-12, 1e-9, 1e-6])
def test_the_noise_of_a_black_box_is_measured(noise: float) -> None:
    def f(x: Any) -> float:
        return noise * round(math.exp(float(x)) / noise)

    measured = float(difference.measured_noise(problem_of(f, x=1.0))[0])
    assert noise / 30 < measured < noise


def test_the_noise_of_a_black_box_without_any_is_that_of_rounding() -> None:
    for f in (math.exp, lambda x: 3.0, lambda x: math.sin(50 * x), lambda x: float(x) ** 2):
        assert difference.measured_noise(problem_of(lambda x, f=f: f(float(x)), x=1.0))[0] < 1e-14


REFUSED: dict[str, tuple[Any, str]] = {
    "abs": (np.abs, "absolute is not analytic"),
    "a maximum": (lambda x: np.maximum(x, 0.0), "maximum is not analytic"),
    "two of them": (lambda x: np.abs(x) + np.sign(x), "absolute, sign are not analytic"),
    "floor": (lambda x: np.floor(x) + x, "floor is not analytic"),
    "arctan2": (lambda x: np.arctan2(x, 2.0), "arctan2 is not analytic"),
}


@pytest.mark.parametrize(("f", "reason"), REFUSED.values(), ids=REFUSED)
def test_the_complex_step_is_refused_where_the_function_is_not_analytic(f: Any, reason: str) -> None:
    with pytest.raises(Unsupported, match=f"^{reason}$"):
        complex_step.derive(problem_of(f, x=1.5))


def no_complex(x: Any) -> Any:
    if isinstance(x, complex):
        raise TypeError("complex numbers are not for me")
    return x**2


MODULI = {
    "a norm": lambda x: np.linalg.norm(x) + x[0],
    "a variance": lambda x: np.var(x),
    "a deviation": lambda x: np.std(x) * x[0],
}


@pytest.mark.parametrize("f", MODULI.values(), ids=MODULI)
def test_the_complex_step_is_refused_where_numpy_takes_a_modulus_of_complex_numbers(f: Any) -> None:
    with pytest.raises(Unsupported, match="takes their modulus"):
        estimate_of(complex_step, problem_of(f, x=np.array([3.0, 4.0])))


def test_the_complex_step_is_refused_where_the_function_refuses_complex_numbers() -> None:
    with pytest.raises(
        Unsupported, match=r"can't be called with complex numbers \(complex numbers are not for me\)"
    ):
        estimate_of(complex_step, problem_of(no_complex, x=1.0))


@pytest.mark.parametrize("x", [1e-30, 1e-8, 1.0, 1e8])
def test_the_complex_step_has_no_cancellation(x: float) -> None:
    estimate = estimate_of(complex_step, problem_of(lambda x: x**3 + x, x=x))
    assert float(estimate.value[0, 0]) == pytest.approx(3 * x**2 + 1, rel=1e-15)
    assert estimate.step == pytest.approx([1e-20 * min(x, 1.0)])


SLOPES: dict[str, tuple[Any, Any]] = {
    "a square": (lambda x: x**2, lambda mp, x: 2 * x),
    "a cancellation": (lambda x: 1 - np.cos(x), lambda mp, x: mp.sin(x)),
    "arctan": (lambda x: np.arctan(x), lambda mp, x: 1 / (1 + x * x)),
    "a decimal": (lambda x: 0.1 * x, lambda mp, x: mp.mpf(0.1)),
}


@pytest.mark.parametrize("x", [1e-200, 1e-10, 1.0, 1e10])
@pytest.mark.parametrize(("f", "slope"), SLOPES.values(), ids=SLOPES)
def test_50_digit_differences_know_their_error(f: Any, slope: Any, x: float) -> None:
    ((value, error),) = precise.differences(problem_of(f, x=x))
    mp = Precise(400).context
    exact = slope(mp, mp.mpf(x))
    assert abs(value - exact) <= error
    if x > 1e-100:  # beyond, a cancellation takes more digits than are carried, and the estimate says so
        assert error <= abs(exact) * mp.mpf(10) ** -45
