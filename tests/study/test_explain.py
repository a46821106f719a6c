"""The derivation as a lecture teaches it: its graph, its numbers, its symbols, and the step at the end."""

from __future__ import annotations

import functools
import math
import re
from typing import Any

import numpy as np
import pytest

from gradlab.cases import Case, InputError, make_case
from gradlab.engine.program import run
from gradlab.engine.reverse import cotangents_of
from gradlab.harness import case_of
from gradlab.judge.behaviour import pose
from gradlab.library import library, select
from gradlab.methods import Unsupported
from gradlab.notation.formula import parse_formula
from gradlab.notation.names import canonical_name
from gradlab.notation.names import printed as name_of
from gradlab.record import Explanation
from gradlab.record.explanation import Flow, Pass
from gradlab.study.explain import MOST_PASSES, Explaining, explain_derivation
from gradlab.study.explain.graph import MOST_OPERATIONS

UNREADABLE = re.compile("[<>≤≥=≠]|where|radians|degrees")
"""What a typed formula can't have."""
CASES = {case.name: case for case in library()}


def explained(case: Case, mode: Any = "reverse", step: float | None = None) -> Explanation:
    return explain_derivation(case, pose(case, case.points[0], 50), Explaining(mode=mode, step=step))


@functools.cache
def of_library(name: str, mode: str) -> Explanation | None:
    """None where the case can't be explained: it is a black box, or too long."""
    try:
        return explained(CASES[name], mode)
    except Unsupported:
        return None


def place(told: Explanation, name: str) -> int:
    return [node.name for node in told.nodes].index(name)


def value(told: Explanation, name: str) -> np.ndarray:
    node = told.nodes[place(told, name)]
    return np.array(node.values, dtype=float).reshape(node.shape)


def derivative_of(told: Explanation, one: Pass, at: int) -> np.ndarray:
    """Zeros where nothing flows, NaN for what of a large array the record leaves out."""
    shape, found = told.nodes[at].shape, one.derivatives[at]
    flat = np.full(math.prod(shape), math.nan if found else 0.0)
    flat[: len(found)] = found
    return flat.reshape(shape)


def derivative(told: Explanation, name: str, number: int = 0) -> np.ndarray:
    return derivative_of(told, told.passes[number], place(told, name))


def flows_to(told: Explanation, name: str) -> list[Flow]:
    return [flow for flow in told.passes[0].flows if flow.target == place(told, name)]


def closed_values(told: Explanation, inputs: dict[str, float]) -> dict[str, float]:
    """The closed form of numbers alone, evaluated line by line, as a reader would."""
    known: dict[str, Any] = dict(inputs)
    for line in told.closed:
        known[line.name] = parse_formula(line.formula, set(known) - {n for n in known if "∂" in n})(
            **{n: v for n, v in known.items() if "∂" not in n}
        )
    return known


# The lectures' numbers

LECTURES = [
    ("sum-times", {"f": -12}, {"x": -4, "y": -4, "z": 3}),
    ("sum-times-max", {"f": 6}, {"x": 2, "y": 5, "z": 0}),
    ("ln-product-sine", {"f": 11.652071455223083}, {"x1": 5.5, "x2": 1.7163378145367738}),
    ("logistic-regularised", {"f": 0.1030495857487976}, {"w": -0.0748372766411018, "b": -0.1040310638675848}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "gradient"), LECTURES)
def test_lectures_are_explained_with_their_own_numbers(
    name: str, values: dict[str, float], gradient: dict[str, float]
) -> None:
    told = explained(CASES[name])
    output = told.nodes[told.output].name
    for quantity, printed in values.items():
        assert value(told, output if quantity == "f" else quantity) == pytest.approx(printed, rel=1e-14)
    for quantity, printed in gradient.items():
        assert derivative(told, quantity) == pytest.approx(printed, rel=1e-13, abs=1e-15)


def test_two_paths_meet_and_add_to_2_plus_3() -> None:
    parts = flows_to(explained(CASES["sum-times-max"]), "y")
    assert [part.downstream for part in parts] == [(2.0,), (3.0,)]


def test_adjoints_of_product_plus_sine_are_those_of_the_lecture() -> None:
    told = explained(case_of("x1*x2 + sin(x2)", {"x1": 3.0, "x2": 2.0}))
    assert [part.downstream for part in flows_to(told, "x1")] == [(2.0,)]
    assert sorted(part.downstream[0] for part in flows_to(told, "x2")) == pytest.approx([math.cos(2.0), 3.0])
    assert derivative(told, "x2") == pytest.approx(math.cos(2.0) + 3.0)


def test_the_2_2_1_network_has_the_printed_intermediates_and_ends_with_the_updated_weights() -> None:
    told = explained(CASES["tanh-2-2-1"], step=0.2)
    assert np.round(value(told, "x1"), 1).tolist() == [0.7, 0.3]
    assert np.round(value(told, "x2"), 3).tolist() == [0.604, 0.291]
    assert np.round(value(told, "x3"), 3).tolist() == [0.313]
    assert np.round(derivative(told, "x3"), 4).tolist() == [-0.1869]
    assert derivative(told, "x1") == pytest.approx([-0.11866129, 0.17108013], abs=5e-9)
    assert derivative(told, "W1") == pytest.approx(np.array([[-0.11298343, -0.05445939]]), abs=5e-9)
    W0, W1 = (np.array(item.values).reshape(item.shape) for item in told.after)
    assert np.round(W0, 2).tolist() == [[1.02, -3.0], [0.17, 1.0]]
    assert np.round(W1, 3).tolist() == [[1.023, -0.989]]
    assert told.before_value == pytest.approx(0.0174741862)
    assert told.after_value is not None
    assert told.before_value is not None
    assert float(told.after_value) < float(told.before_value)


# Names and formulas


def test_quantities_have_the_names_of_the_code() -> None:
    names = [node.name for node in explained(CASES["tanh-2-2-1"]).nodes]
    assert names[:4] == ["W0", "W1", "x0", "y"]
    assert [name for name in names if name in {"x1", "x2", "x3"}] == ["x1", "x2", "x3"]
    assert names[-1] == "f"


def test_an_output_that_is_called_like_an_argument_gets_another_name() -> None:
    told = explained(case_of("f^2", {"f": 3.0}))
    assert [node.name for node in told.nodes] == ["f", "L"]
    assert told.passes[0].of == "L"


def test_formulas_are_those_of_the_names() -> None:
    told = explained(CASES["tanh-2-2-1"])
    formulas = {node.name: node.formula for node in told.nodes}
    assert formulas["x1"] == "W0 @ x0"
    assert formulas["x2"] == "tanh(x1)"
    assert formulas["x3"] == "W1 @ x2"


def test_rules_are_upstream_times_local() -> None:
    told = explained(CASES["tanh-2-2-1"])
    (through_tanh,) = flows_to(told, "x1")
    assert (through_tanh.rule, through_tanh.local) == ("∂f/∂x2 ⊙ (1 − x2^2)", "1 − x2^2")
    (through_product,) = flows_to(told, "x2")
    assert (through_product.rule, through_product.local) == ("W1ᵀ @ ∂f/∂x3", "")


def test_what_only_decides_a_branch_is_not_in_the_graph() -> None:
    def f(x: Any) -> Any:
        return x * x if x * 7.0 > 1 else x

    told = explained(make_case(f, [{"x": 2.0}], name="f"))
    assert [node.primitive for node in told.nodes] == ["", "multiply"]
    assert any("branches depend on values" in note for note in told.notes)


def test_nothing_flows_to_data_and_numbers() -> None:
    told = explained(CASES["tanh-2-2-1"])
    reached = {told.nodes[flow.target].name for flow in told.passes[0].flows}
    assert reached.isdisjoint({"x0", "y"})
    assert derivative(told, "W0").shape == (2, 2)


# The chain rule, in numbers and in symbols, over the whole library


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_nearly_all_of_the_library_is_explained(mode: str) -> None:
    told = [name for name in CASES if of_library(name, mode) is not None]
    assert len(told) > 0.9 * len(CASES)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", CASES)
def test_the_parts_of_a_node_add_up_to_its_derivative(name: str, mode: str) -> None:
    told = of_library(name, mode)
    for one in told.passes if told else ():
        sums: dict[int, Any] = {}
        for flow in one.flows:
            assert one.derivatives[flow.source], "something flows from where nothing is"
            sums[flow.target] = sums.get(flow.target, 0.0) + np.array(flow.downstream, dtype=float)
        for target, total in sums.items():
            whole = np.array(one.derivatives[target], dtype=float)[: len(total)]
            assert total[: len(whole)] == pytest.approx(whole, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", CASES)
def test_forward_mode_arrives_where_reverse_mode_does(name: str) -> None:
    reverse, forward = of_library(name, "reverse"), of_library(name, "forward")
    if reverse is None or forward is None:
        return
    for one in forward.passes:
        name, _, index = one.of.partition("[")
        element = tuple(map(int, index.rstrip("]").split(", "))) if index else ()
        column = np.ravel(derivative_of(forward, one, forward.output))
        for row, back in zip(column, reverse.passes, strict=False):
            there = derivative_of(reverse, back, place(reverse, name))[element]
            if not np.isnan(there + row):
                assert float(there) == pytest.approx(float(row), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_formulas_of_numbers_give_the_values_again(name: str) -> None:
    told = of_library(name, "reverse")
    if told is None or any(node.shape for node in told.nodes):
        return
    known = {node.name: float(node.values[0]) for node in told.nodes}
    for node in told.nodes:
        if node.formula and not UNREADABLE.search(node.formula):
            again = parse_formula(node.formula, set(known))(**known)
            assert float(again) == pytest.approx(known[node.name], rel=1e-12, abs=1e-300)
    for flow in told.passes[0].flows:
        if flow.local and not UNREADABLE.search(flow.local):
            again = parse_formula(flow.local, set(known))(**known)
            assert float(again) == pytest.approx(float(flow.local_values[0]), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("name", CASES)
def test_the_closed_form_of_numbers_gives_the_gradient_again(name: str) -> None:
    told = of_library(name, "reverse")
    lines = told.closed if told else ()
    unreadable = any(UNREADABLE.search(line.formula) or "array" in line.formula for line in lines)
    if told is None or not lines or unreadable or any(node.shape for node in told.nodes):
        return
    inputs = {node.name: float(node.values[0]) for node in told.nodes if node.kind == "input"}
    known = closed_values(told, inputs)
    for node in told.nodes:
        if node.differentiated:
            output = told.nodes[told.output].name
            there = float(known[f"∂{output}/∂{node.name}"])
            assert there == pytest.approx(float(derivative(told, node.name)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_that_of_the_engine(name: str) -> None:
    told, case = of_library(name, "reverse"), CASES[name]
    if told is None or case.quantity != "gradient":
        return
    problem = pose(case, case.points[0], 50)
    output, tape = told.nodes[told.output], problem.needs_program()
    if output.kind != "step":
        return
    values = run(tape, problem.traced_inputs)
    seed = np.ones(output.shape) if output.shape else 1.0
    cotangents = cotangents_of(tape, values, [(tape.outputs[0], seed)])
    for slot, argument in zip((tape.inputs[k] for k in problem.wrt_places), problem.wrt, strict=True):
        engine = np.ravel(0.0 if cotangents[slot] is None else np.asarray(cotangents[slot], dtype=float))
        found = np.ravel(derivative(told, name_of(canonical_name(argument))))[: engine.size]
        assert found == pytest.approx(engine, rel=1e-9, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", ["logistic-regularised", "black-scholes-call", "newton-square-root"])
def test_a_name_is_one_quantity_from_the_forward_pass_to_the_closed_form(name: str) -> None:
    told = of_library(name, "reverse")
    assert told is not None
    values = {node.name: float(node.values[0]) for node in told.nodes}
    inputs = {node.name: values[node.name] for node in told.nodes if node.kind == "input"}
    lines = [line.name for line in told.closed if line.name in values]
    assert lines
    known = closed_values(told, inputs)
    for line in lines:
        assert float(known[line]) == pytest.approx(values[line], rel=1e-12)


def test_the_closed_form_keeps_the_names_of_the_code() -> None:
    told = explained(CASES["sum-times-max"])
    lines = {line.name: line.formula for line in told.closed}
    assert lines["b"] == "max(y, z)"
    assert lines["∂f/∂x"] == "b"


@pytest.mark.parametrize(
    ("f", "at", "line"),
    [
        (lambda x, p: x**p, {"x": 2.0, "p": 3.0}, "p·x^(p − 1)"),
        (lambda x: x * x + x + x, {"x": 2.0}, "2 + 2·x"),
        (lambda x, y: 2 * x / 4 + y, {"x": 2.0, "y": 3.0}, "0.5"),
        (lambda w, k: k / 2 * w**2, {"w": 2.0, "k": 3.0}, "k·w"),
        (lambda x: np.sqrt(x), {"x": 4.0}, "1/(2·f)"),
        (lambda x: np.degrees(np.radians(x)), {"x": 4.0}, "1"),
        (lambda x: np.maximum(0, x) * 2, {"x": 3.0}, "2·where(x > 0, 1, 0)"),
        (lambda x: np.max(x), {"x": np.array([1.0, 3.0])}, "where(x = f, 1, 0)"),
        (lambda X: np.trace(X.T @ X), {"X": np.eye(2)}, "2·X"),
        (lambda x: np.sum(x[:2] * x[2:]), {"x": np.arange(4.0)}, "concatenate(x[2:], x[:2])"),
    ],
)
def test_a_closed_form_reads_as_in_a_book(f: Any, at: dict[str, Any], line: str) -> None:
    first = next(item for item in explained(make_case(f, [at], name="case")).closed if "∂" in item.name)
    assert first.formula == line


def test_what_the_rules_of_the_books_leave_out_is_seen_to_where_it_matters() -> None:
    at_zero = explained(make_case(lambda x, p: x**p, [{"x": 0.0, "p": 2.0}], name="power"))
    assert "where" in at_zero.passes[0].flows[0].local
    assert derivative(at_zero, "x") == derivative(at_zero, "p") == 0.0
    tie = explained(make_case(lambda x: np.max(x), [{"x": np.array([2.0, 2.0, 1.0])}], name="tie"))
    assert derivative(tie, "x").tolist() == [0.5, 0.5, 0.0]
    vast = explained(make_case(lambda x, y: x / y, [{"x": 1e200, "y": 1e200}], name="vast"))
    assert derivative(vast, "y") == pytest.approx(-1e-200, abs=0)


# What a lecture says


def f_of_max(x: Any, y: Any) -> Any:
    return np.maximum(x, y) * 3.0


ABS_AT_0 = "x = 0 is a kink of abs, where there is no derivative: by convention the engine takes the slope 0"
SAYINGS: list[tuple[Any, dict[str, Any], str, str]] = [
    (f_of_max, {"x": 2.0, "y": 0.0}, "x", "max routes: x = 2 > y = 0, so all of it goes to x"),
    (f_of_max, {"x": 2.0, "y": 0.0}, "y", "max routes: y = 0 < x = 2, so nothing goes to y"),
    (f_of_max, {"x": 2.0, "y": 2.0}, "y", "a tie, where there is no derivative: by convention all of it goes to the first, x"),
    (lambda x: np.max(x) * 2.0, {"x": np.array([1.0, 5.0, 3.0])}, "x", "max routes: x[1] = 5 wins, and all of it goes there"),
    (lambda x: np.where(x > 1, x, 2.0) * 1.0, {"x": 3.0}, "x", "where routes: x is taken here"),
    (lambda x: abs(x) * 1.0, {"x": 0.0}, "x", ABS_AT_0),
    (lambda x: np.sqrt(x) * 1.0, {"x": 0.0}, "x", "x = 0 is a kink of sqrt, where the slope has no bound"),
    (lambda x, y: x + y, {"x": 1.0, "y": 2.0}, "x", "plus distributes: each term gets all of it"),
    (lambda x, y: x * y, {"x": 1.0, "y": 2.0}, "x", "times switches: each factor gets the other"),
    (lambda x: x[1] * 2.0, {"x": np.array([1.0, 5.0])}, "x", "picking gives back to its own place, and 0 elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "at", "name", "said"), SAYINGS)
def test_the_rules_of_thumb_are_told(f: Any, at: dict[str, Any], name: str, said: str) -> None:
    told = explained(make_case(f, [at], name="case"))
    assert said in {flow.note for flow in flows_to(told, name)}


def test_plus_and_times_are_told_once() -> None:
    told = explained(case_of("a*b*c + a + b", {"a": 1.0, "b": 2.0, "c": 3.0}))
    notes = [flow.note for flow in told.passes[0].flows if flow.note]
    assert len(notes) == len(set(notes)) == 2


# Bounds, and what can't be done


def test_at_most_eight_passes_are_made_and_the_other_mode_is_recommended() -> None:
    case = make_case(lambda x: np.sum(x * x), [{"x": np.arange(20.0)}], name="squares")
    told = explained(case, "forward")
    assert (len(told.passes), told.needed) == (MOST_PASSES, 20)
    assert any("20 elements derived by" in note and "reverse mode takes one" in note for note in told.notes)
    assert explained(case).needed == 1


def test_a_large_function_is_explained_at_once_in_either_mode() -> None:
    case = make_case(lambda x: np.sum(x * x), [{"x": np.ones((200, 200))}], name="large")
    for mode in ("reverse", "forward"):
        told = explained(case, mode)
        assert all(len(flow.downstream) <= 300 for one in told.passes for flow in one.flows)
        assert all(len(numbers) <= 1000 for one in told.passes for numbers in one.derivatives)


def test_a_program_too_long_for_a_pencil_is_refused_with_its_length() -> None:
    def f(x: Any) -> Any:
        for _ in range(MOST_OPERATIONS + 1):
            x = x * 0.9
        return x

    with pytest.raises(Unsupported, match=f"{MOST_OPERATIONS + 1} operations here, and at most"):
        explained(make_case(f, [{"x": 1.0}], name="long"))


def test_a_black_box_is_refused_with_the_reason() -> None:
    with pytest.raises(Unsupported, match="can't be traced"):
        explained(make_case(lambda x: math.sin(x), [{"x": 1.0}], name="black box"))


@pytest.mark.parametrize("rate", [math.inf, -math.inf, math.nan])
def test_a_rate_that_is_no_number_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="the step is"):
        Explaining(step=rate)


def test_a_step_too_large_is_seen_to_go_up() -> None:
    told = explained(case_of("x^2", {"x": 1.0}), step=3.0)
    assert told.after[0].values == (-5.0,)
    assert (told.before_value, told.after_value) == (1.0, 25.0)


def test_a_jacobian_has_a_pass_for_each_output_and_no_step() -> None:
    (case,) = select(["jacobian-x-x2"])
    told = explained(case, step=0.1)
    assert [one.of.partition("[")[2] for one in told.passes] == ["0]", "1]"]
    assert [derivative(told, "x", number).item() for number in range(2)] == [1.0, 3.0]
    assert told.after == ()
    assert any("no step" in note for note in told.notes)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_what_the_output_does_not_depend_on_has_derivative_zero(mode: str) -> None:
    told = explained(make_case(lambda x, y: x * 2.0, [{"x": 1.0, "y": 1.0}], name="one of two"), mode)
    if mode == "reverse":
        assert told.passes[0].derivatives[place(told, "y")] == ()
        assert told.closed[-1].formula == "0"
    else:
        assert told.passes[1].derivatives[told.output] == ()


def test_a_function_that_does_nothing_and_one_that_ignores_its_argument_are_explained() -> None:
    same = explained(make_case(lambda x: x, [{"x": 2.0}], name="same"))
    assert (same.output, same.passes[0].derivatives, same.passes[0].flows) == (0, ((1.0,),), ())
    three = explained(make_case(lambda x: 3.0, [{"x": 2.0}], name="three"))
    assert [node.kind for node in three.nodes] == ["input", "constant"]
    assert three.passes[0].derivatives == ((), ())


def test_a_power_has_the_rule_of_the_books() -> None:
    told = explained(make_case(lambda x, p: x**p, [{"x": 2.0, "p": 3.0}], name="power"))
    assert [flow.local for flow in told.passes[0].flows] == ["p·x^(p − 1)", "f·ln(x)"]
    assert derivative(told, "x") == 12.0
    assert derivative(told, "p") == pytest.approx(8 * math.log(2))


def test_a_division_by_three_has_the_factor_a_third() -> None:
    told = explained(case_of("x/3", {"x": 1.0}))
    assert [flow.local for flow in told.passes[0].flows] == ["1/3"]


@pytest.mark.parametrize("mode", ["reverse", "forward"])
@pytest.mark.parametrize("name", ["tanh-2-2-1", "sum-times-max", "linear-jacobian", "batch-norm"])
def test_all_is_there_as_latex_too(name: str, mode: str) -> None:
    told = explained(CASES[name], mode)
    lines = [node.latex for node in told.nodes if node.kind == "step"]
    lines += [flow.latex for one in told.passes for flow in one.flows] + [line.latex for line in told.closed]
    for line in lines:
        assert line
        assert line.isascii()
        assert line.count("{") == line.count("}")
        assert line.count("\\left") == line.count("\\right")


def several(x: Any) -> Any:
    return np.stack([x[0] * x[1], np.sin(x[0])])


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_what_is_stacked_is_one_quantity(mode: str) -> None:
    case = make_case(several, [{"x": np.array([0.5, 2.0])}], name="several", quantity="jacobian")
    told = explained(case, mode)
    assert [node.formula for node in told.nodes][-1] == "[v3, v5]"
    assert all("reshape" not in flow.rule for one in told.passes for flow in one.flows)
    jacobian = [[2.0, 0.5], [math.cos(0.5), 0.0]]
    if mode == "reverse":
        assert [derivative(told, "x", row).tolist() for row in range(2)] == jacobian
    else:
        columns = [derivative_of(told, one, told.output) for one in told.passes]
        assert np.stack(columns, axis=1).tolist() == jacobian


def test_arrays_are_stacked_along_any_axis_and_give_each_its_own() -> None:
    def f(a: Any, b: Any) -> Any:
        return np.sum(np.stack([a, b], axis=1) * np.array([[1.0, 2.0], [3.0, 4.0]]))

    told = explained(make_case(f, [{"a": np.ones(2), "b": np.ones(2)}], name="columns"))
    assert "stack(a, b, axis=1)" in {node.formula for node in told.nodes}
    assert derivative(told, "a").tolist() == [1.0, 3.0]
    assert derivative(told, "b").tolist() == [2.0, 4.0]


def test_an_operand_that_stands_twice_has_two_edges() -> None:
    told = explained(make_case(lambda x: x * x, [{"x": 3.0}], name="square"))
    assert [flow.downstream for flow in flows_to(told, "x")] == [(3.0,), (3.0,)]
    assert derivative(told, "x") == 6.0
