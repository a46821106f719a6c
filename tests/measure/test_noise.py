"""The noise of a computed function: put in, and measured."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from gradlab.measure.noise import direction_of, ecnoise, measured

SMOOTH: dict[str, Callable[[float], float]] = {
    "a constant": lambda t: 3.0,
    "a line": lambda t: 2 + 5 * t,
    "an exponential": lambda t: math.exp(3 * t),
    "an oscillation": lambda t: math.sin(40 * t),
    "a steep step": lambda t: 1 / (1 + math.exp(-1e4 * t)),
}


@pytest.mark.parametrize("f", SMOOTH.values(), ids=SMOOTH)
def test_a_smooth_function_has_the_noise_of_rounding(f: Callable[[float], float]) -> None:
    assert measured(lambda t: np.array([f(t)]))[0] <= 4 * 2.0**-53 * max(abs(f(0.1)), 1.0)


@pytest.mark.parametrize("level", [1e-13, 1e-10, 1e-7, 1e-4, 1e-2])
@pytest.mark.parametrize("f", SMOOTH.values(), ids=SMOOTH)
def test_random_noise_is_measured_within_a_factor_of_four(f: Callable[[float], float], level: float) -> None:
    generator = np.random.default_rng(1)
    found = measured(lambda t: np.array([f(t) + level * generator.standard_normal()]))[0]
    assert level / 4 <= found <= 4 * level


@pytest.mark.parametrize("decimals", range(3, 13))
@pytest.mark.parametrize("x", np.linspace(-2.9, 2.8, 12))
def test_what_a_function_is_rounded_to_is_its_noise(decimals: int, x: float) -> None:
    quantum = 10.0**-decimals
    found = measured(lambda t: np.array([round(math.sin(x + t), decimals)]))[0]
    assert quantum / 20 <= found <= 2 * quantum


def test_a_function_that_works_in_single_precision_has_its_noise() -> None:
    found = measured(lambda t: np.array([float(np.float32(math.sin(1 + t)))]))[0]
    assert 2.0**-26 <= found <= 2.0**-23


def test_cancellation_is_noise_though_it_looks_smooth_from_nearby() -> None:
    x = 1e-4

    def f(t: float) -> np.ndarray:
        return np.array([(1 - math.cos(x * (1 + t))) / (x * (1 + t)) ** 2])

    assert 1e-9 < measured(f)[0] < 1e-7


def test_each_output_has_its_own_noise() -> None:
    generator = np.random.default_rng(2)
    levels = np.array([0.0, 1e-9, 1e-3])
    found = measured(lambda t: math.exp(t) + levels * generator.standard_normal(3))
    assert found[0] < 1e-14
    assert np.all((levels[1:] / 4 < found[1:]) & (found[1:] < 4 * levels[1:]))


@pytest.mark.parametrize("scale", [1e-280, 1e-100, 1.0, 1e100, 1e280])
def test_the_noise_scales_with_the_function(scale: float) -> None:
    found = measured(lambda t: np.array([scale * round(math.exp(t), 6)]))[0]
    assert 1e-8 * scale < found < 1e-6 * scale


def test_a_function_that_is_not_finite_has_no_noise_that_could_be_told() -> None:
    assert measured(lambda t: np.array([math.nan]))[0] == 0.0
    assert np.isnan(ecnoise(np.full((9, 1), np.nan)))[0]


def test_a_direction_moves_every_element_by_about_its_size() -> None:
    sizes = np.array([1e-300, 1e-5, 0.0, 1.0, 3e200])
    moved = np.abs(direction_of(sizes))
    assert moved[2] == 0
    assert np.all((moved >= sizes / 2) & (moved <= 2 * sizes))
