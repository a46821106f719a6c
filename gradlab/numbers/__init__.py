"""Number systems in which a program can be evaluated, one a file.

float64 is the engine's own (`gradlab.engine.program.Double`). A system gives `constant` and `apply`;
structural primitives need no rule, because NumPy moves and sums arrays of any objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradlab.engine.primitive import Primitive, ScalarRule, Value


def on_objects(
    primitive: Primitive,
    rule: ScalarRule | None,
    module: Any,
    operands: Sequence[Value],
    parameters: Mapping[str, Any],
) -> Value:
    """One equation on numbers that are objects: element by element, or by NumPy where it only moves them.

    Raises LookupError where the primitive has no rule in this system.
    """
    if primitive.on_arrays and rule is not None:
        return _as_function(rule, module)(*map(np.asarray, operands), **parameters)
    if not primitive.is_elementwise:
        if primitive.vjp is None:
            raise LookupError(f"{primitive.name} has no rule in this number system")
        return _bare(primitive.impl(*operands, **parameters))
    if rule is None:
        raise LookupError(f"{primitive.name} has no rule in this number system")
    function = _as_function(rule, module)
    for x in operands:
        if x.__class__ is np.ndarray and x.ndim:
            return np.frompyfunc(function, len(operands), 1)(*operands)
    return function(*map(_bare, operands))


def _as_function(rule: ScalarRule, module: Any) -> Callable[..., Any]:
    if isinstance(rule, str):
        named: Callable[..., Any] = getattr(module, rule)
        return named
    return lambda *x, **parameters: rule(module, *x, **parameters)


def _bare(value: Any) -> Any:
    """The object itself in place of an array without axes."""
    return value.item() if value.__class__ is np.ndarray and value.ndim == 0 else value


def each(function: Callable[[Any], Any], value: Value) -> Value:
    """`function` of a number, or of every element into an object array of the same shape."""
    if np.ndim(value) == 0:
        return function(_bare(value))
    array = np.empty(np.shape(value), dtype=object)
    array.ravel()[:] = [function(v) for v in np.ravel(value).tolist()]
    return array
