"""Slopes with error bars, against slopes that are known: the bar must hold, and not be idle."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from gradlab.judge.bars import element_slopes, slopes_along
from gradlab.judge.sampling import random_slopes
from gradlab.methods import Problem


def black_box(f: Callable[..., Any], **at: Any) -> Problem:
    value = np.ravel(np.asarray(f(*at.values()), dtype=float))
    return Problem(
        call=lambda inputs: f(*inputs.values()),
        inputs=at,
        wrt=tuple(at),
        rows=value.size,
        value=value,
        program=None,
    )


class Row(NamedTuple):
    f: Callable[[float], float]
    slope: Callable[[float], float]
    x: float
    relative: float
    """The bar must be no longer than this share of the slope."""


ROWS = {
    "exp": Row(math.exp, math.exp, 1.0, 1e-8),
    "exp of 700": Row(math.exp, math.exp, 700.0, 1e-8),
    "sin": Row(math.sin, math.cos, -2.3, 1e-8),
    "a square at 1e-150": Row(lambda x: x * x, lambda x: 2 * x, 1e-150, 1e-8),
    "a square at 1e150": Row(lambda x: x * x, lambda x: 2 * x, 1e150, 1e-8),
    "a cube at 1e-40": Row(lambda x: x**3, lambda x: 3 * x * x, 1e-40, 1e-8),
    "a huge scale": Row(lambda x: 1e150 * math.sin(x), lambda x: 1e150 * math.cos(x), 1.0, 1e-8),
    "a tiny scale": Row(lambda x: 1e-150 * math.sin(x), lambda x: 1e-150 * math.cos(x), 1.0, 1e-8),
    "near a pole": Row(lambda x: 1 / x, lambda x: -1 / x**2, 1e-7, 1e-8),
    "a logarithm near 0": Row(math.log, lambda x: 1 / x, 0.0137, 1e-8),
    "a logarithm nearer 0": Row(math.log, lambda x: 1 / x, 1e-9, 1e-8),
    "a root near 0": Row(math.sqrt, lambda x: 0.5 / math.sqrt(x), 1e-12, 1e-8),
    "arcsin near 1": Row(math.asin, lambda x: 1 / math.sqrt((1 - x) * (1 + x)), 0.999, 1e-8),
    "a fast oscillation": Row(lambda x: math.sin(1e6 * x), lambda x: 1e6 * math.cos(1e6 * x), 0.37, 1e-6),
    "a faster one": Row(lambda x: math.sin(1e10 * x), lambda x: 1e10 * math.cos(1e10 * x), 1e-5, 1e-6),
    "a slow and a fast part": Row(
        lambda x: x + 1e-3 * math.sin(1e6 * x), lambda x: 1 + 1e3 * math.cos(1e6 * x), 1.0, 1e-5
    ),
    "a steep step": Row(lambda x: 1 / (1 + math.exp(-1e4 * (x - 1))), lambda x: 2500.0, 1.0, 1e-6),
    "a small slope of something large": Row(lambda x: 1e6 + 1e-3 * x, lambda x: 1e-3, 1.0, 1e-3),
    "an offset that takes digits": Row(lambda x: (x + 1e8) - 1e8, lambda x: 1.0, 1.3, 1e-3),
    "single precision within": Row(lambda x: float(np.float32(math.sin(x))), math.cos, 1.0, 1e-3),
    "rounded to 9 decimals": Row(lambda x: round(math.sin(x), 9), math.cos, 0.63669891, 1e-4),
    "rounded to 4 decimals": Row(lambda x: round(math.sin(x), 4), math.cos, 1.0, 0.3),
    "noise of 1e-7": Row(lambda x: math.exp(x) * (1 + 1e-7 * math.sin(1e15 * x * x)), math.exp, 1.0, 1e-3),
    "a kink a little off": Row(lambda x: max(x - 0.9999, 0.0), lambda x: 1.0, 1.0, 1e-3),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_error_bar_holds_and_is_short(row: Row) -> None:
    found = element_slopes(black_box(row.f, x=row.x), [0])
    value, bar, slope = float(found.value[0, 0]), float(found.bar[0, 0]), row.slope(row.x)
    assert abs(value - slope) <= bar <= row.relative * abs(slope)


ZEROS = {
    "cos at 0": (math.cos, 0.0),
    "a cube at 0": (lambda x: x**3, 0.0),
    "a constant": (lambda x: 3.0, 1.0),
    "nothing": (lambda x: 0.0, 1.0),
    "a maximum": (lambda x: -((x - 2) ** 2), 2.0),
    "saturated": (lambda x: math.tanh(x), 30.0),
}


@pytest.mark.parametrize(("f", "x"), ZEROS.values(), ids=ZEROS)
def test_a_slope_of_zero_is_zero_within_its_bar(f: Callable[[float], float], x: float) -> None:
    found = element_slopes(black_box(f, x=x), [0])
    assert abs(found.value[0, 0]) <= found.bar[0, 0] <= 1e-9


HOPELESS = {
    "an oscillation faster than the numbers": (math.sin, 1e20),
    "noise alone": (lambda x: math.sin(1e18 * x * x), 1.0),
    "not finite beside the point": (lambda x: 1.0 if x == 1.0 else math.nan, 1.0),
}


@pytest.mark.parametrize(("f", "x"), HOPELESS.values(), ids=HOPELESS)
def test_where_nothing_settles_the_bar_says_so(f: Callable[[float], float], x: float) -> None:
    found = element_slopes(black_box(f, x=x), [0])
    value, bar = float(found.value[0, 0]), float(found.bar[0, 0])
    assert not bar < 0.1 * abs(value)


UNARY: list[Callable[[Any], Any]] = [
    np.sin, np.exp, np.tanh, np.square, np.arctan, np.cos,
    lambda a: 1 / (1 + a * a), lambda a: np.log1p(a * a), lambda a: np.sqrt(1 + a * a),
]  # fmt: skip
BINARY: list[Callable[[Any, Any], Any]] = [
    np.add, np.multiply, np.subtract, lambda a, b: a / (2 + np.sin(b)),
]  # fmt: skip


def random_function(generator: np.random.Generator, depth: int) -> Callable[[Any], Any]:
    if depth == 0:
        i, factor = int(generator.integers(3)), 10 ** generator.uniform(-1, 1)
        return lambda x: factor * x[i]
    if generator.random() < 0.5:
        outer, inner = UNARY[generator.integers(len(UNARY))], random_function(generator, depth - 1)
        return lambda x: outer(inner(x))
    join = BINARY[generator.integers(len(BINARY))]
    left, right = random_function(generator, depth - 1), random_function(generator, depth - 1)
    return lambda x: join(left(x), right(x))


@pytest.mark.parametrize("seed", range(60))
def test_the_bars_of_random_functions_hold(seed: int) -> None:
    from gradlab.methods.precise import differences
    from tests.methods.problems import problem_of

    generator = np.random.default_rng(seed)
    f, x = random_function(generator, 3), generator.normal(size=3) * 10 ** generator.uniform(-2, 1)
    with np.errstate(all="ignore"):
        if not abs(float(f(x))) < 1e100:
            pytest.skip("the function overflows")
        found = element_slopes(black_box(lambda x: f(x), x=x), range(3))
        exact = differences(problem_of(lambda x: f(x) + 0 * x[0], x=x))
    for j in range(3):
        if np.isfinite(found.bar[0, j]):
            assert abs(float(found.value[0, j]) - float(exact[j][0])) <= found.bar[0, j]


def test_a_float32_argument_is_moved_by_numbers_that_it_has() -> None:
    x = np.array([1.1, -0.3], dtype=np.float32)
    seen: list[Any] = []

    def f(x: np.ndarray) -> Any:
        seen.append(x.dtype)
        return np.sum(np.sin(x.astype(np.float64)))

    found = element_slopes(black_box(f, x=x), [0, 1])
    assert {str(t) for t in seen} == {"float32"}
    assert np.all(np.abs(found.value - np.cos(x.astype(np.float64))) <= found.bar)
    assert np.all(found.bar < 1e-4)


def test_a_jacobian_has_a_bar_for_every_entry() -> None:
    matrix = np.arange(6.0).reshape(2, 3) - 2
    found = element_slopes(black_box(lambda x: matrix @ x, x=np.array([1.0, -2.0, 0.5])), range(3))
    assert np.all(np.abs(found.value - matrix) <= found.bar)
    assert np.all(found.bar < 1e-7)


def test_slopes_along_directions_are_those_of_the_gradient() -> None:
    x = np.linspace(-1, 2, 50)
    problem = black_box(lambda x: np.sum(np.exp(x) * x), x=x)
    gradient = (np.exp(x) * (1 + x))[None, :]
    for along in random_slopes(problem):
        exact = along.references[0].exact
        assert exact is not None
        assert abs(float(exact.value) - along.direction.of(gradient)[0]) <= float(exact.error)


def test_no_direction_is_asked_where_the_numbers_are_too_close() -> None:
    problem = black_box(lambda x: x, x=1e308)
    found = slopes_along(problem, [], np.ones(0), {})
    assert found.value.shape == (1, 0)
