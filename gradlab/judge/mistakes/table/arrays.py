"""Slips with sums, means and matrices: a mean for a sum, a transposed or exchanged factor, a bias taken as weight."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.trace import shape_of
from gradlab.judge.mistakes.scene import inner
from gradlab.judge.mistakes.slip import Sight, slip


def _count(s: Sight) -> float:
    """How many elements are summed into one."""
    shape = shape_of(s.x[0])
    assert s.place.equation is not None
    return float(np.prod([shape[i] for i in s.place.equation.parameters["axis"]]))


@slip("mean for sum", "reduction", "{y} is a sum: here its derivative is divided by the number of terms.")
def _mean(s: Sight) -> Iterator[Value]:
    if _count(s) > 1:
        yield s.moved / _count(s)


@slip(
    "sum for mean",
    "reduction",
    "{y} is divided by the number of its terms, and so is its derivative: here it is not, or twice.",
)
def _sum(s: Sight) -> Iterator[Value]:
    if _count(s) > 1:
        yield s.moved * _count(s)


@slip(
    "derived element by element",
    "any",
    "Each element of {y} depends on every element of {by}: here only that on its own is differentiated.",
)
def _own_element(s: Sight) -> Iterator[Value]:
    column = s.scene.columns[s.column]
    shape = s.scene.program.shapes[column.slot]
    if shape and shape == shape_of(s.y) == shape_of(s.moved):
        yield s.moved * column.seed(shape)


def _flows(s: Sight) -> Iterator[tuple[int, Value, Value, Value]]:
    """(position, right flow, tangent, the other operand) of each operand that moves, of a matrix product."""
    equation = s.place.equation
    assert equation is not None and equation.primitive.vjp is not None
    for position, slot in enumerate(equation.operands):
        if s.is_moving(slot) and len(equation.operands) == 2:
            flow = equation.primitive.vjp(position, s.flow, s.y, *s.x, **equation.parameters)
            yield position, flow, s.tangent(slot), s.x[1 - position]


@slip(
    "transposed factor",
    "contraction",
    "A factor is transposed: backwards, {y} brings the transpose of the other factor, in its place.",
    is_change=True,
)
def _transposed(s: Sight) -> Iterator[Value]:
    for position, flow, tangent, other in _flows(s):
        shape = shape_of(flow)
        if len(shape) == 2 and shape[0] == shape[1]:
            yield inner(flow.T - flow, tangent)
        wrong = other.T if len(shape_of(other)) == 2 else None
        if wrong is not None and shape_of(wrong) == shape_of(other):
            x = [wrong if k != position else value for k, value in enumerate(s.x)]
            assert s.place.equation is not None and s.place.equation.primitive.vjp is not None
            again = s.place.equation.primitive.vjp(position, s.flow, s.y, *x, **s.place.equation.parameters)
            yield inner(again - flow, tangent)


@slip(
    "swapped factors",
    "contraction",
    "The factors are in the wrong order: backwards, {y} multiplies from the other side.",
    is_change=True,
)
def _swapped(s: Sight) -> Iterator[Value]:
    for _, flow, tangent, other in _flows(s):
        shape = shape_of(flow)
        g = s.flow
        if len(shape) == 2 and len(shape_of(g)) == 2 and len(shape_of(other)) == 2:
            for a, b in permutations((g, other, g.T, other.T), 2):
                if shape_of(a)[1] == shape_of(b)[0] and (shape_of(a)[0], shape_of(b)[1]) == shape:
                    yield inner(a @ b - flow, tangent)
        elif len(shape) == len(shape_of(g)) == 1 and len(shape_of(other)) == 2:
            for a in (other, other.T):
                if shape_of(a) == (*shape, *shape_of(g)):
                    yield inner(a @ g - flow, tangent)


@slip(
    "weight treated as a bias",
    "contraction",
    "{by} is multiplied in {y}: its derivative has the other factor, and here that is missing.",
    is_change=True,
)
def _as_bias(s: Sight) -> Iterator[Value]:
    for position, flow, tangent, other in _flows(s):
        assert s.place.equation is not None and s.place.equation.primitive.vjp is not None
        x = [np.ones(shape_of(other)) if k != position else value for k, value in enumerate(s.x)]
        again = s.place.equation.primitive.vjp(position, s.flow, s.y, *x, **s.place.equation.parameters)
        yield inner(again - flow, tangent)
