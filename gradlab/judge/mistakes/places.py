"""Where a rule of differentiation is applied: the places of a program, however it is written.

x*x, x**2 and np.square(x) are powers; 1/(1 + exp(−z)) is the logistic function; a·b·c/d is one quotient, though
it is three equations. A place has a result and operands, which are slots; what lies between is its own affair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.engine.program import Equation, Program

MOST_FACTORS = 7
"""Of a product, that are told apart; it has as many ways to be split as 2 to that power."""
MOST_TERMS = 24
FUNCTIONS = frozenset(
    (
        *(
            "exp",
            "exp2",
            "expm1",
            "log",
            "log2",
            "log10",
            "log1p",
            "sqrt",
            "cbrt",
            "absolute",
            "radians",
            "degrees",
        ),
        *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "arcsinh", "arccosh", "arctanh"),
        *("tanh", "sigmoid", "softplus", "relu", "erf", "erfc"),
    )
)


@dataclass(frozen=True)
class Place:
    """One application of a rule."""

    form: str
    """`power`, `product`, `quotient`, `sum`, `exponential`, `function`, …"""
    result: int
    operands: tuple[int, ...]
    name: str = ""
    """Of a function."""
    number: float = 0.0
    """An exponent; for a quotient, how many of the operands are in the numerator."""
    signs: tuple[int, ...] = ()
    """Of the terms of a sum; −1 for the logistic function of what is the negative of its operand."""
    scale: int | None = None
    """A slot that the whole is multiplied by: c in c/u."""
    equation: Equation | None = None


class Reading:
    """A program as its slots are made, and what uses them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.made = {e.result: e for e in program.equations}
        self.uses = Counter(i for e in program.equations for i in e.operands)

    @cached_property
    def inside(self) -> frozenset[int]:
        """The slots from which the way to the output leads through a power or a function."""
        found: set[int] = set()
        for equation in reversed(self.program.equations):
            curved = equation.primitive.name in FUNCTIONS or self.power(equation) is not None
            if curved or equation.result in found:
                found.update(equation.operands)
        return frozenset(found)

    def number(self, slot: int) -> float | None:
        """The number that a slot holds, if it is a constant one (an array of equal numbers too)."""
        value = self.program.constants.get(slot)
        if value is None:
            equation = self.made.get(slot)
            if equation is not None and equation.primitive.name in ("broadcast_to", "negative"):
                inner = self.number(equation.operands[0])
                return -inner if inner is not None and equation.primitive.name == "negative" else inner
            return None
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" or not array.size or np.any(array != array.flat[0]):
            return None
        return float(array.flat[0])

    def by(self, slot: int, *names: str) -> Equation | None:
        """The equation behind a slot, if it is one of these primitives."""
        equation = self.made.get(slot)
        return equation if equation is not None and equation.primitive.name in names else None

    def power(self, equation: Equation) -> tuple[int, float, int | None] | None:
        """(base, exponent, scale) of what is a power of something by a number."""
        name, x = equation.primitive.name, equation.operands
        if name == "square" or (name == "multiply" and x[0] == x[1]):
            return x[0], 2.0, None
        if name == "reciprocal":
            return x[0], -1.0, None
        if name == "sqrt":
            return x[0], 0.5, None
        if name == "cbrt":
            return x[0], 1 / 3, None
        if name == "power":
            exponent = self.number(x[1])
            return (x[0], exponent, None) if exponent is not None and self.number(x[0]) is None else None
        if name == "divide" and self.number(x[0]) is not None and self.number(x[1]) is None:
            return x[1], -1.0, x[0]
        return None

    def logistic(self, equation: Equation) -> tuple[int, int, int | None] | None:
        """(operand, sign, scale) of c/(1 + exp(−z)): z, or the slot of −z with the sign −1."""
        power = self.power(equation)
        if power is None or power[1] != -1.0:
            return None
        total = self.by(power[0], "add")
        if total is None:
            return None
        for one, other in (total.operands, total.operands[::-1]):
            exponential = self.by(other, "exp")
            if self.number(one) == 1.0 and exponential is not None:
                negated = self.by(exponential.operands[0], "negative")
                if negated is not None:
                    return negated.operands[0], 1, power[2]
                return exponential.operands[0], -1, power[2]
        return None

    def rectified(self, equation: Equation) -> int | None:
        """z, where this is max(0, z) in one of its spellings."""
        name, x = equation.primitive.name, equation.operands
        if name == "maximum":
            return next((b for a, b in (x, x[::-1]) if self.number(a) == 0.0), None)
        if name == "where" and self.number(x[2]) == 0.0:
            condition = self.by(x[0], "greater", "greater_equal")
            if (
                condition is not None
                and condition.operands[0] == x[1]
                and self.number(condition.operands[1]) == 0.0
            ):
                return x[1]
        return None

    def factors(self, slot: int) -> tuple[list[int], list[int], int]:
        """(numerator, denominator, sign) of a product, flattened."""
        above: list[int] = []
        below: list[int] = []
        sign = 1
        pending = [(slot, True)]
        while pending:
            place, is_above = pending.pop()
            equation = self.by(place, "multiply", "divide", "negative")
            room = len(above) + len(below) + len(pending) < MOST_FACTORS
            if equation is None or not room:
                (above if is_above else below).append(place)
            elif equation.primitive.name == "negative":
                sign = -sign
                pending.append((equation.operands[0], is_above))
            else:
                a, b = equation.operands
                divided = equation.primitive.name == "divide"
                pending += [(b, is_above != divided), (a, is_above)]
        return above, below, sign

    def terms(self, slot: int) -> list[tuple[int, int]]:
        """(slot, sign) of the terms of a sum, flattened."""
        found: list[tuple[int, int]] = []
        pending = [(slot, 1)]
        while pending:
            place, sign = pending.pop()
            equation = self.by(place, "add", "subtract", "negative")
            if equation is None or len(found) + len(pending) >= MOST_TERMS:
                found.append((place, sign))
            elif equation.primitive.name == "negative":
                pending.append((equation.operands[0], -sign))
            else:
                a, b = equation.operands
                pending += [(b, sign if equation.primitive.name == "add" else -sign), (a, sign)]
        return found


def alike(reading: Reading, every: Sequence[Place]) -> list[tuple[Place, ...]]:
    """The places that are the same but for an index, as in the terms of a sum: a rule that is broken in one of
    them is broken in all.
    """
    program = reading.program
    written = {slot: f"{slot}" for slot in program.inputs}
    written |= {slot: f"c{slot}" if np.ndim(c) else repr(float(c)) for slot, c in program.constants.items()}
    numbers: dict[str, str] = {}
    indexed: set[str] = set()
    for primitive, operands, parameters, result in program.equations:
        rest = {key: value for key, value in parameters.items() if primitive.name != "index" or key != "key"}
        text = f"{primitive.name}({', '.join(written[i] for i in operands)}; {rest})"
        # numbered, so that a long program does not make long texts
        written[result] = numbers.setdefault(text, f"#{len(numbers)}")
        if primitive.name == "index" or any(written[i] in indexed for i in operands):
            indexed.add(written[result])
    found: dict[tuple[Any, ...], list[Place]] = {}
    for place in every:
        if written[place.result] in indexed:
            own = (place.form, place.name, place.number, place.signs, written[place.result])
            found.setdefault((*own, *(written[i] for i in place.operands)), []).append(place)
    return [tuple(group) for group in found.values() if len(group) > 1]


def places(reading: Reading) -> Iterator[Place]:
    """Every place of a program; an equation may be one in several ways."""
    for equation in reading.program.equations:
        name, x, result = equation.primitive.name, equation.operands, equation.result
        yield Place("any", result, x, name, equation=equation)
        power = reading.power(equation)
        if power is not None:
            yield Place("power", result, (power[0],), number=power[1], scale=power[2])
        logistic = reading.logistic(equation)
        if logistic is not None:
            yield Place(
                "function", result, (logistic[0],), "sigmoid", signs=(logistic[1],), scale=logistic[2]
            )
        rectified = reading.rectified(equation)
        if rectified is not None:
            yield Place("function", result, (rectified,), "relu", signs=(1,))
        if name in FUNCTIONS:
            yield Place("function", result, x[:1], name, signs=(1,))
        if name in ("multiply", "divide"):
            yield from _products(reading, result)
        if name in ("add", "subtract"):
            terms = reading.terms(result)
            yield Place("sum", result, tuple(t for t, _ in terms), signs=tuple(s for _, s in terms))
        if name == "power" and power is None:
            yield Place("exponential", result, x)
        if name in ("maximum", "minimum", "where"):
            yield Place("choice", result, x[-2:], name)
        if name == "sum":
            yield Place("reduction", result, x, equation=equation)
        if name in ("matmul", "einsum"):
            yield Place("contraction", result, x, name, equation=equation)


def _products(reading: Reading, result: int) -> Iterator[Place]:
    """A product or quotient as it stands, and with its factors gathered."""
    equation = reading.made[result]
    a, b = equation.operands
    if equation.primitive.name == "divide":
        yield Place("quotient", result, (a, b), number=1, signs=(1,))
    elif a != b:
        yield Place("product", result, (a, b), signs=(1,))
    above, below, sign = reading.factors(result)
    if below and len(above) + len(below) > 2:
        yield Place("quotient", result, (*above, *below), number=len(above), signs=(sign,))
    elif len(above) > 2:
        yield Place("product", result, tuple(above), signs=(sign,))
