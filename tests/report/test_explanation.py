"""An explanation in the terminal: within its columns, in short or in full, and read back from JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from gradlab.cases import Case, make_case
from gradlab.harness import case_of
from gradlab.judge.behaviour import pose
from gradlab.library import library
from gradlab.methods import Unsupported
from gradlab.record import CaseRecord, Point, Record, replace
from gradlab.report import json
from gradlab.report.terminal import to_text
from gradlab.study.explain import Explaining, explain_derivation

CASES = {case.name: case for case in library()}


def record_of(case: Case, mode: Any = "reverse", step: float | None = None) -> Record:
    """What `gradlab explain` makes of a case, without the check."""
    problem = pose(case, case.points[0], 50)
    try:
        told = explain_derivation(case, problem, Explaining(mode=mode, step=step))
    except Unsupported:
        told = None
    row = CaseRecord(name=case.name, verdict="agree", passed=True, function=case.text, explanation=told)
    return Record(gradlab="0.1", verdict="agree", study="explain", cases=(row,))


@functools.cache
def of_library(name: str, mode: str) -> Record:
    return record_of(CASES[name], mode, 0.1)


def widest(text: str) -> int:
    return max(map(len, text.splitlines()))


@pytest.mark.parametrize("name", CASES)
def test_no_line_is_wider_than_the_terminal(name: str) -> None:
    record = of_library(name, "reverse")
    assert widest(to_text(record, 80)) <= 80
    assert widest(to_text(record, 60, verbosity=1)) <= 60


@pytest.mark.parametrize("name", list(CASES)[::4])
def test_no_line_of_a_forward_pass_is_wider_than_the_terminal(name: str) -> None:
    record = of_library(name, "forward")
    assert widest(to_text(record, 80)) <= 80
    assert widest(to_text(record, 140, verbosity=1)) <= 140


def wide_and_narrow(case: Case, mode: str = "reverse") -> tuple[str, str]:
    record = record_of(case, mode)
    return to_text(record, 140), to_text(record, 80)


def test_remarks_stand_beside_in_a_wide_terminal_and_below_in_a_narrow_one() -> None:
    wide, narrow = wide_and_narrow(case_of("sin(x)*y", {"x": 1.0, "y": 2.0}))
    line = next(line for line in wide.splitlines() if "∂f/∂x =" in line or "∂f/∂x  =" in line)
    assert "from" in line
    assert "from" not in next(line for line in narrow.splitlines() if line.strip().startswith("∂f/∂x"))


def test_tangents_stand_beside_the_values_in_a_wide_terminal() -> None:
    wide, _ = wide_and_narrow(case_of("sin(x)*y", {"x": 1.0, "y": 2.0}), "forward")
    assert any("sin(x)" in line and "∂v1/∂x" in line for line in wide.splitlines())


def named_at_length(the_weights_of_the_first_layer: Any, the_bias_of_the_first_layer: Any) -> Any:
    the_preactivation_of_the_first_layer = the_weights_of_the_first_layer * 2 + the_bias_of_the_first_layer
    return the_preactivation_of_the_first_layer**2


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_long_name_has_a_line_to_itself_and_is_not_broken(mode: str) -> None:
    at = {"the_weights_of_the_first_layer": 1.0, "the_bias_of_the_first_layer": 2.0}
    text = to_text(record_of(make_case(named_at_length, [at], name="long names"), mode), 80)
    assert widest(text) <= 80
    assert {line.strip() for line in text.splitlines()} >= {"∂f/∂the_bias_of_the_first_layer"}
    if mode == "reverse":
        assert "= ∂f/∂f · 2·the_preactivation_of_the_first_layer = 1 · 8 = 8" in text


def test_what_rounding_leaves_of_0_is_said_to_be_rounding() -> None:
    case = make_case(lambda x: np.sum(np.tanh(x)), [{"x": np.array([0.5, 40.0])}], name="case")
    record = record_of(case)
    point = Point(
        given=True,
        inputs=(),
        value=(1.0,),
        components=("x[0]", "x[1]"),
        reference=("0", "4.3e-35"),
        verdict="agree",
    )
    told = to_text(replace(record, cases=(replace(record.cases[0], points=(point,)),)), 80)
    assert "∂f/∂x[0]: exactly 0; what is shown is float64's rounding" in told
    assert "exactly 0" not in to_text(record, 80)


def long_case(steps: int) -> Case:
    def f(x: Any) -> Any:
        for _ in range(steps):
            x = np.sin(x)
        return x

    return make_case(f, [{"x": 1.0}], name="long")


def test_of_many_rows_the_first_and_the_last_are_shown_and_the_rest_counted() -> None:
    record = record_of(long_case(100))
    short, full = to_text(record, 80), to_text(record, 80, verbosity=1)
    assert "… 77 more rows (-v shows all)" in short
    assert "more rows" not in full
    assert len(full.splitlines()) > len(short.splitlines()) + 150


def test_a_long_closed_form_is_left_to_v() -> None:
    record = record_of(long_case(60))
    assert "lines (-v shows them)" in to_text(record, 80)
    assert "lines (-v shows them)" not in to_text(record, 80, verbosity=1)


def test_of_many_passes_the_first_is_shown() -> None:
    case = make_case(
        lambda x: np.sum(np.sin(x) ** 2 * x + np.exp(x) * 3 + x), [{"x": np.ones(8)}], name="sum"
    )
    text = to_text(record_of(case, "forward"), 80)
    assert "forward pass 1 of 8" in text
    assert "forward pass 2 of 8" not in text
    assert "7 more passes like it (-v shows all)" in text


def test_large_arrays_are_shortened() -> None:
    case = make_case(lambda x: np.sum(x * x), [{"x": np.arange(2000.0)}], name="large")
    text = to_text(record_of(case), 80)
    assert "…" in text
    assert len(text.splitlines()) < 60


def test_rounded_numbers_are_called_so() -> None:
    text = to_text(record_of(case_of("x/3 + x", {"x": 2.0})), 80)
    assert "≈ 0.666667" in text
    assert "∂f/∂x = 1.3333333333333333" in text


def test_where_there_is_no_derivative_the_numbers_are_called_a_convention() -> None:
    record = record_of(CASES["relu-at-0"])
    (case,) = record.cases
    text = to_text(replace(record, cases=(replace(case, verdict="undefined"),)), 80)
    assert "the gradient  by convention: there is no derivative here" in text


def test_a_step_that_leaves_the_domain_is_said_to() -> None:
    text = to_text(record_of(case_of("ln(x)", {"x": 1.0}), step=2.0), 80)
    assert "the step left the function's domain" in text


STEPS = [
    ("x^2", 3.0, 0.1, "it went down"),
    ("x^2", 3.0, 5.0, "it went up: the rate is too large"),
    ("x^2", 3.0, -0.1, "it went up, as a negative rate means it to"),
    ("x^2", 3.0, 0.0, "no change"),
    ("x^2", 3.0, 1e308, "the step is too large"),
]


@pytest.mark.parametrize(("formula", "x", "rate", "said"), STEPS)
def test_what_became_of_a_step_is_said(formula: str, x: float, rate: float, said: str) -> None:
    text = to_text(record_of(case_of(formula, {"x": x}), step=rate), 80)
    assert f"after: {said}" in text
    assert "− -" not in text


def test_a_matrix_too_wide_for_a_line_has_a_line_for_each_row() -> None:
    W = np.array([[0.125, -0.25, 0.375, 0.5], [-0.625, 0.75, -0.875, 0.9], [0.11, 0.22, 0.33, 0.44]])
    case = make_case(lambda W: np.sum(np.tanh(W) ** 2), [{"W": W}], name="matrix")
    lines = to_text(record_of(case), 80).splitlines()
    place = next(k for k, line in enumerate(lines) if "[[0.125, -0.25, 0.375, 0.5]," in line)
    assert [line.strip() for line in lines[place + 1 : place + 3]] == [
        "[-0.625, 0.75, -0.875, 0.9],",
        "[0.11, 0.22, 0.33, 0.44]]",
    ]
    assert lines[place].index("[0.125") == lines[place + 1].index("[-0.625")


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", ["tanh-2-2-1", "sum-times-max", "linear-jacobian"])
def test_a_record_is_read_back_as_it_was(name: str, mode: str) -> None:
    record = of_library(name, mode)
    assert json.read(json.write(record)) == record
    assert record.cases[0].explanation is not None


def test_numbers_that_are_none_come_back_from_json() -> None:
    record = record_of(case_of("sqrt(x)", {"x": 0.0}))
    told = record.cases[0].explanation
    assert told is not None
    assert told.passes[0].derivatives[0] == ("Infinity",)
    assert json.read(json.write(record)) == record
    assert "inf" in to_text(record, 80)


def break_output(told: Any) -> None:
    told["output"] = 99


def break_operand(told: Any) -> None:
    told["nodes"][-1]["operands"] = [55]


def break_flow(told: Any) -> None:
    told["passes"][0]["flows"][0]["source"] = -1


def break_derivatives(told: Any) -> None:
    told["passes"][0]["derivatives"].pop()


@pytest.mark.parametrize("spoil", [break_output, break_operand, break_flow, break_derivatives])
def test_a_record_with_a_graph_that_hangs_in_the_air_is_refused(spoil: Callable[[Any], None]) -> None:
    data = msgspec.json.decode(json.write(record_of(case_of("sin(x)*y", {"x": 1.0, "y": 2.0}))))
    spoil(data["cases"][0]["explanation"])
    with pytest.raises(json.RecordError, match="an explanation"):
        json.read(msgspec.json.encode(data))


def test_a_case_without_an_explanation_has_none() -> None:
    bare = CaseRecord(name="bare", verdict="agree", passed=True, function="x")
    assert (
        "pass"
        not in to_text(Record(gradlab="0.1", verdict="agree", study="explain", cases=(bare,)), 80).split(
            "summary"
        )[0]
    )


@pytest.mark.parametrize("f", [lambda x: x, lambda x: 3.0])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_a_function_without_operations_is_drawn(f: Any, mode: str) -> None:
    for text in (
        to_text(record_of(make_case(f, [{"x": 2.0}], name="bare"), mode), width) for width in (80, 140)
    ):
        assert "the gradient" in text
        assert "0" + "nothing" not in text  # apart, because the text shows this source
