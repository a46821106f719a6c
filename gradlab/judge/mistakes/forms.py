"""The forms of a function that a derivation may have been made of: as written, simplified, quotients as powers."""

from __future__ import annotations

from collections.abc import Iterator

from gradlab.engine.primitive import PRIMITIVES
from gradlab.engine.program import Equation, Program
from gradlab.engine.simplify import simplify
from gradlab.judge.mistakes.places import Reading


def forms(program: Program) -> Iterator[tuple[Program, bool]]:
    """Each form once, and whether it was written otherwise: what a slip is called there is less likely."""
    seen = []
    for form, rewritten in (
        (program, False),
        (simplify(program, branches=False), False),
        (as_powers(program), True),
    ):
        signature = form.signature()
        if signature not in seen:
            seen.append(signature)
            yield form, rewritten


def as_powers(program: Program) -> Program:
    """The same with a/u as a·u⁻¹ and a power of a power as one: a/u² is a·u⁻²."""
    reading = Reading(program)
    shapes = list(program.shapes)
    constants = dict(program.constants)
    equations: list[Equation] = []

    def emit(name: str, operands: tuple[int, ...], result: int | None, shape: tuple[int, ...]) -> int:
        if result is None:
            shapes.append(shape)
            result = len(shapes) - 1
        equations.append(Equation(PRIMITIVES[name], operands, {}, result))
        return result

    def number(value: float) -> int:
        shapes.append(())
        constants[len(shapes) - 1] = value
        return len(shapes) - 1

    def base_of(slot: int) -> tuple[int, float]:
        """What a slot is a power of, through powers of whole exponents."""
        exponent = 1.0
        while True:
            equation = reading.made.get(slot)
            power = reading.power(equation) if equation is not None else None
            is_plain = power is not None and (power[2] is None or reading.number(power[2]) == 1.0)
            if power is None or not is_plain:
                return slot, exponent
            slot, exponent = power[0], exponent * power[1]

    for equation in program.equations:
        power = reading.power(equation)
        shape = program.shapes[equation.result]
        if equation.primitive.name == "divide" and reading.number(equation.operands[1]) is None:
            above, below = equation.operands
            base, exponent = base_of(below)
            varying = reading.by(below, "power", "exp")
            above_all, below_all, sign = reading.factors(below)
            if len(above_all) > 1 and not below_all and sign == 1 and not any(shapes[i] for i in above_all):
                product = above
                for place, factor in enumerate(above_all, 1):
                    base, exponent = base_of(factor)
                    inverse = emit("power", (base, number(-exponent)), None, ())
                    last = place == len(above_all)
                    product = emit("multiply", (product, inverse), equation.result if last else None, shape)
            elif varying is not None and reading.power(varying) is None:
                inner = varying.operands[-1]
                negated = emit("negative", (inner,), None, program.shapes[inner])
                operands = (*varying.operands[:-1], negated)
                inverse = emit(varying.primitive.name, operands, None, program.shapes[below])
                emit("multiply", (above, inverse), equation.result, shape)
            elif reading.number(above) == 1.0 and program.shapes[base] == shape:
                emit("power", (base, number(-exponent)), equation.result, shape)
            else:
                inverse = emit("power", (base, number(-exponent)), None, program.shapes[base])
                emit("multiply", (above, inverse), equation.result, shape)
        elif power is not None and power[2] is None and program.shapes[power[0]] == shape:
            base, exponent = base_of(equation.result)
            emit("power", (base, number(exponent)), equation.result, shape)
        else:
            equations.append(equation)
    return Program(program.inputs, constants, tuple(equations), program.outputs, tuple(shapes))
