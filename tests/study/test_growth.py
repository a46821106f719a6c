"""Fits of counts by size, and where they cross."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from gradlab.cases import InputError
from gradlab.study.swell.comparing import compare_forms, crossing
from gradlab.study.swell.growth import fit_growth, predict
from gradlab.study.swell.projecting import Sample, in_words, log_of, refuse_large

TREE = dict(zip(range(1, 13), [0, 2, 21, 82, 264, 768, 2096, 5472, 13824, 34048, 82176, 195072], strict=True))
SHARED = dict(zip(range(1, 13), [0, 2, 12, 27, 45, 67, 93, 123, 157, 195, 237, 283], strict=True))


@pytest.mark.parametrize(
    ("counts", "law", "formula"),
    [
        (dict.fromkeys(range(1, 8), 7), "constant", "constant: 7"),
        ({n: 3 * n - 3 for n in range(1, 9)}, "linear", "3·n − 3"),
        ({n: n * n + 1 for n in (1, 2, 4, 8, 16)}, "quadratic", "n² + 1"),
        ({n: 2 * n**3 + n for n in range(1, 9)}, "cubic", "2·n³ + n"),
        ({n: 5 * 3**n for n in range(1, 8)}, "exponential", "5·3^n"),
        ({n: 5 * 2**n - 2 for n in range(1, 9)}, "exponential", "5·2^n − 2"),
        ({n: n * 2**n for n in range(1, 9)}, "size × exponential", "n·2^n"),
        ({n: 4 * n * n * 2**n for n in range(1, 9)}, "size² × exponential", "4·n²·2^n"),
        ({n: [5, 2, 81, 3, 264, 68, 2, 5472][n] for n in range(8)}, "unclear", "no simple law fits"),
        ({1: 3, 2: 9}, "unclear", "too few sizes"),
        (dict.fromkeys(range(1, 6), 0), "constant", "constant: 0"),
        # determinants by Leibniz' formula, 2n²(n·n! …): no power of anything
        ({1: 2, 2: 32, 3: 324, 4: 2688, 5: 22000, 6: 192240}, "unclear", "no simple law fits"),
        # linear but for what simplification finds; a cubic comes as close
        (dict(enumerate([18, 32, 44, 54, 66, 77, 88, 98, 110], 1)), "linear", "about 11.1·n + 10"),
        # the cubic through these five falls in the end
        ({2: 2, 3: 8, 4: 17, 5: 27, 6: 36}, "linear", "for n = 3…6"),
    ],
)
def test_the_law_of_made_up_counts_is_found(counts: dict[int, int], law: str, formula: str) -> None:
    growth = fit_growth("f", counts)
    assert growth.law == law
    assert formula in growth.sentence


def test_the_raw_derivative_of_the_logistic_map_follows_its_law_exactly() -> None:
    growth = fit_growth("f′ as a tree", TREE)
    assert (growth.base, growth.first, growth.last) == (2.0, 3, 12)
    for n in range(3, 13):  # (5n² + 5n − 18)·2ⁿ/16
        assert predict(growth, n) == pytest.approx((5 * n * n + 5 * n - 18) * 2**n / 16)
        assert predict(growth, n) == pytest.approx(TREE[n])


def test_the_shared_one_is_quadratic_from_4_on() -> None:
    growth = fit_growth("f′ shared", SHARED)
    assert (growth.law, growth.first) == ("quadratic", 4)
    assert "2·n² − 5" in growth.sentence


def test_a_fit_that_is_not_exact_says_how_far_off_it_is() -> None:
    counts = {n: round(100 * 1.5**n) + (-1) ** n for n in range(1, 12)}
    growth = fit_growth("f", counts)
    assert growth.law == "exponential"
    assert growth.base == pytest.approx(1.5, rel=0.01)
    assert growth.worst is not None
    assert 0 < growth.worst < 0.03
    assert "about" in growth.sentence
    assert "off by at most" in growth.sentence
    for n, count in counts.items():
        assert abs(predict(growth, n) - count) <= count * (growth.worst + 1e-12)


def test_no_law_is_fitted_that_leaves_out_more_than_half_of_the_sizes() -> None:
    counts = {n: 1 + (n * 7919) % 97 for n in range(1, 9)} | {9: 10, 10: 10, 11: 10}
    assert fit_growth("f", counts).law == "unclear"


def test_a_law_is_extended_beyond_all_floats() -> None:
    growth = fit_growth("f′ as a tree", TREE)
    log = log_of(growth, 1_000_000)
    assert log == pytest.approx(1_000_000 * math.log10(2) + 12 + math.log10(5 / 16), rel=1e-6)
    assert in_words(log) == "10^301,041"
    assert predict(growth, 1_000_000) == math.inf


@pytest.mark.parametrize(
    ("operations", "said"),
    [
        (lambda n: 100 * n, "about 1.0e6 operations; .* a sweep takes: go no further than --depth 900$"),
        (lambda n: 200_000, "about 200,000 operations; .* are the most a sweep takes$"),
    ],
)
def test_what_is_too_large_is_refused_with_what_is_not(operations: Callable[[int], int], said: str) -> None:
    found = Sample({n: operations(n) for n in range(3, 9)}, {})
    with pytest.raises(InputError, match=said):
        refuse_large("f", found, 10_000, "n")


@pytest.mark.parametrize(
    ("dearer", "cheaper", "found"),
    [
        ({1: 0, 2: 9, 3: 30}, {1: 2, 2: 4, 3: 6}, (2, 3, False)),
        ({1: 3, 2: 9}, {1: 2, 2: 4}, (1, 2, True)),
        ({1: 9, 2: 1}, {1: 2, 2: 4}, None),
        ({1: 9, 2: 1, 3: 9}, {1: 2, 2: 4, 3: 4}, (3, 3, False)),
        ({1: 9}, {2: 4}, None),
        ({2: 2, 3: 9, 4: 10}, {2: 4, 3: 4}, (3, 3, False)),
        ({1: 4}, {1: 4}, None),
    ],
)
def test_a_crossing_is_where_one_stays_above_the_other(
    dearer: dict[int, float], cheaper: dict[int, float], found: tuple[int, int, bool] | None
) -> None:
    assert crossing(dearer, cheaper) == found


def test_times_cross_only_where_they_differ_clearly() -> None:
    assert crossing({1: 1.1, 2: 1.1, 3: 2}, {1: 1, 2: 1, 3: 1}, 1.2) == (3, 3, False)


def test_a_crossing_that_was_seen_for_some_sizes_only_says_so() -> None:
    costs = {"f′ as a tree": {1: 1.0, 2: 9.0}, "finite difference": {1: 4.0, 2: 8.0, 3: 12.0}}
    (sentence,) = compare_forms(costs, "n", "takes more operations than")
    assert sentence == (
        "from n = 2 on, f′ as a tree takes more operations than a finite difference (seen to n = 2)"
    )
