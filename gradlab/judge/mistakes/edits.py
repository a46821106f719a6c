"""Slips of the pen: a formula that becomes another by one change. A sign, a term or factor dropped, a constant,
a name, a function, an exponent, a transposed factor.

Used in both directions: on the line before, to arrive at the claim; and on the claim, as it was written, to arrive
at what is right, since a copy slip is made in the last form of a formula, whatever that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from gradlab.engine.primitive import PRIMITIVES, Value
from gradlab.engine.program import Equation, Program
from gradlab.judge.mistakes.constants import of_constants
from gradlab.judge.mistakes.edit import SIGN, Edit, alias, instead, other
from gradlab.judge.mistakes.places import Reading

EXCHANGED = {
    "sin": ("cos", "tan", "sinh"),
    "cos": ("sin", "cosh"),
    "tan": ("sin", "tanh"),
    "tanh": ("tan", "sigmoid"),
    "sigmoid": ("tanh",),
    "exp": ("log",),
    "log": ("exp", "log10"),
    "log10": ("log",),
    "sinh": ("cosh", "sin"),
    "cosh": ("sinh", "cos"),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "sqrt": ("square",),
}


def edits(
    program: Program,
    values: Sequence[Value],
    goal: float,
    output: tuple[int, int],
    kinds: frozenset[str] | None = None,
) -> Iterator[Edit]:
    """Every formula that one change makes of this one.

    values: of every slot, in float64. goal: what an element (output, place in it) should become; constants are
    solved for. kinds: those that are asked for, else all.
    """
    reading = Reading(program)
    if kinds is None or "copy slip in a constant" in kinds:
        unwritten = kinds is None or "factor 2" in kinds
        yield from of_constants(program, reading, values, goal, output, unwritten=unwritten)
    for edit in chain(_of_equations(program, reading), _of_names(program)):
        if kinds is None or edit.kind in kinds:
            yield edit


def _of_equations(program: Program, reading: Reading) -> Iterator[Edit]:
    for number, equation in enumerate(program.equations):
        name, x = equation.primitive.name, equation.operands
        if name in ("add", "subtract", "negative"):
            yield from _of_terms(program, reading, number)
        if name in ("multiply", "divide", "matmul") and x[0] != x[1]:
            yield from _of_factors(program, number)
        if name == "matmul":
            yield from _of_matmul(program, number)
        for exchanged in EXCHANGED.get(name, ()):
            there, back = f"{exchanged} stands for {name}", f"{name} stands for {exchanged}"
            yield Edit("another function", there, back, other(program, number, exchanged, *x))
        power = reading.power(equation)
        if power is not None and power[2] is None:
            yield from _of_exponent(program, number, power[0], power[1])


def _of_terms(program: Program, reading: Reading, number: int) -> Iterator[Edit]:
    name, x = program.equations[number].primitive.name, program.equations[number].operands
    if name == "negative":
        without = alias(program, number, x[0])
        if without is not None:
            yield Edit("sign of a term", SIGN, SIGN, without, x)
        return
    for a, b in (x, x[::-1]):
        if name == "add" and not reading.by(b, "add", "subtract"):  # the sign of several is several slips
            yield Edit("sign of a term", SIGN, SIGN, other(program, number, "subtract", a, b), (b,))
    if name == "subtract":
        exchanged = "{a} and {b} are exchanged"
        yield Edit("sign of a term", SIGN, SIGN, other(program, number, "add", *x), (x[1],))
        yield Edit("sign of a term", exchanged, exchanged, other(program, number, "subtract", *x[::-1]), x)
    left = alias(program, number, x[0])
    right = alias(program, number, x[1]) if name == "add" else other(program, number, "negative", x[1])
    for without, gone in ((left, x[1]), (right, x[0])):
        if without is not None:
            there, back = "the term {a} is missing", "the term {a} is too many"
            yield Edit("term missing", there, back, without, (gone,))


def _of_factors(program: Program, number: int) -> Iterator[Edit]:
    name, x = program.equations[number].primitive.name, program.equations[number].operands
    left = alias(program, number, x[0])
    right = other(program, number, "reciprocal", x[1]) if name == "divide" else alias(program, number, x[1])
    for without, gone in ((left, x[1]), (right, x[0])):
        if without is not None:
            there, back = "the factor {a} is missing", "the factor {a} is too many"
            yield Edit("factor missing", there, back, without, (gone,))
    multiplies = "{a} multiplies, and it should divide"
    divides = "{a} divides, and it should multiply"
    upside_down = "the quotient is upside down"
    if name == "divide":
        product, turned = (other(program, number, "multiply", *x), other(program, number, "divide", *x[::-1]))
        yield Edit("division and multiplication", multiplies, divides, product, (x[1],))
        yield Edit("division and multiplication", upside_down, upside_down, turned)
    elif name == "multiply":
        for a, b in (x, x[::-1]):
            quotient = other(program, number, "divide", b, a)
            yield Edit("division and multiplication", divides, multiplies, quotient, (a,))


def _of_exponent(program: Program, number: int, base: int, exponent: float) -> Iterator[Edit]:
    equation = program.equations[number]
    for new in (exponent + 1, exponent - 1, -exponent, 2 * exponent, exponent / 2):
        if new in (exponent, 0):
            continue
        slot = len(program.shapes)
        changed = instead(
            program, number, Equation(PRIMITIVES["power"], (base, slot), {}, equation.result), shapes=[()]
        )
        changed = replace(changed, constants={**program.constants, slot: new})
        yield Edit(
            "wrong exponent",
            f"the exponent of {{a}} became {new:g} instead of {exponent:g}",
            f"the exponent of {{a}} should be {new:g}, not {exponent:g}",
            changed,
            (base,),
        )


def _of_matmul(program: Program, number: int) -> Iterator[Edit]:
    equation = program.equations[number]
    a, b = equation.operands
    for position, slot in enumerate((a, b)):
        shape = program.shapes[slot]
        if len(shape) == 2 and shape[0] == shape[1]:
            new = len(program.shapes)
            turned = Equation(PRIMITIVES["transpose"], (slot,), {"axes": (1, 0)}, new)
            operands = (new, b) if position == 0 else (a, new)
            changed = instead(program, number, turned, equation._replace(operands=operands), shapes=[shape])
            yield Edit("transposed factor", "{a} is transposed", "{a} has to be transposed", changed, (slot,))
    if program.shapes[a] == program.shapes[b] and len(program.shapes[a]) == 2:
        swapped = instead(program, number, equation._replace(operands=(b, a)))
        yield Edit(
            "swapped factors",
            "{a} and {b} are in the wrong order",
            "{a} and {b} are in the wrong order",
            swapped,
            (a, b),
        )


def _of_names(program: Program) -> Iterator[Edit]:
    """One name for another, at one occurrence; one index for another."""
    for number, equation in enumerate(program.equations):
        for position, slot in enumerate(equation.operands):
            for another in program.inputs if slot in program.inputs else ():
                if another != slot and program.shapes[another] == program.shapes[slot]:
                    operands = (*equation.operands[:position], another, *equation.operands[position + 1 :])
                    yield Edit(
                        "wrong index",
                        "{b} stands where {a} belongs",
                        "{a} stands where {b} belongs",
                        instead(program, number, equation._replace(operands=operands)),
                        (slot, another),
                    )
        if equation.primitive.name == "index":
            yield from _of_key(program, number)


def _of_key(program: Program, number: int) -> Iterator[Edit]:
    equation = program.equations[number]
    key = equation.parameters["key"]
    parts = key if isinstance(key, tuple) else (key,)
    shape = program.shapes[equation.operands[0]]
    for axis, part in enumerate(parts):
        if isinstance(part, int):
            for place in range(min(shape[axis], 8)):
                if place != part % shape[axis]:
                    new = (*parts[:axis], place, *parts[axis + 1 :])
                    changed = instead(program, number, equation._replace(parameters={"key": new}))
                    yield Edit(
                        "wrong index",
                        f"index {place} stands where {part} belongs in {{a}}",
                        f"index {part} stands where {place} belongs in {{a}}",
                        changed,
                        (equation.operands[0],),
                    )
