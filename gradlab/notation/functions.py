"""The functions and constants that a typed formula knows: one entry each.

They are evaluated through NumPy's ufuncs and the engine's own functions alone, so that floats,
arrays, complex numbers and tracers all pass through.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradlab.notation import arrays
from gradlab.notation.arrays import ShapeError, described
from gradlab.notation.scope import Shape


@dataclass(frozen=True)
class Function:
    """A function by its canonical name, with how many arguments it takes."""

    name: str
    evaluate: Callable[..., Any]
    aliases: tuple[str, ...] = ()
    fewest: int = 1
    most: int | None = 1
    note: str = ""
    """What is assumed when the function is used by one of the names in `noted`."""
    noted: tuple[str, ...] = ()
    shape: Callable[[Sequence[Shape | None]], Shape | None] | None = None
    """Of its value, by those of its arguments; None for what works element by element."""

    def shape_of(self, shapes: Sequence[Shape | None]) -> Shape | None:
        """The shape of its value. Raises ShapeError where it does not take such arguments."""
        if self.shape is None:
            return arrays.spread_all(shapes, self.name)
        return None if None in shapes else self.shape(shapes)


def _engine(name: str) -> Callable[..., Any]:
    """A function of the engine, imported when it is called."""

    def evaluate(operand: Any) -> Any:
        from gradlab import engine

        return getattr(engine, name)(operand)

    return evaluate


def _folded(ufunc: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *operands: functools.reduce(ufunc, operands)


def _number(shapes: Sequence[Shape | None]) -> Shape:
    return ()


def _diagonal_shape(shapes: Sequence[Shape | None]) -> Shape | None:
    (shape,) = shapes
    if shape is not None and len(shape) == 1:
        return (*shape, *shape)
    if shape is not None and len(shape) == 2 and shape[0] == shape[1]:
        return shape[:1]
    raise ShapeError(f"diag takes a column or a square matrix, and here stands {described(shape)}")


def _softmax_shape(shapes: Sequence[Shape | None]) -> Shape | None:
    (shape,) = shapes
    if shape is not None and (len(shape) == 1 or (len(shape) == 2 and shape[0] == 1)):
        return shape
    raise ShapeError(f"softmax takes a column or a row, and here stands {described(shape)}")


def _trace_shape(shapes: Sequence[Shape | None]) -> Shape:
    (shape,) = shapes
    if shape is not None and len(shape) == 2 and shape[0] == shape[1]:
        return ()
    raise ShapeError(f"trace takes a square matrix, and here stands {described(shape)}")


def _vectors(shapes: Sequence[Shape | None], name: str) -> list[int]:
    if any(shape is None or len(shape) > 2 or (len(shape) == 2 and shape[0] > 1) for shape in shapes):
        shown = " and ".join(map(described, shapes))
        raise ShapeError(f"{name} takes two vectors, and here stand {shown}")
    return [shape[-1] if shape else 1 for shape in shapes if shape is not None]


def _outer_shape(shapes: Sequence[Shape | None]) -> Shape | None:
    first, second = _vectors(shapes, "outer")
    return arrays.canonical((first, second))


def _dot_shape(shapes: Sequence[Shape | None]) -> Shape:
    first, second = _vectors(shapes, "dot")
    if first != second:
        raise ShapeError(f"dot takes two vectors of one length, and these have {first} and {second}")
    return ()


def _outer(a: Any, b: Any) -> Any:
    return arrays.standard(np.outer(a, b))


def _dot(a: Any, b: Any) -> Any:
    return np.sum(np.reshape(a, np.shape(a)[-1:]) * np.reshape(b, np.shape(b)[-1:]))


_FUNCTIONS = (
    Function("exp", np.exp),
    Function("expm1", np.expm1),
    Function(
        "ln",
        np.log,
        ("log",),
        note="log is the natural logarithm (for base 10 write log10, for base 2 log2).",
        noted=("log",),
    ),
    Function("log10", np.log10),
    Function("log2", np.log2),
    Function("log1p", np.log1p),
    Function("sqrt", np.sqrt),
    Function("cbrt", np.cbrt),
    Function("sin", np.sin),
    Function("cos", np.cos),
    Function("tan", np.tan, ("tg",)),
    Function("sec", lambda x: 1 / np.cos(x)),
    Function("csc", lambda x: 1 / np.sin(x), ("cosec",)),
    Function("cot", lambda x: 1 / np.tan(x)),
    Function("arcsin", np.arcsin, ("asin",)),
    Function("arccos", np.arccos, ("acos",)),
    Function("arctan", np.arctan, ("atan",)),
    Function("arctan2", np.arctan2, ("atan2",), fewest=2, most=2),
    Function("sinh", np.sinh),
    Function("cosh", np.cosh),
    Function("tanh", np.tanh),
    Function("arcsinh", np.arcsinh, ("asinh", "arsinh")),
    Function("arccosh", np.arccosh, ("acosh", "arcosh")),
    Function("arctanh", np.arctanh, ("atanh", "artanh")),
    Function(
        "sigmoid",
        _engine("sigmoid"),
        ("sigma", "logistic"),
        note="σ is the logistic function 1/(1 + e^(−z)).",
        noted=("sigma",),
    ),
    Function("softmax", _engine("softmax"), shape=_softmax_shape),
    Function("softplus", _engine("softplus")),
    Function("erf", _engine("erf")),
    Function("erfc", _engine("erfc")),
    Function("relu", _engine("relu"), ("ReLU", "ReLu", "Relu")),
    Function("abs", np.abs),
    Function("sign", np.sign, ("sgn",)),
    Function("max", _folded(np.maximum), fewest=2, most=None),
    Function("min", _folded(np.minimum), fewest=2, most=None),
    Function("sum", np.sum, shape=_number),
    Function("prod", np.prod, shape=_number),
    Function("mean", np.mean, shape=_number),
    Function("diag", np.diag, shape=_diagonal_shape),
    Function("trace", np.trace, ("tr",), shape=_trace_shape),
    Function("outer", _outer, fewest=2, most=2, shape=_outer_shape),
    Function("dot", _dot, fewest=2, most=2, shape=_dot_shape),
    Function("norm", lambda x: arrays.norm(x, "2"), shape=_number),
)

FUNCTIONS = {name: function for function in _FUNCTIONS for name in (function.name, *function.aliases)}
"""Function by name and by each alias."""

CONSTANTS = {"e": math.e, "pi": math.pi}
"""What these names stand for where they are not declared as symbols."""
