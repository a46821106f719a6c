"""A program under construction: equations emitted under new slot numbers, equal ones shared.

It knows nothing of what is simpler than what: the identities are handed to it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from gradlab.engine.primitive import PRIMITIVES, Exact, Primitive, Value
from gradlab.engine.program import Equation


def key_of(value: Any) -> Any:
    """A hashable key that is equal for equal parameters and constants (arrays by their bytes)."""
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.str, value.tobytes())
    if isinstance(value, slice):
        return ("slice", value.start, value.stop, value.step)
    if isinstance(value, (tuple, list)):
        return tuple(map(key_of, value))
    if isinstance(value, dict):
        return tuple((name, key_of(v)) for name, v in value.items())
    if isinstance(value, float):
        return (type(value), value, math.copysign(1.0, value))
    return (type(value), value)


_RATIONAL: dict[str, Callable[..., Fraction]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "negative": operator.neg,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
}


def _is_exact(
    primitive: Primitive, operands: list[Value], parameters: Mapping[str, Any], result: Value
) -> bool:
    """Whether float64 calculates this without rounding, so that another number system could not tell."""
    if any(x.__class__ is Exact for x in operands):
        return False
    if (
        np.asarray(result).dtype.kind in "biu"
        or primitive.operations(np.asarray(result), *map(np.asarray, operands), **parameters) == 0
    ):
        return True
    rational = _RATIONAL.get(primitive.name)
    if rational is None or np.ndim(result):
        return primitive.name == "negative"
    try:
        return rational(*(Fraction(float(x)) for x in operands)) == Fraction(float(result))
    except ArithmeticError:  # infinite, or divided by zero
        return False


class Builder:
    """Emits equations under new slot numbers, sharing what was emitted before."""

    def __init__(self, identities: Mapping[str, Identity], *, exact: bool) -> None:
        self.identities = identities
        self.exact = exact
        self.shapes: list[tuple[int, ...]] = []
        self.constants: dict[int, Value] = {}
        self.equations: dict[int, Equation] = {}
        self.seen: dict[Any, int] = {}

    def slot(self, shape: tuple[int, ...]) -> int:
        """A new slot."""
        self.shapes.append(shape)
        return len(self.shapes) - 1

    def constant(self, value: Value) -> int:
        """The slot of a constant, shared; an array of one number everywhere is that number, spread."""
        if (
            value.__class__ is np.ndarray
            and value.ndim
            and value.size
            and value.dtype == np.float64
            and (value == value.flat[0]).all()
        ):
            number = self.constant(float(value.flat[0]))  # the same number everywhere
            return self.emit(PRIMITIVES["broadcast_to"], (number,), {"shape": value.shape}, value.shape)
        key = ("constant", key_of(value))
        if key not in self.seen:
            self.seen[key] = slot = self.slot(np.shape(value))
            self.constants[slot] = value
        return self.seen[key]

    def number(self, slot: int) -> float | None:
        """The value of a slot that is a constant number, and may be calculated with in float64."""
        value = self.constants.get(slot)
        return (
            float(value) if isinstance(value, (int, float)) and not isinstance(value, (bool, Exact)) else None
        )

    def emit(
        self,
        primitive: Primitive,
        operands: tuple[int, ...],
        parameters: Mapping[str, Any],
        shape: tuple[int, ...],
    ) -> int:
        """The slot of an equation's result: of an equal one, of something simpler, or of this one anew."""
        if primitive.name != "broadcast_to" and all(i in self.constants for i in operands):
            known = [self.constants[i] for i in operands]
            with np.errstate(all="ignore"):
                value = primitive(*known, **parameters)
            if not self.exact or _is_exact(primitive, known, parameters, value):
                return self.constant(value)
        if primitive.is_elementwise and shape:
            operands = self._unspread(operands, shape)
            numbers = tuple(self._spread_number(i) for i in operands)
            if None not in numbers:  # the same number everywhere: calculate it once
                once = self.emit(primitive, numbers, parameters, ())  # type: ignore[arg-type]
                return self.emit(PRIMITIVES["broadcast_to"], (once,), {"shape": shape}, shape)
        rule = self.identities.get(primitive.name)
        if rule is not None:
            simpler = rule(self, operands, parameters, shape)
            if simpler is not None:
                return simpler
        order = tuple(sorted(operands)) if primitive.commutative else operands
        key = (primitive.name, order, key_of(dict(parameters)))
        if key not in self.seen:
            self.seen[key] = result = self.slot(shape)
            self.equations[result] = Equation(primitive, operands, dict(parameters), result)
        return self.seen[key]

    def _unspread(self, operands: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
        """Operands without a broadcast_to that elementwise arithmetic does by itself."""
        for position, slot in enumerate(operands):
            inner = self.made_by("broadcast_to", slot)
            if inner is not None:
                others = [self.shapes[i] for i in (*operands[:position], *operands[position + 1 :])]
                if np.broadcast_shapes(self.shapes[inner[0]], *others) == shape:
                    operands = (*operands[:position], inner[0], *operands[position + 1 :])
        return operands

    def _spread_number(self, slot: int) -> int | None:
        """The slot of the single number that fills this one."""
        inner = self.made_by("broadcast_to", slot)
        source = slot if inner is None else inner[0]
        return source if self.shapes[source] == () else None

    def made_by(self, name: str, slot: int) -> tuple[int, ...] | None:
        """The operands of the equation behind a slot, if it is of that primitive."""
        equation = self.equations.get(slot)
        return equation.operands if equation is not None and equation.primitive.name == name else None

    def apply(self, name: str, *operands: int, shape: tuple[int, ...]) -> int:
        """`emit` for a primitive without parameters, by name."""
        return self.emit(PRIMITIVES[name], operands, {}, shape)

    def scaled(self, slot: int) -> tuple[float, int] | None:
        """(c, u) where a slot is c·u with a constant number c."""
        negated = self.made_by("negative", slot)
        if negated is not None:
            return -1.0, negated[0]
        factors = self.made_by("multiply", slot)
        if factors is not None:
            for c, u in (factors, factors[::-1]):
                number = self.number(c)
                if number is not None and self.shapes[u] == self.shapes[slot]:
                    return number, u
        return None

    def scale(self, c: float, slot: int, shape: tuple[int, ...]) -> int | None:
        """c·slot in its smallest form; None where it is smallest as it stands."""
        if c == 1.0 and self.shapes[slot] == shape:
            return slot
        inner = self.scaled(slot)
        if (
            inner is not None
            and math.isfinite(c * inner[0])
            and c * inner[0] != 0.0
            and (not self.exact or Fraction(c) * Fraction(inner[0]) == Fraction(c * inner[0]))
        ):
            return self.times(c * inner[0], inner[1], shape)
        if c == -1.0:
            return self.apply("negative", slot, shape=shape)
        return None

    def times(self, c: float, slot: int, shape: tuple[int, ...]) -> int:
        """The slot of c·slot."""
        found = self.scale(c, slot, shape)
        return self.apply("multiply", self.constant(c), slot, shape=shape) if found is None else found


Identity = Callable[[Builder, tuple[int, ...], Mapping[str, Any], tuple[int, ...]], int | None]
"""(builder, operands, parameters, the result's shape) -> the slot of something simpler, or None."""
