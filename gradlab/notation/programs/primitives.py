"""How each primitive is written as mathematics: its operands' trees to the tree of its result.

What has an operator is written with it, and all else as a function of the primitive's own name; `_WRITTEN` is for
what mathematics writes in another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive
from gradlab.notation.functions import FUNCTIONS
from gradlab.notation.programs.arithmetic import (
    added,
    divided,
    multiplied,
    negated,
    powered,
    subtracted,
    times,
    unsigned,
)
from gradlab.notation.programs.constants import write_repeated
from gradlab.notation.programs.contractions import matrix_product, turned, write_contraction
from gradlab.notation.scope import Shape
from gradlab.notation.tree import (
    Apply,
    Condition,
    MatMul,
    Matrix,
    Node,
    Number,
    Power,
    Relation,
    Setting,
    Subscript,
    Sum,
    Transpose,
)

_LONGEST = 24
"""Characters of an array of indices that is written out."""

_SLICE = re.compile(r"\d+:\d+")

_RELATIONS: Mapping[str, Relation] = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_CONTRARY: Mapping[Relation, Relation] = {"<": "≥", "≤": ">", ">": "≤", "≥": "<", "=": "≠", "≠": "="}
_MIRRORED: Mapping[Relation, Relation] = {"<": ">", "≤": "≥", ">": "<", "≥": "≤", "=": "=", "≠": "≠"}

Parameters = Mapping[str, Any]
Writing = Callable[[Sequence[Node], Sequence[Shape], Parameters], Node]
"""(operands' trees, their shapes, the parameters) -> the tree of the result."""


def write_operation(
    primitive: Primitive, operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters
) -> Node:
    """One operation on operands that are written already; shapes are theirs.

    >>> from gradlab.engine.primitive import PRIMITIVES
    >>> from gradlab.notation.tree import Name
    >>> from gradlab.notation.write import write
    >>> write(write_operation(PRIMITIVES["matmul"], (Transpose(Name("W")), Name("x")), ((2, 3), (3,)), {}))
    'Wᵀ @ x'
    """
    if primitive.name in _WRITTEN:
        return _WRITTEN[primitive.name](operands, shapes, parameters)
    if primitive.operator in _RELATIONS and len(operands) == 2:
        return Condition(_RELATIONS[primitive.operator], *operands)
    signed = _OPERATORS.get((primitive.operator, len(operands)))
    if signed is not None:
        return signed(operands, shapes, parameters)
    known = FUNCTIONS.get(primitive.name)
    name = known.name if known is not None and primitive.is_elementwise else primitive.name
    return Apply(name, (*operands, *_settings(parameters, shapes)))


def write_doubled(primitive: Primitive, operand: Node, shape: Shape) -> Node:
    """x + x or x·x."""
    if primitive.name == "add":
        return multiplied(Number(2), operand)
    return powered(operand, Number(2), shape)


def write_stack(operands: Sequence[Node], shape: Shape, axis: int) -> Node:
    """Numbers as a vector, or arrays of one shape along a new axis."""
    if not shape:
        return Matrix(tuple((operand,) for operand in operands))
    return Apply("stack", (*operands, *([Setting(f"axis={axis}")] if axis else [])))


def write_outer(left: Node, right: Node) -> Node:
    """The matrix of the products of two vectors' elements."""
    minus, left, right = unsigned(left, right)
    product = Apply("outer", (left, right))
    return negated(product) if minus else product


def _transposed(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    if len(shapes[0]) != 2:
        return Apply("transpose", (*operands, Setting(_plain(parameters["axes"]))))
    (body,) = operands
    match body:
        case MatMul(left, right) if isinstance(left, Transpose) or isinstance(right, Transpose):
            return MatMul(turned(right), turned(left))
    return turned(body)


def _product_of_matrices(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    minus, left, right = unsigned(*operands)
    product = matrix_product(left, right)
    return negated(product) if minus else product


def _settings(parameters: Parameters, shapes: Sequence[Shape]) -> tuple[Node, ...]:
    """The parameters that matter: no axis where it is all of them, nothing that is as always."""
    settings = []
    for name, value in parameters.items():
        if name == "axis" and (value is None or (shapes and value == tuple(range(len(shapes[0]))))):
            continue
        if name == "keepdims" and not value:
            continue
        if name == "axis" and isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        if name == "key":
            settings.append(Setting(f"[{_key(value)}]"))
        else:
            settings.append(Setting(_plain(value) if name == "shape" else f"{name}={_plain(value)}"))
    return tuple(settings)


def _plain(value: Any) -> str:
    text = str(value.tolist()) if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}…{text[-3:]}"


def _key(key: Any) -> str:
    """A key as it stands between brackets."""
    if isinstance(key, tuple):
        return ", ".join(map(_key, key))
    if isinstance(key, slice):
        ends = ["" if k is None else str(k) for k in (key.start, key.stop)]
        return ":".join(ends) + ("" if key.step is None else f":{key.step}")
    return "..." if key is Ellipsis else _plain(key)


def _indexed(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    if _is_diagonal(parameters["key"], shapes[0]):
        return Apply("diag", tuple(operands))
    return Subscript(operands[0], _key(parameters["key"]))


def _scattered(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    """Zeros of a shape with an array added at a key."""
    if _is_diagonal(parameters["key"], parameters["shape"]):
        return Apply("diag", tuple(operands))
    return Apply("scatter", (*operands, *_settings(parameters, shapes)))


def _is_diagonal(key: Any, shape: Shape) -> bool:
    """Whether a key has the places (i, i) of a square matrix."""
    if len(shape) != 2 or shape[0] != shape[1] or not isinstance(key, tuple):
        return False
    places = [part for part in key if part is not Ellipsis]
    return len(places) == 2 and all(
        isinstance(part, np.ndarray) and np.array_equal(part, np.arange(shape[0])) for part in places
    )


def _summed(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    match operands[0]:
        case Sum((("-", body),)):
            return negated(_summed((body,), shapes, parameters))
        case Apply("diag", arguments) if len(shapes[0]) == 1:
            return Apply("trace", arguments)
    return Apply("sum", (*operands, *_settings(parameters, shapes)))


def _joined(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    axis = parameters["axis"]
    return Apply("concatenate", (*operands, *([Setting(f"axis={axis}")] if axis else [])))


def _chosen(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    """1 where something holds, and 0 elsewhere: where(z > 0, 1, 0), not where(0 ≥ z, 0, 1)."""
    match operands:
        case Condition(relation, left, right), Number(0 | 1 as first), Number(0 | 1 as second) if (
            first != second
        ):
            relation = relation if first else _CONTRARY[relation]
            if isinstance(left, Number):
                relation, left, right = _MIRRORED[relation], right, left
            return Apply("where", (Condition(relation, left, right), Number(1), Number(0)))
    return Apply("where", tuple(operands))


def _reshaped(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    """x[3:4] as a number is x[3], and a sum as a column is one that keeps its axis."""
    shape = parameters["shape"]
    match operands[0]:
        case Subscript(body, key) if not shape and _SLICE.fullmatch(key):
            return Subscript(body, key.partition(":")[0])
        case Sum((("-", body),)):
            return negated(_reshaped((body,), shapes, parameters))
        case Apply("sum", (body, Setting(axis))) if axis in _axes_kept(shapes[0], shape):
            return Apply("sum", (body, Setting(axis), Setting("keepdims=True")))
    return Apply("reshape", (operands[0], Setting(_plain(shape))))


def _axes_kept(summed: Shape, kept: Shape) -> list[str]:
    """The axes along which a sum of shape `kept` is one of shape `summed` without keepdims."""
    return [f"axis={i}" for i in range(len(kept)) if (*summed[:i], 1, *summed[i:]) == tuple(kept)]


def _contracted(operands: Sequence[Node], shapes: Sequence[Shape], parameters: Parameters) -> Node:
    subscripts = parameters["subscripts"]
    written = write_contraction(subscripts, operands)
    return Apply("einsum", (Setting(f'"{subscripts}"'), *operands)) if written is None else written


_WRITTEN: Mapping[str, Writing] = {
    "absolute": lambda x, *_: Apply("abs", tuple(x)),
    "maximum": lambda x, *_: Apply("max", tuple(x)),
    "minimum": lambda x, *_: Apply("min", tuple(x)),
    "exp2": lambda x, *_: Power(Number(2), x[0]),
    "square": lambda x, shapes, _: powered(x[0], Number(2), shapes[0]),
    "power": lambda x, shapes, _: powered(x[0], x[1], shapes[0]),
    "reciprocal": lambda x, *_: divided(Number(1), x[0]),
    "floor_divide": lambda x, *_: Apply("floor", (divided(x[0], x[1]),)),
    "remainder": lambda x, *_: Apply("mod", tuple(x)),
    "reshape": _reshaped,
    "index": _indexed,
    "scatter": _scattered,
    "sum": _summed,
    "broadcast_to": lambda x, _, parameters: write_repeated(x[0], parameters["shape"]),
    "transpose": _transposed,
    "einsum": _contracted,
    "concatenate": _joined,
    "stack": lambda x, shapes, parameters: write_stack(x, shapes[0], parameters["axis"]),
    "where": _chosen,
}
_OPERATORS: Mapping[tuple[str, int], Writing] = {
    ("+", 1): lambda x, *_: x[0],
    ("-", 1): lambda x, *_: negated(x[0]),
    ("+", 2): lambda x, *_: added(x[0], x[1]),
    ("-", 2): lambda x, *_: subtracted(x[0], x[1]),
    ("*", 2): lambda x, shapes, _: times(x[0], x[1], shapes),
    ("/", 2): lambda x, shapes, _: divided(x[0], x[1], shapes[1]),
    ("@", 2): _product_of_matrices,
}
