"""SymPy expressions as numbers: a program evaluated on symbols is its closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.engine.primitive import Exact, Primitive, Value
from gradlab.numbers import each, on_objects

_CONSTANT_DIGITS = 60


class Symbolic:
    """SymPy arithmetic. A float constant that is a short fraction (0.5, 2.0) becomes that
    fraction; any other keeps its exact binary value as a SymPy Float of 60 digits.

    >>> from gradlab.engine import evaluate, trace
    >>> program, _ = trace(lambda x: 0.5 * x * np.sin(x), [2.0])
    >>> symbols = Symbolic()
    >>> evaluate(program, [symbols.symbol("x")], symbols)
    [x*sin(x)/2]
    """

    @cached_property
    def module(self) -> Any:
        """SymPy itself, imported when first needed."""
        import sympy

        return sympy

    def symbol(self, name: str) -> Any:
        """A real variable. Never pass a name from outside to `lambdify`: it becomes code there."""
        return self.module.Symbol(name, real=True)

    def number(self, value: Any) -> Any:
        """One constant, exactly."""
        if isinstance(value, (bool, np.bool_)):
            return self.module.true if value else self.module.false
        if isinstance(value, (int, np.integer)):
            return self.module.Integer(int(value))
        if isinstance(value, Exact):
            return value.symbolic(self.module)
        if math.isinf(value):
            return self.module.oo if value > 0 else -self.module.oo
        fraction = Fraction(float(value))
        if fraction.denominator <= 1024:
            return self.module.Rational(fraction.numerator, fraction.denominator)
        exact = self.module.Float(float(value), precision=53)
        return self.module.Float(exact, _CONSTANT_DIGITS)

    def _as_numbers(self, value: Value) -> Value:
        """A condition that is calculated with, as in (x > 0)·x, as the number 1 or 0."""
        boolean, expression = self.module.logic.boolalg.Boolean, self.module.Expr  # a symbol is both

        def is_condition(v: Any) -> bool:
            return isinstance(v, boolean) and not isinstance(v, expression)

        def number(v: Any) -> Any:
            return self.module.Piecewise((1, v), (0, True)) if is_condition(v) else v

        flat = value.ravel().tolist() if isinstance(value, np.ndarray) else [value]
        return each(number, value) if any(map(is_condition, flat)) else value

    def constant(self, value: Value) -> Value:
        """A number or array as SymPy numbers."""
        return each(self.number, value)

    def apply(self, primitive: Primitive, operands: Sequence[Value], parameters: Mapping[str, Any]) -> Value:
        """One equation, by the primitive's rule in this system; LookupError where it has none."""
        if primitive.partials is not None:
            operands = [
                x if partial is None else self._as_numbers(x)
                for x, partial in zip(operands, primitive.partials, strict=True)
            ]
        return on_objects(primitive, primitive.symbolic, self.module, operands, parameters)
