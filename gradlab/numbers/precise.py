"""mpmath numbers at a chosen number of digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradlab.engine.primitive import Exact, Primitive, Value
from gradlab.numbers import each, on_objects


@cache
def _context(digits: int) -> Any:
    """One context for each precision: making one takes as long as some hundred multiplications."""
    from mpmath.ctx_mp import MPContext

    context = MPContext()
    context.dps = digits
    return context


class Precise:
    """Arithmetic with `digits` decimal digits, in an mpmath context of its own.

    A float64 constant enters with its exact binary value.

    >>> from gradlab.engine import evaluate, trace
    >>> program, _ = trace(lambda x: np.sqrt(x), [2.0])
    >>> fifty = Precise(50)
    >>> print(fifty.text(evaluate(program, [fifty.constant(2.0)], fifty)[0], 30))
    1.41421356237309504880168872421
    """

    def __init__(self, digits: int = 50) -> None:
        self.digits = digits

    @property
    def context(self) -> Any:
        """The mpmath context: mpf, sin, exp … at these digits."""
        return _context(self.digits)

    def number(self, value: Any) -> Any:
        """One number: exactly, if it is a float, an integer or an mpmath number of no more digits."""
        if isinstance(value, (bool, np.bool_)):
            return bool(value)
        if isinstance(value, Exact):
            return value.precise(self.context)
        return self.context.mpf(int(value) if isinstance(value, (int, np.integer)) else value)

    def constant(self, value: Value) -> Value:
        """A number or array as mpmath numbers; booleans stay."""
        if np.asarray(value).dtype == bool:
            return value
        return each(self.number, value)

    def apply(self, primitive: Primitive, operands: Sequence[Value], parameters: Mapping[str, Any]) -> Value:
        """One equation, by the primitive's rule in this system; LookupError where it has none."""
        return on_objects(primitive, primitive.precise, self.context, operands, parameters)

    def text(self, value: Any, digits: int) -> str:
        """The number in decimal, to so many significant digits."""
        return str(self.context.nstr(value, digits, strip_zeros=True))
