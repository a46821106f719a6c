"""Constants copied wrongly: solved for, and told only where the solution is a number that somebody would write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from gradlab.engine.primitive import PRIMITIVES, Value
from gradlab.engine.program import Equation, Program, run
from gradlab.engine.reverse import cotangents_of
from gradlab.judge.mistakes.edit import SIGN, Edit, instead
from gradlab.judge.mistakes.places import Reading

MOST_DENOMINATOR = 12
DECIMALS = 4
NEWTON = 12


def of_constants(
    program: Program,
    reading: Reading,
    values: Sequence[Value],
    goal: float,
    output: tuple[int, int],
    *,
    unwritten: bool,
) -> Iterator[Edit]:
    """A constant solved for; and, if asked for, one that isn't written: the factor 1 before a term. Else the formula
    is ours, and only what another would have written too is told: whole numbers.

    values: of every slot, in float64. goal: what an element (output, place in it) should become.
    """
    place, element = output
    seed = np.zeros(program.shapes[program.outputs[place]])
    seed.flat[element] = 1.0
    own = float(seed) if seed.ndim == 0 else seed
    with np.errstate(all="ignore"):
        slopes = cotangents_of(program, values, [(program.outputs[place], own)], constants=True)
        present = float(np.ravel(values[program.outputs[place]])[element])
        for slot in program.constants:
            number = reading.number(slot)
            if number is None or slopes[slot] is None or np.ndim(slopes[slot]):
                continue
            solved = _solve(program, values, slot, number, goal, output)
            if solved is not None and (unwritten or number == int(number) > 1 <= solved == int(solved)):
                changed = replace(program, constants={**program.constants, slot: solved})
                yield _edited(number, solved, changed)
        if not unwritten:
            return
        for number, equation in enumerate(program.equations):
            slope, value = slopes[equation.result], values[equation.result]
            if slope is None or equation.primitive.name in ("broadcast_to", "reshape", "transpose"):
                continue
            total = float(np.sum(slope * value))
            factor = written(1.0 + (goal - present) / total) if total else None
            if factor is not None and _is_likely_factor(factor, is_whole=equation.result in program.outputs):
                yield _scaled(program, number, factor)


def _edited(old: float, new: float, program: Program) -> Edit:
    if new == -old:
        return Edit(
            "sign of a term", f"the sign of {old:g} is wrong", f"the sign of {old:g} is wrong", program
        )
    return Edit(
        "copy slip in a constant",
        f"{old:g} became {new:g}",
        f"it would be right with {new:g} in place of {old:g}",
        program,
    )


def _scaled(program: Program, number: int, factor: float) -> Edit:
    equation = program.equations[number]
    inner, slot = len(program.shapes), len(program.shapes) + 1
    shape = program.shapes[equation.result]
    changed = instead(
        program,
        number,
        equation._replace(result=inner),
        Equation(PRIMITIVES["multiply"], (slot, inner), {}, equation.result),
        shapes=[shape, ()],
    )
    changed = replace(changed, constants={**program.constants, slot: factor})
    if factor == -1:
        return Edit("sign of a term", SIGN, SIGN, changed, (equation.result,))
    kind = {0.5: "factor 2", 2.0: "factor ½"}.get(factor, "copy slip in a constant")
    return Edit(
        kind,
        f"a factor {told(factor)} came in at {{a}}",
        f"it would be right with {told(factor)} times {{a}}",
        changed,
        (equation.result,),
    )


def _solve(
    program: Program, values: Sequence[Value], slot: int, start: float, goal: float, output: tuple[int, int]
) -> float | None:
    """The constant that gives the goal, by the secant method; None where it is no number that one writes."""
    inputs = [values[i] for i in program.inputs]

    def off(constant: float) -> float:
        changed = replace(program, constants={**program.constants, slot: constant})
        y = run(changed, inputs)[program.outputs[output[0]]]
        return float(np.ravel(y)[output[1]]) - goal

    try:
        for near in (start + 1, start - 1):  # by far the most frequent, and there may be other solutions
            if abs(off(near)) <= 1e-9 * (abs(goal) + abs(off(start))) and _is_likely(start, near):
                return near
        a, b = start, start + 0.1 * (abs(start) or 1.0)
        fa, fb = off(a), off(b)
        for _ in range(NEWTON):
            if fb == fa:
                break
            a, b, fa = b, b - fb * (b - a) / (fb - fa), fb
            fb = off(b)
            if abs(b - a) < 1e-13 * abs(b):
                break
    except (ArithmeticError, ValueError, TypeError):
        return None
    solved = written(b)
    return solved if solved is not None and _is_likely(start, solved) else None


def _is_likely(old: float, new: float) -> bool:
    """Whether one constant becomes the other by one slip: its sign is lost, or it is another of the same kind."""
    if abs(new - old) < 1e-9 * abs(old):
        return False
    if _of_logarithm(old) is not None:
        return _of_logarithm(new) is not None
    if old == int(old) and new != int(new):
        return 2 * new == int(2 * new) or new * old == 1.0
    return new == -old or (new * old > 0 and (old == int(old)) == (new == int(new)))


def _of_logarithm(value: float) -> int | None:
    """n, where this is ln n."""
    if not 0.6 < value < 10:
        return None
    base = round(math.exp(value))
    return base if abs(math.log(base) - value) < 1e-10 else None


def _is_likely_factor(factor: float, *, is_whole: bool) -> bool:
    """Whether a factor is lost, or comes in, by one slip: a sign, a 2, or the coefficient of one term."""
    if factor in (-1.0, 2.0, 0.5):
        return True
    counted = max(factor, 1 / factor) if factor > 0 else 0.0
    if is_whole or not 1 < counted <= 10:
        return False
    near = Fraction(counted).limit_denominator(6)
    return abs(counted - float(near)) < 1e-9 and (
        near.denominator == 1 or near.numerator == near.denominator + 1
    )


def written(value: float) -> float | None:
    """The number that one would write, if this is it to ten digits: a whole one, a decimal, a simple fraction."""
    if not abs(value) < 1e6:
        return None
    base = _of_logarithm(value)
    if base is not None:
        return math.log(base)
    near = [round(value, DECIMALS), *(round(value * n) / n for n in range(1, MOST_DENOMINATOR + 1))]
    return next((c for c in near if abs(c - value) <= 1e-9 * max(abs(value), 1e-3)), None)


def told(value: float) -> str:
    """A number as one writes it: 2, ½, 1/3."""
    for n in range(1, MOST_DENOMINATOR + 1):
        if abs(value * n - round(value * n)) < 1e-12:
            whole = str(round(value * n)).replace("-", "−")
            return whole if n == 1 else f"{whole}/{n}"
    return f"{value:g}"
