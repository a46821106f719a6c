"""V curves against the theory: orders, the rounding's slope, and where they balance (Nocedal & Wright 2006, ch. 8)."""

from __future__ import annotations

import math
import time
from typing import Any

import mpmath
import numpy as np
import pytest

from gradlab.methods import Unsupported
from gradlab.record import StepSizes, real
from gradlab.record.step_sizes import Curve
from gradlab.study.step_size import planning, study_step_sizes
from gradlab.study.step_size.balance import derivatives_of
from gradlab.study.step_size.curves import shape_of
from gradlab.study.step_size.sides import what_happens
from tests.methods.problems import problem_of

EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23}
ORDERS = {"forward": 1, "centered": 2, "five-point": 4, "complex step": 2}


def study_of(f: Any, **at: Any) -> StepSizes:
    return study_step_sizes(problem_of(f, at))


def curve_of(study: StepSizes, method: str, precision: str = "float64", component: str = "") -> Curve:
    (only,) = (
        curve
        for curve in study.curves
        if (curve.method, curve.precision) == (method, precision)
        and curve.component == (component or study.curves[0].component)
    )
    return only


def errors_of(curve: Curve) -> np.ndarray:
    return np.array([real(error) for error in curve.errors])


def notes_of(study: StepSizes) -> str:
    return "\n".join(study.notes)


@pytest.mark.parametrize("method", ORDERS)
def test_the_truncation_error_has_the_order_of_its_formula(method: str) -> None:
    slope = curve_of(study_of("sin(x)", x=1.0), method).truncation_slope
    assert slope == pytest.approx(ORDERS[method], abs=0.1)


@pytest.mark.parametrize("method", ["forward", "centered", "five-point"])
def test_the_round_off_error_grows_as_the_step_shrinks(method: str) -> None:
    assert curve_of(study_of("sin(x)", x=1.0), method).round_off_slope == pytest.approx(-1, abs=0.25)


def test_the_complex_step_has_no_round_off() -> None:
    curve = curve_of(study_of("sin(x)", x=1.0), "complex step")
    assert curve.round_off_slope is None
    assert max(errors_of(curve)[30:]) < 1e-15


@pytest.mark.parametrize("precision", EPSILON)
@pytest.mark.parametrize(
    ("method", "power"), [("forward", 1 / 2), ("centered", 1 / 3), ("five-point", 1 / 5)]
)
def test_the_best_step_is_near_a_root_of_the_precision_and_near_what_is_predicted(
    method: str, power: float, precision: str
) -> None:
    curve = curve_of(study_of("sin(x)", x=1.0), method, precision)
    assert curve.best is not None
    assert curve.predicted is not None
    assert curve.predicted_error is not None
    assert abs(math.log10(curve.best / EPSILON[precision] ** power)) < 1
    assert abs(math.log10(curve.best / curve.predicted)) < 1
    assert curve.least is not None
    assert abs(math.log10(real(curve.least) / curve.predicted_error)) < 1
    assert curve.predicted_from == "derivatives"


def test_the_predicted_step_is_that_of_the_textbook() -> None:
    # |f| = sin 1 with one operation: h = (3 u|f| / |f‴|)^(1/3) = (3 u tan 1)^(1/3)
    curve = curve_of(study_of("sin(x)", x=1.0), "centered")
    assert curve.predicted == pytest.approx((3 * 2.0**-53 * math.tan(1.0)) ** (1 / 3))


def test_the_forward_error_of_a_square_is_the_step_itself() -> None:
    study = study_of("x^2", x=1.0)
    wide = errors_of(curve_of(study, "forward"))[:15]  # (2xh + h²)/h − 2x = h, of 2
    assert wide == pytest.approx(np.array(study.steps[:15]) / 2, rel=1e-5)


def test_the_centered_error_of_a_cube_is_the_square_of_the_step() -> None:
    study = study_of("x^3", x=1.0)
    wide = errors_of(curve_of(study, "centered"))[:9]  # h², of 3
    assert wide == pytest.approx(np.array(study.steps[:9]) ** 2 / 3, rel=1e-5)
    assert max(errors_of(curve_of(study, "five-point"))[:9]) < 1e-13  # nothing is missed


def test_the_errors_are_those_of_the_quotients() -> None:
    study = study_of(lambda x: np.exp(x) / x, x=0.7)
    curve = curve_of(study, "centered")
    k = 12
    above, below = 0.7 + study.steps[k], 0.7 - study.steps[k]
    quotient = (np.exp(above) / above - np.exp(below) / below) / (above - below)
    with mpmath.workdps(40):
        x = mpmath.mpf(0.7)
        exact = mpmath.exp(x) * (x - 1) / x**2
        assert errors_of(curve)[k] == pytest.approx(float(abs(quotient - exact) / abs(exact)), rel=1e-5)
    assert float(curve.reference) == pytest.approx(float(exact), rel=1e-15)


def test_float32_errors_are_those_at_the_point_that_float32_has() -> None:
    curve = curve_of(study_of("100 * x^2", x=0.1), "complex step", "float32")
    assert curve.reference != curve_of(study_of("100 * x^2", x=0.1), "complex step").reference
    assert float(curve.reference) == pytest.approx(200 * float(np.float32(0.1)), rel=1e-12)
    assert np.nanmedian(errors_of(curve)) < 2e-7


def test_centered_differences_gain_digits_over_forward_ones() -> None:
    notes = notes_of(study_of("sin(x)", x=1.0))
    assert "at its best a centered difference has 10 digits, a forward one 7;" in notes
    assert "at h = 1e-4, which lectures advise, they have 8 and 4" in notes


@pytest.mark.parametrize(("x", "told"), [(1.0, True), (1.1, False)])
def test_that_a_round_point_hides_the_round_off_is_told(x: float, told: bool) -> None:
    assert ("the point is a round number" in notes_of(study_of("x^3", x=x))) == told


@pytest.mark.parametrize("method", ["forward", "centered", "five-point"])
def test_a_linear_function_has_no_truncation(method: str) -> None:
    curve = curve_of(study_of("3x + 1", x=1.0), method)
    assert curve.truncation_slope is None
    assert curve.predicted is None
    assert curve.best == 1
    assert curve.round_off_slope == pytest.approx(-1, abs=0.25)


def test_a_constant_has_no_error_at_all() -> None:
    for curve in study_of(lambda x: 0 * x + 5.0, x=0.5).curves:
        assert set(curve.errors[:20]) == {0.0}
        assert (curve.truncation_slope, curve.round_off_slope, curve.predicted) == (None, None, None)
        assert curve.note == "absolute errors: the derivative is 0"


def test_errors_are_absolute_where_the_derivative_is_zero() -> None:
    study = study_of("x^2", x=0.0)
    curve = curve_of(study, "forward")
    assert curve.note == "absolute errors: the derivative is 0"
    assert errors_of(curve) == pytest.approx(np.array(study.steps), rel=1e-5)
    assert curve.truncation_slope == pytest.approx(1)


def test_steps_below_the_last_place_of_the_argument_are_gaps_and_no_errors() -> None:
    for precision, epsilon in EPSILON.items():
        study = study_of("sin(x)", x=1.0)
        errors = errors_of(curve_of(study, "forward", precision))
        lost = np.array(study.steps) < epsilon / 4
        assert np.all(np.isnan(errors[lost]))
        assert not np.any(np.isnan(errors[np.array(study.steps) > epsilon]))


def test_of_a_huge_argument_the_steps_are_shares() -> None:
    study = study_of("sin(x)", x=1e8)
    curve = curve_of(study, "centered")
    assert curve.scale == 1e8
    assert curve.best == pytest.approx(1e-13, rel=10)
    assert curve.truncation_slope == pytest.approx(2, abs=0.1)
    assert "h is in units of the argument's size: 1e+08 for x" in study.notes
    assert curve_of(study, "centered", "float32").truncation_slope is None  # neighbours are 8 apart


def test_of_a_tiny_argument_the_steps_are_shares_where_no_others_would_do() -> None:
    assert curve_of(study_of("ln(x)", x=1e-20), "centered").scale == 1e-20
    assert curve_of(study_of("sin(x)", x=1e-20), "centered").scale == 1
    assert curve_of(study_of("sin(x)", x=0.3), "centered").scale == 1


def test_near_a_singularity_both_sides_of_the_curve_are_seen() -> None:
    study = study_of("sqrt(x)", x=1e-10)
    curve = curve_of(study, "centered")
    assert curve.scale == 1e-10
    assert curve_of(study, "centered", "float32").scale == pytest.approx(1e-10)
    # truncation h²|f‴|/6 and round-off ε|f|/(2h) balance where h³ = 3·(ε/2)|f|/|f‴|, f‴ = 3/8 x^(−5/2)
    best = (3 * 2.0**-53 * 8 / 3) ** (1 / 3)
    assert curve.predicted is not None
    assert best / 2 <= curve.predicted <= 2 * best
    assert curve.best is not None
    assert best / 5 <= curve.best <= 5 * best
    assert curve.round_off_slope == pytest.approx(-1, abs=0.3)


def test_a_kink_beside_the_point_is_no_truncation() -> None:
    curve = curve_of(study_of("abs(x)", x=0.01), "five-point")
    assert curve.truncation_slope is None


def test_nothing_is_predicted_where_there_is_nothing_to_see() -> None:
    """e^700 is beyond float32."""
    curve = curve_of(study_of("exp(x)", x=700.0), "centered", "float32")
    assert (curve.best, curve.predicted) == (None, None)


def test_an_argument_that_float32_does_not_have_is_told() -> None:
    study = study_of("x^2", x=1e150)
    assert {curve.precision for curve in study.curves} == {"float64"}
    assert "x is beyond float32" in study.notes


def test_outside_of_the_domain_there_are_gaps() -> None:
    study = study_of("sqrt(x)", x=0.01)
    steps, errors = np.array(study.steps), errors_of(curve_of(study, "centered"))
    assert np.all(np.isnan(errors[steps > 0.01]))
    assert not np.any(np.isnan(errors[(steps < 0.01) & (steps > 1e-15)]))
    assert "NaN" in curve_of(study, "centered").errors


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (np.abs, "there is a kink: the slope is -1 from the left and 1 from the right"),
        (lambda x: np.where(x >= 0, 1.0, 0.0) + x, "f jumps by about 1 to the left of the point"),
        (lambda x: x**1.5, "does not give numbers on both sides of the point"),
    ],
)
def test_what_keeps_quotients_from_settling_is_told(f: Any, said: str) -> None:
    study = study_of(f, x=0.0)
    assert said in notes_of(study)
    assert "no complex step" in notes_of(study) or f is not np.abs


def test_a_loop_that_does_not_end_beside_the_point_leaves_a_gap() -> None:
    def halved(x: Any) -> Any:
        while not 0 < x < 1:  # never, of what is not positive
            x = x / 2
        return x * x

    study = study_of(halved, x=1.5)
    errors = errors_of(curve_of(study, "five-point"))
    assert np.isnan(errors[0])  # 1.5 − 2 · 1.5
    assert np.nanmin(errors) < 1e-12


def test_without_a_finite_derivative_there_is_no_study() -> None:
    with pytest.raises(Unsupported, match="there is no derivative at 50 digits"):
        study_of("sqrt(x)", x=0.0)


def test_at_a_kink_nothing_is_predicted() -> None:
    assert curve_of(study_of(lambda x: np.maximum(x, 0), x=0.0), "centered").predicted is None


@pytest.mark.parametrize(
    "f", [np.sin, np.exp, lambda x: x**3, lambda x: (x - 0.3) ** 2, lambda x: np.sin(1e5 * x)]
)
def test_a_smooth_function_has_neither_kink_nor_jump(f: Any) -> None:
    notes = notes_of(study_of(f, x=0.3))
    assert "kink" not in notes
    assert "jump" not in notes


def test_a_function_that_is_noisier_than_its_rounding_is_told() -> None:
    noise = np.random.default_rng(0).normal(0, 1e-9, 4096)

    def noisy(x: Any) -> Any:
        if isinstance(x, np.floating):
            return np.sin(x) + noise[hash(float(x)) % 4096]
        return np.sin(x) + noise[hash(1.0) % 4096]

    study = study_of(noisy, x=1.0)
    assert "f is noisy" in notes_of(study)
    assert real(curve_of(study, "centered").least or 0.0) > 1e-8


def test_a_function_that_computes_in_float64_regardless_has_no_float32_curves() -> None:
    study = study_of(lambda x: np.float64(2) * np.sin(x), x=1.0)
    assert {curve.precision for curve in study.curves} == {"float64"}
    assert "computes in float64 whatever it is given" in notes_of(study)


def test_what_is_not_analytic_has_no_complex_step() -> None:
    study = study_of(lambda x: np.abs(x) * x, x=1.0)
    assert "complex step" not in {curve.method for curve in study.curves}
    assert "no complex step: absolute is not analytic" in study.notes


def test_each_component_has_its_curves() -> None:
    study = study_of(lambda A, b: np.sum(np.sin(A @ b)), A=np.array([[1.0, 0.2]]), b=np.array([0.3, -0.5]))
    names = list(dict.fromkeys(curve.component for curve in study.curves))
    assert names == ["A[0, 0]", "A[0, 1]", "b[0]", "b[1]"]
    exact = math.cos(0.2) * np.array([0.3, -0.5, 1.0, 0.2])
    found = [float(curve_of(study, "centered", component=name).reference) for name in names]
    assert found == pytest.approx(exact)
    assert len(study.curves) == 4 * 4 * 2
    assert study.drawn in names


def test_a_jacobian_has_a_row_for_each_output() -> None:
    problem = problem_of(lambda x: np.stack([np.sin(x), x**2]), x=0.5, quantity="jacobian")
    study = study_step_sizes(problem)
    assert {c.component: float(c.reference) for c in study.curves if c.precision == "float64"} == {
        "y[0] by x": pytest.approx(math.cos(0.5)),
        "y[1] by x": pytest.approx(1.0),
    }


def test_of_many_components_some_are_studied_and_that_is_told() -> None:
    study = study_of(lambda w: np.sum(w**2), w=np.linspace(0.1, 1.0, 50))
    names = list(dict.fromkeys(curve.component for curve in study.curves))
    assert len(names) == planning.COMPONENTS
    assert (names[0], names[-1]) == ("w[0]", "w[49]")
    assert "20 of 50 components were studied: w[0], w[3], w[5], …" in study.notes


def test_a_slow_function_gets_fewer_steps_and_a_very_slow_one_none(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of("sin(x)", x=1.0)
    ticks = iter(np.arange(0.0, 1000.0, 0.02).tolist())
    with monkeypatch.context() as patched:
        patched.setattr(time, "perf_counter", lambda: next(ticks))
        study = study_step_sizes(problem)
    assert len(study.steps) == 16 + 1
    assert study.steps[0] == 1
    assert study.steps[-1] == pytest.approx(1e-16)
    ticks = iter(np.arange(0.0, 1000.0, 0.5).tolist())
    monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))
    with pytest.raises(Unsupported, match="it would call the function 170 times, which takes about 85 s"):
        study_step_sizes(problem)


def test_without_a_derivative_at_50_digits_there_is_no_study() -> None:
    with pytest.raises(Unsupported, match="measured against the derivative at 50 digits, and there is none"):
        study_of(lambda x: math.sin(float(x)), x=1.0)


def test_the_derivatives_behind_a_prediction_are_those_of_the_function() -> None:
    problem = problem_of(lambda x, y: np.exp(2 * x) * y, x=0.5, y=3.0)
    (found,) = derivatives_of(problem, 0, 0.5)
    for order, value in found.items():
        assert float(value) == pytest.approx(3 * 2**order * math.e, rel=1e-14)


def test_a_lucky_step_is_not_the_best() -> None:
    steps = 10.0 ** (-np.arange(49) / 3)
    errors = steps**2 + 1e-16 / steps
    plain = shape_of(steps, errors, 1e-15, 1e-16, "centered")
    errors[[30, 33]] = 0.0
    assert shape_of(steps, errors, 1e-15, 1e-16, "centered").best == plain.best


@pytest.mark.parametrize("errors", [np.full(49, np.nan), np.zeros(49), np.ones(49)])
def test_where_nothing_falls_or_grows_there_is_no_slope(errors: np.ndarray) -> None:
    shape = shape_of(10.0 ** (-np.arange(49) / 3), errors, 1e-15, 1e-16, "centered")
    assert (shape.truncation, shape.round_off) == (None, None)


def test_sides_that_differ_by_truncation_are_no_kink() -> None:
    steps = 10.0 ** (-np.arange(49) / 3)
    assert what_happens(steps, 1 + steps, 1 - steps, 1.0, 2.0**-52) == ""
    assert what_happens(steps, steps, -steps, 0.0, 2.0**-52) == ""
    assert what_happens(steps, 2 + steps, 1 - steps, 1.0, 2.0**-52) != ""


def test_what_a_function_prints_at_each_step_is_not_heard(capsys: pytest.CaptureFixture[str]) -> None:
    def chatting(x: Any) -> Any:
        print("here I am")  # noqa: T201
        return x**3

    problem = problem_of(chatting, x=0.7)
    capsys.readouterr()
    assert study_step_sizes(problem).curves
    assert capsys.readouterr().out == ""
