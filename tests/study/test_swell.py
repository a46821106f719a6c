"""Expression swell: how many operations each form of the derivative has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.record import Size
from gradlab.study.swell import FORMS


def sizes_of(f: Any, x: Any = 0.3, **options: Any) -> dict[str, Size]:
    (only,) = gradlab.check(f, dict(x=x), points=0, **options).records
    return {size.form: size for size in only.swell}


def logistic_map(n: int) -> Any:
    def f(x: Any) -> Any:
        for _ in range(n - 1):
            x = 4 * x * (1 - x)
        return x

    return f


@pytest.mark.parametrize(
    ("n", "tree", "slope"), [(2, 3, 2), (3, 8, 21), (4, 18, 82), (5, 38, 264), (6, 78, 768)]
)
def test_trees_swell_and_programs_do_not(n: int, tree: int, slope: int) -> None:
    sizes = sizes_of(logistic_map(n))
    assert list(sizes) == ["f", *FORMS]
    assert sizes["f"].operations == 3 * (n - 1)
    assert sizes["f as a tree"].operations == tree
    assert sizes["f′ as a tree"].operations == slope
    program = sizes["gradient program"].operations
    assert program is not None
    assert program <= 3 * 3 * (n - 1)


def test_each_is_a_ratio_to_f() -> None:
    for size in sizes_of(logistic_map(4)).values():
        assert size.operations is not None
        assert size.ratio == pytest.approx(size.operations / 9)


def test_a_form_that_is_given_up_has_its_reason_in_place_of_a_number() -> None:
    sizes = sizes_of(logistic_map(14))
    for form in ("f as a tree", "f′ as a tree", "f′ shared"):
        assert sizes[form].operations is None
        assert sizes[form].ratio is None
        assert "operations" in sizes[form].note
    assert sizes["gradient program"].operations


def test_a_method_that_is_not_asked_leaves_no_row() -> None:
    assert set(sizes_of(logistic_map(3), methods=["reverse", "precise"])) == {"f", "gradient program"}


def test_a_black_box_has_no_sizes_but_their_reasons() -> None:
    sizes = sizes_of(lambda x: float(x) ** 2)
    assert all(size.operations is None for size in sizes.values())


def test_a_function_without_operations_has_no_ratio() -> None:
    sizes = sizes_of(lambda x: x)
    assert sizes["f"].operations == 0
    assert all(size.ratio is None for size in sizes.values())


def test_arrays_count_by_their_elements() -> None:
    assert sizes_of(lambda x: np.sum(np.exp(x)), np.ones(10))["f"].operations == 10 + 9
