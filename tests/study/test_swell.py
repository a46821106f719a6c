"""Expression swell: how many operations each form of the derivative has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradlab
from gradlab.engine.program import evaluate
from gradlab.harness import case_of
from gradlab.judge.behaviour import pose
from gradlab.numbers.symbolic import Symbolic
from gradlab.record import Size
from gradlab.study.swell import FORMS, forms
from gradlab.study.swell.forms import TABLE, Subject, make
from gradlab.study.swell.side_by_side import write_side_by_side
from gradlab.study.swell.weighing import Weighed, weigh


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


# A family over its sizes: the forms, one at a time.

LECTURES_TREE = [3, 8, 18, 38, 78, 158, 318, 638, 1278, 2558, 5118]
LECTURES_SLOPE = [2, 21, 82, 264, 768, 2096, 5472, 13824, 34048, 82176, 195072]
LECTURES_SHARED = [2, 12, 27, 45, 67, 93, 123, 157, 195, 237, 283]
"""LECTURES.md, section D, for n = 2…12"""


def subject_of(f: Any, **inputs: Any) -> Subject:
    case = case_of(f, inputs, wrt=next(iter(inputs)))
    return Subject(pose(case, case.points[0], 50))


@pytest.mark.parametrize("n", range(2, 13))
def test_the_forms_of_the_logistic_map_have_the_sizes_that_are_known(n: int) -> None:
    subject = subject_of(logistic_map(n), x=0.3)
    assert make(subject, "f as a tree").operations == LECTURES_TREE[n - 2]
    assert make(subject, "f′ as a tree").operations == LECTURES_SLOPE[n - 2]
    assert make(subject, "f′ shared").operations == LECTURES_SHARED[n - 2]
    assert make(subject, "gradient program").operations <= 7 * n
    assert make(subject, "finite difference").operations == 2 * (3 * (n - 1)) + 2


BAYDIN = {
    1: lambda x: 1 + 0 * x,
    2: lambda x: 4 - 8 * x,
    3: lambda x: 16 * (1 - 10 * x + 24 * x**2 - 16 * x**3),
    4: lambda x: (
        64 * (1 - 42 * x + 504 * x**2 - 2640 * x**3 + 7040 * x**4 - 9984 * x**5 + 7168 * x**6 - 2048 * x**7)
    ),
}
"""Baydin, Pearlmutter, Radul & Siskind 2018, table 1, simplified."""


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_every_form_is_the_derivative_of_baydins_table(n: int) -> None:
    import sympy

    subject = subject_of(logistic_map(n), x=0.3)
    for form in ("f′ as a tree", "f′ expanded", "f′ factored", "f′ simplified"):
        (x,), (slope,) = make(subject, form).content
        assert sympy.expand(slope - BAYDIN[n](x)) == 0, form
    numbers = Symbolic()
    x = numbers.symbol("x")
    (slope,) = evaluate(make(subject, "gradient program").content, [x], numbers)
    assert sympy.expand(slope - BAYDIN[n](x)) == 0


def weighed(f: Any, form: str, **inputs: Any) -> Weighed:
    return weigh(subject_of(f, **inputs), form, lambda step: None, {})


def test_the_expanded_logistic_map_is_wrong_by_41_orders_of_magnitude_at_8() -> None:
    found = weighed(logistic_map(8), "f′ expanded", x=0.3)
    assert found.verdict == "agree", "it is the right derivative, and useless"
    assert found.form.digits is not None
    assert -42 < found.form.digits < -40
    kept = weighed(logistic_map(8), "gradient program", x=0.3).form.digits
    assert kept is not None
    assert kept > 12


@pytest.mark.parametrize("form", [form for form in TABLE if form != "gradient recorded"])
def test_a_form_is_weighed(form: str) -> None:
    found = weighed(lambda x, n: np.sum(np.tanh(x) ** 2), form, x=np.array([0.3, -0.8]), n=3)
    assert found.verdict == "agree"
    assert found.form.operations
    assert found.form.digits is not None
    assert found.form.digits > (6 if form == "finite difference" else 14)
    assert found.form.evaluate_ratio is not None
    assert not found.form.note


def test_another_derivative_is_found_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import sympy

    def wrong(subject: Subject) -> Any:
        """By less than any float64 can tell."""
        arguments, slopes = make(subject, "f′ as a tree").content
        off = 1 + sympy.Rational(1, 10**30)
        return forms._of_expressions(subject, arguments, [slope * off for slope in slopes])

    monkeypatch.setitem(forms.TABLE, "f′ factored", forms.Entry(wrong, "f′ as a tree"))
    assert weighed(logistic_map(4), "f′ factored", x=0.3).verdict == "disagree"


def test_a_derivative_that_would_be_too_large_is_given_up_with_its_size() -> None:
    found = weighed(logistic_map(16), "f′ as a tree", x=0.3)
    assert (found.outcome, found.form.operations) == ("given up", None)
    assert "about 6.7e6 operations; 1.0e6 are the most" in found.form.note


def test_what_nests_too_deeply_is_a_note_and_no_crash() -> None:
    def tower(x: Any) -> Any:
        for _ in range(450):
            x = np.tanh(x)
        return x

    subject = subject_of(tower, x=0.3)
    assert weigh(subject, "f", lambda step: None, {}).verdict == "agree"
    found = weigh(subject, "f′ as a tree", lambda step: None, {})
    assert (found.outcome, found.form.operations) == ("given up", None)
    assert "nested too deeply" in found.form.note


def test_a_step_without_budget_leaves_what_was_counted() -> None:
    subject = subject_of(logistic_map(4), x=0.3)
    found = weigh(subject, "f′ as a tree", lambda step: None, {"measuring f′ as a tree": "it takes long"})
    assert (found.form.operations, found.form.digits, found.form.note) == (82, None, "it takes long")


def test_symbolic_and_automatic_are_written_side_by_side() -> None:
    written = write_side_by_side(subject_of(logistic_map(3), x=0.3), 3)
    assert written is not None
    assert written.tree == (
        "∂f/∂x = 16·x·(1 − x)·(8·x − 4) − 16·x·(−4·x·(1 − x) + 1) + 16·(1 − x)·(−4·x·(1 − x) + 1)",
    )
    assert written.shared[0] == written.program[0] == "v1 = 1 − x"
    assert written.program[-1].startswith("∂f/∂x = ")
    assert write_side_by_side(subject_of(logistic_map(6), x=0.3), 6) is None


def test_decimal_constants_are_written_as_they_are_meant() -> None:
    """SymPy calculates with 60 digits of them."""
    subject = subject_of(lambda x: 0.3 * np.sin(0.2 * x), x=0.5)
    written = write_side_by_side(subject, 1)
    assert written is not None
    assert written.tree == ("∂f/∂x = 0.06·cos(0.2·x)",)
    length = make(subject, "f′ as a tree").length
    assert length is not None
    assert length() == len("0.06*cos(0.2*x0)")


def test_what_is_written_out_is_the_derivative() -> None:
    """Read back, line by line, and evaluated."""
    from gradlab.notation.formula import parse_formula

    written = write_side_by_side(subject_of(logistic_map(3), x=0.3), 3)
    assert written is not None
    for lines in (written.tree, written.shared, written.program):
        values = {"x": 0.3}
        for line in lines:
            name, _, formula = line.partition(" = ")
            read = parse_formula(formula, dict.fromkeys(values, ()))
            values[name] = float(read(**{used: values[used] for used in read.names}))
        assert values["∂f/∂x"] == pytest.approx(-4.352)
