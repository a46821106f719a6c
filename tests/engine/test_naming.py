"""What intermediate quantities are called: as the user's own code calls them."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any

import numpy as np
import pytest

from gradlab.engine.naming import trace_with_names
from gradlab.engine.trace import TraceError, trace
from gradlab.notation.definitions import parse_definition
from gradlab.notation.formula import Scope, parse_formula


def logistic(z: Any) -> Any:
    e = np.exp(-z)
    return 1 / (1 + e)


def neuron(w: Any, x: Any, b: Any) -> Any:
    y_hat = logistic(w * x + b)
    return (y_hat - 1.0) ** 2


def looped(x: Any) -> Any:
    for _ in range(3):
        x = np.sin(x)
    return x + 1.0


def aliased(x: Any) -> Any:
    y = x
    z = y * 2.0
    same = z
    return same + x


def unpacked(x: Any) -> Any:
    a, (b, *rest) = x[0], (x[1], x[2])
    return a * b * rest[0]


def branching(x: Any) -> Any:
    positive = x > 0
    if positive:
        high = x * x
        return high + 1.0
    low = -x
    return low + 1.0


def twice(x: Any) -> Any:
    return logistic(x * 2.0) + logistic(x * 3.0)


def numbered(x: Any) -> Any:
    x2 = x + 1.0
    x = x * 2.0
    return x * x2


def nested(x: Any) -> Any:
    def inner(t: Any) -> Any:
        u = t * x
        return u + 1.0

    return sum(inner(v * 2.0) for v in [x, x + 1.0])


NAMES: dict[Callable[..., Any], tuple[list[Any], list[str]]] = {
    neuron: ([0.5, 2.0, 0.1], ["w", "x", "b", "z", "e", "y_hat"]),
    looped: ([0.5], ["x", "x_2", "x_3", "x_4"]),
    aliased: ([0.5], ["x", "z"]),
    unpacked: ([np.array([1.0, 2.0, 3.0])], ["x", "a", "b"]),
    branching: ([0.5], ["x", "positive", "high"]),
    twice: ([0.5], ["x", "z", "e", "z_2", "e_2"]),
    numbered: ([0.5], ["x", "x2", "x_3"]),
    nested: ([0.5], ["x", "t", "u", "v", "t_2", "u_2"]),
}


@pytest.mark.parametrize("function", NAMES, ids=lambda f: f.__name__)
def test_quantities_are_called_what_the_code_calls_them(function: Callable[..., Any]) -> None:
    inputs, expected = NAMES[function]
    program, _, names = trace_with_names(function, inputs)
    assert sorted(names.values()) == sorted(expected)
    assert set(names) <= set(range(len(program.shapes)))


def test_a_name_stands_at_the_slot_it_was_given_to() -> None:
    program, _, names = trace_with_names(neuron, [0.5, 2.0, 0.1])
    made = {names.get(e.result): e.primitive.name for e in program.equations}
    assert made["z"] == "add" and made["e"] == "exp" and made["y_hat"] == "divide"


@pytest.mark.parametrize("function", NAMES, ids=lambda f: f.__name__)
def test_the_program_and_the_result_are_those_of_a_trace(function: Callable[..., Any]) -> None:
    inputs, _ = NAMES[function]
    plain, value = trace(function, inputs, locate=True)
    program, result, _ = trace_with_names(function, inputs, locate=True)
    assert program.signature() == plain.signature() and result == value
    assert program.locations == plain.locations


def test_inputs_keep_the_names_they_are_given() -> None:
    _, _, names = trace_with_names(neuron, [0.5, 2.0, 0.1], names=["a", "b", "c"])
    assert list(names.values())[:3] == ["a", "b", "c"]


def test_the_function_that_is_only_called_by_another_is_watched() -> None:
    def call(w: Any, x: Any, b: Any) -> Any:
        return neuron(w, x, b)

    wrapped = FunctionType(call.__code__.replace(co_filename="<elsewhere>"), globals())
    assert "y_hat" in trace_with_names(wrapped, [0.5, 2.0, 0.1], watch=neuron)[2].values()
    assert "y_hat" not in trace_with_names(wrapped, [0.5, 2.0, 0.1])[2].values()


def test_partials_methods_and_callable_objects_are_followed() -> None:
    class Model:
        def __call__(self, x: Any) -> Any:
            h = x * 2.0
            return h + 1.0

    called = trace_with_names(Model(), [1.0])
    bound = trace_with_names(Model().__call__, [1.0])
    partial = trace_with_names(functools.partial(neuron, 0.5), [2.0, 0.1])
    assert "h" in called[2].values() and "h" in bound[2].values() and "y_hat" in partial[2].values()


def test_what_has_no_code_of_its_own_is_traced_without_names() -> None:
    program, result, names = trace_with_names(np.sin, [0.5], names=["x"])
    assert names == {0: "x"} and len(program.equations) == 1 and result == np.sin(0.5)


def test_the_tracers_of_another_tape_are_not_named() -> None:
    from gradlab.engine import grad

    def slope(x: Any) -> Any:
        def square(t: Any) -> Any:
            inside = t * t
            return inside + t

        d = grad(square)(x)
        return d * 2.0

    program, _, names = trace_with_names(slope, [3.0])
    assert "d" in names.values()
    assert max(names) < len(program.shapes)


def test_a_trace_function_that_is_set_rests_and_is_put_back() -> None:
    seen: list[tuple[str, str]] = []

    def debugger(frame: FrameType, event: str, argument: Any) -> Any:
        seen.append((frame.f_code.co_name, event))
        return debugger

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        _, _, names = trace_with_names(neuron, [0.5, 2.0, 0.1])
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is debugger and "y_hat" in names.values()
    assert ("trace_with_names", "call") in seen
    assert ("neuron", "call") not in seen


def test_the_trace_function_is_put_back_after_an_error() -> None:
    def refused(x: Any) -> Any:
        y = x * 2.0
        return float(y)

    before = sys.gettrace()
    with pytest.raises(TraceError, match="can't be traced"):
        trace_with_names(refused, [0.5])
    assert sys.gettrace() is before


def test_a_formula_names_the_quantities_of_its_definitions() -> None:
    scope = Scope({"w": (), "x": (), "b": ()})
    for text in ("z = w x + b", "y = 1/(1 + e^(-z))"):
        definition = parse_definition(text, scope)
        scope = scope.defining(definition)
    formula = parse_formula("(y - 1)^2", scope)

    def function(w: Any, x: Any, b: Any) -> Any:
        return formula(w=w, x=x, b=b)

    program, _, names = trace_with_names(function, [0.5, 2.0, 0.1])
    assert sorted(names.values()) == ["b", "w", "x", "y", "z"]
    made = {names.get(e.result): e.primitive.name for e in program.equations}
    assert made["z"] == "add" and made["y"] == "divide"


def test_tracing_without_names_keeps_none() -> None:
    scope = Scope({"x": ()})
    scope = scope.defining(parse_definition("z = x + 1", scope))
    formula = parse_formula("z^2", scope)
    program, value = trace(lambda x: formula(x=x), [2.0])
    assert value == 9.0 and len(program.equations) == 2
