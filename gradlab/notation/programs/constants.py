"""Constants as they are written: numbers, arrays of a few, and what stands for a larger one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradlab.engine.primitive import Exact
from gradlab.notation.programs.arithmetic import negated
from gradlab.notation.scope import Shape
from gradlab.notation.tree import Apply, Constant, Matrix, Node, Number, Product, Setting, Transpose

_MOST_ELEMENTS = 4
"""Elements of an array that is written out."""

_PI = Constant("pi")
_EXACT: Mapping[str, Node] = {
    "ln 2": Apply("ln", (Number(2),)),
    "ln 10": Apply("ln", (Number(10),)),
    "pi": _PI,
    "2/sqrt(pi)": Product((("*", Number(2)), ("/", Apply("sqrt", (_PI,))))),
    "degree": Product((("*", _PI), ("/", Number(180)))),
    "radian": Product((("*", Number(180)), ("/", _PI))),
}


def write_constant(value: Any) -> Node | None:
    """A number, or an array of a few elements or of one value; None for an array that needs a name."""
    if isinstance(value, Exact) and value.name in _EXACT:
        return _EXACT[value.name]
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        return Setting(str(array.tolist())) if array.size <= _MOST_ELEMENTS else None
    if not array.ndim:
        return _number(array.item())
    if 0 < array.size <= _MOST_ELEMENTS and array.ndim <= 2:
        column = array.ndim == 2 and array.shape[1] == 1 < array.shape[0]
        rows = (array.T if column else array.reshape(array.shape[0], -1)).tolist()
        matrix = Matrix(tuple(tuple(map(_number, row)) for row in rows))
        return Transpose(matrix) if column else matrix
    if array.size and (array == array.flat[0]).all():
        return write_repeated(_number(array.flat[0].item()), array.shape)
    return None


def write_repeated(value: Node, shape: Shape) -> Node:
    """A number, or an array, repeated to a shape."""
    if value in (Number(0), Number(1)):
        return Apply("ones" if value == Number(1) else "zeros", (Setting(repr(shape)),))
    return Apply("broadcast_to", (value, Setting(repr(shape))))


def _number(value: float) -> Node:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if math.copysign(1.0, value) < 0 and value != 0:
        return negated(Number(-value))
    return Number(value)
