"""Which equation of a program loses the digits of its result in float64, and how.

The program is evaluated twice, in float64 and in many digits. Where the two part is where rounding
came in; the cotangents of the result, in many digits too, say whether that matters for it. All to
first order (Griewank & Walther 2008, ch. 3; Higham 2002, ch. 1): sentences, not bounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradlab.engine.primitive import Value
from gradlab.engine.program import Equation, Program, evaluate, run
from gradlab.engine.reverse import cotangents_of
from gradlab.engine.trace import Recording, Tape, as_input
from gradlab.numbers.precise import Precise

SHARE = 0.05
"""Of the result's error: an equation through which less of it passes is no cause."""
MARKED = 2.0
"""Digits that one equation must lose to be called the cause."""
_CANCELLING = {"add", "subtract", "sum", "mean", "matmul", "dot", "einsum", "tensordot", "cumsum", "var"}
_SIGNS = {"add": "+", "subtract": "−", "multiply": "·", "divide": "/", "power": "^"}


@dataclass(frozen=True)
class _Place:
    """One element of one equation's result."""

    equation: int
    element: int


@dataclass(frozen=True)
class _Loss:
    """How many digits an equation loses, at most."""

    digits: float
    place: _Place


class Twice:
    """A program with its values in float64 and in many digits.

    places: for each equation, a phrase that says where it comes from (" at f.py:3"), or "".

    >>> from gradlab.engine.trace import trace
    >>> program, _ = trace(lambda x: (x + 1e8) - 1e8, [0.1])
    >>> twice = Twice(program, [0.1], [""] * 2, Precise(60))
    >>> twice.cause(program.outputs[0], 0)
    'cancellation: 100000000.1 − 100000000 loses 9 digits'
    """

    def __init__(
        self, program: Program, inputs: Sequence[Value], places: Sequence[str], numbers: Precise
    ) -> None:
        self.program, self.places, self.numbers = program, places, numbers
        self.inputs = inputs
        self.exact_inputs = [numbers.constant(x) for x in inputs]
        with np.errstate(all="ignore"):
            double = run(program, inputs)
        exact = run(program, self.exact_inputs, numbers)
        self.double = [np.ravel(np.asarray(v)) for v in double]
        self.exact = [np.ravel(np.asarray(v, dtype=object)) for v in exact]
        self.made_by = {e.result: number for number, e in enumerate(program.equations)}
        narrowest = max((np.finfo(x.dtype).eps for x in inputs if hasattr(x, "dtype")), default=2.0**-52)
        self.full = -math.log10(narrowest / 2)
        """The correct digits of a value that is rounded once."""

    def value(self, slot: int, element: int) -> float:
        """An element in float64."""
        return float(self.double[slot][element])

    @cached_property
    def digits(self) -> list[np.ndarray | None]:
        """Correct digits in float64 of every element of every slot; None for conditions and indices."""
        return [self._digits(slot) for slot in range(len(self.double))]

    def _digits(self, slot: int) -> np.ndarray | None:
        double, exact = self.double[slot], self.exact[slot]
        if double.dtype.kind != "f":
            return None
        found = []
        for value, right in zip(double.tolist(), exact.tolist(), strict=True):
            if value == right:
                found.append(self.full)
            elif right == 0 or not math.isfinite(value):
                found.append(0.0)
            else:
                relative = float(abs((value - right) / right))
                found.append(min(self.full, max(0.0, -math.log10(relative))) if relative else self.full)
        return np.array(found)

    def cause(self, slot: int, element: int) -> str:
        """Why one element of a slot has so few correct digits in float64; "" where no reason is found."""
        if slot not in self.made_by:
            return ""
        if not math.isfinite(self.value(slot, element)):
            return self._not_finite(_Place(self.made_by[slot], element))
        return self._inaccurate(slot, element)

    # Values that are not finite

    def _not_finite(self, place: _Place) -> str:
        """From the first equation whose result is not finite: overflow, or an operand that is wrong."""
        chain = [place]
        while (before := self._operand_that(chain[-1], lambda v: not math.isfinite(v))) is not None:
            chain.append(before)
        first = chain[-1]
        slot = self._equation(first).result
        value, right = self.value(slot, first.element), self.exact[slot][first.element]
        if math.isinf(value) and abs(right) > np.finfo(self.double[slot].dtype).max:
            said = f"overflow: {self._words(first)} is {shown(value)}, where {in_short(right, self.numbers)} is right"
        elif (wrong := self._worst_operand(first)) is not None:
            said = f"{self.cause(*wrong)}, and {self._words(first)} is {shown(value)}"
        else:
            said = f"{self._words(first)} is {shown(value)}"
        then = next((p for p in reversed(chain) if math.isnan(self._value(p))), None)
        return said if then is None or then == first else f"{said}; then {self._words(then)} is nan"

    def _operand_that(self, place: _Place, holds: Any) -> _Place | None:
        """The first operand element of which something holds, if an equation made it."""
        for slot, element in self._operands(place):
            if (
                slot in self.made_by
                and self.double[slot].dtype.kind == "f"
                and holds(self.value(slot, element))
            ):
                return _Place(self.made_by[slot], element)
        return None

    def _worst_operand(self, place: _Place) -> tuple[int, int] | None:
        """The operand element of fewest digits, if they are few."""
        known = [
            (float(digits[element]), slot, element)
            for slot, element in self._operands(place)
            if (digits := self.digits[slot]) is not None and slot in self.made_by
        ]
        fewest = min(known, default=None)
        return fewest[1:] if fewest is not None and fewest[0] < self.full / 2 else None

    # Finite values with few digits

    def _inaccurate(self, slot: int, element: int) -> str:
        """The equation that loses most of the digits, and one before or after it that loses others."""
        shares = self._shares(slot, element)
        losses: list[_Loss] = []
        for number, equation in enumerate(self.program.equations):
            lost = self._digits_lost(equation)
            if lost is None or equation.result not in shares:
                continue
            lost = np.where(shares[equation.result] >= SHARE, lost, -1.0)
            k = int(np.argmax(lost))
            if lost[k] > 0:
                losses.append(_Loss(float(lost[k]), _Place(number, k)))
        if not losses:
            return ""
        worst = max(losses, key=lambda loss: (round(loss.digits, 1), -loss.place.equation))
        total = self.full - self._digits_at(_Place(self.made_by[slot], element))
        left = total - worst.digits + MARKED / 2  # two that lose more together are not in a row, but abreast
        others = [loss for loss in losses if MARKED <= loss.digits <= left and self._in_a_row(loss, worst)]
        other = max(others, default=None, key=lambda loss: loss.digits)
        row = sorted([worst, *([other] if other else [])], key=lambda loss: loss.place.equation)
        return self._told(row, total, shares)

    def _in_a_row(self, one: _Loss, other: _Loss) -> bool:
        """Whether one of two equations works on what the other has made."""
        first, second = sorted((one.place.equation, other.place.equation))
        made = {self.program.equations[first].result}
        for equation in self.program.equations[first + 1 : second + 1]:
            if made.intersection(equation.operands):
                made.add(equation.result)
        return first < second and self.program.equations[second].result in made

    def _digits_lost(self, equation: Equation) -> np.ndarray | None:
        """For each element of the result, by how much its digits are fewer than its operands'."""
        after = self.digits[equation.result]
        if after is None:
            return None
        before: Any = self.full
        shape = self.program.shapes[equation.result]
        for slot in equation.operands:
            digits = self.digits[slot]
            if digits is None or not digits.size:
                continue
            if equation.primitive.is_elementwise:
                own = np.broadcast_to(digits.reshape(self.program.shapes[slot]), shape).ravel()
            else:
                own = digits.min()
            before = np.minimum(before, own)
        lost: np.ndarray = before - after
        return lost

    def _shares(self, slot: int, element: int) -> dict[int, np.ndarray]:
        """What part of the error of one element passes through each element of the slots before it.

        Where a value is not finite, it is that of the values made from it.
        """
        whole = abs(self.exact[slot][element] - self.value(slot, element))
        shares: dict[int, np.ndarray] = {}
        for other, cotangent in self._cotangents(slot, element).items():
            if self.double[other].dtype.kind != "f":
                continue
            errors = self.exact[other] - self.double[other].astype(object)
            passed = np.abs(np.ravel(np.asarray(cotangent, dtype=object)) * errors) / whole
            shares[other] = np.array([float(p) for p in passed])
        for equation in reversed(self.program.equations):
            own = shares.get(equation.result)
            largest = float(np.nanmax(own, initial=0.0)) if own is not None else 0.0
            for operand in equation.operands:
                if operand in shares and (lost := ~np.isfinite(self.double[operand])).any():
                    now = np.where(np.isfinite(shares[operand]), shares[operand], 0.0)
                    shares[operand] = np.where(lost, np.maximum(now, largest), shares[operand])
        return shares

    def _cotangents(self, slot: int, element: int) -> dict[int, Value]:
        """In many digits: of every slot that an element depends on."""
        tape = Tape()
        with np.errstate(all="ignore"):
            inputs = [tape.input(as_input(x)) for x in self.inputs]
            values = run(self.program, inputs, Recording(tape))
            unit = np.zeros(self.program.shapes[slot])
            unit.flat[element] = 1.0
            seed = tape.input(as_input(unit))
            found = cotangents_of(self.program, values, [(slot, seed)], constants=True)
        reached = [s for s, cotangent in enumerate(found) if cotangent is not None and s in self.made_by]
        adjoint = tape.program([*inputs, seed], [found[s] for s in reached])
        given = [*self.exact_inputs, self.numbers.constant(as_input(unit))]
        return dict(zip(reached, evaluate(adjoint, given, self.numbers), strict=True))

    def _told(self, losses: Sequence[_Loss], total: float, shares: dict[int, np.ndarray]) -> str:
        """The cause in words, of one loss or two in a row; where they are the lesser part, of many."""
        first, last = losses[0], losses[-1]
        for loss in losses:
            if (special := self._out_of_range(loss.place) or self._flattened(loss.place, shares)) != "":
                return special
        if sum(loss.digits for loss in losses) < total / 2:
            most = max(losses, key=lambda loss: loss.digits)
            return (
                f"rounding grows over {self.program.operations()} operations; "
                f"the most in one, {most.digits:.1f} digits, is lost by {self._words(most.place)}"
            )
        words = self._words(first.place)
        said = f"{words} loses {'all' if self._digits_at(first.place) < 1 else round(first.digits)} digits"
        if last is not first:
            count = "the others" if self._digits_at(last.place) < 1 else f"{round(last.digits)} more"
            said += f", then {self._words(last.place)} loses {count}"
        if any(self._equation(loss.place).primitive.name in _CANCELLING for loss in losses):
            return f"cancellation: {said}"
        return f"ill-conditioned: {said}, because it magnifies the rounding of its operand"

    def _digits_at(self, place: _Place) -> float:
        digits = self.digits[self._equation(place).result]
        assert digits is not None
        return float(digits[place.element])

    def _out_of_range(self, place: _Place) -> str:
        """Overflow and underflow."""
        slot, value = self._equation(place).result, self._value(place)
        right = self.exact[slot][place.element]
        if not math.isfinite(value):
            return self._not_finite(place)
        if 0 < abs(right) < np.finfo(self.double[slot].dtype).smallest_normal:
            return f"underflow: {self._words(place)} is {shown(value)}, where {in_short(right, self.numbers)} is right"
        return ""

    def _flattened(self, place: _Place, shares: dict[int, np.ndarray]) -> str:
        """Saturation: all digits are lost, because something was rounded away."""
        flat = self._saturated(place, shares) if self._digits_at(place) < 1 else None
        if flat is None:
            return ""
        right = self.exact[self._equation(place).result][place.element]
        same = f"{self._words(flat)} is exactly {shown(self._value(flat))}"
        ending = "" if flat == place else f", so {self._words(place)} is {shown(self._value(place))}"
        return f"saturation: {same}{ending}, where {in_short(right, self.numbers)} is right"

    def _saturated(self, place: _Place, shares: dict[int, np.ndarray]) -> _Place | None:
        """The last equation before (or at) a place that rounds an operand away, and with it the result."""
        wanted = {self._equation(place).result}
        for number in range(place.equation, -1, -1):
            equation = self.program.equations[number]
            if equation.result not in wanted:
                continue
            wanted.update(equation.operands)
            own = shares.get(equation.result)
            if own is None or not equation.primitive.is_elementwise or not own.size:
                continue
            k = int(np.argmax(np.nan_to_num(own)))
            if own[k] >= SHARE and self._rounds_away(_Place(number, k)):
                return _Place(number, k)
        return None

    def _rounds_away(self, place: _Place) -> bool:
        """Whether an operand can change by a thousandth with no effect in float64, and with one in truth."""
        equation, value = self._equation(place), self._value(place)
        right = self.exact[equation.result][place.element]
        if value == right or not math.isfinite(value):
            return False
        operands = self._operands(place)
        double = [self.double[s][k].item() for s, k in operands]
        exact = [self.exact[s][k] for s, k in operands]
        for j, (slot, _) in enumerate(operands):
            if slot not in self._active or double[j] == 0 or self.double[slot].dtype.kind != "f":
                continue
            nearby = [[*double[:j], double[j] * share, *double[j + 1 :]] for share in (0.999, 1.001)]
            beside = [*exact[:j], exact[j] * self.numbers.number(1.001), *exact[j + 1 :]]
            with np.errstate(all="ignore"):
                still = all(equation.primitive(*x, **equation.parameters) == value for x in nearby)
            if still and self.numbers.apply(equation.primitive, beside, equation.parameters) != right:
                return True
        return False

    @cached_property
    def _active(self) -> set[int]:
        """The slots that depend on an input."""
        active = set(self.program.inputs)
        for equation in self.program.equations:
            if active.intersection(equation.operands):
                active.add(equation.result)
        return active

    # Words

    def _equation(self, place: _Place) -> Equation:
        return self.program.equations[place.equation]

    def _value(self, place: _Place) -> float:
        return self.value(self._equation(place).result, place.element)

    def _operands(self, place: _Place) -> list[tuple[int, int]]:
        """(slot, element) of what an element is made from; of what is not elementwise, all elements."""
        equation = self._equation(place)
        if not equation.primitive.is_elementwise:
            return [(slot, k) for slot in equation.operands for k in range(self.double[slot].size)]
        shape = self.program.shapes[equation.result]
        found = []
        for slot in equation.operands:
            numbered = np.arange(self.double[slot].size).reshape(self.program.shapes[slot])
            found.append((slot, int(np.broadcast_to(numbered, shape).ravel()[place.element])))
        return found

    def _words(self, place: _Place) -> str:
        """The equation with the numbers in it, and where it comes from."""
        equation, where = self._equation(place), self.places[place.equation]
        name, operands = equation.primitive.name, self._operands(place)
        values = [self.value(slot, k) for slot, k in operands]
        if not equation.primitive.is_elementwise:
            largest = max(map(abs, values), default=0.0)
            return f"{name} of {len(values)} numbers up to {shown(largest, 2)}{where}"
        if name in _SIGNS:
            a, b = values
            if name == "add" and a < 0 < b:
                a, b = b, a
            if name == "add" and b < 0:
                name, b = "subtract", -b
            if name in ("add", "subtract") and not 1e-3 <= abs(a / b if b else 0) <= 1e3:
                first, second = (shown(v, 3 if abs(v) == min(abs(a), abs(b)) else 17) for v in (a, b))
            else:
                first, second = shown(a), shown(b)
            return f"{first} {_SIGNS[name]} {f'({second})' if b < 0 else second}{where}"
        return f"{name} of {' and '.join(map(shown, values))}{where}"


def in_short(value: Any, numbers: Precise) -> str:
    """Three digits of a number of any size.

    >>> in_short(Precise(30).number(10) ** -400, Precise(30))
    '1.0e-400'
    """
    return numbers.text(value, 3).replace("e+", "e").replace("-", "−", 1 if value < 0 else 0)


def shown(value: float, significant: int = 17) -> str:
    """A float in its shortest decimal, or with fewer digits.

    >>> shown(-1e-07), shown(1.25e200, 1)
    ('−1e-7', '1e200')
    """
    if significant == 17:
        text = repr(float(value))
    else:
        text = f"{value:.0f}" if 10 <= abs(value) < 1000 else f"{value:.{significant}g}"
    mantissa, exponent_mark, exponent = text.removesuffix(".0").partition("e")
    mantissa = mantissa.replace("-", "−")
    return f"{mantissa}e{int(exponent)}" if exponent_mark else mantissa
