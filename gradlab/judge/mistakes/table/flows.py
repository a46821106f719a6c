"""Slips that may happen anywhere: the upstream gradient forgotten, a path forgotten, a factor too much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradlab.engine.forward import tangent_of
from gradlab.engine.primitive import Value
from gradlab.engine.rules.elementary import LN10
from gradlab.engine.rules.spreading import unbroadcast
from gradlab.engine.trace import shape_of
from gradlab.judge.mistakes.scene import inner
from gradlab.judge.mistakes.slip import Sight, slip


@slip(
    "upstream gradient forgotten",
    "any",
    "The upstream gradient is forgotten: what comes back to {y} has to be multiplied in.",
    is_change=True,
)
def _upstream(s: Sight) -> Iterator[Value]:
    if s.is_moving(s.place.result) and s.place.result != s.scene.program.outputs[0]:
        flow = s.flow
        yield inner((np.ones(shape_of(flow)) if shape_of(flow) else 1.0) - flow, s.moved)


def edge_flow(s: Sight, position: int) -> Value:
    """What flows back along one edge."""
    equation = s.place.equation
    assert equation is not None
    primitive, x = equation.primitive, s.x
    if primitive.partials is None:
        return primitive.vjp(position, s.flow, s.y, *x, **equation.parameters) if primitive.vjp else None
    partial = primitive.partials[position]
    if partial is None:
        return None
    flow = s.flow * (partial(s.y, *x) if callable(partial) else partial)
    shape = shape_of(x[position])
    return unbroadcast(flow, shape) if shape_of(flow) != shape else flow


@slip(
    "one of several paths forgotten",
    "any",
    "{x} reaches the result by several paths, and the contributions of all are added: one is missing.",
    is_change=True,
)
def _path(s: Sight) -> Iterator[Value]:
    for position, slot in enumerate(s.place.operands):
        if s.is_moving(slot) and s.scene.reading.uses[slot] > 1:
            flow = edge_flow(s, position)
            if flow is not None:
                yield -inner(flow, s.tangent(slot))


@slip(
    "last path overwrites the sum",
    "any",
    "{x} reaches the result by several paths, and the contributions of all are added: only one of them is left.",
    is_change=True,
)
def _overwritten(s: Sight) -> Iterator[Value]:
    for position, slot in enumerate(s.place.operands):
        if s.is_moving(slot) and s.scene.reading.uses[slot] > 1:
            flow = edge_flow(s, position)
            if flow is not None and s.scene.cotangents[slot] is not None:
                yield inner(flow - s.scene.cotangents[slot], s.tangent(slot))


def _spread(s: Sight) -> Iterator[Value]:
    """(what flows back, element by element, the slot) of a number that is spread over an array."""
    equation = s.place.equation
    assert equation is not None
    for position, slot in enumerate(equation.operands):
        partial = equation.primitive.partials[position] if equation.primitive.partials else None
        shape = shape_of(s.y)
        if partial is not None and len(shape) == 1 and shape_of(s.x[position]) == () and s.is_moving(slot):
            flow = s.flow * (partial(s.y, *s.x) if callable(partial) else partial)
            if shape_of(flow) == shape:
                yield flow, slot


@slip(
    "last path overwrites the sum",
    "any",
    "{by} is used for every element of {y}, and the contributions of all are added: only the last one is left.",
    is_change=True,
)
def _last_element(s: Sight) -> Iterator[Value]:
    for flow, slot in _spread(s):
        yield (flow[-1] - np.sum(flow)) * s.tangent(slot)


@slip(
    "mean for sum",
    "any",
    "{by} is used for every element of {y}, and the contributions of all are added: here their mean is taken.",
    is_change=True,
)
def _mean_of_elements(s: Sight) -> Iterator[Value]:
    for flow, slot in _spread(s):
        yield (np.sum(flow) / float(shape_of(flow)[0]) - np.sum(flow)) * s.tangent(slot)


@slip(
    "value before for the value after",
    "any",
    "The value before the activation stands where the one after it belongs: look at {y}.",
)
def _before_activation(s: Sight) -> Iterator[Value]:
    equation = s.place.equation
    assert equation is not None
    moving = [s.scene.tangents[s.column][i] for i in equation.operands]
    for after, before in s.scene.activations:
        if s.scene.depends(equation.result, after) and equation.result != after:
            values = s.scene.with_value(after, before)
            x = [values[i] for i in equation.operands]
            wrong = tangent_of(equation.primitive, moving, values[equation.result], x, equation.parameters)
            if wrong is not None:
                yield wrong


@slip("factor 2", "any", "A factor of 2 too many: look at {y}.")
def _two(s: Sight) -> Iterator[Value]:
    yield 2.0 * s.moved


@slip("factor ½", "any", "A factor of 2 is missing: look at {y}.")
def _half(s: Sight) -> Iterator[Value]:
    yield s.moved / 2.0


@slip("sign of a rule", "any", "The sign of the derivative of {y} is wrong.")
def _sign(s: Sight) -> Iterator[Value]:
    yield -s.moved


@slip("ln 10", "any", "A factor ln 10 is wrong: look at {y}.", "exp log log2 log10 power divide")
def _ten(s: Sight) -> Iterator[Value]:
    yield s.moved * LN10
    yield s.moved / LN10


@slip("contribution lost", "any", "Nothing of the derivative of {y} is left here.")
def _zero(s: Sight) -> Iterator[Value]:
    if s.place.result != s.scene.program.outputs[0]:
        yield 0.0 * s.moved
