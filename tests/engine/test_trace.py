"""Running a plain NumPy function on tracers: what is recorded, and what is refused in one sentence."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradlab.engine import TraceError, evaluate, grad, trace
from gradlab.engine.trace import shown_path

A = np.array([1.0, 2.0, 3.0])


def stores_in_an_array(x: Any) -> Any:
    a = np.zeros(3)
    a[0] = x
    return a.sum()


def adds_in_place_to_an_array(x: Any) -> Any:
    a = np.zeros(3)
    a += x
    return a.sum()


def writes_into_its_input(x: Any) -> Any:
    x[0] = 1.0
    return x.sum()


REFUSED: dict[str, tuple[Callable[[Any], Any], Any, str]] = {
    "np.array of traced values": (lambda x: np.sum(np.array([x, x])), 1.0, r"write np\.stack\(\[…\]\)"),
    "np.sum of a list": (lambda x: np.sum([x, x]), 1.0, r"write np\.stack\(\[…\]\)"),
    "a list times an array": (lambda x: np.sum(A * [x, x, x]), 1.0, r"write np\.stack\(\[…\]\)"),
    "a[i] = v": (
        stores_in_an_array,
        1.0,
        r"storing a traced value .* \(at .*test_trace\.py:\d+\): write np\.stack\(\[…\]\)",
    ),
    "v[i] = a": (
        writes_into_its_input,
        A,
        r"writing into a traced array can't be traced .*: make a new one with np\.where",
    ),
    "a += v": (adds_in_place_to_an_array, A, r"np\.add into an existing array .*: write a = a \+ …"),
    "float(v)": (float, 1.0, r"float\(v\), math\.sin\(v\) and the like .*: write np\.sin\(v\)"),
    "math.sin(v)": (
        math.sin,
        1.0,
        r"float\(v\), math\.sin\(v\) and the like .*: write np\.sin\(v\)",
    ),
    "int(v)": (lambda x: int(x) * x, 1.0, r"int\(v\) can't be traced .*: write np\.floor\(v\)"),
    "round(v)": (lambda x: round(x) * x, 1.0, r"write np\.round\(v\)"),
    "math.floor(v)": (lambda x: math.floor(x) * x, 1.0, r"write np\.floor\(v\)"),
    "math.ceil(v)": (lambda x: math.ceil(x) * x, 1.0, r"write np\.ceil\(v\)"),
    "math.trunc(v)": (lambda x: math.trunc(x) * x, 1.0, r"write np\.trunc\(v\)"),
    "complex(v)": (complex, 1.0, "derivatives here are by real numbers"),
    "v.tolist()": (lambda x: x.tolist()[0], A, "write np functions on v as it is"),
    "range(v)": (
        lambda x: sum(x for _ in range(x)),
        3.0,
        r"a traced float can't be an index or a count \(at .*test_trace\.py:\d+\)",
    ),
    "np.sort": (
        lambda x: np.sort(x)[0],
        A,
        r"np\.sort is not among what gradlab traces \(at .*test_trace\.py:\d+\)",
    ),
    "a ufunc without a rule": (np.spacing, 1.0, r"np\.spacing is not among what gradlab traces"),
    "SciPy's erf": (
        lambda x: x.__array_ufunc__(type("erf", (), {}), "__call__", x),
        1.0,
        r"^erf is not among what gradlab traces \(at .*\): write gradlab\.erf\(v\)$",
    ),
    "a ufunc's method": (lambda x: np.multiply.outer(x, x).sum(), A, r"np\.multiply\.outer is not among"),
    "astype(int)": (
        lambda x: x.astype(int).sum(),
        A,
        r"a traced value can't become int64 .*: the derivative would be lost",
    ),
    "v + None": (lambda x: x + None, 1.0, "a traced value met NoneType None, and only numbers and arrays"),
    "v + 'a'": (lambda x: x + "a", 1.0, "a traced value met str 'a', and only numbers and arrays"),
    "v * 1j": (lambda x: x * 1j, 1.0, r"a traced value met a complex number \(at .*test_trace\.py:\d+\)"),
    "v + np.complex128": (lambda x: x + np.complex128(1j), 1.0, "a traced value met a complex number"),
    "v * a complex array": (
        lambda x: np.sum(x * np.array([1j, 2, 3])),
        A,
        "a traced value met a complex number",
    ),
    "None for an input": (
        lambda x: x,
        None,
        "a derivative is taken by real numbers, and this is NoneType None",
    ),
    "a string for an input": (lambda x: x, "a", "a derivative is taken by real numbers, and this is str 'a'"),
    "a complex input": (
        lambda x: x,
        1j,
        "a derivative is taken by real numbers, and this is a complex number",
    ),
}


@pytest.mark.parametrize("slip", REFUSED)
def test_what_can_t_be_traced_says_what_to_write_instead(slip: str) -> None:
    function, at, message = REFUSED[slip]
    with pytest.raises(TraceError, match=message):
        trace(function, [at])
    with pytest.raises(TraceError, match=message):
        grad(function)(at)


NOT_ONE_NUMBER: dict[str, tuple[Callable[[Any], Any], str]] = {
    "None": (lambda x: None, "returned NoneType None"),
    "a string": (lambda x: "a", "returned str 'a'"),
    "a complex number": (lambda x: 1j, "returned complex 1j"),
    "a truth value": (lambda x: x[0] > 0, "returned bool"),
    "a list": (lambda x: [x[0]], "returned list"),
    "an array": (lambda x: x, r"returned an array of shape \(3,\): sum it, or ask for the jacobian"),
}


@pytest.mark.parametrize("result", NOT_ONE_NUMBER)
def test_a_gradient_is_of_one_real_number(result: str) -> None:
    function, message = NOT_ONE_NUMBER[result]
    with pytest.raises(TypeError, match=message):
        grad(function)(A)


def test_in_place_operators_on_a_traced_array_make_a_new_one() -> None:
    def function(x: Any) -> Any:
        x *= 2.0
        x -= 1.0
        x /= 4.0
        x += x
        return np.sum(x)

    given = A.copy()
    assert np.array_equal(grad(function)(given), np.ones(3))
    assert np.array_equal(given, A)


def piecewise(x: Any) -> Any:
    if x > 1.0:  # the line that the branch names
        return x * x
    return 3.0 * x


@pytest.mark.parametrize(
    ("at", "taken", "margin", "slope"),
    [(1.5, True, 0.5, 3.0), (-2.0, False, 3.0, 3.0), (1.0, False, 0.0, 3.0)],
)
def test_a_branch_is_recorded_with_its_margin_and_line(
    at: float, taken: bool, margin: float, slope: float
) -> None:
    program, value = trace(piecewise, [at])
    (branch,) = program.branches
    assert bool(branch.taken) is taken
    assert branch.margin == margin
    line = piecewise.__code__.co_firstlineno + 1
    assert branch.location.endswith(f"test_trace.py:{line}")
    assert value == piecewise(at)
    assert grad(piecewise)(at) == slope


def test_masks_and_argmax_are_branches() -> None:
    by_mask, _ = trace(lambda x: np.sum(x[x > 1.5]), [A])
    assert np.array_equal(by_mask.branches[0].taken, [False, True, True])
    assert by_mask.branches[0].margin == 0.5
    by_place, _ = trace(lambda x: x[np.argmax(x)], [A])
    assert by_place.branches[0].taken == 2


def test_a_loop_on_values_records_every_comparison() -> None:
    def doubled(x: Any) -> Any:
        while x < 10.0:
            x = 2.0 * x
        return x

    program, value = trace(doubled, [1.5])
    assert value == 12.0
    assert [b.margin for b in program.branches] == [8.5, 7.0, 4.0, 2.0]
    assert grad(doubled)(1.5) == 8.0


def test_branches_of_an_inner_gradient_steer_the_outer_one() -> None:
    assert grad(grad(lambda x: x**3 if x > 0 else x**5))(-2.0) == 20 * (-2.0) ** 3


def test_every_equation_s_line_is_kept_when_asked_for() -> None:
    program, _ = trace(lambda x: np.sin(x) * x, [2.0], locate=True)
    line = test_every_equation_s_line_is_kept_when_asked_for.__code__.co_firstlineno + 1
    assert len(program.locations) == len(program.equations) == 2
    assert all(location.endswith(f"test_trace.py:{line}") for location in program.locations)


def test_the_result_of_a_trace_is_plain_and_keeps_its_structure() -> None:
    program, result = trace(lambda x: {"sum": np.sum(x), "parts": [x * 2, (x[0],)]}, [A])
    assert isinstance(result["sum"], float)
    assert np.array_equal(result["parts"][0], 2 * A)
    assert isinstance(result["parts"][1], tuple)
    assert [np.shape(y) for y in evaluate(program, [A])] == [(), (3,), ()]


@pytest.mark.parametrize(
    "given", [3, np.int64(3), np.float32(3), np.array(3), np.array(3.0), True + True + True]
)
def test_numbers_of_every_kind_become_floats(given: Any) -> None:
    gradient = grad(lambda x: x**2)(given)
    assert gradient == 6.0
    assert isinstance(gradient, float)


@pytest.mark.parametrize("dtype", ["int64", "float32", "bool", ">f8"])
def test_arrays_of_every_kind_become_float64(dtype: str) -> None:
    gradient = grad(lambda x: np.sum(x**2))(np.ones(3).astype(dtype))
    assert gradient.dtype == np.float64
    assert np.array_equal(gradient, [2.0, 2.0, 2.0])


def test_a_tracer_prints_and_formats_as_its_value() -> None:
    seen: list[str] = []

    def function(x: Any) -> Any:
        seen.extend([f"{x:.2f}", repr(x)])
        return x

    trace(function, [0.5])
    assert seen == ["0.50", "Tracer(0.5)"]


def test_a_run_of_another_number_of_inputs_is_refused() -> None:
    program, _ = trace(lambda x: x, [1.0])
    with pytest.raises(ValueError, match="the program has 1 inputs, and 2 were given"):
        evaluate(program, [1.0, 2.0])


@pytest.mark.parametrize(
    ("alias", "name"),
    [(np.deg2rad, "radians"), (np.rad2deg, "degrees"), (np.fmax, "maximum"), (np.fabs, "absolute")],
)
def test_another_name_of_a_function_is_the_same_primitive(alias: np.ufunc, name: str) -> None:
    program, _ = trace(lambda x: alias(*[x] * alias.nin), [0.5])
    assert [e.primitive.name for e in program.equations] == [name]


def test_a_cell_of_a_notebook_is_named_as_one() -> None:
    assert shown_path(str(Path("/temporary", "ipykernel_12", "34.py"))) == "cell"
