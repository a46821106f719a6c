"""The functions and constants that a typed formula knows: one entry each.

They are evaluated through NumPy's ufuncs and the engine's own functions alone, so that floats,
arrays, complex numbers and tracers all pass through.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


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


def _engine(name: str) -> Callable[..., Any]:
    """A function of the engine, imported when it is called."""

    def evaluate(operand: Any) -> Any:
        from gradlab import engine

        return getattr(engine, name)(operand)

    return evaluate


def _folded(ufunc: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *operands: functools.reduce(ufunc, operands)


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
    Function("softplus", _engine("softplus")),
    Function("relu", _engine("relu"), ("ReLU", "ReLu", "Relu")),
    Function("abs", np.abs),
    Function("sign", np.sign, ("sgn",)),
    Function("max", _folded(np.maximum), fewest=2, most=None),
    Function("min", _folded(np.minimum), fewest=2, most=None),
)

FUNCTIONS = {name: function for function in _FUNCTIONS for name in (function.name, *function.aliases)}
"""Function by name and by each alias."""

CONSTANTS = {"e": math.e, "pi": math.pi}
"""What these names stand for where they are not declared as symbols."""
