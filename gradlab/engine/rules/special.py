"""Special functions, which NumPy lacks: the error function and its complement."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gradlab.engine.primitive import Exact, Primitive, Value, elementwise
from gradlab.engine.rules.elementary import exp

TWO_BY_ROOT_PI = Exact(
    "2/sqrt(pi)", 2.0 / math.sqrt(math.pi), lambda s: 2 / s.sqrt(s.pi), lambda m: 2 / m.sqrt(m.pi)
)


def _on_arrays(function: Callable[[float], float]) -> Callable[[Value], Value]:
    """A function of `math` on real numbers and arrays, element by element."""
    each = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(each(x), dtype=np.float64)[()]


erf: Primitive = elementwise(
    _on_arrays(math.erf),
    lambda y, x: TWO_BY_ROOT_PI * exp(-(x * x)),
    name="erf",
    scalar=math.erf,
    analytic=False,  # it is holomorphic, but math has it for real numbers alone; so too erfc
)
erfc: Primitive = elementwise(
    _on_arrays(math.erfc),
    lambda y, x: -(TWO_BY_ROOT_PI * exp(-(x * x))),
    name="erfc",
    scalar=math.erfc,
    analytic=False,
)
