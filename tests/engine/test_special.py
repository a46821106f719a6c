"""erf and erfc: NumPy lacks them, and gradlab has them for floats, arrays and tracers."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradlab

TABLE = {0.5: "0.5204998778", 1.0: "0.8427007929", 2.0: "0.9953222650"}
"""Abramowitz & Stegun 1964, table 7.1."""


@pytest.mark.parametrize("x", TABLE)
def test_erf_is_that_of_the_tables(x: float) -> None:
    assert gradlab.erf(x) == pytest.approx(float(TABLE[x]), abs=5e-11)
    assert gradlab.erfc(x) == pytest.approx(1 - float(TABLE[x]), abs=5e-11)


def test_erfc_keeps_its_digits_where_erf_is_1() -> None:
    assert gradlab.erf(10.0) == 1.0
    assert gradlab.erfc(10.0) == pytest.approx(2.088487583762545e-45, rel=1e-13)


def test_they_work_element_by_element() -> None:
    x = np.array([[0.5, -1.0], [0.0, np.inf]])
    np.testing.assert_array_equal(gradlab.erf(x), [[math.erf(v) for v in row] for row in x])
    np.testing.assert_allclose(gradlab.erf(x) + gradlab.erfc(x), 1.0)


def test_the_normal_distribution_s_slope_is_its_density() -> None:
    def cdf(x: float) -> float:
        return (1 + gradlab.erf(x / math.sqrt(2))) / 2  # type: ignore[no-any-return]

    assert gradlab.grad(cdf)(0.7) == pytest.approx(math.exp(-0.245) / math.sqrt(2 * math.pi), rel=1e-15)


def test_a_formula_may_hold_them() -> None:
    hand = {"x": "(2/sqrt(pi)) e^(-x^2)"}
    assert gradlab.check("erf(x)", at={"x": 0.7}, hand=hand).ok
    assert gradlab.check("1 - erfc(x)", at={"x": 0.7}, hand=hand).ok
    assert not gradlab.check("erf(x)", at={"x": 0.7}, hand={"x": "e^(-x^2)"}).ok
